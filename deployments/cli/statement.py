"""``recupero statement FILE…``: read bank files and say whether each statement ties.

Imports nothing heavy: the answer is expected within half a second.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from recupero.errors import StatementRefused
from recupero.statements.amounts import decimal_text
from recupero.statements.entry import Statement, StatementFile
from recupero.statements.recognise import read_statements

__all__ = ["statement"]

READ, FINDINGS, REFUSED = 0, 1, 2

_HEADINGS = (
    "account", "currency", "opening", "entries", "credits", "debits", "closing", "ties",
    "difference",
)  # fmt: skip
_LEFT = frozenset({"account", "currency", "ties"})


def statement(files: list[Path], institution: str | None, as_json: bool) -> int:
    """Print what *files* hold and return the exit code: 0 read and tying or without balances,
    1 with problems or differences, 2 a file refused, named on stderr; the others are still shown.

    *institution* is for tables, whose layout its profile declares; camt and MT940 need none.
    """
    code, documents = READ, []
    for path in files:
        try:
            read = read_statements(path.read_bytes())
        except OSError as error:
            _refuse(path, error.strerror or "not readable")
            code = REFUSED
            continue
        except StatementRefused as refusal:
            _refuse(path, str(refusal))
            code = REFUSED
            continue
        code = max(code, FINDINGS if _findings(read) else READ)
        documents.append(_document(path, read))
    if as_json:
        print(json.dumps(documents, indent=2))
    else:
        for document in documents:
            print(_table(document))
    return code


def _refuse(path: Path, reason: str) -> None:
    print(f"{_printable(str(path))}: {reason}", file=sys.stderr)


def _findings(read: StatementFile) -> bool:
    return bool(read.problems) or any(each.ties is False for each in read.statements)


def _document(path: Path, read: StatementFile) -> dict[str, object]:
    return {
        "file": _printable(str(path)),
        "format": read.format,
        "statements": [_row(each) for each in read.statements],
        "problems": [{"record": each.record, "reason": str(each.reason)} for each in read.problems],
    }


def _row(each: Statement) -> dict[str, object]:
    def text(amount_minor: int | None) -> str | None:
        return None if amount_minor is None else decimal_text(amount_minor, each.currency)

    return {
        "account": each.account,
        "currency": each.currency,
        "opening": text(each.opening_minor),
        "entries": len(each.entries),
        "credits": text(each.credits_minor),
        "debits": text(each.debits_minor),
        "closing": text(each.closing_minor),
        "ties": each.ties,
        "difference": text(each.difference_minor),
    }


def _table(document: dict[str, object]) -> str:
    """A heading for the file, a line a statement, and the problems below."""
    statements, problems = document["statements"], document["problems"]
    assert isinstance(statements, list)
    assert isinstance(problems, list)
    rows = [[_cell(each[name]) for name in _HEADINGS] for each in statements]
    widths = [max(map(len, column)) for column in zip(_HEADINGS, *rows, strict=True)]
    lines = [f"{document['file']}  {document['format']}"]
    for row in [list(_HEADINGS), *rows] if rows else []:
        cells = (
            cell.ljust(width) if name in _LEFT else cell.rjust(width)
            for name, cell, width in zip(_HEADINGS, row, widths, strict=True)
        )
        lines.append("  " + "  ".join(cells).rstrip())
    lines += [
        f"  {'file' if not each['record'] else 'record ' + str(each['record'])}: {each['reason']}"
        for each in problems
    ]
    return "\n".join(lines)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "NO"
    return _printable(str(value))


def _printable(text: str) -> str:
    """Bank files and file names may carry control characters; terminals obey them."""
    return "".join(char if char.isprintable() else "?" for char in text)
