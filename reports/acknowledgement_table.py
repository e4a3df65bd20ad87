"""The acknowledgement as a table for machines.

Names of columns and codes are the same in every language; what persons read is in theirs.
"""

from __future__ import annotations

from collections.abc import Iterator

from recupero.money import to_decimal
from reports.acknowledgement import Acknowledgement, check
from reports.compared import balance_records, compared_records, part_records
from reports.contents import contents_records
from reports.control_totals import control_records
from reports.dropped import dropped_records
from reports.table import Cell, csv_bytes


def acknowledgement_csv(data: Acknowledgement) -> bytes:
    """The same for machines, every reject included: one row a record, ``registro`` says which."""
    check(data)
    header = (
        "registro", "documento", "archivo", "concepto", "linea", "campo", "regla", "valor",
        "mensaje", "que_hacer", "filas", "importe", "moneda",
    )  # fmt: skip
    lead: tuple[Cell, ...] = (data.document_id, data.file_name)
    return csv_bytes(header, ((row[0], *lead, *row[1:]) for row in _records(data)))


def _records(data: Acknowledgement) -> Iterator[tuple[Cell, ...]]:
    blank: tuple[Cell, ...] = (None,) * 6
    words = data.words
    reason = data.duplicate_of or data.refusal_reason
    yield ("archivo", data.state, None, None, data.refusal_rule or None, None, reason or None,
           data.refusal_mend or None, data.read.rows, None, None)  # fmt: skip
    yield ("cadena", data.chain_head, *blank, None, None, None)
    yield from contents_records(data.container, data.contents)
    for concept, name in (("corrige", data.repairs), ("para_corregir", data.reject_file)):
        if name:
            yield (concept, name, *blank, None, None, None)
    for code, tally in data.steps:
        yield ("total", code, *blank, tally.rows, None, None)
        for currency, amount in tally.amounts_minor:
            yield ("total", code, *blank, None, to_decimal(amount, currency), currency)
    if data.control is not None:
        yield from control_records(data.control)
    if data.part is not None:
        yield from part_records(data.part, words)
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
               r.mend or words["usual_mend"], None, None, None)  # fmt: skip
