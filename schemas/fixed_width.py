"""Fixed-width lines into cells, by positions in characters counted from 1."""

from __future__ import annotations

import polars as pl

from recupero.profiles.profile import Layout
from schemas.rule import findings


def split(lines: pl.DataFrame, layout: Layout) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of text cells by field (with ``line_number``, ``raw``), and findings for broken lines.

    A line that ends inside its last column is broken: half an amount reads like an amount.
    """
    spans = {field: at for field, at in layout.columns.items() if isinstance(at, tuple)}
    length = pl.col("raw").str.len_chars()
    reach = max((start + width - 1 for start, width in spans.values()), default=0)
    whole = length >= reach if layout.line_length is None else length == layout.line_length
    fitting = whole & (length >= reach)
    rows = lines.filter(fitting).with_columns(
        pl.col("raw").str.slice(start - 1, width).alias(field)
        for field, (start, width) in spans.items()
    )
    return rows, findings(lines.filter(~fitting)["line_number"], "", "line_length")
