"""Text into the typed canonical frame. Whatever cannot be read exactly becomes null and is found;
what was empty is null and is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from recupero.money import EXPONENT
from recupero.profiles.canonical import Canonical, FieldType
from recupero.profiles.fields import BUSINESS_DATE
from recupero.profiles.profile import Layout
from schemas.amounts import marks_of, minor, plain
from schemas.rule import findings, no_findings
from schemas.signs import leading

DTYPES: dict[FieldType, Any] = {
    "text": pl.String,
    "identity": pl.String,
    "amount": pl.Int64,
    "decimal": pl.String,
    "date": pl.Date,
    "datetime": pl.Datetime("us"),
    "integer": pl.Int64,
    "boolean": pl.Boolean,
}
#: Days outside are typing errors, however well they are written.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)

#: A column of our own beside those of the layout.
_PLACES = "decimal places"


@dataclass(frozen=True)
class Converted:
    """``rows``: ``line_number`` and all fields of the kind; ``found``: what did not read."""

    rows: pl.DataFrame
    found: pl.DataFrame


def convert(
    rows: pl.DataFrame, layout: Layout, business_date: date, bare: bool = False
) -> Converted:
    """The rows ``read`` gave, typed, in the order of the kind's fields; *bare* cells have no
    blanks around them."""
    texts = rows.select("line_number", *(_text(name, layout, bare) for name in layout.sources))
    mapped = texts.with_columns(_mapped(name, layout) for name in layout.values)
    if "currency" in layout.columns:
        mapped = mapped.with_columns(_places().alias(_PLACES))
    places = mapped[_PLACES].drop_nulls().unique().sort().to_list() if _PLACES in mapped else []
    # Lazily, so that what several steps of a cell ask for is computed once.
    typed = (
        mapped.lazy()
        .select(
            "line_number",
            *(_typed(field, layout, business_date, places) for field in layout.fields.values()),
        )
        .collect()
    )
    known = None
    if _PLACES in mapped.columns:
        known = mapped["line_number"].filter(mapped[_PLACES].is_not_null())
    found = [no_findings()]
    for name in layout.columns:
        field = layout.fields[name]
        found.append(_lost(texts, mapped, name, "value_unknown"))
        if field.type not in ("text", "identity"):
            unread = _lost(mapped, typed, name, f"unreadable_{field.type}")
            if field.type == "amount" and known is not None and unread.height:
                unread = unread.filter(pl.col("line_number").is_in(known.implode()))
            found.append(unread)
    zero = [f.name for f in layout.fields.values() if f.type == "amount" and f.absent == 0]
    blank_is_zero = [
        pl.when(mapped[name].is_null()).then(0).otherwise(pl.col(name)).alias(name)
        for name in zero
        if name in layout.columns
    ]
    return Converted(typed.with_columns(blank_is_zero), pl.concat(found))


def _lost(before: pl.DataFrame, after: pl.DataFrame, name: str, rule: str) -> pl.DataFrame:
    """Findings of *rule* where *name* had a value before a step and has none after it."""
    gone = before[name].is_not_null() & after[name].is_null()
    return findings(before["line_number"].filter(gone), name, rule) if gone.any() else no_findings()


def _text(name: str, layout: Layout, bare: bool) -> pl.Expr:
    text = pl.col(name) if bare else pl.col(name).str.strip_chars()
    # A mark in a column of signs is one, whatever the same text says elsewhere.
    blanks = layout.blank if name in layout.columns else ()
    empty = ["", *(blank.strip() for blank in blanks)]
    filled = text.is_in(empty).not_() if len(empty) > 1 else text != ""
    return pl.when(filled).then(text).alias(name)


def _mapped(name: str, layout: Layout) -> pl.Expr:
    texts = {text.strip(): _written(value) for text, value in layout.values[name].items()}
    of_empty = texts.pop("", None)
    column = pl.col(name)
    if texts:
        column = column.replace_strict(
            list(texts), list(texts.values()), default=None, return_dtype=pl.String
        )
    # Only what was empty takes the value for empty; what is unknown stays unknown.
    empty = pl.when(pl.col(name).is_null()).then(pl.lit(of_empty, pl.String))
    return empty.otherwise(column).alias(name)


def _written(value: bool | int | str) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _places() -> pl.Expr:
    """Decimals of the currency the row says; null where it is none."""
    return pl.col("currency").replace_strict(EXPONENT, default=None, return_dtype=pl.Int64)


def _typed(field: Canonical, layout: Layout, business_date: date, places: list[int]) -> pl.Expr:
    dtype = DTYPES[field.type]
    if field.name in layout.columns:
        return _parsed(field, layout, places).alias(field.name)
    value = layout.constants.get(field.name, field.absent)
    if field.type == "date" and value == BUSINESS_DATE:
        value = business_date
    return pl.lit(value, dtype).alias(field.name)


def _parsed(field: Canonical, layout: Layout, places: list[int]) -> pl.Expr:
    text = pl.col(field.name)
    if field.type == "identity":
        # One person, one spelling: 900.123.456-8 and 9001234568 are the same number.
        return text.str.replace_all(r"[\s.,_/\p{Pd}]", "").str.to_uppercase().replace("", None)
    if field.type == "amount":
        return _amount(leading(field.name, layout), layout, places)
    if field.type == "decimal":
        return plain(text, marks_of(layout))
    if field.type == "integer":
        return pl.when(text.str.contains(r"^-?[0-9]{1,9}$")).then(text.cast(pl.Int64, strict=False))
    if field.type == "boolean":
        return pl.when(text == "true").then(True).when(text == "false").then(False)
    if field.type == "date":
        day = text.str.to_date(layout.dates, strict=False)
        shaped = text.str.contains(_shape(layout.dates)) & day.is_between(FIRST_DAY, LAST_DAY)
        return pl.when(shaped).then(day)
    if field.type == "datetime":
        instant = text.str.to_datetime(layout.datetimes, strict=False, time_unit="us")
        day = instant.dt.date()
        shaped = text.str.contains(_shape(layout.datetimes)) & day.is_between(FIRST_DAY, LAST_DAY)
        return pl.when(shaped).then(instant)
    return text


def _amount(text: pl.Expr, layout: Layout, places: list[int]) -> pl.Expr:
    """The amount in the row's currency; its decimals are among *places*."""
    marks = marks_of(layout)
    if "currency" not in layout.columns:
        return minor(text, marks, EXPONENT[str(layout.constants["currency"])])
    parsed = pl.lit(None, pl.Int64)
    for of in places:
        parsed = pl.when(pl.col(_PLACES) == of).then(minor(text, marks, of)).otherwise(parsed)
    return parsed


def _shape(form: str | None) -> str:
    """Every digit must be there: polars alone reads 1/1/2025 under %d/%m/%Y."""
    pattern = re.escape(form or "")
    for directive in ("%d", "%m", "%H", "%M", "%S"):
        pattern = pattern.replace(re.escape(directive), r"[0-9]{2}")
    return f"^{pattern.replace(re.escape('%Y'), '[0-9]{4}')}$"
