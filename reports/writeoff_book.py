"""The write-off proposal or report as a workbook: lines, totals that are live sums, refusals."""

from __future__ import annotations

import pandas as pd

from recupero.money import to_decimal
from reports.canvas import A4_COUNTRIES
from reports.workbook import Book, Field, Page, Table
from reports.writeoff import TITLE, WriteOff, by_total, check_writeoff

PARTS = (
    ("principal_minor", "Capital"),
    ("interest_minor", "Intereses"),
    ("other_minor", "Otros"),
    ("total_minor", "Total"),
)
PROVISIONED = {True: "sí", False: "no", None: ""}


def writeoff_xlsx(data: WriteOff) -> bytes:
    """A sheet of obligations per currency, totals by product, bucket and cause, and refusals."""
    check_writeoff(data)
    title = f"{TITLE[data.kind]} {data.institution.name} {data.business_date.isoformat()}"
    book = Book(title, data.agency.name, data.business_date)
    paper = 9 if data.institution.country in A4_COUNTRIES else 1
    totals = book.page("Totales", f"{title} · {data.document_id}", paper=paper)
    for currency in sorted({line.currency for line in data.lines}):
        page = book.page(f"Obligaciones {currency}", f"{title} · {currency}", paper=paper)
        lines = _lines(page, data, currency)
        for key, name in (("product", "Producto"), ("bucket", "Tramo"), ("cause", "Causa")):
            _totals(totals, data, currency, key, name, lines)
    refused = book.page("No aceptadas", f"{title} · no aceptadas", paper=paper)
    frame = pd.DataFrame([vars(r) for r in data.refused], columns=_REFUSED_KEYS, dtype=object)
    refused.table(frame, _REFUSED, freeze=True)
    return book.finish()


_REFUSED = (
    Field("account_number", "Obligación", 26), Field("currency", "Moneda", 9),
    Field("amount_minor", "Importe", 20, "money"), Field("reason", "Motivo", 70),
    Field("norm", "Norma", 40),
)  # fmt: skip
_REFUSED_KEYS = [field.key for field in _REFUSED]


def _money(currency: str) -> list[Field]:
    return [Field(key, name, 20, "money", currency, total=True) for key, name in PARTS]


def _lines(page: Page, data: WriteOff, currency: str) -> Table:
    fields = (
        Field("account_number", "Obligación", 24), Field("product", "Producto", 24),
        Field("currency", "Moneda", 9), *_money(currency),
        Field("age_days", "Mora (días)", 11, "count"), Field("bucket", "Tramo", 10),
        Field("cause", "Causa", 26), Field("guarantee", "Garantía", 22),
        Field("provisioned", "Provisionada", 13), Field("legal_basis", "Base legal", 40),
        Field("route", "Vía", 30), Field("certificate_id", "Certificado", 30),
    )  # fmt: skip
    rows = [
        vars(line) | {"provisioned": PROVISIONED[line.provisioned]}
        for line in data.lines
        if line.currency == currency
    ]
    frame = pd.DataFrame(rows, columns=[field.key for field in fields], dtype=object)
    return page.table(frame, fields, freeze=True)


def _totals(page: Page, data: WriteOff, currency: str, key: str, name: str, lines: Table) -> None:
    """Totals by *key*, each a live sum over the sheet of obligations.

    ``EXACT`` and not ``SUMIF``: a criterion such as ``>365`` or ``1-30`` would be taken for a
    comparison or a date.
    """
    totals = by_total(data, key)
    totals = totals[totals["currency"] == currency].astype(object)
    fields = (
        Field(key, name, 30), Field("currency", "Moneda", 9),
        Field("accounts", "Obligaciones", 14, "count", total=True), *_money(currency),
    )  # fmt: skip
    written = page.table(totals, fields)
    names = lines.span(key, outside=True)
    for row, record in enumerate(totals.to_dict("records")):
        label = written.cell(key, row)
        chosen = f"--EXACT({names},{label})"
        page.sheet.write_formula(
            written.first + row, written.column("accounts"), f"=SUMPRODUCT({chosen})",
            page.book.format("count"), int(record["accounts"]),
        )  # fmt: skip
        for part, _ in PARTS:
            sums = f"=SUMPRODUCT({chosen},{lines.span(part, outside=True)})"
            column = written.column(part)
            value = float(to_decimal(int(record[part]), currency))
            page.sheet.write_formula(
                written.first + row, column, sums, page.book.format("money", currency), value
            )
