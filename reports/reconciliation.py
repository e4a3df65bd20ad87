"""Reconciliation of an institution's day: every balance and every receipt explained to the cent.

The report is not issued when a difference is left: ``check_ties`` recomputes both identities from
the figures handed in, whatever the caller concluded.
"""

from __future__ import annotations

from collections.abc import Sequence

from recupero.money import to_text
from reports.labels import COMPONENT, COMPONENTS, KIND, MOVEMENT, count, spoken
from reports.page import Heading, Sheet
from reports.painter import Column, exact, figures, paint
from reports.reconciled_day import (
    CLASSES,
    FileControl,
    MatchLine,
    OpenItem,
    Reconciliation,
    RollForward,
    RollLine,
    SourceLine,
    ThreeWay,
    age_label,
    check_ties,
)

__all__ = [
    "FileControl",
    "MatchLine",
    "OpenItem",
    "Reconciliation",
    "RollForward",
    "RollLine",
    "SourceLine",
    "ThreeWay",
    "check_ties",
    "reconciliation_pdf",
]

#: Items and matches printed; the workbook holds them all.
PRINTED = 200


def reconciliation_pdf(data: Reconciliation) -> bytes:
    """The reconciliation to be read and signed; long lists end in ``y N más``."""
    check_ties(data)
    heading = Heading(
        "Conciliación del día", data.document_id, data.institution, data.agency,
        data.business_date, data.chain_head,
    )  # fmt: skip
    with Sheet(heading, landscape=True) as sheet:
        _verdict(sheet, data)
        for roll in data.roll_forward:
            _roll(sheet, roll)
        _sources(sheet, data.sources)
        if data.three_way:
            _three_way(sheet, data.three_way)
        _files(sheet, data)
        _open_items(sheet, data)
        _matches(sheet, data)
        _signatures(sheet)
        return sheet.finish()


def _verdict(sheet: Sheet, data: Reconciliation) -> None:
    text = (
        "Saldo inicial más movimientos es igual al saldo final, por componente; todo lo recibido "
        "está clasificado, por fuente. Diferencia sin explicar: 0."
    )
    if data.institution.country == "MX":
        text += "\nLa agencia no recibe pagos: las fuentes son extractos y archivos del acreedor."
    apart = [t.currency for t in data.three_way if t.bank_minor not in (None, t.control_minor)]
    if apart:
        text += f"\nEl banco ajustado no coincide con el libro de control en {', '.join(apart)}."
    sheet.banner(
        "El banco difiere del libro" if apart else "Sin diferencias", text,
        "alert" if apart else "good",
    )  # fmt: skip


def _money(amount_minor: int, currency: str) -> str:
    return to_text(amount_minor, currency, symbol=False)


def _roll(sheet: Sheet, roll: RollForward) -> None:
    sheet.section(f"Movimiento del libro por componente ({roll.currency})")
    columns = [Column("Concepto", 44)]
    columns += [figures(COMPONENT[name], 33) for name in COMPONENTS] + [figures("Total", 35)]

    def row(name: str, amounts: Sequence[int]) -> list[str]:
        return [name, *(_money(a, roll.currency) for a in (*amounts, sum(amounts)))]

    rows = [row(MOVEMENT["opening"], roll.opening_minor)]
    rows += [row(spoken(MOVEMENT, line.movement), line.amounts_minor) for line in roll.lines]
    paint(sheet, columns, rows, total=row(MOVEMENT["closing"], roll.closing_minor), size=8)
    sheet.y -= 2.4
    zero = row("Sin explicar", roll.unexplained_minor)
    sheet.paragraph(f"Sin explicar: {zero[-1]} en cada componente y en el total.", 8)


def _sources(sheet: Sheet, sources: Sequence[SourceLine]) -> None:
    sheet.section("Recibido por fuente")
    columns = [Column("Fuente", 46, lines=2), exact("Moneda", 15), figures("Partidas", 16),
               figures("Recibido", 32)]  # fmt: skip
    columns += [figures(name, 29) for _, name in CLASSES]
    rows = [
        [
            line.source, line.currency, str(line.entries),
            _money(line.received_minor, line.currency),
            *(_money(getattr(line, f"{key}_minor"), line.currency) for key, _ in CLASSES),
        ]
        for line in sources
    ]  # fmt: skip
    paint(sheet, columns, rows, size=8, empty="No se recibieron pagos.")


def _three_way(sheet: Sheet, lines: Sequence[ThreeWay]) -> None:
    sheet.section("Tres cifras que deben coincidir")
    columns = [exact("Moneda", 20), figures("Banco ajustado", 50), figures("Libro de control", 50),
               figures("Suma de cuentas", 50)]  # fmt: skip
    rows = [
        [
            line.currency,
            "sin extracto" if line.bank_minor is None else _money(line.bank_minor, line.currency),
            _money(line.control_minor, line.currency), _money(line.accounts_minor, line.currency),
        ]
        for line in lines
    ]  # fmt: skip
    paint(sheet, columns, rows, size=8)


def _files(sheet: Sheet, data: Reconciliation) -> None:
    sheet.section("Totales de control por archivo")
    country = data.institution.country
    columns = [
        Column("Archivo", 58, lines=2), Column("Contenido", 30), Column("Huella", 32),
        exact("Moneda", 15), figures("Filas declaradas", 22), figures("Filas contadas", 22),
        figures("Suma declarada", 34), figures("Suma contada", 34), Column("Resultado", 22, "R"),
    ]  # fmt: skip
    rows = [
        [
            f.file_name, spoken(KIND, f.kind), f.digest, f.currency,
            "—" if f.declared_rows is None else count(f.declared_rows, country),
            count(f.counted_rows, country),
            "—" if f.declared_sum_minor is None else _money(f.declared_sum_minor, f.currency),
            "—" if f.counted_sum_minor is None else _money(f.counted_sum_minor, f.currency),
            f.verdict,
        ]
        for f in data.files
    ]  # fmt: skip
    paint(sheet, columns, rows, empty="No se recibieron archivos.")


def _open_items(sheet: Sheet, data: Reconciliation) -> None:
    sheet.section("Partidas abiertas por antigüedad")
    columns = [
        Column("Antigüedad", 26), exact("Partida", 32), Column("Fuente", 38, lines=2),
        exact("Desde", 20), figures("Días", 10), exact("Moneda", 15), figures("Importe", 32),
        Column("Causa", 42, lines=2), Column("Responsable", 28),
        Column("Siguiente paso", 42, lines=2),
    ]  # fmt: skip
    items = sorted(data.open_items, key=lambda i: (-i.age_days, i.item_id))
    rows = [
        [
            age_label(i.age_days), i.item_id, i.source, i.opened_on.isoformat(), str(i.age_days),
            i.currency, _money(i.amount_minor, i.currency), i.cause, i.owner, i.next_action,
        ]
        for i in items[:PRINTED]
    ]  # fmt: skip
    paint(sheet, columns, rows, empty="No hay partidas abiertas.")
    _more(sheet, len(items), data.institution.country)


def _matches(sheet: Sheet, data: Reconciliation) -> None:
    sheet.section("Pagos aplicados")
    classes = dict(CLASSES)
    columns = [
        exact("Pago", 34), Column("Fuente", 38), exact("Fecha", 22), exact("Obligación", 36),
        exact("Moneda", 15), figures("Importe", 34), Column("Clase", 22), Column("Etapa", 34),
        Column("Evidencia", 50, lines=2), Column("Confirmó", 24),
    ]  # fmt: skip
    rows = [
        [
            m.receipt_id, m.source, m.paid_on.isoformat(), m.account_number, m.currency,
            _money(m.amount_minor, m.currency), classes.get(m.matched_class, m.matched_class),
            m.stage, m.evidence, m.confirmed_by or "automático",
        ]
        for m in data.matches[:PRINTED]
    ]  # fmt: skip
    paint(sheet, columns, rows, empty="No se aplicaron pagos.")
    _more(sheet, len(data.matches), data.institution.country)


def _more(sheet: Sheet, held: int, country: str) -> None:
    if held > PRINTED:
        rest = count(held - PRINTED, country)
        sheet.paragraph(f"y {rest} más: la lista completa está en el libro XLSX del mismo día.", 8)


def _signatures(sheet: Sheet) -> None:
    sheet.need(24)
    sheet.y += 14
    for index, role in enumerate(
        ("Preparó", "Revisó (persona distinta)", "Recibió la institución")
    ):
        x = sheet.left + index * sheet.width / 3
        sheet.canvas.rule(x, sheet.y, x + sheet.width / 3 - 10)
        sheet.canvas.text(x, sheet.y + 3.8, role, 8)
    sheet.y += 8
