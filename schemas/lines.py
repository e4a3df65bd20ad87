"""A text file as numbered physical lines, and the record types that stand at their start."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import polars as pl

from recupero.errors import FileRefused
from recupero.profiles.identify import codec_of
from recupero.profiles.profile import Layout

#: Marks that say the bytes are Unicode; under another declared encoding the file is not as agreed.
_UNICODE_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

#: Control characters; tabs may stand in text, and a carriage return is part of the line's end.
CONTROL = r"[\x00-\x08\x0b-\x1f\x7f]"


@dataclass(frozen=True, slots=True)
class Sorted:
    """Lines by record type. Each frame has ``line_number`` and ``raw``."""

    detail: pl.DataFrame
    unknown: pl.DataFrame
    trailer: str | None


def text_of(content: bytes, layout: Layout) -> str:
    """*content* decoded as declared; refuses the file at the first byte that is not text."""
    if layout.encoding in ("latin-1", "cp1252") and content.startswith(_UNICODE_MARKS):
        raise FileRefused(
            f"se acordó {layout.encoding} y el archivo comienza con una marca de Unicode",
            rule="undecodable",
        )
    codec = codec_of(layout, content)
    try:
        return content.decode(codec)
    except UnicodeDecodeError as problem:
        before = content[: problem.start].decode(codec, errors="replace")
        raise FileRefused(
            f"el byte {problem.start} no es texto en {layout.encoding}",
            f"línea {before.count(chr(10)) + 1}",
            "guarde el archivo en la codificación acordada",
            rule="undecodable",
        ) from None


def lines_of(text: str) -> pl.DataFrame:
    """``line_number`` (from 1) and ``raw`` of every physical line, blank ones included."""
    # Old DOS programs end a file with Ctrl-Z.
    whole = pl.Series("raw", [text.removesuffix("\x1a")], dtype=pl.String)
    raw = whole.str.split("\n").explode().str.strip_suffix("\r")
    return pl.DataFrame({"raw": raw}).select(
        line_number=pl.int_range(1, pl.len() + 1, dtype=pl.Int64), raw="raw"
    )


def sort(lines: pl.DataFrame, layout: Layout) -> Sorted:
    """Tell detail, header, trailer and unknown records apart; a blank line is none of them.

    Raises ``FileRefused``: ``control_missing`` without the trailer agreed on, ``control_total``
    when anything follows it.
    """
    blank = pl.col("raw").str.strip_chars() == ""
    records = layout.records
    if records is None:
        return Sorted(lines.filter(~blank), lines.clear(), None)
    kinds = {"trailer": records.trailer, "header": records.header, "detail": records.detail}
    kind: Any = pl.when(blank).then(pl.lit("blank"))
    for name, mark in kinds.items():
        if mark:
            kind = kind.when(_begins(mark, layout)).then(pl.lit(name))
    other = "unknown" if records.detail else "detail"
    typed = lines.with_columns(type=kind.otherwise(pl.lit(other))).filter(pl.col("type") != "blank")
    first = pl.int_range(pl.len()) == 0
    misplaced = (pl.col("type") == "header") & ~first
    typed = typed.with_columns(type=pl.when(misplaced).then(pl.lit("unknown")).otherwise("type"))
    trailer = _only_trailer(typed) if records.trailer else None
    by = {name: typed.filter(pl.col("type") == name).drop("type") for name in ("detail", "unknown")}
    return Sorted(by["detail"], by["unknown"], trailer)


def _begins(mark: str, layout: Layout) -> pl.Expr:
    if layout.format == "fixed":
        return pl.col("raw").str.starts_with(mark)
    quote = f"{re.escape(layout.quote)}?" if layout.quote else ""
    end = re.escape(layout.delimiter)
    return pl.col("raw").str.contains(rf"^\s*{quote}{re.escape(mark)}{quote}\s*(?:{end}|$)")


def _only_trailer(typed: pl.DataFrame) -> str:
    found = typed.filter(pl.col("type") == "trailer")
    if found.is_empty():
        raise FileRefused(
            "falta el registro de control; el archivo puede estar cortado", rule="control_missing"
        )
    if found.height > 1 or typed["type"][-1] != "trailer":
        raise FileRefused(
            "hay registros después del registro de control",
            f"línea {found['line_number'][0]}",
            rule="control_total",
        )
    return str(found["raw"][0])
