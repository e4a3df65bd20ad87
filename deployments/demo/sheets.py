"""How a file looks: its form, its marks and its columns; shared by all writers of the demo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

#: A value of a canonical row, and a value as it stands in a spreadsheet cell.
Value = str | int | date | datetime | bool | None
Row = Mapping[str, Value]
Cell = str | int | float | date | datetime | None


@dataclass(frozen=True)
class Style:
    """What all files of one institution have in common."""

    form: Literal["delimited", "fixed", "workbook"]
    exponent: int  # decimals of the currency
    encoding: str = "utf-8"
    delimiter: str = ";"
    quoted: bool = False
    header: bool = True  # names in the first line, or a header record
    trailer: bool = False  # record types at line start, control figures in the last line
    side_file: bool = False  # a .sha256 file beside each file
    decimal: str = "."
    thousands: str = ""
    dates: str = "%Y-%m-%d"
    datetimes: str = "%Y-%m-%d %H:%M"
    newline: str = "\n"


@dataclass(frozen=True)
class Sheet:
    """One kind of file of one institution: ``columns`` is (canonical field, header or width)."""

    institution: str
    kind: str
    style: Style
    name: str  # with {day:%Y%m%d} and {tag}
    columns: tuple[tuple[str, str], ...]
    codes: Mapping[str, Mapping[str | bool, str]] = field(default_factory=dict)
    sum_of: str | None = None  # money field the trailer adds up
    tab: str = ""  # name of the worksheet

    def file_name(self, day: date, tag: str = "") -> str:
        """The name the institution gives the file of *day*."""
        return self.name.format(day=day, tag=tag)

    def position(self, column: str) -> int:
        """0-based position of a canonical field; KeyError when the layout has none."""
        for place, (name, _) in enumerate(self.columns):
            if name == column:
                return place
        raise KeyError(column)

    def has(self, column: str) -> bool:
        """Whether the layout declares the canonical field."""
        return any(name == column for name, _ in self.columns)
