"""The facts an opinion is drawn from, and the answer to one condition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

State = Literal["met", "unmet", "not_applicable", "value_missing"]


class UnitRecord(Protocol):
    """A dated unit value, as far as the rules need it; a pack's ``UnitValue`` is one."""

    @property
    def unit(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def amount_minor(self) -> int: ...
    @property
    def in_force_from(self) -> date: ...
    @property
    def until(self) -> date: ...


@dataclass(frozen=True, slots=True)
class Effort:
    """A gestión; ``performed_at`` is naive local time."""

    effort_id: int
    performed_at: datetime
    channel: str
    result: str | None
    direct: bool


@dataclass(frozen=True, slots=True)
class Attestation:
    """What the creditor states; ``evidence_id`` names its document."""

    attestation: str
    holds: bool
    stated_on: date
    evidence_id: str


@dataclass(frozen=True, slots=True)
class SentLetter:
    """A letter of ours; ``delivery`` is the delivery result, None while unknown."""

    letter_id: int
    sent_on: date
    delivery: str | None


@dataclass(frozen=True, slots=True)
class ExhaustionCase:
    """One account as known on a business date; None = not stated. Amounts in minor units."""

    account_id: int
    currency: str
    due_date: date | None
    components: tuple[tuple[str, int], ...]
    debtor_total_minor: int | None
    guaranteed: bool | None
    renewed_on: date | None
    related_party: bool | None
    efforts: tuple[Effort, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    letters: tuple[SentLetter, ...] = ()
    unit_values: tuple[UnitRecord, ...] = ()

    @property
    def claim_minor(self) -> int:
        """The claim's balance: the sum of its components."""
        return sum(amount for _, amount in self.components)


@dataclass(frozen=True, slots=True)
class EffortPolicy:
    """Regla de la casa: how many documented efforts count as efforts; no norm gives a number.

    The first and the last of them lie at least ``span_days`` apart. Wrong numbers and returned
    mail are no effort towards the debtor; a letter of ours counts once delivered.
    """

    minimum_count: int = 3
    channels: frozenset[str] = frozenset(
        {"call", "sms", "email", "letter", "visit", "notarial_letter"}
    )
    span_days: int = 30

    @property
    def text(self) -> str:
        """The policy as the opinion prints it."""
        return (
            f"Regla de la casa: al menos {self.minimum_count} gestiones documentadas"
            f" en no menos de {self.span_days} días; la norma no fija número"
        )


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """A condition's answer. ``evidence`` names ids (``effort:7``), ``earliest_date`` the first
    day on which it could be met, None where no day is known."""

    code: str
    text: str
    norm: str
    confidence: str
    group: str | None
    state: State
    evidence: tuple[str, ...] = ()
    missing: str | None = None
    earliest_date: date | None = None
    house_rule: str | None = None
