"""One layout: how the bytes of one kind of file are to be read, in force between two dates.

Declared, never sniffed. A layout that contradicts itself does not load.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from recupero.profiles.canonical import Canonical
from recupero.profiles.consistent import check
from recupero.profiles.consistent_control import check_control
from recupero.profiles.fields import Kind, fields_of
from recupero.profiles.language import Language

#: A header name or a key of JSON (dots lead into objects), a 0-based position, or (start, width)
#: 1-based in characters.
Source = str | int | tuple[int, int]
#: A position, or (start, width), in a record of control figures.
Place = int | tuple[int, int]
_POINTERS: dict[Language, tuple[str, str, str]] = {
    "es": ("columna", "posiciones", "a"),
    "en": ("column", "positions", "to"),
}
#: Formats of workbooks.
BOOKS = ("xlsx", "xls", "ods")
Constant = bool | int | str | date
Mapped = bool | int | str

FROZEN = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Records(BaseModel):
    """Record types at the start of each line; an empty ``detail`` means every other line."""

    model_config = FROZEN
    detail: str = ""
    header: str | None = Field(default=None, min_length=1)
    trailer: str | None = Field(default=None, min_length=1)


class SumPlace(BaseModel):
    """Where the sum of the amount ``of`` stands; with a ``currency`` that of the rows in it."""

    model_config = FROZEN
    of: str
    at: Place
    currency: str | None = None


class TrailerPlaces(BaseModel):
    """Where the control figures stand in the trailer record.

    ``sum_minor`` with ``sum_of`` is a sum, ``sums`` are others. With a place for ``currency`` there
    is a record for each, whose sums are of the rows in it; its other figures add up.
    The hash total is the sum of the column ``hash_of``, of each cell the figures alone, as a
    number; of the sum the last ``hash_digits``.
    """

    model_config = FROZEN
    rows: Place
    currency: Place | None = None
    sum_minor: Place | None = None
    sum_of: str | None = None
    sums: tuple[SumPlace, ...] = ()
    hash_total: Place | None = None
    hash_of: str | None = None
    hash_digits: int = Field(default=10, ge=1, le=18)

    @property
    def every_sum(self) -> tuple[SumPlace, ...]:
        """All sums, however they are declared."""
        if self.sum_of is None or self.sum_minor is None:
            return self.sums
        return (SumPlace(of=self.sum_of, at=self.sum_minor), *self.sums)


class ControlFile(BaseModel):
    """What the file of kind ``control`` is called that speaks of such a file.

    ``name`` holds ``{name}``, the file's whole name, or ``{stem}``, the same without its ending.
    The hash total is as in a trailer.
    """

    model_config = FROZEN
    name: str
    hash_of: str | None = None
    hash_digits: int = Field(default=10, ge=1, le=18)

    def of(self, file_name: str) -> str:
        """What it is called beside *file_name*."""
        stem = file_name.rpartition(".")[0] or file_name
        return self.name.replace("{name}", file_name).replace("{stem}", stem)

    def speaks_of(self, control_name: str) -> str:
        """How a file's name begins of which *control_name* may speak; empty where none does."""
        before, _, after = re.split(r"\{(name|stem)\}", self.name)
        told = control_name.removeprefix(before).removesuffix(after)
        return told if control_name == before + told + after else ""


class Sign(BaseModel):
    """How an amount below zero is told: a mark before or after it, brackets around it, or a column.

    ``positive`` is what the others carry; where it is not empty every amount has one of the two.
    ``columns`` names for each amount where its sign stands.
    """

    model_config = FROZEN
    place: Literal["before", "after", "around", "column"] = "before"
    negative: str = Field(default="-", min_length=1)
    positive: str = ""
    columns: dict[str, Source] = {}

    @property
    def plain(self) -> bool:
        """Whether it is a minus in front and nothing else."""
        return (self.place, self.negative, self.positive) == ("before", "-", "")


def sign_of(field: str) -> str:
    """The column of text that holds the sign of the amount *field*."""
    return f"{field}_sign"


class Layout(BaseModel):
    """How one kind of file is written; see the profile format in docs for every key."""

    model_config = FROZEN
    kind: Kind
    version: str = Field(min_length=1)
    valid_from: date = Field(alias="from")
    valid_until: date | None = Field(default=None, alias="until")
    name: str = Field(min_length=1)
    format: Literal["delimited", "fixed", "jsonl", "xlsx", "xls", "ods", "statement"]
    encoding: Literal["utf-8", "latin-1", "cp1252", "utf-16", "utf-16-be"] = "utf-8"
    delimiter: str = Field(default=";", pattern=r"^[\t -/:-@\[-`{-~]$")
    quote: str | None = Field(default=None, pattern=r"^[!-/:-@\[-`{-~]$")
    header: bool = False
    cells: int | None = Field(default=None, ge=1, le=2000)
    line_length: int | None = Field(default=None, ge=1)
    sheet: str | None = None
    #: The sheet's row that holds the names, counted from 1; without it the first that is not blank.
    header_row: int | None = Field(default=None, ge=1, le=1000)
    decimal: Literal["", ",", "."] = ""
    thousands: Literal["", ",", ".", "'", " "] = ""
    implied_decimals: int = Field(default=0, ge=0, le=6)
    #: ``1.00E+05`` is read as 100000. Only for a writer known to shorten round numbers this way: a
    #: spreadsheet that shows 100,237 so has lost the 237.
    scientific: bool = False
    sign: Sign = Sign()
    dates: str | None = None
    datetimes: str | None = None
    blank: tuple[str, ...] = ()
    snapshot: Literal["full", "delta"] = "full"
    #: Which of its portfolios a placement file states; needed where an institution has several.
    #: Kept with each file: under another name it is another portfolio.
    portfolio: str | None = Field(default=None, min_length=1)
    #: A full portfolio in several files of one cut-off: what the group ``part`` of ``name`` says.
    parts: tuple[str, ...] = ()
    #: On which dates one such file must come; that it did not is an incident.
    expected: Literal["never", "daily", "business_days"] = "never"
    control: Literal["none", "trailer", "sha256", "file"] = "none"
    zero_amount: Literal["reject", "skip"] = "reject"
    records: Records | None = None
    trailer: TrailerPlaces | None = None
    control_file: ControlFile | None = None
    columns: dict[str, Source] = {}
    constants: dict[str, Constant] = {}
    values: dict[str, dict[str, Mapped]] = {}

    @model_validator(mode="before")
    @classmethod
    def _usual_snapshot(cls, given: Any) -> Any:
        """A portfolio is whole unless it says otherwise; any other file adds to what is known."""
        other = isinstance(given, dict) and given.get("kind") != "placement"
        return {"snapshot": "delta", **given} if other else given

    @model_validator(mode="after")
    def _consistent(self) -> Layout:
        check(self)
        check_control(self)
        return self

    def in_force(self, day: date) -> bool:
        """Whether files of *day* are written this way; both ends included."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def matches(self, file_name: str) -> bool:
        """Whether *file_name* is, in full, a name of such a file."""
        found = re.fullmatch(self.name, file_name)
        return found is not None and (not self.parts or found["part"] in self.parts)

    def part_of(self, file_name: str) -> str:
        """Which part of its portfolio *file_name*, which matches, brings; empty where all."""
        found = re.fullmatch(self.name, file_name)
        return found["part"] if self.parts and found else ""

    @property
    def is_book(self) -> bool:
        """Whether it is a workbook: cells instead of text."""
        return self.format in BOOKS

    @property
    def fields(self) -> dict[str, Canonical]:
        """The canonical fields of the kind, declared here or not."""
        return fields_of(self.kind)

    @property
    def declared(self) -> frozenset[str]:
        """The fields this layout gives a value, from a column or by a constant."""
        return frozenset(self.columns) | frozenset(self.constants)

    @property
    def summed(self) -> frozenset[str]:
        """The amounts whose sums are held against control figures."""
        if self.control_file is not None:
            amounts = (name for name in self.columns if self.fields[name].type == "amount")
            return frozenset(amounts)
        return frozenset(one.of for one in self.trailer.every_sum) if self.trailer else frozenset()

    @property
    def hashed(self) -> tuple[str, int] | None:
        """The column whose figures make the hash total, and how many of its last are told."""
        told = self.trailer or self.control_file
        return (told.hash_of, told.hash_digits) if told and told.hash_of else None

    @property
    def sources(self) -> dict[str, Source]:
        """Where everything that is read stands: the columns, and those of their signs."""
        signs = {sign_of(field): source for field, source in self.sign.columns.items()}
        return self.columns | signs

    def label(self, field: str, language: Language = "es") -> str:
        """How the institution would point at *field*: its own column, for messages."""
        source = self.sources.get(field)
        if isinstance(source, str):
            return source
        if isinstance(source, int):
            return f"{_POINTERS[language][0]} {source + 1}"
        if isinstance(source, tuple):
            positions, to = _POINTERS[language][1:]
            return f"{positions} {source[0]} {to} {source[0] + source[1] - 1}"
        return field
