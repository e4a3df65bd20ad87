"""The reject file of what was booked: rejected lines as they came, to be repaired and sent back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from recupero.profiles.language import Language
from recupero.profiles.profile import Layout, Profile
from recupero.profiles.repair import PREFIX, ending_of, reference_of, titles_of
from recupero.steps.documents import Paper, folio
from recupero.store.manifest import Receipt
from reports.acknowledgement import RejectedRow
from reports.reject_file import RejectedLine, RejectFile, reject_file
from schemas.originals import Originals, fields_at_fault, originals
from schemas.rule import Context

#: The kind of document it is: part of the acknowledgement, and kept as long.
KIND = "acknowledgement_rejects"
_BETWEEN = " · "


def reject_paper(
    profile: Profile,
    layout: Layout,
    receipt: Receipt,
    content: bytes,
    rows: Sequence[RejectedRow],
    stem: str,
    context: Context,
) -> Paper:
    """The paper for the rejected *rows* of *content*; *stem* is the acknowledgement's own."""
    name = f"{PREFIX}{stem}.{ending_of(layout, receipt.name)}"

    def render() -> bytes:
        before = originals(content, layout, {row.line_number for row in rows})
        return reject_file(_data(profile, layout, receipt, rows, before, context))

    return Paper(KIND, name, profile.code, render)


def _data(
    profile: Profile,
    layout: Layout,
    receipt: Receipt,
    rows: Sequence[RejectedRow],
    before: Originals,
    context: Context,
) -> RejectFile:
    at_fault: set[str] = set()
    for field, rule in sorted({(row.field, row.rule) for row in rows}):
        at_fault |= fields_at_fault(field, rule, layout, context)
    by_line: dict[int, list[RejectedRow]] = {}
    for row in rows:
        by_line.setdefault(row.line_number, []).append(row)
    language = profile.institution.speaks
    line = partial(_line, layout, language, folio(receipt.receipt_id), before)
    return RejectFile(
        layout=layout,
        language=language,
        business_date=context.business_date,
        header=before.header,
        header_raw=before.header_raw,
        corrections=tuple(titles_of(layout, at_fault)),
        lines=tuple(line(number, by_line[number]) for number in sorted(by_line)),
    )


def _line(
    layout: Layout,
    language: Language,
    known_by: str,
    before: Originals,
    number: int,
    rows: list[RejectedRow],
) -> RejectedLine:
    labels = dict.fromkeys(layout.label(row.field, language) for row in rows if row.field)
    values = dict.fromkeys(row.value for row in rows if row.value)
    return RejectedLine(
        line_number=number,
        reference=reference_of(known_by, number),
        raw=before.raws.get(number, ""),
        cells=before.cells.get(number, ()),
        field=_BETWEEN.join(labels),
        reason=_BETWEEN.join(dict.fromkeys(row.message for row in rows)),
        value=_BETWEEN.join(values) or before.broken.get(number, ""),
    )
