"""CSV as the institutions receive it: UTF-8 with a byte-order mark, ``;``, CRLF, all text quoted.

The mark is there because people open these files by double click and Excel reads a file without
it in the machine's own code page, so names lose their accents. ``;`` is the list separator of
the region's Excel and never a decimal mark. Amounts are written for machines: a decimal point,
no grouping, the currency in a column of its own.

A cell that comes from outside could be taken for a formula. The rule, reversible: text that
starts with one of ``= + - @`` (also full width), a tab, a line break or an apostrophe gets one
apostrophe in front; whoever reads the file takes one leading apostrophe away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

RISKY = frozenset("=+-@\t\r\n'＝＋－＠")
BOM = b"\xef\xbb\xbf"

Cell = str | int | Decimal | date | datetime | None


def guard(text: str) -> str:
    """*text* as no spreadsheet takes it for a formula; ``unguard`` gives it back."""
    return f"'{text}" if text[:1] in RISKY and text else text


def unguard(text: str) -> str:
    """The text ``guard`` was given."""
    return text[1:] if text.startswith("'") else text


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The table as bytes. Text is guarded and quoted, numbers and dates (ISO 8601) are bare.

    Undecodable bytes of a file name (lone surrogates) appear as ``\\udc80`` escapes.
    """
    lines = [";".join(f'"{name}"' for name in header)]
    lines += [";".join(map(_written, row)) for row in rows]
    return BOM + ("\r\n".join(lines) + "\r\n").encode("utf-8", "backslashreplace")


def _written(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return '"' + guard(value).replace('"', '""') + '"'
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return value.isoformat() if isinstance(value, date) else str(value)
