"""Which layout a file is written in: name, date and header decide, and exactly one must fit."""

from __future__ import annotations

import csv
from datetime import date
from typing import Any

from recupero.errors import FileRefused
from recupero.profiles.layout import Layout
from recupero.profiles.profile import Profile


def identify(profile: Profile, name: str, head: bytes, business_date: date) -> Layout:
    """The one layout of *profile* that file *name*, beginning with *head*, is written in.

    *head* is the start of the content (a few KiB are enough), or all of it. Raises ``FileRefused``
    with rule ``not_identified`` or ``ambiguous``.
    """
    named = [layout for layout in profile.layouts if layout.matches(name)]
    current = [layout for layout in named if layout.in_force(business_date)]
    fitting = [layout for layout in current if not missing_columns(layout, head)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        versions = ", ".join(f"{layout.kind} {layout.version}" for layout in fitting)
        raise FileRefused(f"corresponde a varios formatos: {versions}", name, rule="ambiguous")
    if current:
        gone = ", ".join(missing_columns(current[0], head))
        what = f"faltan columnas en el encabezado: {gone}"
    elif named:
        what = f"ningún formato está vigente el {business_date:%d/%m/%Y}"
    else:
        what = "ningún formato acordado tiene este nombre de archivo"
    raise FileRefused(what, name, rule="not_identified")


def missing_columns(layout: Layout, head: bytes) -> list[str]:
    """The declared column names that the header line in *head* lacks; empty without a header."""
    if layout.format != "delimited" or not layout.header:
        return []
    present = set(header_cells(layout, head))
    names = dict.fromkeys(str(source) for source in layout.columns.values())
    return [name for name in names if name.strip() not in present]


def header_cells(layout: Layout, head: bytes) -> list[str]:
    """The names in the first line of *head* that is not blank, stripped."""
    text = head.decode(codec_of(layout, head), errors="replace")
    lines = (line for line in text.split("\n") if line.strip())
    return cells_of(next(lines, ""), layout)


def cells_of(line: str, layout: Layout) -> list[str]:
    """The stripped cells of one delimited *line*; empty when the quoting is broken."""
    try:
        cells = next(csv.reader([line.rstrip("\r")], **dialect_of(layout)), [])
    except csv.Error:
        return []
    return [cell.strip() for cell in cells]


def dialect_of(layout: Layout) -> dict[str, Any]:
    """The arguments by which ``csv.reader`` reads the way *layout* writes."""
    if layout.quote is None:
        return {"delimiter": layout.delimiter, "quoting": csv.QUOTE_NONE, "strict": True}
    return {"delimiter": layout.delimiter, "quotechar": layout.quote, "strict": True}


def codec_of(layout: Layout, head: bytes) -> str:
    """The Python codec for the declared encoding; a byte order mark is dropped, never a guess."""
    if layout.encoding == "utf-8":
        return "utf-8-sig"
    if layout.encoding == "utf-16" and head[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16-le"
    return layout.encoding
