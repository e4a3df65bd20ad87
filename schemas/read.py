"""Bytes into rows of text, exactly as the layout declares; nothing is interpreted yet."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from recupero.errors import Fault
from recupero.profiles.profile import Layout
from schemas import delimited, fixed_width, json_lines
from schemas.control import Declared, declared_by
from schemas.lines import CONTROL, lines_of, sort, text_of
from schemas.rule import findings, no_findings

#: Control characters as JSON may write them.
_ESCAPED = r"(?i)\\(?:u(?:00[01][0-9a-f]|007f|200[b-f]|202[89a-e]|2060|feff)|[bf])"


@dataclass(frozen=True)
class RawTable:
    """What a file says, as text.

    rows     ``line_number`` Int64, ``raw`` (the untouched line; several joined by a line feed when
             a quoted cell spans them), and one String column per declared column
    control  the figures of the trailer record, if there is one
    broken   ``line_number``, ``raw`` and ``rule`` of lines that could not be split into cells
    found    findings on single cells of *rows*
    keys     what stands where the account number should in broken lines: a best effort, so that a
             broken line is not taken for a missing account
    """

    rows: pl.DataFrame
    control: Declared | None
    broken: pl.DataFrame
    found: pl.DataFrame
    keys: pl.Series


def read(content: bytes, layout: Layout) -> RawTable:
    """*content* as *layout* declares it. Raises ``FileRefused`` for bytes that are not so."""
    if layout.format == "statement":
        raise Fault("a bank statement is read by recupero.statements")
    if layout.is_book:
        return _read_sheet(content, layout)
    lines = lines_of(text_of(content, layout))
    positions: dict[str, int] = {}
    width = 0
    if layout.format == "delimited":
        positions, width, lines = delimited.places(lines, layout)
    return read_lines(lines, positions, width, layout)


def read_lines(
    lines: pl.DataFrame, positions: dict[str, int], width: int, layout: Layout
) -> RawTable:
    """*lines* of text behind any header, their cells where ``delimited.places`` found them."""
    sorted_lines = sort(lines, layout)
    detail = sorted_lines.detail
    if layout.quote is not None and layout.records is None:
        detail = lines  # blank lines count inside quotes
    dirty = detail.select(pl.col("raw").str.contains(CONTROL)).to_series()
    clean = detail.filter(~dirty)
    found = no_findings()
    if layout.format == "delimited":
        rows, broken = delimited.split(clean, positions, width, layout)
    elif layout.format == "jsonl":
        rows, broken, found = json_lines.split(clean, layout)
    else:
        rows, broken = fixed_width.split(clean, layout)
    lost = [
        broken,
        findings(detail.filter(dirty)["line_number"], "", "control_character"),
        findings(sorted_lines.unknown["line_number"], "", "record_unknown"),
    ]
    failed = pl.concat(lost).join(lines, on="line_number", how="left").drop("field")
    failed = failed.sort("line_number")
    control = declared_by(sorted_lines.trailers, layout)
    return RawTable(
        rows=rows,
        control=control,
        broken=_printable(failed),
        found=found,
        keys=_stray_keys(failed, positions, layout),
    )


def _read_sheet(content: bytes, layout: Layout) -> RawTable:
    from schemas import spreadsheet  # the reader costs 20 ms that text files need not pay

    rows, found = spreadsheet.read(content, layout)
    dirty = spreadsheet.has_control(rows)
    failed = rows.filter(dirty)
    broken = failed.select("line_number", "raw", rule=pl.lit("control_character"))
    keys = _no_keys()
    if "account_number" in failed.columns:
        keys = failed.select(_visible(pl.col("account_number"))).to_series()
    return RawTable(
        rows=rows.filter(~dirty),
        control=None,
        broken=_printable(broken),
        found=found.join(failed, on="line_number", how="anti"),
        keys=keys,
    )


def _printable(broken: pl.DataFrame) -> pl.DataFrame:
    # NUL is the one character that a PostgreSQL text cannot hold.
    return broken.select(
        "line_number", pl.col("raw").str.replace_all("\x00", "␀", literal=True), "rule"
    ).sort("line_number")


def _no_keys() -> pl.Series:
    return pl.Series("account_number", [], dtype=pl.String)


def _stray_keys(failed: pl.DataFrame, positions: dict[str, int], layout: Layout) -> pl.Series:
    place = layout.columns.get("account_number")
    raw = pl.col("raw")
    if isinstance(place, tuple):
        key = raw.str.slice(place[0] - 1, place[1])
    elif "account_number" in positions:
        cells = raw.str.split(layout.delimiter)
        key = cells.list.get(positions["account_number"], null_on_oob=True)
    elif layout.format == "jsonl" and isinstance(place, str):
        name = re.escape(place.rpartition(".")[2])
        key = raw.str.extract(rf'"{name}"\s*:\s*"?([^",}}\]]+)')
    else:
        return _no_keys()
    cleaned = _visible(key).str.strip_chars(f"{layout.quote or ''} \t\r").alias("account_number")
    return failed.select(cleaned).to_series().cast(pl.String)


def _visible(key: pl.Expr) -> pl.Expr:
    """Without the characters its line was given up for: the account is the one that is seen."""
    return key.str.replace_all(CONTROL, "").str.replace_all(_ESCAPED, "")
