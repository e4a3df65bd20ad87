"""Delimited lines into cells. Polars splits every line that is plainly well formed; the few others,
which carry stray quotes or line breaks inside quotes, are read one by one and resynchronised.
"""

from __future__ import annotations

import csv
import io
import re

import polars as pl

from recupero.errors import Fault, FileRefused
from recupero.profiles.header import header_fault, header_mend, missing_names
from recupero.profiles.identify import cells_of, dialect_of
from recupero.profiles.profile import Layout
from recupero.profiles.repair import REFERENCE, repair_renamed
from schemas.rule import findings, no_findings

#: A quoted cell that spans more lines than this was never closed.
LINES_PER_RECORD_MAX = 50


def places(lines: pl.DataFrame, layout: Layout) -> tuple[dict[str, int], int, pl.DataFrame]:
    """0-based position of each declared field, cells per line, and the lines after the header.

    Raises ``FileRefused`` with rule ``empty``, ``header_missing`` or ``header_ambiguous``.
    """
    if not layout.header:
        positions = {field: at for field, at in layout.sources.items() if isinstance(at, int)}
        return positions, layout.cells or max(positions.values(), default=0) + 1, lines
    written = lines.filter(pl.col("raw").str.strip_chars() != "")
    if written.is_empty():
        raise FileRefused(
            "el archivo está vacío", mend="envíe el archivo con sus datos", rule="empty"
        )
    line_number, raw = written.row(0)
    positions = named_positions(cells_of(raw, layout), layout, line_number, raw)
    rest = lines.filter(pl.col("line_number") > line_number)
    return positions, len(cells_of(raw, layout)), rest


def named_positions(
    names: list[str], layout: Layout, line_number: int, raw: str = ""
) -> dict[str, int]:
    """0-based position of each declared field under the header *names*, which *raw* holds.

    A reject file of ours under another name is none of the institution's files: read as a portfolio
    it would recall what it does not name.
    """
    if REFERENCE in names:
        raise repair_renamed()
    if missing_names(names, layout):
        raise FileRefused(
            header_fault(names, layout, raw),
            f"línea {line_number}",
            header_mend(layout),
            rule="header_missing",
        )
    wanted = {field: str(source).strip() for field, source in layout.sources.items()}
    twice = sorted({name for name in wanted.values() if names.count(name) > 1})
    if twice:
        raise FileRefused(
            f"columnas repetidas en el encabezado: {', '.join(twice)}",
            f"línea {line_number}",
            "dé a cada columna un nombre distinto",
            rule="header_ambiguous",
        )
    return {field: names.index(name) for field, name in wanted.items()}


def split(
    lines: pl.DataFrame, positions: dict[str, int], width: int, layout: Layout
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of text cells by field (with ``line_number``, ``raw``), and findings for broken lines.

    *lines* may hold blank lines: they matter only inside quotes. A line of nothing but delimiters
    is blank.
    """
    empty = rf"^[\s{re.escape(layout.delimiter)}]*$"
    marked = lines.with_columns(
        good=_well_formed(width, layout), blank=pl.col("raw").str.contains(empty)
    )
    bad = marked.select(~pl.col("good") & ~pl.col("blank")).to_series()
    if layout.quote is None or not bad.any():
        good = marked.filter(pl.col("good") & ~pl.col("blank"))
        broken = findings(marked.filter(bad)["line_number"], "", "column_count")
        return _cells(good, positions, width, layout), broken
    mended, swallowed, broken = _mend(marked, bad, positions, width, layout)
    good = marked.filter(
        pl.col("good") & ~pl.col("blank") & ~pl.col("line_number").is_in(swallowed)
    )
    rows = pl.concat([_cells(good, positions, width, layout), mended]).sort("line_number")
    return rows, broken


def _well_formed(width: int, layout: Layout) -> pl.Expr:
    """True for a line that has *width* cells and no quote that is not around a whole cell."""
    raw = pl.col("raw")
    if layout.quote is None:
        return raw.str.count_matches(layout.delimiter, literal=True) == width - 1
    quote, mark = re.escape(layout.quote), re.escape(layout.delimiter)
    # Control characters were rejected before, so NUL can stand for a quoted cell.
    short = raw.str.replace_all(rf"{quote}(?:[^{quote}]|{quote}{quote})*{quote}", "\x00")
    whole = ~short.str.contains(rf"{quote}|[^{mark}]\x00|\x00[^{mark}]")
    return whole & (short.str.count_matches(layout.delimiter, literal=True) == width - 1)


def _cells(
    good: pl.DataFrame, positions: dict[str, int], width: int, layout: Layout
) -> pl.DataFrame:
    base = good.select("line_number", "raw")
    if good.is_empty():
        return base.with_columns(pl.lit(None, pl.String).alias(field) for field in positions)
    if layout.quote is None:
        cells = pl.col("raw").str.split_exact(layout.delimiter, width - 1).alias("cells")
        return base.with_columns(cells).select(
            "line_number",
            "raw",
            *(
                pl.col("cells").struct.field(f"field_{at}").alias(field)
                for field, at in positions.items()
            ),
        )
    return _quoted(base, positions, layout)


def _quoted(base: pl.DataFrame, positions: dict[str, int], layout: Layout) -> pl.DataFrame:
    """Cells of well-formed lines by polars' own reader, which knows quotes."""
    text = io.BytesIO()
    base.select("raw").write_csv(text, include_header=False, quote_style="never")
    wanted = sorted(set(positions.values()))
    cells = pl.read_csv(
        text.getvalue(),
        has_header=False,
        separator=layout.delimiter,
        quote_char=layout.quote,
        columns=wanted,
        infer_schema=False,
    )
    if cells.height != base.height:
        raise Fault("the splitter lost lines", mend="report the layout's delimiter and quote")
    columns = {at: cells.to_series(index) for index, at in enumerate(wanted)}
    return base.with_columns(columns[at].alias(field) for field, at in positions.items())


def _mend(
    marked: pl.DataFrame,
    bad: pl.Series,
    positions: dict[str, int],
    width: int,
    layout: Layout,
) -> tuple[pl.DataFrame, list[int], pl.DataFrame]:
    """Rows read one by one, numbers of lines they swallowed, and findings for lines given up."""
    raws, numbers = marked["raw"].to_list(), marked["line_number"].to_list()
    rows: list[dict[str, object]] = []
    broken = [no_findings()]
    swallowed: list[int] = []
    reached = 0
    for at in bad.arg_true().to_list():
        if at < reached:
            continue
        cells, used = _record(raws, at, layout)
        if cells is not None and len(cells) == width:
            row: dict[str, object] = {field: cells[place] for field, place in positions.items()}
            raw = "\n".join(raws[at : at + used])
            rows.append({"line_number": numbers[at], "raw": raw, **row})
            swallowed += numbers[at : at + used]
            reached = at + used
        else:
            # Give up this line only and resume at the next: a stray quote hides no neighbour.
            rule = "quote" if cells is None or used > 1 else "column_count"
            broken.append(findings(pl.Series([numbers[at]], dtype=pl.Int64), "", rule))
    schema = {"line_number": pl.Int64, "raw": pl.String, **dict.fromkeys(positions, pl.String)}
    return pl.DataFrame(rows, schema=schema), swallowed, pl.concat(broken)


def _record(raws: list[str], at: int, layout: Layout) -> tuple[list[str] | None, int]:
    """Cells of the record that begins at *at*, and the lines it takes; None if it never ends."""
    for used in range(1, min(LINES_PER_RECORD_MAX, len(raws) - at) + 1):
        chunk = [f"{raw}\n" for raw in raws[at : at + used - 1]] + [raws[at + used - 1]]
        try:
            return next(csv.reader(chunk, **dialect_of(layout)), []), used
        except csv.Error as problem:
            if "unexpected end of data" not in str(problem):
                return None, used
    return None, 1
