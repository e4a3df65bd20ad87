"""The reject file of what was booked: rejected lines as they came, to be repaired and sent back.

Of lines that came back and were rejected again it is one more of the same: each is still the line
of the file it first came in, as it came, and what it was corrected to is filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from recupero.profiles.language import Language
from recupero.profiles.profile import Layout, Profile
from recupero.profiles.repair import (
    PREFIX,
    correction_titles,
    ending_of,
    reference_of,
    titles_of,
)
from recupero.steps.documents import Paper, folio
from recupero.store.manifest import Receipt
from reports.acknowledgement import RejectedRow
from reports.reject_file import RejectedLine, RejectFile, reject_file
from schemas.originals import Originals, fields_at_fault, originals
from schemas.repaired import Returned
from schemas.rule import Context

#: The kind of document it is: part of the acknowledgement, and kept as long.
KIND = "acknowledgement_rejects"
_BETWEEN = " · "


@dataclass(frozen=True)
class Unrepaired:
    """Lines of a file as they came, ``before``, and the rows by which they came back: by the
    number of the row the line it stands for, and what it says.
    """

    before: Originals
    rows: Mapping[int, tuple[int, Returned]]

    def lines(self, rejects: Sequence[RejectedRow], repaired: Collection[int]) -> Rejected:
        """Those among *rejects*, which are told by the row they came back in; not the lines that
        were *repaired* by another row of the same file.
        """
        of = {number: line for number, (line, _) in self.rows.items() if line not in repaired}
        told = [replace(one, line_number=of[one.line_number])
                for one in rejects if one.line_number in of]  # fmt: skip
        corrected: dict[int, dict[str, str]] = {}
        for number in sorted({one.line_number for one in rejects} & of.keys()):
            said = _sound(self.rows[number][1])
            known = corrected.setdefault(of[number], said)
            if known != said:  # which of them is meant nobody can tell
                corrected[of[number]] = dict.fromkeys({**known, **said}, "")
        return Rejected(told, lambda: self.before, corrected)


@dataclass(frozen=True)
class Rejected:
    """What goes on a reject file: ``rows`` tell of lines of the file they first came in, ``before``
    gives those as they came, ``corrected`` what is filled in already, by line and title.
    """

    rows: Sequence[RejectedRow]
    before: Callable[[], Originals]
    corrected: Mapping[int, Mapping[str, str]] = field(default_factory=dict)


def first_rejected(rows: Sequence[RejectedRow], content: bytes, layout: Layout) -> Rejected:
    """The rejected *rows* of *content*, which came for the first time."""
    return Rejected(rows, lambda: originals(content, layout, {row.line_number for row in rows}))


def reject_paper(
    profile: Profile, layout: Layout, of: Receipt, found: Rejected, stem: str, context: Context
) -> Paper | None:
    """The paper for what was *found*, lines of the file *of*; None where that is nothing.

    *stem* is the acknowledgement's own, and so begins with ours where it answers a reject file.
    """
    if not found.rows:
        return None
    name = f"{PREFIX}{stem.removeprefix(PREFIX)}.{ending_of(layout, of.name)}"

    def render() -> bytes:
        return reject_file(_data(profile, layout, of, found, context))

    return Paper(KIND, name, profile.code, render)


def _sound(row: Returned) -> dict[str, str]:
    """The corrections of *row* that a cell could say."""
    return {title: text for title, text in row.corrections.items() if title not in row.faults}


def _data(
    profile: Profile, layout: Layout, of: Receipt, found: Rejected, context: Context
) -> RejectFile:
    at_fault: set[str] = set()
    for name, rule in sorted({(row.field, row.rule) for row in found.rows}):
        at_fault |= fields_at_fault(name, rule, layout, context)
    titles = {*titles_of(layout, at_fault)}.union(*found.corrected.values())
    by_line: dict[int, list[RejectedRow]] = {}
    for row in found.rows:
        by_line.setdefault(row.line_number, []).append(row)
    language, before = profile.institution.speaks, found.before()
    line = partial(_line, layout, language, folio(of.receipt_id), before, found.corrected)
    return RejectFile(
        layout=layout,
        language=language,
        business_date=context.business_date,
        header=before.header,
        header_raw=before.header_raw,
        corrections=tuple(title for title in correction_titles(layout) if title in titles),
        lines=tuple(line(number, by_line[number]) for number in sorted(by_line)),
    )


def _line(
    layout: Layout,
    language: Language,
    known_by: str,
    before: Originals,
    corrected: Mapping[int, Mapping[str, str]],
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
        corrected=corrected.get(number, {}),
    )
