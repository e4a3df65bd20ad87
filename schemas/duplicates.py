"""Rows of a file that say the same thing twice. The first stands, or the first that denies.

Of an account's figures none stands where two rows differ: either may be the wrong one.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from recupero.profiles.fields import CONTRADICTED, DENIAL, KEYS
from recupero.profiles.profile import Layout
from schemas.rule import FINDING

#: What is told of a line, by whether no row of its key stands.
_TOLD = {
    False: "{}: repetido con otro contenido; vale la línea {}",
    True: "{}: repetido con otro contenido en la línea {}; no se aplica ninguna de esas filas",
}


@dataclass(frozen=True)
class Repeated:
    """``same``: lines that repeat the row that stands in all that is read of it; ``found``:
    findings (with a ``message``) for lines that give its key another content or, of an account's
    figures, for all lines of that key.
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
    )
    contradicted = layout.kind in CONTRADICTED
    found = _contradicted(pairs, key) if contradicted else _differing(pairs)
    same = pairs.filter("agrees", pl.col("line_number") != pl.col("standing")).join(
        found, on="line_number", how="anti", maintain_order="left"
    )
    explained = found.select(
        "line_number",
        field=pl.lit(key[0]),
        rule=pl.lit("duplicate_key"),
        message=pl.format(_TOLD[contradicted], pl.lit(layout.label(key[0])), pl.col("other")),
    )
    return Repeated(
        same["line_number"], explained.cast(pl.Schema({**FINDING, "message": pl.String()}))
    )


def _differing(pairs: pl.DataFrame) -> pl.DataFrame:
    """The rows that differ from the one that stands, which is their ``other``."""
    return pairs.filter(~pl.col("agrees")).with_columns(other="standing")


def _contradicted(pairs: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """All rows of a key whose rows differ, each with the first line that says something else."""
    differing = pl.col("line_number").filter(~pl.col("agrees")).min().over(key)
    return pairs.filter((~pl.col("agrees")).any().over(key)).with_columns(
        other=pl.when("agrees").then(differing).otherwise("standing")
    )
