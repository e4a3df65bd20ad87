"""The profile of an institution as frozen objects; one TOML file each, see ``load``."""

from __future__ import annotations

from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, field_validator, model_validator

from recupero.money import EXPONENT
from recupero.profiles.consistent import check_together
from recupero.profiles.consistent_control import check_control_files
from recupero.profiles.language import Language, usual_language
from recupero.profiles.layout import FROZEN, Layout, Records, TrailerPlaces
from recupero.profiles.retention import Retention

__all__ = [
    "COMPONENTS",
    "Exchange",
    "Institution",
    "Jumps",
    "Layout",
    "Policy",
    "Profile",
    "Records",
    "TrailerPlaces",
]

Component = Literal["principal", "interest", "default_interest", "fees", "expenses"]
Done = Literal["accept", "hold", "reject"]
COMPONENTS: tuple[Component, ...] = (
    "principal", "interest", "default_interest", "fees", "expenses",
)  # fmt: skip


class Institution(BaseModel):
    """Who the creditor is, and how documents name it; a country without a pack is not contacted."""

    model_config = FROZEN
    code: str = Field(pattern=r"^(?:[a-z][a-z0-9-]{1,30}|_agency)$")
    name: str = Field(min_length=1)
    country: str = Field(pattern=r"^[A-Z]{2}$")
    currency: str
    timezone: str
    tax_id: str = ""
    address: str = ""
    city: str = ""
    phone: str = ""
    email: str = ""
    web: str = ""
    responsible: str = ""
    complaints: str = ""
    payment_channels: tuple[str, ...] = ()
    #: In which it is answered about its files; without one the country's.
    language: Language | None = None

    @property
    def speaks(self) -> Language:
        """The language of its acknowledgements and of the reasons in them."""
        return self.language or usual_language(self.country)

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, code: str) -> str:
        if code not in EXPONENT:
            raise ValueError("is no currency we know")
        return code

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (LookupError, OSError, ValueError):
            raise ValueError("is no time zone, such as America/Bogota") from None
        return name


class Exchange(BaseModel):
    """Remote folders, and the name of the connection file that holds host and keys.

    ``pgp_signature`` is what an encrypted file must bring; optional ones are not looked at. With
    ``encrypt_papers`` what is brought to the outbox is encrypted for its owner.
    """

    model_config = FROZEN
    inbox: str = Field(default="inbox", min_length=1)
    outbox: str = Field(default="outbox", min_length=1)
    archive: str = Field(default="archive", min_length=1)
    pgp_signature: Literal["required", "optional"] = "required"
    encrypt_papers: bool = False
    connection: str = Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")


class Jumps(BaseModel):
    """What is done about a row of a portfolio that does not follow from what was known (see
    `recupero.rules.jumps`): told and booked, or rejected; or the file is held for it.

    ``balance_up_share_max``: of the balance known, what it may rise without a charge.
    """

    model_config = FROZEN
    balance_up: Done = "accept"
    due_date_back: Done = "accept"
    debtor_changed: Done = "accept"
    id_reused: Done = "accept"
    balance_up_share_max: float = Field(default=0, ge=0, le=10)


class Policy(BaseModel):
    """What the contract with the institution leaves open. Shares are 0 to 1."""

    model_config = FROZEN
    closing_days: Literal["last_business_day"] | tuple[date, ...] = "last_business_day"
    rejects_share_max: float = Field(default=0.25, ge=0, le=1)
    #: Of the accounts placed; a full portfolio that would recall more is held.
    vanished_share_max: float = Field(default=0.2, ge=0, le=1)
    #: From a portfolio's cut-off to the business date; an older one is held.
    cut_off_age_days_max: int | None = Field(default=None, ge=0)
    #: For how many days a file waits for its control file, or a control file for its file.
    control_wait_days_max: int = Field(default=1, ge=0)
    #: Of our balance at the cut-off: a full portfolio whose total is farther from it is held.
    balance_jump_share_max: float | None = Field(default=None, ge=0)
    jumps: Jumps = Jumps()
    allocation_order: tuple[Component, ...] | None = None
    letters_per_day_max: int = Field(default=150, ge=0)
    same_name_new_content: Literal["hold", "process"] = "hold"
    #: A paper of ours that may have arrived: the institution tells two alike apart by their names.
    uncertain_delivery: Literal["hold", "resend"] = "hold"
    trust_account: bool = False
    write_off_requires_opinion: bool = True

    @field_validator("allocation_order")
    @classmethod
    def _every_component_once(
        cls, order: tuple[Component, ...] | None
    ) -> tuple[Component, ...] | None:
        if order is not None and sorted(order) != sorted(COMPONENTS):
            raise ValueError(f"must name each of {', '.join(COMPONENTS)} once")
        return order


class Profile(BaseModel):
    """Everything that differs for one institution; ``digest`` is the SHA-256 of the file.

    ``content`` is the file as it was when it was read: what is kept beside the results. Whatever a
    *draft* says is a guess until somebody has confirmed it.
    """

    model_config = FROZEN
    draft: bool = Field(default=False, strict=True)
    institution: Institution
    exchange: Exchange
    policy: Policy = Policy()
    retention: Retention | None = None
    layouts: tuple[Layout, ...] = Field(default=(), alias="layout")
    digest: str
    content: bytes = Field(repr=False, exclude=True)

    @model_validator(mode="after")
    def _consistent(self) -> Profile:
        check_together(self.layouts)
        check_control_files(self.layouts)
        return self

    @property
    def code(self) -> str:
        """The institution's code."""
        return self.institution.code
