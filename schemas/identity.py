"""Identity numbers against their check digits, a whole column at a time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import polars as pl

from schemas.identity_numbers import FORMS, WIDTH, Check, Form
from schemas.rule import Context, Rule

#: Codes of ASCII: a table of one place has a row for each.
_CODES = 128
#: Rows judged at once: the matrix takes some 150 bytes for each.
_SLICE = 100_000


def check_digits(context: Context) -> Rule:
    """The rule that a debtor's identity number is valid for its type in the country."""
    of_country = {kind: forms for (country, kind), forms in FORMS.items()
                  if country == context.country}  # fmt: skip

    def judge(columns: Sequence[pl.Series]) -> pl.Series:
        kinds, numbers = columns
        frame = pl.DataFrame({"kind": kinds, "number": numbers}).with_row_index("row")
        bad = [frame["row"].clear()]
        for some in frame.iter_slices(_SLICE):
            for kind, forms in of_country.items():
                bad.append(invalid(some.filter(kind=kind).drop_nulls(), forms)["row"])
        return pl.repeat(True, numbers.len(), eager=True).scatter(pl.concat(bad), False)

    both = ["debtor_id_type", "debtor_id_number"]
    ok = pl.map_batches(both, judge, return_dtype=pl.Boolean) if of_country else pl.lit(True)
    return Rule("bad_check_digit", "debtor_id_number", ok)


def invalid(frame: pl.DataFrame, forms: tuple[Form, ...]) -> pl.DataFrame:
    """The rows of *frame* whose ``number`` is of none of *forms*."""
    number = pl.col("number")
    for form in forms:
        shaped = number.str.contains(f"^(?:{form.shape})$")
        if form.never:
            shaped &= ~number.str.contains(form.never)
        fits = frame.select(shaped).to_series()
        wrong = pl.any_horizontal(pl.lit(False), *(~_right(number, one) for one in form.checks))
        frame = pl.concat([frame.filter(~fits), frame.filter(fits).filter(wrong)])
    return frame


def _right(number: pl.Expr, check: Check) -> pl.Expr:
    """Whether the check character is the right one. *number* is ASCII, at most ``WIDTH`` long.

    A column of bytes becomes rows of ``WIDTH``; place and code find each character's part of the
    sum in one table. Some 100 ns a number, where python-stdnum takes 4,000 and more.
    """
    codes = number.str.pad_start(WIDTH, " ").cast(pl.Binary)
    matrix = codes.bin.reinterpret(dtype=pl.Array(pl.UInt8, WIDTH), endianness="little")
    places = pl.Series([[_CODES * place for place in range(WIDTH)]])
    rows = pl.lit(places.cast(pl.Array(pl.UInt16, WIDTH)))
    at = matrix.cast(pl.Array(pl.UInt16, WIDTH)) + rows
    parts = pl.lit(_table(check)).gather(at.arr.explode()).reshape((-1, WIDTH))
    characters = pl.lit(pl.Series(list(check.characters)))
    wanted = characters.gather(parts.arr.sum() % check.modulus)
    return wanted == number.str.slice(-1 - check.after, 1)


@cache
def _table(check: Check) -> pl.Series:
    """What each character (by code) adds to the sum at each place, place by place."""
    values = {char: value for letters in check.alphabets for value, char in enumerate(letters)}
    table = [[0] * _CODES for _ in range(WIDTH)]
    for distance, weight in enumerate(check.weights, 1 + check.after):
        for char, value in values.items():
            part = weight * value
            part -= 9 if check.folded and part > 9 else 0
            table[WIDTH - 1 - distance][ord(char)] = part % check.modulus
    return pl.Series([part for row in table for part in row], dtype=pl.UInt8)
