"""What the story is made of, and what it planted: the generator's own figures, for tests to check
the product against. Amounts are minor units of the institution's currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

#: What must become of a file: taken in, refused whole, known already, or never finished.
Outcome = Literal["accepted", "refused", "repeated", "unfinished"]
#: What a payment was made to be.
PaymentClass = Literal[
    "exact", "in_full", "overpaid", "no_reference", "unknown_reference", "reversal", "duplicate"
]


@dataclass(frozen=True)
class Upload:
    """One file an institution drops; a *partial* one is still being written when we look.

    A *refused* one is answered by asking for another: nobody sends it a second time.
    """

    institution: str
    name: str
    content: bytes
    partial: bool = False
    refused: bool = False


@dataclass(frozen=True)
class FileFacts:
    """One data file: rows = accepted + bad + duplicates (whole rows repeated).

    ``amount_minor`` adds up the accepted rows: totals of a placement, payments without reversals,
    credits of a statement, instructed write-offs; 0 for the rest.
    """

    institution: str
    day: date
    name: str
    kind: str
    outcome: Outcome
    rows: int
    bad: tuple[tuple[str, int], ...] = ()  # (defect, lines)
    duplicates: int = 0
    amount_minor: int = 0
    reason: str = ""  # of a refusal

    @property
    def bad_rows(self) -> int:
        """Lines with a planted defect."""
        return sum(lines for _, lines in self.bad)

    @property
    def accepted(self) -> int:
        """Rows that screening must let through."""
        return self.rows - self.bad_rows - self.duplicates


@dataclass(frozen=True)
class Payment:
    """One row of a payment file, and what it was made to be."""

    institution: str
    day: date  # of the file
    planted: PaymentClass
    transaction_id: str
    account_number: str | None  # as the file says it
    amount_minor: int
    paid_on: date
    payer_name: str
    payer_id: str
    channel: str
    reverses: str | None = None
    excess_minor: int = 0  # over what the account owed

    @property
    def kind(self) -> str:
        """``payment`` or ``reversal``."""
        return "reversal" if self.planted == "reversal" else "payment"


@dataclass(frozen=True)
class Credit:
    """One credit of the bank statement; *known* is the payment-file transaction it confirms."""

    bank_reference: str
    account_number: str | None
    amount_minor: int
    booked_on: date
    payer_name: str
    payer_id: str
    known: str | None


@dataclass(frozen=True)
class ExhaustionCase:
    """A Peruvian account whose conditions of RLIR 21 f) and g) are all met, or lack one."""

    account_number: str
    lacks: str | None  # an attestation, "amount_or_suit" or "risk_evidence"
    above_three_uit: bool = False


@dataclass(frozen=True)
class WriteOffCase:
    """One row of the instruction file. ``refused_for``: "" | wrong_amount | not_certified."""

    account_number: str
    amount_minor: int
    balance_minor: int
    refused_for: str


@dataclass(frozen=True)
class Movement:
    """How an institution's second snapshot differs from its first, by account number."""

    institution: str
    new: tuple[str, ...]
    gone: tuple[str, ...]
    charged: tuple[tuple[str, int], ...]  # account, interest added
    moved: tuple[str, ...]  # another phone
    paid: tuple[str, ...]
    mended: tuple[str, ...]  # rejected on day one, right on day two
    spoiled: tuple[str, ...]  # right on day one, rejected on day two: not gone


@dataclass(frozen=True)
class Planted:
    """The manifest of everything the generator put in on purpose."""

    files: tuple[FileFacts, ...]
    movements: tuple[Movement, ...]
    payments: tuple[Payment, ...]
    statement: tuple[Credit, ...]
    exhaustion: tuple[ExhaustionCase, ...]
    write_offs: tuple[WriteOffCase, ...]
    shared_persons: tuple[tuple[str, str], ...]  # (id type, id number) known to both in Colombia
    shared_recent: tuple[tuple[str, str], ...]  # (institution that spoke to them, id number)
    recent_direct: tuple[tuple[str, str], ...]  # (institution, account): spoken to this week
    recent_attempts: tuple[tuple[str, str], ...]  # (institution, account): rung in vain this week
    revoked: tuple[tuple[str, str, str], ...]  # (institution, id number, channel)

    def file(self, name: str) -> FileFacts:
        """The facts of the data file called *name*; KeyError when there is none."""
        for facts in self.files:
            if facts.name == name:
                return facts
        raise KeyError(name)


@dataclass(frozen=True)
class StoryDay:
    """A business day and its files in the order of their arrival."""

    day: date
    uploads: tuple[Upload, ...]


@dataclass(frozen=True)
class Story:
    """Two business days of five institutions and the agency."""

    seed: int
    accounts: int
    days: tuple[StoryDay, StoryDay]
    planted: Planted
