"""The rejected lines of a file as they came, in columns: what stands on a reject file untouched."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from recupero.profiles.fields import KEYS
from recupero.profiles.identify import cells_of, dialect_of
from recupero.profiles.layout import Layout, sign_of
from recupero.profiles.repair import RECORD, correction_titles
from schemas.contract import rules_of
from schemas.lines import lines_of, text_of
from schemas.read import RawTable, read
from schemas.rule import Context

Cells = tuple[str, ...]

#: Rules of rows that came back with other columns of the institution's, or two of one line.
_SAID_OTHERWISE = frozenset({"repair_altered", "repair_repeated"})


@dataclass(frozen=True)
class Originals:
    """``header`` are the titles of the file's own columns and ``header_raw`` their line, empty
    where it has none; ``raws`` the untouched text by line, and ``cells`` what is in its columns.
    Neither has a line that could not be split: its text stands in ``broken``.
    """

    table: RawTable
    header: Cells
    header_raw: str
    raws: dict[int, str]
    cells: dict[int, Cells]
    broken: dict[int, str]


def originals(content: bytes, layout: Layout, lines: Collection[int]) -> Originals:
    """The *lines* of *content*, which was read as *layout* declares."""
    table = read(content, layout)
    wanted = pl.col("line_number").is_in(sorted(lines))
    raws = dict(table.rows.filter(wanted).select("line_number", "raw").iter_rows())
    broken = dict(table.broken.filter(wanted).select("line_number", "raw").iter_rows())
    cells = {line: cells_in(raw, layout) for line, raw in raws.items()}
    names, raw = _header(content, layout)
    width = max([len(names), *map(len, cells.values())])
    if layout.format != "jsonl":
        names += tuple(f"COLUMNA_{at + 1}" for at in range(len(names), width))
    return Originals(table, names, raw, raws, cells, broken)


def cells_in(raw: str, layout: Layout) -> Cells:
    """The columns of one untouched record, declared or not; of JSON none."""
    if layout.format == "jsonl":
        return ()
    if layout.is_book:
        return tuple(raw.split("\t"))
    if layout.format == "fixed":
        spans = (at for at in dict.fromkeys(layout.sources.values()) if isinstance(at, tuple))
        return (raw, *(raw[start - 1 : start - 1 + width] for start, width in spans))
    return tuple(next(csv.reader(io.StringIO(raw, newline=""), **dialect_of(layout)), []))


def _header(content: bytes, layout: Layout) -> tuple[Cells, str]:
    if layout.format == "fixed":
        return (RECORD, *correction_titles(layout)), ""
    if layout.is_book:
        return _book_header(content, layout), ""
    if layout.format == "jsonl":
        return (), ""
    if layout.header:
        lines = lines_of(text_of(content, layout))
        raw = str(lines.filter(pl.col("raw").str.strip_chars() != "")["raw"][0])
        return tuple(cells_of(raw, layout)), raw
    places = [at for at in layout.sources.values() if isinstance(at, int)]
    width = layout.cells or max(places, default=0) + 1
    return tuple(f"COLUMNA_{at + 1}" for at in range(width)), ""


def _book_header(content: bytes, layout: Layout) -> Cells:
    from schemas.book import grid  # as in ``read``: text files need no reader of workbooks
    from schemas.spreadsheet import shown

    if not layout.header:
        return ()
    rows = grid(content, layout)[(layout.header_row or 1) - 1 :]
    names = next(row for row in rows if any(map(shown, row)))
    return tuple("\t".join(map(shown, names)).rstrip("\t").split("\t"))


def fields_at_fault(field: str, rule: str, layout: Layout, context: Context) -> set[str]:
    """Where a row that breaks *rule* at *field* may be mended: that field and those it is held
    against; anywhere, where the line could not be split; nowhere, where nothing it says is wrong.
    """
    if rule in _SAID_OTHERWISE:
        return set()
    if rule == "repair_contradicts":
        return set(KEYS[layout.kind])
    if not field:
        return set(layout.sources)
    fields = {field}
    for one in rules_of(layout.kind, context):
        if (one.code, one.field) == (rule, field):
            fields |= set(one.ok.meta.root_names())
    return fields | {sign_of(name) for name in fields}
