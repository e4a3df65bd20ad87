"""A portfolio against what was known of it before, as part of its acknowledgement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from recupero.money import to_decimal, to_text
from reports.acknowledgement_words import Words
from reports.labels import count
from reports.page import Sheet
from reports.painter import Column, figures, paint
from reports.table import Cell


@dataclass(frozen=True)
class Compared:
    """Accounts by what the file says of them; a row that was rejected or repeated is in none.

    ``returned``: recalled before and named again. ``vanished``: placed and no longer named.
    """

    new: int
    changed: int
    unchanged: int
    returned: int
    vanished: int


@dataclass(frozen=True)
class ExpectedBalance:
    """What a full portfolio comes to in one currency, and how that follows from what was known.

    ``placed``: new accounts. ``adjusted``: what is stated otherwise than known. ``recalled`` and
    ``unstated`` (a rejected row) are below zero: what was known of accounts the total has not.
    """

    currency: str
    placed_minor: int
    adjusted_minor: int
    recalled_minor: int
    unstated_minor: int
    total_minor: int

    @property
    def known_minor(self) -> int:
        """Our balance at the cut-off: the last one stated and what moved since."""
        moved = self.placed_minor, self.adjusted_minor, self.recalled_minor, self.unstated_minor
        return self.total_minor - sum(moved)


_BALANCE = ("known", "placed", "adjusted", "recalled", "unstated", "total")


def paint_balance(sheet: Sheet, expected: tuple[ExpectedBalance, ...], words: Words) -> None:
    """From the balance known to the file's total by what moved, a column for each currency."""
    sheet.section(words["expected"])
    amounts = [words["amount"].format(currency=one.currency) for one in expected]
    columns = [Column("", 84), *(figures(title, 44) for title in amounts)]
    *rows, total = (
        [
            words[f"expected_{name}"],
            *(to_text(getattr(one, f"{name}_minor"), one.currency) for one in expected),
        ]
        for name in _BALANCE
        if name in ("known", "total") or any(getattr(one, f"{name}_minor") for one in expected)
    )
    paint(sheet, columns, rows, total=total, size=8.5)


def balance_records(expected: tuple[ExpectedBalance, ...]) -> Iterator[tuple[Cell, ...]]:
    """Records of the CSV: a step each, by currency."""
    blank: tuple[Cell, ...] = (None,) * 7
    for one in expected:
        for name in _BALANCE:
            amount = to_decimal(getattr(one, f"{name}_minor"), one.currency)
            yield ("saldo", name, *blank, amount, one.currency)


@dataclass(frozen=True)
class Part:
    """One of the files in which a portfolio comes, by its name, and which of them are missing."""

    name: str
    missing: tuple[str, ...] = ()

    def told(self, words: Words) -> str:
        """What follows from it, as a sentence."""
        if not self.missing:
            return words["part_complete"].format(name=self.name)
        text = words["part_missing" if len(self.missing) > 1 else "part_one_missing"]
        return text.format(name=self.name, missing=", ".join(self.missing))


def part_records(part: Part, words: Words) -> Iterator[tuple[Cell, ...]]:
    """The record of the CSV: the part as ``concepto``, those missing as ``valor``."""
    yield ("parte", part.name, None, None, None, ", ".join(part.missing) or None, part.told(words),
           None, None, None, None)  # fmt: skip


def paint_compared(sheet: Sheet, compared: Compared, country: str, words: Words) -> None:
    """A column for each class."""
    sheet.section(words["compared"])
    counts = asdict(compared)
    columns = [figures(words[f"compared_{name}"], 34) for name in counts]
    paint(sheet, columns, [[count(number, country) for number in counts.values()]], size=8.5)


def compared_records(compared: Compared) -> Iterator[tuple[Cell, ...]]:
    """Records of the CSV: ``filas`` counts accounts."""
    blank: tuple[Cell, ...] = (None,) * 6
    for name, number in asdict(compared).items():
        yield ("comparacion", name, *blank, number, None, None)
