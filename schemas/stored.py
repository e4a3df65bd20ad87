"""What a file keeps as a number (spreadsheets, JSON) as the text its layout would write for it."""

from __future__ import annotations

import polars as pl

from recupero.money import EXPONENT
from recupero.profiles.canonical import Canonical
from recupero.profiles.json_line import NUMBER
from recupero.profiles.profile import Layout
from schemas.amounts import Marks, marks_of
from schemas.rule import findings, no_findings
from schemas.signs import as_written

#: The parts of a plain number; zeros behind its decimals say nothing.
_PARTS = rf"^{NUMBER}(-?[0-9]+)(?:\.([0-9]*?)0*)?$"
_DECIMALS_MAX = max(EXPONENT.values())


def as_text(rows: pl.DataFrame, layout: Layout) -> tuple[pl.DataFrame, pl.DataFrame]:
    """*rows* with each text behind ``NUMBER`` as the layout writes it, and findings for numbers
    where a code is needed: 1020.5 is no account, and read as an identity it would be 10205.

    30.0 is 30, as programs write it that keep whole numbers as floats.
    """
    marked = {
        name: numbers
        for name in layout.sources
        if (numbers := rows[name].str.starts_with(NUMBER).fill_null(False)).any()
    }
    fields = [layout.fields[name] for name in marked if name in layout.fields]
    plain = rows.with_columns(_digits(name).alias(name) for name in marked)
    found = [no_findings()]
    for field in fields:
        if _is_code(field, layout):
            odd = marked[field.name] & ~plain[field.name].str.contains("^[0-9]+$")
            found.append(findings(rows["line_number"].filter(odd), field.name, "number_as_code"))
    marks = marks_of(layout)
    amounts = [field.name for field in fields if field.type == "amount"]
    texts = [
        pl.when(marked[name])
        .then(_written(pl.col(name), marks, layout))
        .otherwise(name)
        .alias(name)
        for name in amounts
    ]
    decimals = [
        pl.when(marked[field.name])
        .then(pl.col(field.name).str.replace(".", marks.decimal, literal=True))
        .otherwise(field.name)
        .alias(field.name)
        for field in fields
        if field.type == "decimal"
    ]
    return plain.with_columns(texts + decimals), pl.concat(found)


def _is_code(field: Canonical, layout: Layout) -> bool:
    """Whether *field* tells one thing from another by its text alone; ``values`` do so by a map."""
    text = field.type == "text" and (field.required or field.name == "reverses")
    return (text or field.type == "identity") and field.name not in layout.values


def _digits(name: str) -> pl.Expr:
    """The number without its mark; what has an exponent stays as written."""
    text = pl.col(name)
    whole, fraction = text.str.extract(_PARTS, 1), text.str.extract(_PARTS, 2)
    digits = pl.when(fraction != "").then(whole + "." + fraction).otherwise(whole)
    return pl.coalesce(digits, text.str.strip_prefix(NUMBER))


def _written(number: pl.Expr, marks: Marks, layout: Layout) -> pl.Expr:
    """Who stores numbers drops zeros: 1234.5 is 1234.50 again, and 0.1+0.2 stays unreadable."""
    fraction = number.str.extract(r"\.([0-9]+)$", 1)
    places = pl.max_horizontal(fraction.str.len_chars().cast(pl.Int64), _places(layout))
    padded = (fraction + "0" * _DECIMALS_MAX).str.slice(0, places)
    whole = number.str.extract(r"^(.*)\.[0-9]+$", 1)
    other = number.str.replace(".", marks.decimal, literal=True)
    return as_written(pl.coalesce(whole + marks.decimal + padded, other), layout)


def _places(layout: Layout) -> pl.Expr:
    """Decimals of the currency each row says, or else the layout; 0 where it is none."""
    if "currency" not in layout.columns:
        return pl.lit(EXPONENT.get(str(layout.constants.get("currency")), 0), pl.Int64)
    said = {code: code for code in EXPONENT}
    said |= {text: str(code) for text, code in layout.values.get("currency", {}).items()}
    places = {text.strip(): EXPONENT.get(code, 0) for text, code in said.items()}
    return (
        pl.col("currency")
        .str.strip_chars()
        .replace_strict(places, default=0, return_dtype=pl.Int64)
        .fill_null(0)
    )
