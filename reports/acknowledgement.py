"""Acknowledgement of a received file: what came, what became of every row, what to mend.

Five forms by ``state``: ``booked`` (with or without rejects), ``held`` (nothing is booked until
somebody decides), ``refused`` (nothing was booked), ``duplicate`` (the same content was
acknowledged before) and ``opened`` (files came in it, each acknowledged by itself).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from recupero.dates import long_es
from recupero.errors import IntegrityError
from recupero.money import to_decimal, to_text
from reports.compared import (
    Compared,
    ExpectedBalance,
    Part,
    balance_records,
    compared_records,
    paint_balance,
    paint_compared,
    part_records,
)
from reports.contents import Content, contents_records, opened_banner, paint_contents
from reports.control_totals import ControlTotals, control_records, paint_control
from reports.dropped import PRINTED, Dropped, dropped_records, paint_dropped, recalls, rest
from reports.labels import KIND, count, spoken
from reports.page import Heading, Issuer, Sheet
from reports.painter import Column, figures, paint
from reports.table import Cell, csv_bytes

MEND = "Corrija el valor en el origen y envíe la línea en el siguiente archivo."


@dataclass(frozen=True)
class Tally:
    """Rows and their money per currency, ``((currency, minor units), …)``."""

    rows: int = 0
    amounts_minor: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class RejectedRow:
    """One failing rule of one row. ``line_number`` is the physical line or spreadsheet row."""

    line_number: int
    field: str
    rule: str
    value: str
    message: str
    mend: str = ""


@dataclass(frozen=True)
class Acknowledgement:
    """A received file; ``container`` names the sealed one it came in, ``contents`` came in it."""

    document_id: str
    institution: Issuer
    agency: Issuer
    business_date: date
    state: str
    file_name: str
    size_bytes: int
    digest: str  # SHA-256 of the bytes
    kind: str = ""
    layout_version: str = ""
    chain_head: str = ""
    read: Tally = Tally()
    booked: Tally = Tally()
    unchanged: Tally = Tally()
    held: Tally = Tally()
    rejected: Tally = Tally()
    duplicate: Tally = Tally()
    control: ControlTotals | None = None
    rejects: tuple[RejectedRow, ...] = ()
    #: Rows that were accepted, with something the institution should look at.
    warnings: tuple[RejectedRow, ...] = ()
    part: Part | None = None
    compared: Compared | None = None
    expected: tuple[ExpectedBalance, ...] = ()
    dropped: Dropped = field(default_factory=Dropped)
    refusal_rule: str = ""
    refusal_reason: str = ""
    refusal_mend: str = ""
    container: str = ""
    contents: tuple[Content, ...] = ()
    duplicate_of: str = ""
    duplicate_received_on: date | None = None

    @property
    def counted(self) -> bool:
        """Whether the file's rows were read and their fate can be told."""
        return self.state == "booked" or self.read.rows > 0


def acknowledgement_pdf(data: Acknowledgement) -> bytes:
    """The acknowledgement to be read; long reject lists end in ``y N más``."""
    _check(data)
    heading = Heading(
        "Acuse de recibo", data.document_id, data.institution, data.agency, data.business_date,
        data.chain_head,
    )  # fmt: skip
    with Sheet(heading) as sheet:
        _verdict(sheet, data)
        sheet.section("Archivo recibido")
        sheet.facts(_file_facts(data))
        paint_contents(sheet, data.contents, data.institution.country)
        if data.counted:
            _totals(sheet, data)
        if data.control is not None:
            paint_control(sheet, data.control, data.institution.country)
        if data.part is not None:
            sheet.paragraph(data.part.told)
        if data.compared is not None:
            paint_compared(sheet, data.compared, data.institution.country)
        paint_dropped(sheet, data.dropped, data.institution.country)
        if any(one.known_minor for one in data.expected):  # else it is the first one
            paint_balance(sheet, data.expected)
        if data.rejects:
            _rows(sheet, "Filas rechazadas", data.rejects, data.institution.country)
        if data.warnings:
            _rows(sheet, "Avisos", data.warnings, data.institution.country)
        sheet.paragraph(_closing(data), 8)
        return sheet.finish()


def acknowledgement_csv(data: Acknowledgement) -> bytes:
    """The same for machines, every reject included: one row a record, ``registro`` says which."""
    _check(data)
    header = (
        "registro", "documento", "archivo", "concepto", "linea", "campo", "regla", "valor",
        "mensaje", "que_hacer", "filas", "importe", "moneda",
    )  # fmt: skip
    lead: tuple[Cell, ...] = (data.document_id, data.file_name)
    return csv_bytes(header, ((row[0], *lead, *row[1:]) for row in _records(data)))


def _check(data: Acknowledgement) -> None:
    parts = (data.booked, data.unchanged, data.held, data.rejected, data.duplicate)
    if data.read.rows != sum(part.rows for part in parts):
        raise IntegrityError("rows read are not the sum of what became of them", data.document_id)


def _verdict(sheet: Sheet, data: Acknowledgement) -> None:
    gone = recalls(data.dropped, data.institution.country)
    if data.state == "refused":
        reason = data.refusal_reason or "El archivo no se pudo leer como lo declara su formato."
        mend = data.refusal_mend or "Corrija el archivo y envíelo de nuevo."
        sheet.banner("Archivo rechazado: no se registró ninguna fila", f"{reason}\n{mend}", "alert")
    elif data.state == "held":
        reason = f"{data.refusal_reason[:1].upper()}{data.refusal_reason[1:]}"
        told = f"{reason}.\n{data.refusal_mend}"
        sheet.banner("Archivo retenido: no se registró ninguna fila", told, "alert")
    elif data.state == "duplicate":
        when = f" el {long_es(data.duplicate_received_on)}" if data.duplicate_received_on else ""
        sheet.banner(
            "Archivo ya recibido: no se registró de nuevo",
            f"El mismo contenido se recibió{when} y se acusó con el documento "
            f"{data.duplicate_of}. No tiene que hacer nada; si quería enviar datos nuevos, revise "
            "el archivo y envíelo otra vez.",
        )
    elif data.state == "opened":
        opened_banner(sheet, data.contents)
    elif data.rejected.rows:
        sheet.banner(
            "Archivo registrado con filas rechazadas: "
            f"{count(data.rejected.rows, data.institution.country)}",
            "Las demás filas están registradas. Las rechazadas se listan abajo con su motivo y lo "
            f"que debe hacerse.{gone}",
            "alert",
        )
    else:
        told = "Todas las filas leídas fueron aceptadas."
        if data.duplicate.rows:
            told = "Ninguna fila fue rechazada; las repetidas se registran una sola vez."
        sheet.banner("Archivo registrado", f"{told}{gone}", "plain" if gone else "good")


def _file_facts(data: Acknowledgement) -> list[tuple[str, str]]:
    layout = "Archivo comprimido o cifrado" if data.contents else "No identificado"
    if data.kind:
        layout = f"{spoken(KIND, data.kind)} · {data.layout_version}"
    return [
        ("Nombre", data.file_name),
        *([("Recibido dentro de", data.container)] if data.container else []),
        ("Contenido y versión del formato", layout),
        ("Tamaño", f"{count(data.size_bytes, data.institution.country)} bytes"),
        ("Fecha de operación", long_es(data.business_date)),
        ("SHA-256 del archivo", data.digest),
        ("Cabeza de la cadena", data.chain_head),
    ]


def _steps(data: Acknowledgement) -> tuple[tuple[str, str, Tally], ...]:
    return (
        ("read", "Leídas", data.read),
        ("booked", "Registradas", data.booked),
        ("unchanged", "Sin cambios", data.unchanged),
        ("held", "Retenidas a la espera de decisión", data.held),
        ("rejected", "Rechazadas", data.rejected),
        ("duplicate", "Duplicadas", data.duplicate),
    )


def _totals(sheet: Sheet, data: Acknowledgement) -> None:
    sheet.section("Qué pasó con las filas")
    country = data.institution.country
    currencies = sorted({code for _, _, tally in _steps(data) for code, _ in tally.amounts_minor})
    rows = [_tally_row(name, tally, currencies, country) for _, name, tally in _steps(data)[1:]]
    columns = [Column("Resultado", 60), figures("Filas", 24)]
    columns += [figures(f"Importe {code}", 44) for code in currencies]
    total = _tally_row("Leídas", data.read, currencies, country)
    paint(sheet, columns, rows, total=total, size=8.5)


def _tally_row(name: str, tally: Tally, currencies: list[str], country: str) -> list[str]:
    amounts = dict(tally.amounts_minor)
    shown = [to_text(amounts[code], code) if code in amounts else "—" for code in currencies]
    return [name, count(tally.rows, country), *shown]


def _rows(sheet: Sheet, title: str, rows: tuple[RejectedRow, ...], country: str) -> None:
    sheet.section(title)
    columns = [
        Column("Línea", 12, "R"), Column("Campo", 26, lines=2), Column("Valor", 34, lines=2),
        Column("Motivo", 56, lines=3), Column("Qué hacer", 52, lines=3),
    ]  # fmt: skip
    shown = rows[:PRINTED]
    paint(
        sheet,
        columns,
        [(str(r.line_number), r.field, r.value, r.message, r.mend or MEND) for r in shown],
    )
    rest(sheet, len(rows), country)


def _closing(data: Acknowledgement) -> str:
    return (
        "Filas leídas = registradas + sin cambios + retenidas + rechazadas + duplicadas. El "
        "archivo se conserva tal como llegó; su huella y la cabeza de la cadena permiten comprobar "
        "este acuse más adelante."
        if data.counted
        else "El archivo se conserva tal como llegó; su huella permite comprobar este acuse más "
        "adelante."
    )


def _records(data: Acknowledgement) -> Iterator[tuple[Cell, ...]]:
    blank: tuple[Cell, ...] = (None,) * 6
    reason = data.duplicate_of or data.refusal_reason
    yield ("archivo", data.state, None, None, data.refusal_rule or None, None, reason or None,
           data.refusal_mend or None, data.read.rows, None, None)  # fmt: skip
    yield ("cadena", data.chain_head, *blank, None, None, None)
    yield from contents_records(data.container, data.contents)
    for code, _, tally in _steps(data):
        yield ("total", code, *blank, tally.rows, None, None)
        for currency, amount in tally.amounts_minor:
            yield ("total", code, *blank, None, to_decimal(amount, currency), currency)
    if data.control is not None:
        yield from control_records(data.control)
    if data.part is not None:
        yield from part_records(data.part)
    if data.compared is not None:
        yield from compared_records(data.compared)
    yield from balance_records(data.expected)
    yield from dropped_records(data.dropped)
    for r in data.warnings:
        # The one warning about rows that are not taken: they were before.
        taken = "duplicate" if r.rule == "statement_booked_before" else "accepted"
        if data.state == "held":
            taken = "held"
        yield ("aviso", taken, r.line_number, r.field, r.rule, r.value, r.message,
               r.mend or None, None, None, None)  # fmt: skip
    for r in data.rejects:
        yield ("rechazo", "rejected", r.line_number, r.field, r.rule, r.value, r.message,
               r.mend or MEND, None, None, None)  # fmt: skip
