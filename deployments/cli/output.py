"""What commands print: one JSON document, or lines and plain tables, safe for any terminal."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

#: A figure, or nothing in its place.
_NUMBER = re.compile(r"-|-?[0-9]+(?:\.[0-9]+)?")


def print_json(document: object) -> None:
    """One document on stdout; dates as ISO 8601."""
    text = json.dumps(document, ensure_ascii=False, indent=2, default=_plain)
    sys.stdout.write(f"{text}\n")


def print_lines(lines: Sequence[str]) -> None:
    """*lines* on stdout, without the control characters a file name may carry."""
    sys.stdout.write("".join(f"{printable(line)}\n" for line in lines))


def table(rows: Sequence[Mapping[str, object]]) -> list[str]:
    """*rows* as aligned lines under their keys; numbers to the right, nothing for no rows."""
    if not rows:
        return []
    names = list(rows[0])
    cells = [[_cell(row[name]) for name in names] for row in rows]
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    right = [all(_NUMBER.fullmatch(line[at]) for line in cells) for at in range(len(names))]
    lines = []
    for line in [names, *cells]:
        parts = (
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(line, widths, right, strict=True)
        )
        lines.append("  " + "  ".join(parts).rstrip())
    return lines


def printable(text: str) -> str:
    """*text* with every character a terminal might obey replaced."""
    return "".join(char if char.isprintable() else "?" for char in text)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return printable(str(value))


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
