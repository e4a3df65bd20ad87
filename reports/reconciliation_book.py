"""The reconciliation as a workbook: sums are live formulas that tie the sheets to each other."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from recupero.money import to_decimal
from reports.canvas import A4_COUNTRIES
from reports.labels import COMPONENT, COMPONENTS, KIND, MOVEMENT, spoken
from reports.reconciled_day import CLASSES, Reconciliation, RollForward, age_label, check_ties
from reports.workbook import Book, Field, Page, Table


def reconciliation_xlsx(data: Reconciliation) -> bytes:
    """The day's figures and every match and open item, as XLSX bytes."""
    check_ties(data)
    title = f"Conciliación {data.institution.name} {data.business_date.isoformat()}"
    book = Book(title, data.agency.name, data.business_date)
    paper = 9 if data.institution.country in A4_COUNTRIES else 1
    _cover(book.page("Resumen", title, paper=paper), data)
    for roll in data.roll_forward:
        _roll(book.page(f"Movimiento {roll.currency}", f"{title} · movimiento", paper=paper), roll)
    received = _sources(book.page("Recibido", f"{title} · recibido", paper=paper), data)
    _matches(book.page("Aplicaciones", f"{title} · pagos aplicados", paper=paper), data, received)
    _open(book.page("Partidas abiertas", f"{title} · partidas abiertas", paper=paper), data)
    _files(book.page("Archivos", f"{title} · totales de control", paper=paper), data)
    return book.finish()


def _cover(page: Page, data: Reconciliation) -> None:
    rows = [
        ("Documento", data.document_id), ("Institución", data.institution.name),
        ("Agencia", data.agency.name), ("Fecha de corte", data.business_date.isoformat()),
        ("Cabeza de la cadena", data.chain_head),
    ]  # fmt: skip
    fields = (Field("name", "Dato", 30), Field("value", "Valor", 72))
    page.table(pd.DataFrame(rows, columns=["name", "value"], dtype=object), fields)


def _roll(page: Page, roll: RollForward) -> None:
    lines = [("opening", roll.opening_minor)]
    lines += [(line.movement, line.amounts_minor) for line in roll.lines]
    frame = pd.DataFrame([amounts for _, amounts in lines], columns=list(COMPONENTS), dtype=object)
    frame.insert(0, "movement", [spoken(MOVEMENT, name) for name, _ in lines])
    money = [Field(c, COMPONENT[c], 20, "money", roll.currency, True) for c in COMPONENTS]
    written = page.table(frame, [Field("movement", "Concepto", 28), *money], freeze=True)
    page.row -= 2
    last = len(COMPONENTS) + 1
    total = Field("total", "Total", 22, "money", roll.currency)
    page.sheet.set_column(last, last, 22)
    page.sheet.write_string(written.first - 1, last, "Total", page.book.format("head"))
    for offset, (_, amounts) in enumerate([*lines, ("", roll.closing_minor)]):
        row = written.first + offset
        units = to_decimal(sum(amounts), roll.currency)
        page.formula(row, last, f"=SUM(B{row + 1}:G{row + 1})", units, total)
    _closing(page, roll, written)


def _closing(page: Page, roll: RollForward, written: Table) -> None:
    """Closing as the ledger states it, and what the formulas above leave unexplained: 0."""
    closing, summed = page.row, written.first + written.rows
    names = ("Suma (fórmula)", "Saldo final del libro", "Sin explicar")
    for offset, name in enumerate(names):
        page.sheet.write_string(summed + offset, 0, name, page.book.format("total"))
    field = Field("total", "Total", 20, "money", roll.currency)
    look = page.book.format("total money", roll.currency)
    for column, amount in enumerate((*roll.closing_minor, sum(roll.closing_minor)), start=1):
        letter = chr(ord("A") + column)
        units = to_decimal(amount, roll.currency)
        page.sheet.write_number(closing, column, float(units), look)
        rest = f"=ROUND({letter}{closing + 1}-{letter}{summed + 1},4)"
        page.formula(closing + 1, column, rest, Decimal(0), field)
    page.row = closing + 4


def _sources(page: Page, data: Reconciliation) -> dict[tuple[str, str], str]:
    """One row a source; returns where each (source, currency) keeps its matched amount."""
    keys = ["received", *(key for key, _ in CLASSES)]
    titles = dict((("received", "Recibido"), *CLASSES))
    where: dict[tuple[str, str], str] = {}
    for currency in sorted({line.currency for line in data.sources}):
        lines = [line for line in data.sources if line.currency == currency]
        frame = pd.DataFrame([vars(line) for line in lines], dtype=object)
        fields = [Field("source", "Fuente", 34), Field("currency", "Moneda", 9),
                  Field("entries", "Partidas", 10, "count", total=True)]  # fmt: skip
        fields += [Field(f"{k}_minor", titles[k], 20, "money", currency, True) for k in keys]
        written = page.table(frame, fields)
        _explained(page, written, len(lines))
        for row, line in enumerate(lines):
            applied = f"{written.cell('matched_minor', row)}+{written.cell('by_policy_minor', row)}"
            where[line.source, currency] = applied
    return where


def _explained(page: Page, written: Table, rows: int) -> None:
    column = len(written.fields)
    page.sheet.set_column(column, column, 14)
    page.sheet.write_string(written.first - 1, column, "¿Explicado?", page.book.format("head"))
    for row in range(rows):
        received = written.cell("received_minor", row)
        classes = f"{written.cell('matched_minor', row)}:{written.cell('not_ours_minor', row)}"
        test = f'=IF(ROUND({received}-SUM({classes}),4)=0,"sí","NO")'
        page.check(written.first + row, column, test, "sí")


def _matches(page: Page, data: Reconciliation, received: dict[tuple[str, str], str]) -> None:
    classes = dict(CLASSES)
    for index, currency in enumerate(sorted({m.currency for m in data.matches}) or [""]):
        lines = [m for m in data.matches if m.currency == currency]
        frame = pd.DataFrame([vars(m) for m in lines], columns=_MATCH, dtype=object)
        frame["matched_class"] = [classes.get(m.matched_class, m.matched_class) for m in lines]
        fields = [
            Field("receipt_id", "Pago", 26), Field("source", "Fuente", 24),
            Field("paid_on", "Fecha", 12, "day"), Field("account_number", "Obligación", 24),
            Field("currency", "Moneda", 9),
            Field("amount_minor", "Importe", 20, "money", currency or "COP", bool(lines)),
            Field("matched_class", "Clase", 16), Field("stage", "Etapa", 22),
            Field("evidence", "Evidencia", 48), Field("confirmed_by", "Confirmó", 18),
        ]  # fmt: skip
        written = page.table(frame, fields, freeze=index == 0)
        if lines:
            _tie(page, written, data, currency, received)


_MATCH = ["receipt_id", "source", "paid_on", "account_number", "currency", "amount_minor",
          "matched_class", "stage", "evidence", "confirmed_by"]  # fmt: skip


def _tie(
    page: Page,
    written: Table,
    data: Reconciliation,
    currency: str,
    received: dict[tuple[str, str], str],
) -> None:
    """Under the matches: the same sum taken from the sheet of receipts, and whether both agree."""
    cells = [cells for (_, code), cells in sorted(received.items()) if code == currency]
    text = "=" + "+".join(f"Recibido!{part}" for cell in cells for part in cell.split("+"))
    stated = sum(
        s.matched_minor + s.by_policy_minor for s in data.sources if s.currency == currency
    )
    detail = sum(m.amount_minor for m in data.matches if m.currency == currency)
    row, column = written.first + written.rows + 1, written.column("amount_minor")
    field = written.fields[column]
    page.sheet.write_string(row, 0, "Según Recibido", page.book.format("total"))
    if cells:
        page.formula(row, column, text, to_decimal(stated, currency), field)
    letter = chr(ord("A") + column)
    test = f'=IF(ROUND({letter}{row}-{letter}{row + 1},4)=0,"coincide","DIFIERE")'
    page.check(row, column + 1, test, "coincide" if stated == detail else "DIFIERE")
    page.row += 1


def _open(page: Page, data: Reconciliation) -> None:
    items = sorted(data.open_items, key=lambda i: (-i.age_days, i.item_id))
    columns = ["age", "item_id", "source", "opened_on", "age_days", "currency", "amount_minor",
               "cause", "owner", "next_action"]  # fmt: skip
    frame = pd.DataFrame(
        [vars(i) | {"age": age_label(i.age_days)} for i in items], columns=columns, dtype=object
    )
    fields = [
        Field("age", "Antigüedad", 16), Field("item_id", "Partida", 26),
        Field("source", "Fuente", 24), Field("opened_on", "Desde", 12, "day"),
        Field("age_days", "Días", 8, "count"), Field("currency", "Moneda", 9),
        Field("amount_minor", "Importe", 20, "money"), Field("cause", "Causa", 40),
        Field("owner", "Responsable", 22), Field("next_action", "Siguiente paso", 40),
    ]  # fmt: skip
    page.table(frame, fields, freeze=True)


def _files(page: Page, data: Reconciliation) -> None:
    rows = [vars(f) | {"kind": spoken(KIND, f.kind), "verdict": f.verdict} for f in data.files]
    columns = ["file_name", "kind", "digest", "currency", "declared_rows", "counted_rows",
               "declared_sum_minor", "counted_sum_minor", "verdict"]  # fmt: skip
    fields = [
        Field("file_name", "Archivo", 44), Field("kind", "Contenido", 22),
        Field("digest", "Huella", 40), Field("currency", "Moneda", 9),
        Field("declared_rows", "Filas declaradas", 14, "count"),
        Field("counted_rows", "Filas contadas", 14, "count"),
        Field("declared_sum_minor", "Suma declarada", 22, "money"),
        Field("counted_sum_minor", "Suma contada", 22, "money"), Field("verdict", "Resultado", 14),
    ]  # fmt: skip
    page.table(pd.DataFrame(rows, columns=columns, dtype=object), fields, freeze=True)
