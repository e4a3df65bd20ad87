"""Real files read plainly: csv and ElementTree, whole numbers, nothing of the product.

Amounts are minor units. What an account must owe follows from its row by arithmetic alone.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree


@dataclass(frozen=True)
class Card:
    """One row: the bill (negative where the bank owes), what was paid, and months late."""

    number: str
    bill_minor: int
    paid_minor: int
    months_late: int

    @property
    def placed_minor(self) -> int:
        """Principal on opening: nobody is dunned for a negative claim."""
        return max(self.bill_minor, 0)

    @property
    def credit_minor(self) -> int:
        """What opens as unapplied, zero or negative: money held for the debtor."""
        return min(self.bill_minor, 0)

    @property
    def settled_minor(self) -> int:
        """How much of the payment principal takes."""
        return min(self.paid_minor, self.placed_minor)

    @property
    def excess_minor(self) -> int:
        """What the payment exceeds the claim by."""
        return self.paid_minor - self.settled_minor

    @property
    def principal_minor(self) -> int:
        return self.placed_minor - self.settled_minor

    @property
    def unapplied_minor(self) -> int:
        return self.credit_minor - self.excess_minor


@dataclass(frozen=True)
class BankEntry:
    """One booking of a bank; credits positive. ``booked_on`` is ISO 8601."""

    amount_minor: int
    currency: str
    booked_on: str


def read_cards(path: Path) -> list[Card]:
    """Every row of the card portfolio, with its September bill and payment."""
    with path.open(newline="", encoding="ascii") as text:
        return [
            Card(
                number=row["ID"],
                bill_minor=_minor(row["BILL_AMT1"]),
                paid_minor=_minor(row["PAY_AMT1"]),
                months_late=max(int(row["PAY_0"]), 0),
            )
            for row in csv.DictReader(text)
        ]


def read_bank(path: Path) -> list[BankEntry]:
    """Every entry of a camt.053; one without a date is as old as the balance it is in."""
    found: list[BankEntry] = []
    for statement in ElementTree.parse(path).iterfind(f".//{_tag('Stmt')}"):
        closed_on = [
            _text(balance, "Dt/Dt")
            for balance in statement.findall(_tag("Bal"))
            if _text(balance, "Tp/CdOrPrtry/Cd") == "CLBD"
        ]
        for entry in statement.findall(_tag("Ntry")):
            amount = entry.find(_tag("Amt"))
            assert amount is not None
            sign = {"CRDT": 1, "DBIT": -1}[_text(entry, "CdtDbtInd")]
            found.append(
                BankEntry(
                    amount_minor=sign * _minor(amount.text or ""),
                    currency=amount.attrib["Ccy"],
                    booked_on=_text(entry, "BookgDt/Dt") or closed_on[0],
                )
            )
    return found


def _minor(text: str) -> int:
    """Two decimals; ``1.00E+05`` is a number like any other to Decimal."""
    units = Decimal(text) * 100
    assert units == int(units), text
    return int(units)


def _tag(path: str) -> str:
    return "/".join(f"{{*}}{name}" for name in path.split("/"))


def _text(node: ElementTree.Element, path: str) -> str:
    return (node.findtext(_tag(path)) or "").strip()
