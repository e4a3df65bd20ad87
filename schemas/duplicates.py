"""Rows of a file that say the same thing twice. The first stands, or the first that denies."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from recupero.profiles.fields import DENIAL, KEYS
from recupero.profiles.profile import Layout
from schemas.rule import FINDING


@dataclass(frozen=True)
class Repeated:
    """``same``: lines that repeat the row that stands in all that is read of it; ``found``:
    findings (with a ``message``) for lines that give its key another content.
    """

    same: pl.Series
    found: pl.DataFrame


def repeated(accepted: pl.DataFrame, rows: pl.DataFrame, layout: Layout) -> Repeated:
    """Repetitions in *accepted* (canonical), compared by the text cells in *rows*."""
    key = list(KEYS[layout.kind])
    affirms = pl.col(DENIAL[layout.kind]) if layout.kind in DENIAL else pl.lit(True)
    again = accepted.filter(pl.struct(key).is_duplicated()).select(
        "line_number", *key, affirms=affirms
    )
    cells = pl.struct([pl.col(name).str.strip_chars() for name in sorted(layout.columns)])
    texts = rows.select("line_number", content=cells)
    pairs = again.join(texts, on="line_number", how="left").sort("affirms", "line_number")
    pairs = pairs.with_columns(
        standing=pl.col("line_number").first().over(key),
        agrees=pl.col("content").eq_missing(pl.col("content").first().over(key)),
    ).filter(pl.col("line_number") != pl.col("standing"))
    found = pairs.filter(~pl.col("agrees")).select(
        "line_number",
        field=pl.lit(key[0]),
        rule=pl.lit("duplicate_key"),
        message=pl.format(
            "{}: repetido con otro contenido; vale la línea {}",
            pl.lit(layout.label(key[0])),
            pl.col("standing"),
        ),
    )
    same = pairs.filter("agrees")["line_number"]
    return Repeated(same, found.cast(pl.Schema({**FINDING, "message": pl.String()})))
