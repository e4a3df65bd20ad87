"""CSV as the institutions receive it: UTF-8 with a byte-order mark, ``;``, CRLF, all text quoted.

The mark is there because people open these files by double click and Excel reads a file without
it in the machine's own code page, so names lose their accents. ``;`` is the list separator of
the region's Excel and never a decimal mark. Amounts are written for machines: a decimal point,
no grouping, the currency in a column of its own.

A cell that comes from outside could be taken for a formula. The rule, reversible: text that begins
with one of ``= + - @`` (also full width), even after blanks, invisible characters or quotes, or
with a tab, a line break or an apostrophe, gets one apostrophe in front; whoever reads the file
takes one leading apostrophe away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from unicodedata import category

#: What may make a formula of the rest, wherever a text really begins; and what is put apart anyway.
_SIGNS = frozenset("=+-@＝＋－＠﹢﹣﹦﹫")
_APART = frozenset("\t\r\n'")
#: What a spreadsheet passes over, or somebody takes away, before it looks: Unicode's separators,
#: controls, invisible characters and paired quotes, and the other quotes.
_BEFORE = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Pi", "Pf"})
_QUOTES = frozenset("\"'`´＂＇‚„")
BOM = b"\xef\xbb\xbf"

Cell = str | int | Decimal | date | datetime | None


def guard(text: str) -> str:
    """*text* as no spreadsheet takes it for a formula; ``unguard`` gives it back."""
    return f"'{text}" if _is_risky(text) else text


def unguard(text: str) -> str:
    """The text ``guard`` was given."""
    return text[1:] if text.startswith("'") else text


def _is_risky(text: str) -> bool:
    if text[:1].isalnum():  # nearly all of them
        return False
    begins = (one for one in text if category(one) not in _BEFORE and one not in _QUOTES)
    return text[:1] in _APART or next(begins, "") in _SIGNS


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
