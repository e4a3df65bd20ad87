"""How long an institution's files and papers are kept, and what may not be destroyed meanwhile."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field, field_validator, model_validator

from recupero.profiles.consistent import KeyWrong
from recupero.profiles.fields import KINDS
from recupero.profiles.layout import FROZEN
from recupero.rules.legal_hold import LegalHold

#: Files by what they were booked as, and those of which nothing was taken.
FILES = (*KINDS, "refused", "quarantined")
#: A container that was opened holds the bytes of what was in it: it goes when the last of it does.
OPENED = "opened"
#: Papers by what they are, whatever their form.
PAPERS = (
    "acknowledgement", "reconciliation", "letters", "worklist", "certificate", "gaps", "proposal",
    "write_off", "summary",
)  # fmt: skip
#: The chain handed out proves all that is destroyed, and names no debtor.
CHAIN = "chain"

_KINDS = frozenset({*(f"files.{kind}" for kind in FILES), *(f"papers.{kind}" for kind in PAPERS)})

Months = Annotated[int, Field(strict=True, ge=1, le=1200)]


class Hold(BaseModel):
    """A legal hold; ``reason`` names the order or the case, never a debtor."""

    model_config = FROZEN
    valid_from: date = Field(alias="from")
    valid_until: date | None = Field(default=None, alias="until")
    kinds: tuple[str, ...] | None = Field(default=None, min_length=1)
    reason: str = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Hold:
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise KeyWrong("until", "lies before `from`")
        for number, kind in enumerate(self.kinds or ()):
            if kind not in _KINDS:
                raise KeyWrong(f"kinds[{number}]", "is no kind, such as files.placement")
        return self


class Retention(BaseModel):
    """Whole months by kind; what is not named is kept for ever."""

    model_config = FROZEN
    files: dict[str, Months] = {}
    papers: dict[str, Months] = {}
    declared_holds: tuple[Hold, ...] = Field(default=(), alias="hold")

    @field_validator("files")
    @classmethod
    def _known_files(cls, periods: dict[str, int]) -> dict[str, int]:
        if OPENED in periods:
            raise KeyWrong(OPENED, "has no period of its own: it goes with what was in it")
        _refuse_unknown(periods, FILES)
        return periods

    @field_validator("papers")
    @classmethod
    def _known_papers(cls, periods: dict[str, int]) -> dict[str, int]:
        if CHAIN in periods:
            raise KeyWrong(CHAIN, "is kept for ever: it proves what is destroyed")
        _refuse_unknown(periods, PAPERS)
        return periods

    @property
    def months(self) -> dict[str, int]:
        """Periods by kind, as keys are written: ``files.placement``, ``papers.letters``."""
        return {
            f"{place}.{kind}": months
            for place, periods in (("files", self.files), ("papers", self.papers))
            for kind, months in periods.items()
        }

    @property
    def holds(self) -> tuple[LegalHold, ...]:
        """The holds, in force or not."""
        return tuple(
            LegalHold(
                hold.valid_from,
                hold.valid_until,
                None if hold.kinds is None else frozenset(hold.kinds),
                hold.reason,
            )
            for hold in self.declared_holds
        )


def _refuse_unknown(periods: dict[str, int], kinds: tuple[str, ...]) -> None:
    for kind in periods:
        if kind not in kinds:
            raise KeyWrong(kind, f"is none of {', '.join(kinds)}")
