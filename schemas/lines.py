"""A text file as numbered physical lines, and the record types that stand at their start."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import polars as pl

from recupero.errors import FileRefused
from recupero.profiles.header import other_delimiter
from recupero.profiles.identify import codec_of
from recupero.profiles.profile import Layout
from recupero.profiles.signature import refuse_foreign, refuse_utf8

#: Control characters; tabs may stand in text, and a carriage return is part of the line's end.
#: Characters of no width count too: an account number with one in it is another account.
CONTROL = r"[\x00-\x08\x0b-\x1f\x7f\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}\x{feff}]"
#: A letter of UTF-8 read as two characters of latin-1 or cp1252: ``Ã©`` for ``é``; and what other
#: programs left in place of letters they could not write.
MOJIBAKE = r"[ÂÃ][\x{80}-\x{bf}ŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]|â(?:\x{80}|€)|ï¿½|\x{fffd}"


@dataclass(frozen=True, slots=True)
class Sorted:
    """Lines by record type. Each frame has ``line_number`` and ``raw``."""

    detail: pl.DataFrame
    unknown: pl.DataFrame
    trailers: tuple[str, ...]


def text_of(content: bytes, layout: Layout) -> str:
    """*content* decoded as declared; refuses the file at the first byte that is not text."""
    refuse_foreign(layout, content)
    refuse_utf8(layout, content)
    codec = codec_of(layout, content)
    try:
        return content.decode(codec)
    except UnicodeDecodeError as problem:
        before = content[: problem.start].decode(codec, errors="replace")
        looks = "; parece latin-1 o cp1252" if layout.encoding == "utf-8" else ""
        raise FileRefused(
            f"el byte {problem.start} no es texto en {layout.encoding}{looks}",
            f"línea {before.count(chr(10)) + 1}",
            f"guarde el archivo en {layout.encoding}",
            rule="undecodable",
        ) from None


def lines_of(text: str) -> pl.DataFrame:
    """``line_number`` (from 1) and ``raw`` of every physical line, blank ones included."""
    # Old DOS programs end a file with Ctrl-Z.
    whole = pl.Series("raw", [text.removesuffix("\x1a")], dtype=pl.String)
    # Programs that write CRLF over CRLF leave two carriage returns.
    raw = whole.str.split("\n").explode().str.strip_chars_end("\r")
    return pl.DataFrame({"raw": raw}).select(
        line_number=pl.int_range(1, pl.len() + 1, dtype=pl.Int64), raw="raw"
    )


def sort(lines: pl.DataFrame, layout: Layout) -> Sorted:
    """Tell detail, header, trailer and unknown records apart; a blank line is none of them.

    Raises ``FileRefused``: ``record_unknown`` without one record agreed on, ``control_missing``
    without the trailer, ``control_total`` when anything follows it.
    """
    blank = pl.col("raw").str.strip_chars() == ""
    records = layout.records
    if records is None:
        return Sorted(lines.filter(~blank), lines.clear(), ())
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
    _refuse_strangers(typed, [mark for mark in kinds.values() if mark], layout)
    trailers = _trailers(typed, layout) if records.trailer else ()
    by = {name: typed.filter(pl.col("type") == name).drop("type") for name in ("detail", "unknown")}
    return Sorted(by["detail"], by["unknown"], trailers)


def _begins(mark: str, layout: Layout) -> pl.Expr:
    if layout.format == "fixed":
        return pl.col("raw").str.starts_with(mark)
    quote = f"{re.escape(layout.quote)}?" if layout.quote else ""
    end = re.escape(layout.delimiter)
    return pl.col("raw").str.contains(rf"^\s*{quote}{re.escape(mark)}{quote}\s*(?:{end}|$)")


def _refuse_strangers(typed: pl.DataFrame, marks: list[str], layout: Layout) -> None:
    """Refuse a file none of whose lines begins like a record agreed on."""
    if typed.is_empty() or not (typed["type"] == "unknown").all():
        return
    line_number, first = typed.select("line_number", "raw").row(0)
    what = f"ninguna línea comienza por un tipo de registro acordado ({', '.join(marks)})"
    raise FileRefused(
        other_delimiter(first, layout) or what,
        f"línea {line_number}",
        "genere el archivo como se acordó",
        rule="record_unknown",
    )


def _trailers(typed: pl.DataFrame, layout: Layout) -> tuple[str, ...]:
    """The last record; of a layout that has one for each currency the last ones."""
    found = typed.filter(pl.col("type") == "trailer")
    if found.is_empty():
        raise FileRefused(
            "falta el registro de control al final; el archivo puede estar cortado",
            "".join(f"línea {last}" for last in typed["line_number"].tail(1)),
            "envíe el archivo completo",
            rule="control_missing",
        )
    each = layout.trailer is not None and layout.trailer.currency is not None
    if (found.height > 1 and not each) or (typed["type"].tail(found.height) != "trailer").any():
        raise FileRefused(
            "hay registros después del registro de control",
            f"línea {found['line_number'][0]}",
            "envíe el control al final del archivo"
            if each
            else "envíe un solo registro de control, al final del archivo",
            rule="control_total",
        )
    return tuple(found["raw"])
