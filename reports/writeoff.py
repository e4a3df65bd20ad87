"""Write-off: the proposal sent for decision and the report of what was written off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd

from recupero.dates import long_es
from recupero.errors import Fault
from recupero.money import to_decimal, to_text
from reports.labels import count
from reports.page import Heading, Issuer, Sheet
from reports.painter import Column, exact, figures, paint
from reports.table import Cell, csv_bytes

PRINTED_LINES = 300

TITLE = {"proposal": "Propuesta de castigo", "report": "Informe de castigo"}


@dataclass(frozen=True)
class WriteOffLine:
    """One obligation; the parts are minor units and sum to ``total_minor``."""

    account_number: str
    product: str
    currency: str
    principal_minor: int
    interest_minor: int
    other_minor: int
    total_minor: int
    age_days: int
    bucket: str
    cause: str
    legal_basis: str
    route: str
    certificate_id: str
    guarantee: str = ""
    provisioned: bool | None = None


@dataclass(frozen=True)
class RefusedLine:
    """An obligation that was not accepted for write-off, and why."""

    account_number: str
    currency: str
    amount_minor: int
    reason: str
    norm: str = ""


@dataclass(frozen=True)
class WriteOff:
    """``kind`` is proposal or report; *resolution* and *decided_on* belong to a report."""

    document_id: str
    institution: Issuer
    agency: Issuer
    business_date: date
    chain_head: str
    kind: str
    lines: tuple[WriteOffLine, ...]
    refused: tuple[RefusedLine, ...] = ()
    proposal_id: str = ""
    resolution: str = ""
    decided_on: date | None = None
    prepared_by: str = ""
    approved_by: str = ""


def check_writeoff(data: WriteOff) -> None:
    """Each line's parts sum to its total, and each names its certificate or legal basis."""
    for number, line in enumerate(data.lines, start=1):
        where = f"{data.document_id} line {number}"
        if line.principal_minor + line.interest_minor + line.other_minor != line.total_minor:
            raise Fault("a write-off line does not sum", where)
        if not (line.legal_basis and line.route):
            raise Fault("a write-off line names no legal basis", where)


def writeoff_pdf(data: WriteOff) -> bytes:
    """The document to be read and signed; long lists end in ``y N más``."""
    check_writeoff(data)
    heading = Heading(
        TITLE[data.kind], data.document_id, data.institution, data.agency, data.business_date,
        data.chain_head,
    )  # fmt: skip
    with Sheet(heading, landscape=True) as sheet:
        _verdict(sheet, data)
        for key, title in (
            ("product", "producto"),
            ("bucket", "tramo de mora"),
            ("cause", "causa"),
        ):
            _totals(sheet, data, key, title)
        _lines(sheet, data)
        _refused(sheet, data)
        _notes(sheet, data)
        return sheet.finish()


def writeoff_csv(data: WriteOff) -> bytes:
    """The same for machines: accepted and refused lines, ``estado`` says which."""
    check_writeoff(data)
    header = (
        "documento", "estado", "obligacion", "producto", "moneda", "capital", "intereses", "otros",
        "total", "mora_dias", "tramo", "causa", "garantia", "provisionada", "base_legal", "via",
        "certificado", "motivo", "norma",
    )  # fmt: skip
    return csv_bytes(header, _records(data))


def by_total(data: WriteOff, key: str) -> pd.DataFrame:
    """Accounts and parts by *key* and currency; columns ``key, currency, accounts, …_minor``."""
    parts = ["principal_minor", "interest_minor", "other_minor", "total_minor"]
    frame = pd.DataFrame(
        [[getattr(line, name) for name in (key, "currency", *parts)] for line in data.lines],
        columns=[key, "currency", *parts],
        dtype=object,  # Python integers: an int64 sum would wrap around silently
    )
    groups = frame.groupby([key, "currency"], sort=True)
    summed = groups[parts].sum()
    summed.insert(0, "accounts", groups.size())
    return summed.reset_index()


def _verdict(sheet: Sheet, data: WriteOff) -> None:
    country = data.institution.country
    totals: dict[str, int] = {}
    for line in data.lines:
        totals[line.currency] = totals.get(line.currency, 0) + line.total_minor
    amount = " y ".join(to_text(total, code) for code, total in sorted(totals.items()))
    text = f"{count(len(data.lines), country)} obligaciones por {amount or '0'}. " + (
        f"Obligaciones no aceptadas: {count(len(data.refused), country)}."
    )
    if data.kind == "report":
        when = f" del {long_es(data.decided_on)}" if data.decided_on else ""
        text += f"\nDecisión: {data.resolution or '—'}{when}. Propuesta: {data.proposal_id or '—'}."
        sheet.banner("Castigo registrado", text, "good")
    else:
        text += "\nNada se castiga hasta que la institución lo decida y lo instruya por escrito."
        sheet.banner("Propuesta para decisión de la institución", text)


def _totals(sheet: Sheet, data: WriteOff, key: str, title: str) -> None:
    if not data.lines:
        return
    sheet.section(f"Totales por {title}")
    columns = [Column(title.capitalize(), 70), exact("Moneda", 16), figures("Obligaciones", 24),
               figures("Capital", 40), figures("Intereses", 40), figures("Otros", 40),
               figures("Total", 42)]  # fmt: skip
    rows = []
    for row in by_total(data, key).to_dict("records"):
        code = str(row["currency"])
        parts = [row[f"{name}_minor"] for name in ("principal", "interest", "other", "total")]
        money = [to_text(int(part), code, symbol=False) for part in parts]
        rows.append([str(row[key]), code, count(int(row["accounts"]), ""), *money])
    paint(sheet, columns, rows, size=8)


def _lines(sheet: Sheet, data: WriteOff) -> None:
    sheet.section("Obligaciones")
    columns = [
        exact("Obligación", 34), Column("Producto", 30, lines=2), exact("Moneda", 14),
        figures("Capital", 30), figures("Intereses", 28), figures("Otros", 25),
        figures("Total", 31), figures("Mora (días)", 14), Column("Causa", 30, lines=2),
        Column("Base legal y vía", 50, lines=3), exact("Certificado", 32),
    ]  # fmt: skip
    rows = []
    for line in data.lines[:PRINTED_LINES]:
        parts = (line.principal_minor, line.interest_minor, line.other_minor, line.total_minor)
        money = [to_text(part, line.currency, symbol=False) for part in parts]
        rows.append(
            [line.account_number, line.product, line.currency, *money, str(line.age_days),
             line.cause, f"{line.legal_basis} · {line.route}", line.certificate_id or "—"]
        )  # fmt: skip
    paint(sheet, columns, rows, size=7.2, empty="Ninguna obligación.")
    _more(sheet, len(data.lines), data.institution.country)


def _refused(sheet: Sheet, data: WriteOff) -> None:
    sheet.section("Obligaciones no aceptadas")
    columns = [exact("Obligación", 40), exact("Moneda", 16), figures("Importe", 40),
               Column("Motivo", 110, lines=3), Column("Norma", 60, lines=2)]  # fmt: skip
    rows = [
        [r.account_number, r.currency, to_text(r.amount_minor, r.currency, symbol=False),
         r.reason, r.norm or "—"]
        for r in data.refused[:PRINTED_LINES]
    ]  # fmt: skip
    paint(sheet, columns, rows, empty="Ninguna.")
    _more(sheet, len(data.refused), data.institution.country)


def _more(sheet: Sheet, held: int, country: str) -> None:
    if held > PRINTED_LINES:
        rest = count(held - PRINTED_LINES, country)
        sheet.paragraph(f"y {rest} más: la lista completa está en el libro XLSX.", 8)


def _notes(sheet: Sheet, data: WriteOff) -> None:
    sheet.paragraph(
        "El castigo no extingue la obligación: pasa a cuentas de orden y lo que se recupere "
        "después se informa aparte. Anexos a cargo de la institución: acta del órgano competente "
        "y certificación de su contador o revisor.",
        8.5,
    )
    sheet.need(26)
    sheet.y += 15
    roles = (("Preparó", data.prepared_by), ("Aprobó (persona distinta)", data.approved_by),
             ("Representante legal de la institución", ""))  # fmt: skip
    for index, (role, name) in enumerate(roles):
        x, room = sheet.left + index * sheet.width / 3, sheet.width / 3 - 10
        sheet.canvas.rule(x, sheet.y, x + room)
        sheet.canvas.text(x, sheet.y - 1.5, name, 9, room=room)
        sheet.canvas.text(x, sheet.y + 3.8, role, 8, room=room)


def _records(data: WriteOff) -> Iterator[tuple[Cell, ...]]:
    for n in data.lines:
        parts = (n.principal_minor, n.interest_minor, n.other_minor, n.total_minor)
        held = {True: "si", False: "no", None: ""}[n.provisioned]
        yield (
            data.document_id, "aceptada", n.account_number, n.product, n.currency,
            *(to_decimal(part, n.currency) for part in parts), n.age_days, n.bucket, n.cause,
            n.guarantee, held, n.legal_basis, n.route, n.certificate_id, None, None,
        )  # fmt: skip
    for r in data.refused:
        yield (
            data.document_id, "rechazada", r.account_number, None, r.currency, None, None, None,
            to_decimal(r.amount_minor, r.currency), *((None,) * 8), r.reason, r.norm,
        )  # fmt: skip
