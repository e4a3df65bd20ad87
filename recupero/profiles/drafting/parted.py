"""Lines parted into cells: by a delimiter, or by columns that are blank in every line."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

from recupero.errors import FileRefused
from recupero.profiles.drafting.entry import Entry

#: What parts columns, the usual first; of others only these marks, which no name or amount has.
_DELIMITERS = ";|\t,^~#*!&%@+=:"
#: Lines that tell the delimiter, and how many of them have to part alike.
_LINES, _SHARE = 2000, 0.9
#: Fewer lines leave blanks between words in one place by chance.
_FIXED_LINES_MIN = 5
_QUOTED = re.compile(r'(?:^|[^\w\s"])\s*"')


@dataclass(frozen=True)
class Parted:
    """``rows`` of cells as wide as the first; the ``odd`` others are left out."""

    rows: list[list[str]]
    odd: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Spans:
    """Columns of fixed width: their places, the names above them, what stands in them."""

    spans: list[tuple[int, int]]
    names: list[str]
    columns: list[list[str]]


def parted(lines: list[str], said: str | None) -> Parted | None:
    """*lines* by the delimiter that is *said*, or by the only one that parts them alike."""
    quote = '"' if _QUOTED.search("\n".join(lines[:_LINES])) else None
    found = []
    for mark in said or _DELIMITERS:
        if mark not in lines[0]:
            continue
        width = len(_cells(lines[0], mark, quote))
        alike = [len(_cells(line, mark, quote)) == width for line in lines[:_LINES]]
        share = sum(alike) / len(alike)
        if width > 1 and (said or share >= _SHARE):
            found.append((share, width, mark))
    if not found:
        return None
    _, width, mark = max(found, key=lambda each: (each[0] >= 0.999, each[1]))
    others = sorted(each[2] for each in found if each[2] != mark)
    rivals = f"; {' '.join(map(repr, others))} would part them alike too" if others else ""
    entries = [Entry("delimiter", mark, "guess" if others else "certain",
                     f"it parts the lines into {width} cells{rivals}")]  # fmt: skip
    if quote is not None:
        entries.append(Entry("quote", quote, "certain", "cells stand in it"))
    rows = [_cells(line, mark, quote) for line in lines]
    whole = [row for row in rows if len(row) == width]
    return Parted(whole, len(rows) - len(whole), tuple(entries))


def _cells(line: str, mark: str, quote: str | None) -> list[str]:
    if quote is None:
        return line.split(mark)
    try:
        return next(csv.reader([line], delimiter=mark, quotechar=quote, strict=True), [])
    except csv.Error:
        return []


def fixed_width(lines: list[str]) -> Spans:
    """Columns between places that are blank in every line, each under one name.

    Raises ``FileRefused`` where that cannot be told: without names above them, columns that touch
    look like one.
    """
    reach = max(map(len, lines))
    blank = [all(line[at : at + 1] in ("", " ") for line in lines) for at in range(reach)]
    begins = [at for at in range(reach) if not blank[at] and (at == 0 or blank[at - 1])]
    ends = [*begins[1:], reach]
    names = [lines[0][start:end].strip() for start, end in zip(begins, ends, strict=True)]
    one_each = all(name and len(name.split("  ")) == 1 for name in names)
    if len(lines) <= _FIXED_LINES_MIN or len(begins) < 2 or not one_each or _has_figures(names):
        raise FileRefused(
            "no delimiter parts its lines, and where columns of fixed width begin cannot be told",
            mend="take the places from the institution's description and write the layout by hand "
            "(docs/profiles.md)",
        )
    spans = [(start + 1, end - start) for start, end in zip(begins, ends, strict=True)]
    columns = [[line[at - 1 : at - 1 + width] for line in lines[1:]] for at, width in spans]
    return Spans(spans, names, columns)


def _has_figures(names: list[str]) -> bool:
    return any(re.fullmatch(r"[\d.,/\-\s]+", name) for name in names)
