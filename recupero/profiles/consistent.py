"""What no layout may say: contradictions found when the profile loads, not when a file arrives."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from itertools import combinations
from typing import TYPE_CHECKING

from recupero.money import EXPONENT
from recupero.profiles.canonical import Canonical
from recupero.profiles.fields import BUSINESS_DATE, NEVER_WHOLE

if TYPE_CHECKING:
    from recupero.profiles.layout import Constant, Layout, Mapped, Source

#: The only directives allowed: two-digit years and month names are guesses.
_DATE = {"%d", "%m", "%Y"}
_TIME = {"%H", "%M"}


class KeyWrong(ValueError):
    """A key of a layout contradicts another; ``key`` is its path inside what is checked."""

    def __init__(self, key: str, what: str) -> None:
        super().__init__(what)
        self.key = key


def check(layout: Layout) -> None:
    """Raise ``KeyWrong`` with the key and the reason for the first contradiction in *layout*."""
    _names_and_dates(layout)
    _parts(layout)
    _fields(layout)
    _sources(layout)
    _marks(layout)
    _sign(layout)
    _values(layout)
    _constants(layout)
    _records(layout)


def check_together(layouts: Sequence[Layout]) -> None:
    """Raise ``KeyWrong`` for portfolio files of two names that do not say what they are all of.

    A full portfolio recalls every account it does not name, so cards and loans in files of their
    own would recall each other's.
    """
    placements = [(n, layout) for n, layout in enumerate(layouts) if layout.kind == "placement"]
    for (first, one), (second, other) in combinations(placements, 2):
        kinds = {one.snapshot, other.snapshot}
        if one.name == other.name or kinds == {"delta"} or not _in_force_together(one, other):
            continue
        for place, layout in ((first, one), (second, other)):
            if layout.portfolio is None:
                raise KeyWrong(
                    f"layout[{place}].portfolio",
                    f"say which portfolio it is: layout[{first + second - place}] is one too",
                )
        if kinds == {"full"} and one.portfolio == other.portfolio:
            raise KeyWrong(
                f"layout[{second}].portfolio",
                f"is that of layout[{first}]: each would recall the accounts of the other",
            )


def _in_force_together(one: Layout, other: Layout) -> bool:
    ends = [layout.valid_until or date.max for layout in (one, other)]
    return max(one.valid_from, other.valid_from) <= min(ends)


def _names_and_dates(layout: Layout) -> None:
    try:
        re.compile(layout.name)
    except (re.error, RecursionError, OverflowError) as problem:
        raise KeyWrong("name", f"not a regular expression: {problem}") from None
    if layout.valid_until is not None and layout.valid_until < layout.valid_from:
        raise KeyWrong("until", "lies before `from`")
    _format("dates", layout.dates, _DATE)
    _format("datetimes", layout.datetimes, _DATE | _TIME)
    types = {layout.fields[name].type for name in layout.columns if name in layout.fields}
    if "date" in types and layout.dates is None:
        raise KeyWrong("dates", "is needed: the layout has date columns")
    if "datetime" in types and layout.datetimes is None:
        raise KeyWrong("datetimes", "is needed: the layout has columns with date and time")


def _parts(layout: Layout) -> None:
    grouped = "part" in re.compile(layout.name).groupindex
    if not layout.parts:
        if grouped:
            raise KeyWrong("parts", "name has a group `part`: say which parts there are")
        return
    if layout.kind != "placement" or layout.snapshot != "full":
        raise KeyWrong("parts", "only a full portfolio comes in parts")
    if not grouped:
        raise KeyWrong("name", "say where the part stands, as (?P<part>…)")
    if len(set(layout.parts)) != len(layout.parts) or len(layout.parts) == 1:
        raise KeyWrong("parts", "name two or more, each once")


def _format(key: str, text: str | None, needed: set[str]) -> None:
    if text is None:
        return
    found = re.findall(r"%.?", text)
    allowed = needed | ({"%S"} if "%H" in needed else set())
    if len(found) != len(set(found)) or not needed <= set(found) <= allowed:
        raise KeyWrong(key, f"takes {' '.join(sorted(allowed))} once each and no other directive")


def _fields(layout: Layout) -> None:
    for table in ("columns", "constants", "values"):
        for name in getattr(layout, table):
            if name not in layout.fields:
                raise KeyWrong(f"{table}.{name}", f"is no field of a {layout.kind} file")
    for name in layout.constants:
        if name in layout.columns:
            raise KeyWrong(f"constants.{name}", "is a column too")
    for field in layout.fields.values():
        if field.required and field.absent is None and field.name not in layout.declared:
            raise KeyWrong(f"columns.{field.name}", f"a {layout.kind} layout must declare it")
    if layout.kind == "placement" and not {"due_date", "days_past_due"} & layout.declared:
        raise KeyWrong("columns.due_date", "declare due_date or days_past_due")
    if layout.portfolio is not None and layout.kind != "placement":
        raise KeyWrong("portfolio", "only placement files state one")
    if layout.snapshot == "full" and layout.kind in NEVER_WHOLE:
        raise KeyWrong("snapshot", f"a {layout.kind} file is never the whole of anything")
    if layout.zero_amount == "skip" and layout.kind != "payment":
        raise KeyWrong("zero_amount", "only payment files have amounts that may be nothing")


def _sources(layout: Layout) -> None:
    if (layout.kind == "statement") != (layout.format == "statement"):
        raise KeyWrong("format", "statement is the format of a statement, and of nothing else")
    if layout.is_book and (layout.records or layout.implied_decimals or layout.quote):
        raise KeyWrong("format", f"{layout.format} has no records, quotes or implied decimals")
    if layout.sheet and not layout.is_book:
        raise KeyWrong("sheet", "only workbooks have sheets")
    if layout.header_row is not None and not (layout.is_book and layout.header):
        raise KeyWrong("header_row", "only workbooks with a header have it in a row of their own")
    if layout.format == "fixed" and (layout.header or layout.quote):
        raise KeyWrong("format", "fixed width has no header line of names and no quotes")
    if layout.format == "jsonl" and (layout.header or layout.records or layout.quote):
        raise KeyWrong("format", "jsonl has no header line, records or quotes of its own")
    if not layout.columns and layout.kind != "statement":
        raise KeyWrong("columns", "declare at least one")
    for name, source in layout.columns.items():
        refuse_place(layout, f"columns.{name}", source)
    for name, source in layout.sign.columns.items():
        refuse_place(layout, f"sign.columns.{name}", source)


def refuse_place(layout: Layout, key: str, source: Source | None) -> None:
    """Raise ``KeyWrong`` where nothing of *layout* can stand at *source*."""
    if layout.format == "fixed":
        if not isinstance(source, tuple) or source[0] < 1 or source[1] < 1:
            raise KeyWrong(key, "fixed width takes [start, width], counted from 1")
    elif layout.format == "jsonl":
        if not isinstance(source, str) or not all(part.strip() for part in source.split(".")):
            raise KeyWrong(key, "takes a key's name, with dots into objects inside")
    elif layout.header and not key.startswith("trailer"):
        if not isinstance(source, str) or not source.strip():
            raise KeyWrong(key, "with a header line a column is named")
    elif not isinstance(source, int) or not 0 <= source < 2000:
        raise KeyWrong(key, "takes a position, counted from 0")


def _marks(layout: Layout) -> None:
    if layout.decimal and layout.decimal == layout.thousands:
        raise KeyWrong("thousands", "is the decimal mark too")
    if layout.implied_decimals and (layout.decimal or layout.thousands):
        raise KeyWrong("implied_decimals", "excludes decimal and thousands marks")
    if layout.format != "delimited":
        return
    if layout.quote == layout.delimiter:
        raise KeyWrong("quote", "is the delimiter too")
    if layout.quote is None and layout.delimiter in (layout.decimal, layout.thousands):
        raise KeyWrong("delimiter", "is a mark inside amounts, and nothing is quoted")


def _sign(layout: Layout) -> None:
    sign = layout.sign
    if (sign.place == "column") != bool(sign.columns):
        raise KeyWrong("sign.columns", "goes together with place = 'column'")
    for name in sign.columns:
        if name not in layout.columns or layout.fields[name].type != "amount":
            raise KeyWrong(f"sign.columns.{name}", "must be an amount column of the layout")
    if sign.place == "around" and (sign.negative != "-" or sign.positive):
        raise KeyWrong("sign.negative", "brackets around an amount leave nothing to say")
    if sign.negative == sign.positive:
        raise KeyWrong("sign.positive", "is the mark of what is below zero too")
    for key in ("negative", "positive"):
        mark = getattr(sign, key)
        if mark != mark.strip() or (sign.place != "column" and not _may_touch(mark, layout)):
            raise KeyWrong(f"sign.{key}", "must differ from figures and the marks inside amounts")


def _may_touch(mark: str, layout: Layout) -> bool:
    """Whether *mark* can stand right beside an amount and still be told from it."""
    inside = {"(", ")", layout.decimal, layout.thousands} - {""}
    # An exponent is an E.
    return not any(c.isdigit() or c in inside for c in mark) and mark not in ("e", "E")


def _values(layout: Layout) -> None:
    for name, field in layout.fields.items():
        if name in layout.columns and field.type == "boolean" and not layout.values.get(name):
            raise KeyWrong(f"values.{name}", "say which texts mean true and which false")
    for name, mapped in layout.values.items():
        if name not in layout.columns:
            raise KeyWrong(f"values.{name}", "maps a field that is no column")
        texts = [text.strip() for text in mapped]
        nothing = {text.strip() for text in layout.blank} - {""}
        for text, value in mapped.items():
            key = f"values.{name}.{text!r}"
            _value(layout.fields[name], key, value)
            if text.strip() in nothing:
                raise KeyWrong(key, "means no value by `blank`")
            if texts.count(text.strip()) > 1:
                raise KeyWrong(key, "is there twice, but for blanks around it")


def _value(field: Canonical, key: str, value: Mapped | Constant) -> None:
    if field.type == "boolean":
        if not isinstance(value, bool):
            raise KeyWrong(key, "must be true or false")
    elif field.type == "integer":
        if isinstance(value, bool) or not isinstance(value, int):
            raise KeyWrong(key, "must be a whole number")
    elif not isinstance(value, str):
        raise KeyWrong(key, "must be text")
    elif field.allowed and value not in field.allowed:
        raise KeyWrong(key, f"must be one of {', '.join(field.allowed)}")


def _constants(layout: Layout) -> None:
    for name, value in layout.constants.items():
        field, key = layout.fields[name], f"constants.{name}"
        if field.type == "date":
            if value != BUSINESS_DATE and (
                not isinstance(value, date) or isinstance(value, datetime)
            ):
                raise KeyWrong(key, f"must be a date or {BUSINESS_DATE!r}")
        elif field.type == "amount":
            if isinstance(value, bool) or not isinstance(value, int):
                raise KeyWrong(key, "must be a whole number of minor units")
        elif field.type == "datetime":
            raise KeyWrong(key, "an instant is never a constant")
        else:
            _value(field, key, value)
        if name == "currency" and value not in EXPONENT:
            raise KeyWrong(key, "is no currency we know")


def _records(layout: Layout) -> None:
    records = layout.records
    if records is None:
        return
    marks = [mark for mark in (records.detail, records.header, records.trailer) if mark]
    for mark in marks:
        if sum(other.startswith(mark) for other in marks) > 1:
            raise KeyWrong("records", f"{mark!r} also begins another record type")
