"""What a file ends, as part of its acknowledgement.

A portfolio or a full list ends what it states no longer, a recall what it names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from recupero.money import to_decimal, to_text
from reports.labels import count
from reports.page import Sheet
from reports.painter import Column, figures, paint
from reports.table import Cell

#: Rejected rows and accounts printed of each sort; the CSV holds them all.
PRINTED = 60

#: Above the accounts, by whether the file names them and whether it is held.
_SECTION = {
    (False, False): "Cuentas retiradas: la cartera completa ya no las nombra",
    (False, True): "Cuentas que faltan en la cartera: no se retiraron",
    (True, False): "Cuentas retiradas",
    (True, True): "Cuentas del archivo: no se retiraron",
}


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

    @property
    def accounts(self) -> int:
        """How many accounts are missing, each once."""
        return len({one.account_number for one in self.missing})

    @property
    def owed_minor(self) -> dict[str, int]:
        """Their balance in all, by currency."""
        sums: dict[str, int] = {}
        for one in self.missing:
            sums[one.currency] = sums.get(one.currency, 0) + one.amount_minor
        return dict(sorted(sums.items()))


def recalls(dropped: Dropped, country: str) -> str:
    """How many accounts are recalled, for the first lines; nothing where none is."""
    if not dropped.missing or dropped.held:
        return ""
    number = count(dropped.accounts, country)
    if dropped.named:
        return f" Cuentas retiradas: {number}."
    return f" Cuentas retiradas porque la cartera completa ya no las nombra: {number}."


def paint_dropped(sheet: Sheet, dropped: Dropped, country: str) -> None:
    """The missing accounts with what they owe, then what changed about people."""
    if dropped.missing:
        _missing(sheet, dropped, country)
    if dropped.replaced or dropped.points_ended:
        _people(sheet, dropped, country)
    if dropped.facts_ended:
        sheet.section("Datos que el archivo ya no trae")
        number = count(dropped.facts_ended, country)
        sheet.paragraph(f"De las cuentas que nombra, dejaron de estar vigentes: {number}.", 8.5)


def rest(sheet: Sheet, listed: int, country: str) -> None:
    """Say how many of *listed* were not printed."""
    if listed > PRINTED:
        more = count(listed - PRINTED, country)
        sheet.paragraph(f"y {more} más: la lista completa está en el CSV de este acuse.", 8.5)


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


def _missing(sheet: Sheet, dropped: Dropped, country: str) -> None:
    sheet.section(_SECTION[dropped.named, dropped.held])
    owed: dict[str, dict[str, int]] = {}
    for one in dropped.missing:
        owed.setdefault(one.account_number, {})[one.currency] = one.amount_minor

    def amounts(minor: Mapping[str, int]) -> list[str]:
        return [to_text(minor[c], c) if c in minor else "—" for c in dropped.owed_minor]

    columns = [Column("Cuenta", 60), *(figures(f"Saldo {c}", 44) for c in dropped.owed_minor)]
    total = [f"Cuentas: {count(len(owed), country)}", *amounts(dropped.owed_minor)]
    rows = [[number, *amounts(minor)] for number, minor in list(owed.items())[:PRINTED]]
    paint(sheet, columns, rows, total=total, size=8.5)
    rest(sheet, len(owed), country)


def _people(sheet: Sheet, dropped: Dropped, country: str) -> None:
    sheet.section("Deudores y datos de contacto")
    if dropped.replaced:
        numbers = ", ".join(dropped.replaced[:PRINTED])
        sheet.paragraph(
            f"Cuentas con otro deudor: {count(len(dropped.replaced), country)}. A quien respondía "
            f"antes ya no se le contacta por ellas: {numbers}.",
            8.5,
        )
        rest(sheet, len(dropped.replaced), country)
    if dropped.points_ended:
        sheet.paragraph(
            "Teléfonos, correos y direcciones que el archivo ya no informa y dejaron de usarse: "
            f"{count(dropped.points_ended, country)}.",
            8.5,
        )
