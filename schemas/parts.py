"""A file's rows in parts, so that its text need not be in memory all at once.

Lines that are plainly well formed are split by polars' own reader. `schemas.read` has the word on
the others, and on every file that cannot be cut at just any end of a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from recupero.errors import Fault
from recupero.profiles.profile import Layout
from schemas import delimited
from schemas.blocks import Block, Look, Text, look, spans, without
from schemas.control import Declared
from schemas.lines import lines_of
from schemas.read import RawTable, read, read_lines


@dataclass(frozen=True)
class Plain:
    """The plain lines of a block: ``line_number`` and their cells, an empty one null; *empty* is
    what ``read`` has in its place."""

    block: Block
    seen: Look
    cells: pl.DataFrame
    empty: str | None

    def at(self, lines: pl.Series) -> pl.DataFrame:
        """Their rows whose number is in *lines*, with ``raw``, as ``read`` has them."""
        picked = self.cells.filter(pl.col("line_number").is_in(lines.implode()))
        starts, ends = spans(self.seen, picked["line_number"].to_numpy() - self.block.first)
        raws = [self.block.text[at:end].decode() for at, end in zip(starts, ends, strict=True)]
        texts = pl.exclude("line_number").fill_null(pl.lit(self.empty, pl.String))
        return picked.with_columns(texts, raw=pl.Series(raws, dtype=pl.String))


@dataclass(frozen=True)
class Part:
    """Consecutive rows of a file.

    rows   ``line_number`` and a String column per declared column; an empty cell is empty or null
    bare   whether no cell has blanks around it
    slow   what was read the long way: some of the rows or all, with ``raw``, and what is broken
    plain  the other rows, if there are any
    """

    rows: pl.DataFrame
    bare: bool
    slow: RawTable
    plain: Plain | None = None

    @property
    def rows_read(self) -> int:
        """Detail lines, broken ones included."""
        return self.rows.height + self.slow.broken.height

    def at(self, lines: pl.Series) -> pl.DataFrame:
        """The rows whose number is in *lines*, as ``read`` has them."""
        rows = self.slow.rows
        slow = rows.filter(pl.col("line_number").is_in(lines.implode()))
        if self.plain is None:
            return slow
        return pl.concat([slow, self.plain.at(lines).select(rows.columns)])


@dataclass(frozen=True)
class Source:
    """A file whose rows come in parts, and again when they are asked for.

    Either *table* has them all, or *text* is split into cells at *positions*.
    """

    layout: Layout
    table: RawTable | None
    text: Text | None = None
    positions: dict[str, int] | None = None
    width: int = 0

    @property
    def control(self) -> Declared | None:
        """The figures of the trailer record, if there is one."""
        return self.table.control if self.table else None

    def parts(self) -> Iterator[Part]:
        """All rows in the order of the file."""
        if self.table is not None:
            yield Part(self.table.rows, False, self.table)
            return
        parts = map(self._part, self._blocks())
        nothing = self._read(pl.Series(dtype=pl.Int64), [])
        yield next(parts, Part(nothing.rows, True, nothing))
        yield from parts

    def at(self, lines: pl.Series) -> pl.DataFrame:
        """The rows whose number is in *lines*, as ``read`` has them."""
        if self.table is not None:
            return Part(self.table.rows, False, self.table).at(lines)
        wanted = lines.unique().sort()
        raws = self.text.lines(wanted.to_numpy()) if self.text else []
        return self._read(wanted, raws).rows

    def _blocks(self) -> Iterator[Block]:
        """The lines behind any header."""
        for block in self.text.blocks() if self.text else ():
            below = block
            if self.layout.header and block.first == 1:
                below = Block(block.text[block.text.index(b"\n") + 1 :], 2)
            if below.text:
                yield below

    def _read(self, lines: pl.Series, raws: list[str]) -> RawTable:
        """The *lines* of these numbers read the long way."""
        frame = pl.DataFrame(
            {
                "line_number": lines,
                "raw": pl.Series(raws, dtype=pl.String).str.strip_chars_end("\r"),
            },
            schema_overrides={"line_number": pl.Int64},
        )
        return read_lines(frame, self.positions or {}, self.width, self.layout)

    def _part(self, block: Block) -> Part:
        seen = look(block, self.layout.delimiter, self.width)
        at = zip(*spans(seen, seen.odd), strict=True)
        raws = [block.text[start:end].decode() for start, end in at]
        slow = self._read(pl.Series(seen.odd + block.first), raws)
        cells = self._cells(block, seen)
        empty = "" if self.layout.quote is None else None
        plain = self._written(Plain(block, seen, cells, empty))
        bare = _bared(plain.cells, seen.blanks)
        if slow.rows.is_empty():
            return Part(bare, True, slow, plain)
        rows = pl.concat([bare, _bared(slow.rows.drop("raw"), True)]).sort("line_number")
        return Part(rows, True, slow, plain)

    def _cells(self, block: Block, seen: Look) -> pl.DataFrame:
        positions = self.positions or {}
        count = seen.ends.size - seen.odd.size
        if not count:
            return self._read(pl.Series(dtype=pl.Int64), []).rows.drop("raw")
        wanted = sorted(set(positions.values()))
        cells = pl.read_csv(
            without(block, seen),
            has_header=False,
            separator=self.layout.delimiter,
            quote_char=None,
            columns=wanted,
            infer_schema=False,
        )
        if cells.height != count:
            raise Fault("the splitter lost lines", mend="report the layout's delimiter")
        numbers = pl.int_range(seen.ends.size, dtype=pl.Int64, eager=True) + block.first
        if seen.odd.size:
            odd = pl.Series(seen.odd + block.first)
            numbers = numbers.filter(~numbers.is_in(odd.implode()))
        columns = {field: cells.to_series(wanted.index(at)) for field, at in positions.items()}
        return pl.DataFrame({"line_number": numbers, **columns})

    def _written(self, plain: Plain) -> Plain:
        """Without lines of nothing but blanks and delimiters."""
        first = pl.col(plain.cells.columns[1])
        unsaid = plain.cells.filter(first.is_null() | first.str.contains(r"^\s*$"))["line_number"]
        if unsaid.is_empty():
            return plain
        empty = rf"^[\s{re.escape(self.layout.delimiter)}]*$"
        blank = plain.at(unsaid).filter(pl.col("raw").str.contains(empty))["line_number"]
        rest = plain.cells.filter(~pl.col("line_number").is_in(blank.implode()))
        return replace(plain, cells=rest)


def source(content: bytes, layout: Layout) -> Source:
    """*content* as *layout* declares it. Raises ``FileRefused`` for bytes that are not so."""
    if layout.format != "delimited" or layout.records is not None:
        return Source(layout, read(content, layout))
    text = Text.of(content, layout)
    first = next(text.blocks(), Block(b"", 1)).text.partition(b"\n")[0].decode()
    quoted = layout.quote is not None and layout.quote.encode() in text.content
    # What one program ends a file with stands for itself in the middle of it.
    if quoted or not first.strip() or "\x1a" in first:
        return Source(layout, read(content, layout))
    positions, width, _ = delimited.places(lines_of(first), layout)
    if width < 2 or not positions:
        return Source(layout, read(content, layout))
    return Source(layout, None, text, positions, width)


def _bared(rows: pl.DataFrame, blanks: bool) -> pl.DataFrame:
    """*rows* without blanks around their cells; other than the space none are there but for
    *blanks*."""
    texts = pl.exclude("line_number")
    if not blanks:
        spaced = rows.select((texts.str.starts_with(" ") | texts.str.ends_with(" ")).any())
        texts = pl.col([name for name in spaced.columns if spaced[name][0]])
    return rows.with_columns(texts.str.strip_chars())
