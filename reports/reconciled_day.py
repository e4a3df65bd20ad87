"""What a reconciled day is made of, and the check that every figure explains the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from recupero.errors import IntegrityError
from reports.labels import COMPONENTS
from reports.page import Issuer

#: Ages of open items, in days, as auditors ask for them: (from, to, label).
AGES = ((0, 3, "0 a 3 días"), (4, 10, "4 a 10 días"), (11, 30, "11 a 30 días"),
        (31, None, "más de 30 días"))  # fmt: skip


@dataclass(frozen=True)
class RollLine:
    """One movement, signed so that opening plus movements is closing; minor units by component."""

    movement: str
    amounts_minor: tuple[int, int, int, int, int, int]


@dataclass(frozen=True)
class RollForward:
    """The ledger of one currency over the day; ``lines`` hold the movements only."""

    currency: str
    opening_minor: tuple[int, int, int, int, int, int]
    lines: tuple[RollLine, ...]
    closing_minor: tuple[int, int, int, int, int, int]

    @property
    def unexplained_minor(self) -> tuple[int, ...]:
        """Closing less opening less movements, by component."""
        moved = [sum(line.amounts_minor[i] for line in self.lines) for i in range(len(COMPONENTS))]
        return tuple(
            close - start - move
            for close, start, move in zip(
                self.closing_minor, self.opening_minor, moved, strict=True
            )
        )


@dataclass(frozen=True)
class SourceLine:
    """Booked credits of one source, all positive, and the class each of them fell in."""

    source: str
    currency: str
    entries: int
    received_minor: int
    matched_minor: int
    by_policy_minor: int
    suspended_minor: int
    duplicates_minor: int
    reversals_minor: int
    not_ours_minor: int

    @property
    def unexplained_minor(self) -> int:
        """Received less the sum of the classes."""
        classed = (
            self.matched_minor + self.by_policy_minor + self.suspended_minor
            + self.duplicates_minor + self.reversals_minor + self.not_ours_minor
        )  # fmt: skip
        return self.received_minor - classed


#: Classes of receipts and their Spanish names, in the order of every table.
CLASSES = (
    ("matched", "Conciliado"),
    ("by_policy", "Por política"),
    ("suspended", "En suspenso"),
    ("duplicates", "Duplicados"),
    ("reversals", "Reversos"),
    ("not_ours", "Ajeno"),
)


@dataclass(frozen=True)
class FileControl:
    """Control totals of one file; ``None`` where the file states none, or no sum was asked."""

    file_name: str
    kind: str
    digest: str
    currency: str
    counted_rows: int
    counted_sum_minor: int | None
    declared_rows: int | None = None
    declared_sum_minor: int | None = None

    @property
    def verdict(self) -> str:
        """``Coincide``, ``No coincide`` or ``No declara``."""
        if self.declared_rows is None and self.declared_sum_minor is None:
            return "No declara"
        rows = self.declared_rows in (None, self.counted_rows)
        return "Coincide" if rows and self.declared_sum_minor in (
            None, self.counted_sum_minor,
        ) else "No coincide"  # fmt: skip


@dataclass(frozen=True)
class OpenItem:
    """A receipt or difference still waiting; ``age_days`` since *opened_on*."""

    item_id: str
    source: str
    currency: str
    amount_minor: int
    opened_on: date
    age_days: int
    cause: str
    owner: str
    next_action: str


@dataclass(frozen=True)
class MatchLine:
    """A receipt applied to an account, with what proves it."""

    receipt_id: str
    source: str
    paid_on: date
    account_number: str
    currency: str
    amount_minor: int
    matched_class: str
    stage: str
    evidence: str
    confirmed_by: str = ""


@dataclass(frozen=True)
class ThreeWay:
    """The three figures that must agree; ``bank_minor`` is ``None`` when no bank file came."""

    currency: str
    control_minor: int
    accounts_minor: int
    bank_minor: int | None = None


@dataclass(frozen=True)
class Reconciliation:
    """One institution's day."""

    document_id: str
    institution: Issuer
    agency: Issuer
    business_date: date
    chain_head: str
    roll_forward: tuple[RollForward, ...]
    sources: tuple[SourceLine, ...]
    files: tuple[FileControl, ...] = ()
    open_items: tuple[OpenItem, ...] = ()
    matches: tuple[MatchLine, ...] = ()
    three_way: tuple[ThreeWay, ...] = ()


def check_ties(data: Reconciliation) -> None:
    """Refuse (``IntegrityError``) to report figures that do not explain each other."""
    for roll in data.roll_forward:
        if any(roll.unexplained_minor):
            raise IntegrityError("the roll-forward leaves a difference", data.document_id)
    for line in data.sources:
        if line.unexplained_minor:
            raise IntegrityError("receipts are not explained to the cent", data.document_id)
    for three in data.three_way:
        if three.control_minor != three.accounts_minor:
            raise IntegrityError("the ledger is not the sum of its accounts", data.document_id)


def age_label(age_days: int) -> str:
    """The age band of an open item; a future date counts as new."""
    return next(label for _, last, label in AGES if last is None or age_days <= last)
