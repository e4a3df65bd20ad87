"""Fixed-width lines into cells, by positions in characters counted from 1."""

from __future__ import annotations

import polars as pl

from recupero.profiles.profile import Layout
from schemas.lines import MOJIBAKE
from schemas.rule import findings

#: What stands in one place and takes several, or the other way round; accents apart from letters.
SHIFTING = rf"\t|\p{{M}}|{MOJIBAKE}"


def reach_of(layout: Layout) -> int:
    """The position of the last character of the last column, counted from 1."""
    spans = [source for source in layout.sources.values() if isinstance(source, tuple)]
    return max((start + width - 1 for start, width in spans), default=0)


def split(lines: pl.DataFrame, layout: Layout) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of text cells by field (with ``line_number``, ``raw``), and findings for broken lines.

    A line that ends inside its last column is broken: half an amount reads like an amount. So is
    one with tabs, or with letters that take more characters than they are: its columns have moved.
    """
    moved = lines["raw"].str.contains(SHIFTING)
    shifted, lines = lines.filter(moved), lines.filter(~moved)
    spans = {field: at for field, at in layout.sources.items() if isinstance(at, tuple)}
    length = pl.col("raw").str.len_chars()
    reach = reach_of(layout)
    whole = length >= reach if layout.line_length is None else length == layout.line_length
    fitting = whole & (length >= reach)
    rows = lines.filter(fitting).with_columns(
        pl.col("raw").str.slice(start - 1, width).alias(field)
        for field, (start, width) in spans.items()
    )
    short = findings(lines.filter(~fitting)["line_number"], "", "line_length")
    return rows, pl.concat([short, findings(shifted["line_number"], "", "columns_shifted")])
