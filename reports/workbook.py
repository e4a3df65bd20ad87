"""XLSX sheets with typed columns, formulas that carry their value, and the same bytes each time.

Money is written as a number in units with the currency's format (Excel knows no integers; a
64-bit float holds any amount below 90 billion with four decimals exactly enough to the cent).
Text from outside is always written as a string: nothing in these files is a formula except the
sums and checks this module writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pandas as pd
from xlsxwriter.utility import xl_col_to_name, xl_range

from recupero.money import SYMBOL, exponent, to_decimal


def options() -> dict[str, bool]:
    """How xlsxwriter is to write: a text is a text, whatever it looks like."""
    return {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False, "nan_inf_to_errors": False}  # fmt: skip


def properties(title: str, author: str, business_date: date) -> dict[str, Any]:
    """What a workbook says of itself, with no clock in it."""
    created = datetime(business_date.year, business_date.month, business_date.day, tzinfo=UTC)
    return {"title": title, "author": author, "created": created}


@dataclass(frozen=True)
class Field:
    """A column of a frame: its key, heading, width in characters, and kind.

    Kinds: ``text``, ``count``, ``score``, ``day``, ``moment``, ``money`` (minor units of
    *currency*, or of the row's column ``currency`` when it is empty).
    """

    key: str
    title: str
    width: float
    kind: str = "text"
    currency: str = ""
    total: bool = False


class Book:
    """A workbook being written; ``finish`` gives its bytes."""

    def __init__(self, title: str, author: str, business_date: date) -> None:
        self._out = BytesIO()
        self._writer = pd.ExcelWriter(
            self._out, engine="xlsxwriter", engine_kwargs={"options": options()}
        )
        self._book: Any = self._writer.book
        self._book.set_properties(properties(title, author, business_date))
        self._formats: dict[tuple[str, str], Any] = {}

    def finish(self) -> bytes:
        """The workbook's bytes; nothing can be written afterwards."""
        self._writer.close()
        return self._out.getvalue()

    def page(self, name: str, caption: str, *, landscape: bool = True, paper: int = 1) -> Page:
        """A new sheet with its caption in the first row and print setup done."""
        sheet = self._book.add_worksheet(name)
        if landscape:
            sheet.set_landscape()
        sheet.set_paper(paper)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(0.4, 0.4, 0.6, 0.6)
        sheet.hide_gridlines(2)
        sheet.set_footer("&L&8&F&R&8Página &P de &N")
        sheet.write_string(0, 0, caption, self.format("caption"))
        return Page(self, sheet, name)

    def format(self, kind: str, currency: str = "") -> Any:
        """The cell format of *kind*, made once."""
        if (kind, currency) not in self._formats:
            self._formats[kind, currency] = self._book.add_format(_format(kind, currency))
        return self._formats[kind, currency]


def _format(kind: str, currency: str) -> dict[str, Any]:
    look: dict[str, Any] = {"font_name": "Calibri", "font_size": 10, "valign": "vcenter"}
    if kind == "caption":
        return look | {"bold": True, "font_size": 13, "font_color": "#163E5C"}
    if kind == "head":
        return look | {"bold": True, "font_color": "#FFFFFF", "bg_color": "#163E5C",
                       "text_wrap": True, "border": 1, "border_color": "#CBD2DB"}  # fmt: skip
    if kind.startswith("total"):
        look |= {"bold": True, "top": 1, "bg_color": "#EEF2F6"}
    if kind.endswith("money"):
        look["num_format"] = money_format(currency)
    elif kind.endswith("count"):
        look["num_format"] = "#,##0"
    elif kind == "score":
        look["num_format"] = "0.000"
    elif kind == "day":
        look["num_format"] = "yyyy-mm-dd"
    elif kind == "moment":
        look["num_format"] = "yyyy-mm-dd hh:mm"
    return look


def money_format(currency: str) -> str:
    """Excel's number format; the reader's own locale shows the marks."""
    places = exponent(currency)
    digits = "#,##0" + ("." + "0" * places if places else "")
    symbol = f'"{SYMBOL.get(currency, currency)}"\\ '
    return f"{symbol}{digits};[Red]\\-{symbol}{digits}"


class Page:
    """A sheet of a book: tables are written below one another, rows counted from zero."""

    def __init__(self, book: Book, sheet: Any, name: str) -> None:
        self.book, self.sheet, self.name = book, sheet, name
        self.row = 2

    def table(self, frame: pd.DataFrame, fields: Sequence[Field], *, freeze: bool = False) -> Table:
        """Write *frame* with its heading; the last row sums the fields marked ``total``."""
        for column, field in enumerate(fields):
            self.sheet.write_string(self.row, column, field.title, self.book.format("head"))
            if self.row == 2:
                self.sheet.set_column(column, column, field.width)
        head = self.row
        if freeze:
            self.sheet.freeze_panes(head + 1, 1)
            self.sheet.repeat_rows(head)
            self.sheet.autofilter(head, 0, head + max(len(frame), 1), len(fields) - 1)
        for column, field in enumerate(fields):
            self._column(head + 1, column, field, frame)
        written = Table(self, fields, head + 1, len(frame))
        self.row = head + 1 + len(frame)
        if any(field.total for field in fields):
            self._totals(frame, fields, written)
        self.row += 2
        return written

    def _column(self, first: int, column: int, field: Field, frame: pd.DataFrame) -> None:
        """Write one column: its kind is decided once, not for each cell."""
        values = frame[field.key].tolist()
        if field.kind == "money":
            self._money(first, column, field, values, frame)
            return
        look = self.book.format(field.kind)
        writers = {"text": self.sheet.write_string, "day": self.sheet.write_datetime,
                   "moment": self.sheet.write_datetime}  # fmt: skip
        write = writers.get(field.kind, self.sheet.write_number)
        text = field.kind == "text"
        for row, value in enumerate(values, start=first):
            if not _missing(value):
                write(row, column, _plain(str(value)) if text else value, look)

    def _money(
        self, first: int, column: int, field: Field, values: list[Any], frame: pd.DataFrame
    ) -> None:
        codes = [field.currency] * len(values) if field.currency else frame["currency"].tolist()
        for row, (value, code) in enumerate(zip(values, codes, strict=True), start=first):
            if not _missing(value):
                units = int(value) / 10 ** exponent(code)  # correctly rounded, as a float can be
                self.sheet.write_number(row, column, units, self.book.format("money", code))

    def _totals(self, frame: pd.DataFrame, fields: Sequence[Field], written: Table) -> None:
        self.sheet.write_string(self.row, 0, "Total", self.book.format("total"))
        for column, field in enumerate(fields):
            if field.total:
                value = sum(int(amount) for amount in frame[field.key])
                units = (
                    to_decimal(value, field.currency) if field.kind == "money" else Decimal(value)
                )
                self.formula(self.row, column, f"=SUM({written.span(field.key)})", units, field)
            elif column:
                self.sheet.write_blank(self.row, column, None, self.book.format("total"))
        self.row += 1

    def formula(self, row: int, column: int, text: str, value: Decimal, field: Field) -> None:
        """A formula in bold with its value, so a reader that does not calculate shows it too."""
        look = self.book.format(f"total {field.kind}", field.currency)
        self.sheet.write_formula(row, column, text, look, float(value))

    def check(self, row: int, column: int, formula: str, value: str) -> None:
        """A formula that says whether figures tie, with its text value."""
        self.sheet.write_formula(row, column, formula, self.book.format("total"), value)


@dataclass(frozen=True)
class Table:
    """Where a table stands: first data row (zero based) and number of rows."""

    page: Page
    fields: Sequence[Field]
    first: int
    rows: int

    def column(self, key: str) -> int:
        """The zero-based column of *key*."""
        return next(i for i, field in enumerate(self.fields) if field.key == key)

    def span(self, key: str, *, outside: bool = False) -> str:
        """The cells of a column as an Excel range; *outside* names the sheet too."""
        column = self.column(key)
        last = self.first + max(self.rows, 1) - 1
        cells: str = xl_range(self.first, column, last, column)
        return f"'{self.page.name}'!{cells}" if outside else cells

    def cell(self, key: str, row: int) -> str:
        """Cell *row* (zero based within the table) of a column, as ``C5``."""
        return f"{xl_col_to_name(self.column(key))}{self.first + row + 1}"


def _plain(text: str) -> str:
    """Lone surrogates (undecodable file names) as escapes; a cell holds 32,767 characters."""
    if not text.isascii():
        text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text[:32_767]


def _missing(value: Any) -> bool:
    """Nothing to write: ``None``, ``NaT`` or not a number."""
    return value is None or value is pd.NaT or value != value
