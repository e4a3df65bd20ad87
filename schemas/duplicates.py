"""Rows of a file that say the same thing twice: the first stands, or one that denies or lasts.

Of an account's rows none stands where two differ in its figures: either may be the wrong one. Rows
that differ in whom to reach and how are no such contradiction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import polars as pl

from recupero.profiles.fields import CONTRADICTED, DENIAL, KEYS, LASTING
from recupero.profiles.language import Language
from recupero.profiles.layout import Layout, sign_of
from schemas.message_texts import MESSAGES
from schemas.rule import FINDING


@dataclass(frozen=True)
class Repeated:
    """``same``: lines that repeat the row that stands in all that is read of it; ``found``:
    findings (with a ``message``) for lines that give its key another content or, of an account's
    figures, for all lines of that key. ``rows`` is what was read of them all.
    """

    same: pl.Series
    found: pl.DataFrame
    rows: pl.DataFrame


def repeated(
    accepted: pl.DataFrame,
    rows_at: Callable[[pl.Series], pl.DataFrame],
    layout: Layout,
    language: Language,
) -> Repeated:
    """Repetitions in *accepted* (canonical), compared by the text cells *rows_at* their lines."""
    key = list(KEYS[layout.kind])
    affirms = pl.lit(True)
    if layout.kind in DENIAL:
        affirms = pl.col(DENIAL[layout.kind])
    elif layout.kind in LASTING:
        affirms = pl.col(LASTING[layout.kind]).is_not_null()
    whole = pl.struct(key) if len(key) > 1 else pl.col(key)
    # Hashes that differ are of keys that differ, and far cheaper to compare.
    alike = accepted.filter(whole.hash().is_duplicated())
    again = alike.filter(whole.is_duplicated()).select("line_number", *key, affirms=affirms)
    signs = frozenset(map(sign_of, layout.sign.columns))
    rows = rows_at(again["line_number"])
    texts = rows.select(
        "line_number",
        content=_cells(layout, layout.sources),
        figures=_cells(layout, CONTRADICTED.get(layout.kind, frozenset()) | signs),
    )
    pairs = again.join(texts, on="line_number", how="left").sort("affirms", "line_number")
    pairs = pairs.with_columns(
        standing=pl.col("line_number").first().over(key),
        agrees=pl.col("content").eq_missing(pl.col("content").first().over(key)),
        consistent=pl.col("figures").eq_missing(pl.col("figures").first().over(key)),
    ).with_columns(stands=pl.col("consistent").all().over(key))
    found = _differing(pairs, key, layout, language)
    same = pairs.filter("agrees", pl.col("line_number") != pl.col("standing")).join(
        found, on="line_number", how="anti", maintain_order="left"
    )
    return Repeated(same["line_number"], found, rows)


def _cells(layout: Layout, names: Collection[str]) -> pl.Expr:
    """What a row's cells say of those of *names* that the layout reads, as one value."""
    read = [pl.col(name).str.strip_chars() for name in sorted(set(names) & set(layout.sources))]
    return pl.struct(read) if read else pl.lit("")


def _differing(
    pairs: pl.DataFrame, key: list[str], layout: Layout, language: Language
) -> pl.DataFrame:
    """Findings for rows that differ from the one that stands, which they name.

    Where none of a key's rows stands all are found, each naming the first that contradicts it.
    """
    against = pl.col("line_number").filter(~pl.col("consistent")).min().over(key)
    named = pl.when(~pl.col("stands") & pl.col("consistent")).then(against).otherwise("standing")
    label, texts = pl.lit(layout.label(key[0], language)), MESSAGES[language]
    found = pairs.filter(~pl.col("agrees") | ~pl.col("stands")).select(
        "line_number",
        field=pl.lit(key[0]),
        rule=pl.lit("duplicate_key"),
        message=pl.when("stands")
        .then(pl.format(texts["first_stands"], label, named))
        .otherwise(pl.format(texts["none_stands"], label, named)),
    )
    return found.cast(pl.Schema({**FINDING, "message": pl.String()}))
