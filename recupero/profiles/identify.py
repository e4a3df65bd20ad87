"""Which layout a file is written in: name, date and header decide, and exactly one must fit."""

from __future__ import annotations

import codecs
import csv
import re
from datetime import date
from typing import Any

from recupero.errors import FileRefused
from recupero.profiles.header import header_fault, header_mend, missing_names
from recupero.profiles.json_line import LineBroken, object_of, paths_of
from recupero.profiles.layout import Layout
from recupero.profiles.profile import Profile
from recupero.profiles.signature import refuse_foreign


def identify(profile: Profile, name: str, head: bytes, business_date: date) -> Layout:
    """The one layout of *profile* that file *name*, beginning with *head*, is written in.

    *head* is the start of the content (a few KiB are enough), or all of it. Raises ``FileRefused``
    with rule ``not_identified`` or ``ambiguous``, or why the head is not that of the file meant.
    """
    current = named(profile, name, business_date)
    fitting = [layout for layout in current if not _missing(layout, head)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        versions = ", ".join(f"{layout.kind} {layout.version}" for layout in fitting)
        what = f"corresponde a varios formatos: {versions}"
        raise FileRefused(what, name, "confirme con la agencia cuál de ellos es", rule="ambiguous")
    if not current:
        raise FileRefused(_unnamed(profile, name, business_date), name, rule="not_identified")
    nearest = min(current, key=lambda layout: len(_missing(layout, head)))
    try:
        refuse_foreign(nearest, head)
    except FileRefused as refusal:
        raise FileRefused(refusal.what, name, refusal.mend, refusal.rule) from None
    line = _header_line(nearest, head)
    fault = header_fault(_names(nearest, head), nearest, line, whole=False)
    raise FileRefused(fault, name, header_mend(nearest), rule="not_identified")


def named(profile: Profile, name: str, business_date: date) -> list[Layout]:
    """The layouts in force of files called *name*."""
    return [
        layout
        for layout in profile.layouts
        if layout.matches(name) and layout.in_force(business_date)
    ]


def _unnamed(profile: Profile, name: str, business_date: date) -> str:
    """Why no layout in force is of files called *name*."""
    if any(layout.matches(name) for layout in profile.layouts):
        return f"ningún formato está vigente el {business_date:%d/%m/%Y}"
    if any(re.fullmatch(layout.name, name, re.IGNORECASE) for layout in profile.layouts):
        return "el nombre difiere del acordado en mayúsculas y minúsculas"
    return "ningún formato acordado tiene este nombre de archivo"


def _missing(layout: Layout, head: bytes) -> list[str]:
    """The declared column names that *head* lacks; empty where the names are not in its text."""
    if layout.format != "jsonl" and (layout.format != "delimited" or not layout.header):
        return []
    return missing_names(_names(layout, head), layout, whole=False)


def _names(layout: Layout, head: bytes) -> list[str]:
    """The names in the header line of *head*; of JSON lines those in any of them."""
    if layout.format != "jsonl":
        return cells_of(_header_line(layout, head), layout)
    names: dict[str, None] = {}
    for line in _lines(layout, head):
        try:
            names |= dict.fromkeys(paths_of(object_of(line)))
        except LineBroken:
            continue  # *head* ends in the middle of a line; any other is judged with its row
    return list(names)


def _header_line(layout: Layout, head: bytes) -> str:
    """The first line of *head* that is not blank."""
    return next((line for line in _lines(layout, head) if line.strip()), "")


def _lines(layout: Layout, head: bytes) -> list[str]:
    return head.decode(codec_of(layout, head), errors="replace").split("\n")


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
    if layout.encoding in ("utf-16", "utf-16-be"):
        marked = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        bare = "utf-16-le" if layout.encoding == "utf-16" else layout.encoding
        return "utf-16" if marked else bare
    return layout.encoding
