"""One page on an institution's day: what came, what moved, who was contacted, what is left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from recupero.dates import long_es
from recupero.money import to_text
from reports.labels import count
from reports.page import Heading, Issuer, Sheet
from reports.painter import Column, exact, figures, paint


@dataclass(frozen=True)
class MoneyDay:
    """The day's money of one currency, minor units; ``paid_minor`` and the like are positive."""

    currency: str
    accounts: int
    opening_minor: int
    placed_minor: int
    paid_minor: int
    written_off_minor: int
    closing_minor: int

    @property
    def other_minor(self) -> int:
        """Adjustments, recalls and the like: what the named movements leave to the closing."""
        named = self.placed_minor - self.paid_minor - self.written_off_minor
        return self.closing_minor - self.opening_minor - named


@dataclass(frozen=True)
class ContactDay:
    """Contacts of one channel: planned, allowed, withheld, and left (sent)."""

    channel: str
    planned: int
    allowed: int
    withheld: int
    sent: int


@dataclass(frozen=True)
class FileDay:
    """A file received and its end: ``state`` as shown (Spanish), rows read and rejected."""

    name: str
    state: str
    rows: int
    rejected: int


@dataclass(frozen=True)
class Indicator:
    """A rate as what it is made of: *numerator* of *denominator*, in words and numbers."""

    numerator_name: str
    denominator_name: str
    numerator: int
    denominator: int


@dataclass(frozen=True)
class DailySummary:
    """What the summary page shows; ``attention`` holds sentences for a person, worst first."""

    document_id: str
    institution: Issuer
    agency: Issuer
    business_date: date
    chain_head: str
    money: tuple[MoneyDay, ...]
    files: tuple[FileDay, ...] = ()
    contacts: tuple[ContactDay, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    #: The day whose gestiones the indicators count; ``None`` without any.
    indicators_of: date | None = None
    attention: tuple[str, ...] = ()


def daily_pdf(data: DailySummary) -> bytes:
    """The summary as PDF bytes."""
    heading = Heading(
        "Resumen del día", data.document_id, data.institution, data.agency, data.business_date,
        data.chain_head,
    )  # fmt: skip
    with Sheet(heading) as sheet:
        if data.attention:
            sheet.banner("Requiere atención", "\n".join(_shown(data.attention)), "alert")
        else:
            sheet.banner("Día completo", "Sin pendientes para la institución.", "good")
        _money(sheet, data)
        _files(sheet, data)
        _contacts(sheet, data)
        if data.indicators_of is not None:
            _indicators(sheet, data, data.indicators_of)
        return sheet.finish()


def _shown(sentences: tuple[str, ...], most: int = 20) -> list[str]:
    rest = len(sentences) - most
    return [*sentences[:most], f"y {rest} más."] if rest > 0 else list(sentences)


def _money(sheet: Sheet, data: DailySummary) -> None:
    sheet.section("Cartera")
    columns = [exact("Moneda", 14), figures("Obligaciones", 20), figures("Saldo inicial", 32),
               figures("Asignado", 27), figures("Pagado", 26), figures("Castigado", 24),
               figures("Otros", 26), figures("Saldo final", 32)]  # fmt: skip
    rows = []
    for day in data.money:
        amounts = (day.opening_minor, day.placed_minor, -day.paid_minor, -day.written_off_minor,
                   day.other_minor, day.closing_minor)  # fmt: skip
        money = [to_text(amount, day.currency, symbol=False) for amount in amounts]
        rows.append([day.currency, count(day.accounts, data.institution.country), *money])
    paint(sheet, columns, rows, size=8)


def _files(sheet: Sheet, data: DailySummary) -> None:
    sheet.section("Archivos recibidos")
    columns = [Column("Archivo", 90), Column("Resultado", 46), figures("Filas", 22),
               figures("Rechazadas", 22)]  # fmt: skip
    country = data.institution.country
    rows = [
        (f.name, f.state, count(f.rows, country), count(f.rejected, country)) for f in data.files
    ]
    paint(sheet, columns, rows, size=8, empty="No se recibieron archivos.")


def _contacts(sheet: Sheet, data: DailySummary) -> None:
    sheet.section("Contactos")
    columns = [Column("Canal", 60), figures("Planeados", 30), figures("Permitidos", 30),
               figures("Retenidos", 30), figures("Enviados o asignados", 34)]  # fmt: skip
    country = data.institution.country
    rows = [
        (c.channel, *(count(n, country) for n in (c.planned, c.allowed, c.withheld, c.sent)))
        for c in data.contacts
    ]
    paint(sheet, columns, rows, size=8, empty="No se planearon contactos.")


def _indicators(sheet: Sheet, data: DailySummary, of: date) -> None:
    sheet.section(f"Indicadores de las gestiones del {long_es(of)}")
    columns = [Column("Se cuenta", 70), Column("Sobre", 60), figures("Casos", 22),
               figures("Base", 22)]  # fmt: skip
    country = data.institution.country
    rows = [
        (i.numerator_name, i.denominator_name, count(i.numerator, country),
         count(i.denominator, country))
        for i in data.indicators
    ]  # fmt: skip
    paint(sheet, columns, rows, size=8)
