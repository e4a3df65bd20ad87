"""Which amounts are below zero, as the layout says that its writer tells it. Never a guess: an
amount whose sign is written another way is unreadable, not positive.
"""

from __future__ import annotations

import re

import polars as pl

from recupero.profiles.layout import Layout, sign_of

_AMOUNT = r"[0-9](?:.*[0-9])?"


def leading(name: str, layout: Layout) -> pl.Expr:
    """The text in column *name* with a minus in front or nothing; null where it is neither."""
    text, sign = pl.col(name), layout.sign
    if sign.place == "column":
        if name not in sign.columns:
            return text
        said = pl.col(sign_of(name)).str.strip_chars().fill_null("")
        unsigned = pl.when(text.str.contains(rf"^{_AMOUNT}$")).then(text)
        return (
            pl.when(said == sign.negative)
            .then("-" + unsigned)
            .when(said == sign.positive)
            .then(unsigned)
        )
    return written_leading(text, layout)


def written_leading(text: pl.Expr, layout: Layout) -> pl.Expr:
    """As ``leading``, of an amount that has no sign column: one by itself, such as a trailer's."""
    sign = layout.sign
    if sign.place == "around":
        below = text.str.extract(rf"^\(({_AMOUNT})\)$", 1)
        return pl.coalesce("-" + below, _bare(text, "", layout))
    if sign.place == "column" or sign.plain:
        return text
    return pl.coalesce("-" + _bare(text, sign.negative, layout), _bare(text, sign.positive, layout))


def _bare(text: pl.Expr, mark: str, layout: Layout) -> pl.Expr:
    """*text* without its *mark*; null where it does not stand there. Words may stand apart."""
    written = re.escape(mark)
    gap = " *" if mark.isalpha() else ""
    after = layout.sign.place == "after"
    pattern = rf"^({_AMOUNT}){gap}{written}$" if after else rf"^{written}{gap}({_AMOUNT})$"
    return text.str.extract(pattern, 1)


def as_written(number: pl.Expr, layout: Layout) -> pl.Expr:
    """A number with a minus in front or none, as a text of *layout* has it.

    One below zero stays as it is beside a sign column, which has no place for it.
    """
    sign = layout.sign
    bare = number.str.strip_prefix("-")
    if sign.place == "column":
        return number
    if sign.place == "around":
        below, above = "(" + bare + ")", bare
    elif sign.place == "after":
        below, above = bare + sign.negative, bare + sign.positive
    else:
        below, above = sign.negative + bare, sign.positive + bare
    return pl.when(number.str.starts_with("-")).then(below).otherwise(above)
