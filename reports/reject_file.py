"""The rejected lines of a file, made to be repaired: what the institution wrote, untouched, and
beside it the reason and columns for what it should say instead: empty, or as they came back when
the line was rejected again.

Delimited files are answered in their own writing, the original line byte for byte; workbooks as a
workbook of texts; JSON as the same objects with one key more; fixed width as a table of ours.
"""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import xlsxwriter

from recupero.profiles.identify import codec_of
from recupero.profiles.json_line import NUMBER
from recupero.profiles.language import Language
from recupero.profiles.layout import Layout
from recupero.profiles.repair import OURS, REFERENCE, TITLES, Titles, written_as
from reports.table import BOM, guard
from reports.workbook import options, properties

_MARKS = {
    "utf-8": BOM, "utf-16": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE,
}  # fmt: skip
#: A text of digits behind ``NUMBER``, as JSON writes it; without quotes it is that number again.
_NUMBERS = re.compile(r'"\\u0000([-+.0-9eE]+)"')


@dataclass(frozen=True)
class RejectedLine:
    """``raw`` and ``cells`` are empty for a line that could not be split: then ``value`` shows it.

    ``field``, ``reason`` and ``value`` tell of the line as a whole, however many rules it broke.
    ``corrected`` are texts by title of ``corrections``, what came as a number behind ``NUMBER``.
    """

    line_number: int
    reference: str
    raw: str
    cells: tuple[str, ...]
    field: str
    reason: str
    value: str
    corrected: Mapping[str, str]

    def corrections(self, titles: Sequence[str]) -> list[str]:
        """What is filled in under *titles*."""
        return [self.corrected.get(title, "") for title in titles]


@dataclass(frozen=True)
class RejectFile:
    """``header`` are the titles of the original columns, ``header_raw`` their line where the file
    has one; ``corrections`` the titles of what may be corrected.
    """

    layout: Layout
    language: Language
    business_date: date
    header: tuple[str, ...]
    header_raw: str
    corrections: tuple[str, ...]
    lines: tuple[RejectedLine, ...]

    @property
    def titles(self) -> Titles:
        return TITLES[self.language]

    @property
    def added(self) -> tuple[str, ...]:
        """The titles beside the original columns."""
        begins = self.titles.correction
        return (*self.titles.told, *(begins + title for title in self.corrections))


def reject_file(data: RejectFile) -> bytes:
    """The file's bytes, in the form that its layout asks for."""
    if data.layout.is_book:
        return _book(data)
    if data.layout.format == "jsonl":
        return _encoded("".join(f"{_object(line, data)}\n" for line in data.lines), data.layout)
    return _delimited(data)


def _delimited(data: RejectFile) -> bytes:
    written = written_as(data.layout)
    mark = written.delimiter
    fixed = data.layout.format == "fixed"
    head = data.header_raw or mark.join(_cell(name, written) for name in data.header)
    lines = [mark.join([head, *(_cell(title, written) for title in data.added)])]
    nothing = mark * (len(data.header) - 1)
    for line in data.lines:
        # The table of a fixed-width file is ours: texts are guarded there as in all of ours.
        own = line.raw
        if fixed or not line.cells:
            own = mark.join(_cell(guard(cell), written) for cell in line.cells) or nothing
        told = map(guard, [*_told(line), *line.corrections(data.corrections)])
        lines.append(mark.join([own, *(_cell(text, written) for text in told)]))
    return _encoded("".join(f"{line}\r\n" for line in lines), written)


def _told(line: RejectedLine) -> tuple[str, ...]:
    return (line.reference, str(line.line_number), line.field, line.reason, line.value)


def _cell(text: str, layout: Layout) -> str:
    """*text* as one cell of a line; where nothing can be quoted, without the delimiter."""
    plain = " ".join(text.splitlines())
    if layout.quote is None:
        return plain.replace(layout.delimiter, " ")
    return f"{layout.quote}{plain.replace(layout.quote, layout.quote * 2)}{layout.quote}"


def _encoded(text: str, layout: Layout) -> bytes:
    """As the layout declares, with the mark by which spreadsheets know it from the machine's own
    code page; what the encoding lacks is a question mark, and only our own words can have it.
    """
    codec = codec_of(layout, b"")
    plain = "utf-8" if codec == "utf-8-sig" else codec
    mark = b"" if layout.format == "jsonl" else _MARKS.get(layout.encoding, b"")
    return mark + text.encode(plain, errors="replace")


def _object(line: RejectedLine, data: RejectFile) -> str:
    """The object as it came, with our key behind its last one."""
    titles, told = data.titles, _told(line)
    ours: dict[str, object] = dict(zip(titles.told, told, strict=True))
    ours[titles.line] = line.line_number
    ours |= {titles.correction + title: line.corrected.get(title) for title in data.corrections}
    text = _NUMBERS.sub(r"\1", json.dumps(ours, ensure_ascii=False))
    added = f"{json.dumps(OURS)}: {text}}}"
    own = line.raw.strip().removesuffix("}").rstrip()
    if not own:
        return f"{{{added}"
    return f"{own}{'' if own.endswith('{') else ', '}{added}"


def _book(data: RejectFile) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, options())
    book.set_properties(properties(REFERENCE, "", data.business_date))
    sheet = book.add_worksheet()
    text, head = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
    sheet.set_column(0, len(data.header) + len(data.added) - 1, 18, text)
    rows: list[Sequence[str]] = [(*data.header, *data.added)]
    for line in data.lines:
        blank = [""] * (len(data.header) - len(line.cells))
        rows.append([*line.cells, *blank, *_told(line), *line.corrections(data.corrections)])
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell.startswith(NUMBER):
                sheet.write_number(at, column, float(cell.removeprefix(NUMBER)), text)
            elif cell:
                sheet.write_string(at, column, cell[:32_767], text if at else head)
    sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()
