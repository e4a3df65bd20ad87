"""Amounts from text to int64 minor units. A regular expression decides before any cast.

Strip-and-cast reads ``12,5`` as 125 and ``1.2.3,4`` as 123.4; the guard refuses both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from recupero.errors import FileRefused
from recupero.profiles.profile import Layout
from schemas.signs import written_leading

#: Amounts beyond this are unreadable.
LARGEST_MINOR = 10**16
#: What a file's amounts may come to in all: balances and reports sum many files in 64 bits.
FILE_SUM_MAX_MINOR = 10**17


@dataclass(frozen=True, slots=True)
class Marks:
    """Decimal mark, thousands mark, decimals implied by position (excludes the marks), and whether
    the layout vouches for ``1.00E+05``."""

    decimal: str
    thousands: str
    implied: int
    scientific: bool = False


def marks_of(layout: Layout) -> Marks:
    """The marks *layout* declares; what is stored as a number needs a decimal mark in any case."""
    decimal = layout.decimal
    if layout.is_book and not decimal:
        decimal = "." if layout.thousands == "," else ","
    elif layout.format == "jsonl" and not decimal:
        decimal = "," if layout.thousands == "." else "."
    return Marks(decimal, layout.thousands, layout.implied_decimals, layout.scientific)


def refuse_unsummable(rows: pl.DataFrame) -> None:
    """Raise ``FileRefused`` where the amounts of *rows* come to more than any portfolio owes.

    Fields filled with nines look like amounts one by one; together they overflow every sum.
    """
    amounts = [
        pl.col(name).cast(pl.Int128).abs().sum() for name in rows.columns if name.endswith("_minor")
    ]
    if amounts and rows.select(pl.sum_horizontal(amounts)).item() > FILE_SUM_MAX_MINOR:
        raise FileRefused(
            "los importes del archivo suman más de lo que una cartera puede deber",
            mend="revise si hay campos rellenos con nueves y envíe el archivo de nuevo",
            rule="amounts_too_large",
        )


def minor(text: pl.Expr, marks: Marks, places: int) -> pl.Expr:
    """*text* as Int64 minor units of a currency with *places* decimals; null where unreadable.

    All of the currency's decimals or none; grouping by threes or none; a leading minus is read.
    """
    if marks.implied:
        return _implied(text, marks.implied, places)
    decimals = (
        rf"(?:{re.escape(marks.decimal)}[0-9]{{{places}}})?" if marks.decimal and places else ""
    )
    whole = r"[0-9]+"
    if marks.thousands:
        whole = rf"(?:[0-9]{{1,3}}(?:{re.escape(marks.thousands)}[0-9]{{3}})+|[0-9]+)"
    digits = text
    for mark in (marks.thousands, marks.decimal):
        if mark:
            digits = digits.str.replace_all(mark, "", literal=True)
    number = digits.cast(pl.Int64, strict=False)
    if not decimals:
        scaled = _scaled(number, places)
    else:
        broken = text.str.contains(marks.decimal, literal=True)
        scaled = pl.when(broken).then(_scaled(number, 0)).otherwise(_scaled(number, places))
    plain = pl.when(text.str.contains(rf"^-?{whole}{decimals}$")).then(scaled)
    return pl.coalesce(plain, _scientific(text, marks, places)) if marks.scientific else plain


def plain(text: pl.Expr, marks: Marks) -> pl.Expr:
    """*text* as a decimal number above or at zero with a point, digits as they stand; null where it
    is none. Up to 10 digits before the mark and 8 behind it.
    """
    whole, mark = r"[0-9]{1,10}", re.escape(marks.decimal)
    if marks.thousands:
        whole = rf"(?:[0-9]{{1,3}}(?:{re.escape(marks.thousands)}[0-9]{{3}}){{1,3}}|{whole})"
    decimals = rf"(?:{mark}[0-9]{{1,8}})?" if mark else ""
    digits = text.str.replace_all(marks.thousands, "", literal=True) if marks.thousands else text
    pointed = digits.str.replace(marks.decimal, ".", literal=True) if mark else digits
    return pl.when(text.str.contains(rf"^{whole}{decimals}$")).then(pointed)


def _scientific(text: pl.Expr, marks: Marks, places: int) -> pl.Expr:
    """``1.00E+05`` as 100000, by digits and zeros; null where it is no whole number."""
    mark = re.escape(marks.decimal or ".")
    pattern = rf"^(-?[0-9])(?:{mark}([0-9]{{1,9}}))?[eE]\+?0?([0-9]{{1,2}})$"
    fraction = text.str.extract(pattern, 2).fill_null("")
    digits = (text.str.extract(pattern, 1) + fraction).cast(pl.Int64, strict=False)
    zeros = text.str.extract(pattern, 3).cast(pl.Int64) - fraction.str.len_chars().cast(pl.Int64)
    whole = pl.when(zeros.is_between(0, 8)).then(digits * pl.lit(10, pl.Int64).pow(zeros))
    return _scaled(whole, places)


def _implied(text: pl.Expr, implied: int, places: int) -> pl.Expr:
    number = text.cast(pl.Int64, strict=False)
    if implied <= places:
        scaled = _scaled(number, places - implied)
    else:
        # More decimals than the currency has: only zeros may stand there.
        surplus = 10 ** (implied - places)
        scaled = pl.when(number % surplus == 0).then(_scaled(number // surplus, 0))
    return pl.when(text.str.contains(r"^-?[0-9]+$")).then(scaled)


def _scaled(number: pl.Expr, places: int) -> pl.Expr:
    largest = LARGEST_MINOR // 10**places
    return pl.when(number.is_between(-largest, largest)).then(number * 10**places)


def amount_of(text: str, layout: Layout, places: int) -> int | None:
    """One amount, such as a trailer's; None where unreadable."""
    signed = written_leading(pl.lit(text.strip(), pl.String), layout)
    expression = minor(signed, marks_of(layout), places)
    found = pl.select(expression).item()
    return None if found is None else int(found)
