"""What a file ends, as part of its acknowledgement.

A portfolio or a full list ends what it states no longer, a recall what it names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from recupero.money import to_decimal, to_text
from reports.acknowledgement_words import Words
from reports.labels import count
from reports.page import Sheet
from reports.painter import Column, figures, paint
from reports.table import Cell

#: Rejected rows and accounts printed of each sort; the CSV holds them all.
PRINTED = 60


@dataclass(frozen=True)
class MissingAccount:
    """An account that a full portfolio no longer names, and its balance in one currency."""

    account_number: str
    currency: str
    amount_minor: int


@dataclass(frozen=True)
class Dropped:
    """``missing`` accounts are recalled, or would be where the file is ``held``; ``named`` where it
    is a recall that names them.

    ``replaced`` are accounts whose debtor is another now; ``points_ended`` counts telephones,
    e-mails and addresses no longer stated, ``facts_ended`` what a full list states no longer.
    """

    missing: tuple[MissingAccount, ...] = ()
    replaced: tuple[str, ...] = ()
    points_ended: int = 0
    facts_ended: int = 0
    held: bool = False
    named: bool = False

    @cached_property
    def accounts(self) -> int:
        """How many accounts are missing, each once."""
        return len({one.account_number for one in self.missing})

    @cached_property
    def owed_minor(self) -> dict[str, int]:
        """Their balance in all, by currency."""
        sums: dict[str, int] = {}
        for one in self.missing:
            sums[one.currency] = sums.get(one.currency, 0) + one.amount_minor
        return dict(sorted(sums.items()))


def recalls(dropped: Dropped, country: str, words: Words) -> str:
    """How many accounts are recalled, for the first lines; nothing where none is."""
    if not dropped.missing or dropped.held:
        return ""
    told = words["recalls_named" if dropped.named else "recalls"]
    return told.format(count=count(dropped.accounts, country))


def paint_dropped(sheet: Sheet, dropped: Dropped, country: str, words: Words) -> None:
    """The missing accounts with what they owe, then what changed about people."""
    if dropped.missing:
        _missing(sheet, dropped, country, words)
    if dropped.replaced or dropped.points_ended:
        _people(sheet, dropped, country, words)
    if dropped.facts_ended:
        sheet.section(words["facts"])
        number = count(dropped.facts_ended, country)
        sheet.paragraph(words["facts_told"].format(count=number), 8.5)


def rest(sheet: Sheet, listed: int, country: str, words: Words) -> None:
    """Say how many of *listed* were not printed."""
    if listed > PRINTED:
        more = count(listed - PRINTED, country)
        sheet.paragraph(words["rest"].format(count=more), 8.5)


def dropped_records(dropped: Dropped) -> Iterator[tuple[Cell, ...]]:
    """Records of the CSV: ``filas`` counts accounts, points or facts, every account listed."""
    blank: tuple[Cell, ...] = (None,) * 6
    missing = "missing" if dropped.held else "recalled"
    for code, number in (
        (missing, dropped.accounts),
        ("debtor_replaced", len(dropped.replaced)),
        ("contact_points_ended", dropped.points_ended),
        ("facts_ended", dropped.facts_ended),
    ):
        if number:
            yield ("baja", code, *blank, number, None, None)
    for currency, amount in dropped.owed_minor.items():
        yield ("baja", missing, *blank, None, to_decimal(amount, currency), currency)
    for one in dropped.missing:
        yield ("cuenta", missing, None, None, None, one.account_number, None, None, None,
               to_decimal(one.amount_minor, one.currency), one.currency)  # fmt: skip
    for replaced in dropped.replaced:
        yield ("cuenta", "debtor_replaced", None, None, None, replaced, *blank[:5])


def _missing(sheet: Sheet, dropped: Dropped, country: str, words: Words) -> None:
    section = "missing" if dropped.held else "recalled"
    sheet.section(words[f"{section}_named" if dropped.named else section])
    owed: dict[str, dict[str, int]] = {}
    for one in dropped.missing:
        owed.setdefault(one.account_number, {})[one.currency] = one.amount_minor

    def amounts(minor: Mapping[str, int]) -> list[str]:
        return [to_text(minor[c], c) if c in minor else "—" for c in dropped.owed_minor]

    balances = [words["balance"].format(currency=code) for code in dropped.owed_minor]
    columns = [Column(words["account"], 60), *(figures(title, 44) for title in balances)]
    number = words["accounts"].format(count=count(len(owed), country))
    total = [number, *amounts(dropped.owed_minor)]
    rows = [[account, *amounts(minor)] for account, minor in list(owed.items())[:PRINTED]]
    paint(sheet, columns, rows, total=total, size=8.5)
    rest(sheet, len(owed), country, words)


def _people(sheet: Sheet, dropped: Dropped, country: str, words: Words) -> None:
    sheet.section(words["people"])
    if dropped.replaced:
        numbers = ", ".join(dropped.replaced[:PRINTED])
        replaced = count(len(dropped.replaced), country)
        sheet.paragraph(words["replaced"].format(count=replaced, numbers=numbers), 8.5)
        rest(sheet, len(dropped.replaced), country, words)
    if dropped.points_ended:
        points = count(dropped.points_ended, country)
        sheet.paragraph(words["points"].format(count=points), 8.5)
