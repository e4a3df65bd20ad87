"""Files in every declared way of writing one, made of any bytes."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from recupero.profiles.identify import identify
from recupero.profiles.layout import Layout
from recupero.profiles.profile import Profile
from tests.edges import screened_text
from tests.edges.books import biff, book, compound
from tests.edges.good_files import (
    BARS,
    BOOK,
    DAY,
    FIXED,
    JSON,
    LATIN,
    OLD_BOOK,
    OPEN_BOOK,
    SIDED,
    Good,
)  # fmt: skip
from tests.edges.test_schemas_json import line, owner
from tests.edges.test_schemas_roundtrip import JSON_LINES, NAMES, delimited, fixed
from tests.edges.test_schemas_signs import APART, CREDIT
from tests.edges.test_schemas_signs import owner as signed
from tests.edges.test_schemas_spreadsheet import SHEET, edited

_NAMES = ("ID", "PAGADOR", "VALOR", "FECHA")
_ROWS = [_NAMES, ("P1", "José Núñez", "10,00", "26/11/2026"), ("P2", "", 20.5, DAY)]


def _as_is(content: bytes) -> bytes:
    return content


@dataclass(frozen=True)
class Form:
    """A layout, how a file of it is made of any bytes, and bytes that make a good one."""

    name: str
    profile: Profile
    seeds: tuple[bytes, ...]
    made_of: Callable[[bytes], bytes] = _as_is

    @property
    def layout(self) -> Layout:
        return self.profile.layouts[0]

    def identified(self, content: bytes) -> Layout:
        """The layout that the file is found to be of. Raises ``FileRefused``."""
        return identify(self.profile, self.name, content[:4096], DAY)


def _good(good: Good) -> Form:
    return Form(good.name, good.profile, (good.content,))


def _text(profile: Profile, *texts: str) -> Form:
    encoding = profile.layouts[0].encoding
    return Form("x", profile, tuple(text.encode(encoding) for text in texts))


def _part(good: Good, part: str) -> Form:
    """A workbook one part of which is the bytes; what holds it stays whole."""
    whole = zipfile.ZipFile(io.BytesIO(good.content)).read(part)
    made_of = partial(edited, good.content, part, whole)
    return Form(good.name, good.profile, (whole,), made_of)


_ACCOUNT = "1;Ana;31/10/2026;1.234,50;S"
_HEADED = f"{';'.join(NAMES)}\n{_ACCOUNT}\n2;;31/10/2026;-5,00;\n"
_QUOTED = f'{";".join(NAMES)}\n"1";"A ""x""\n;y";31/10/2026;1.234,50;S\n'
_SIGNED = "CUENTA;VENCE;SALDO;DC\n1;31/10/2026;1.234,56;C\n2;31/10/2026;5,00;D\n"
_CREDITED = "CUENTA;VENCE;SALDO\n1;31/10/2026;1.234,56 CR\n2;31/10/2026;5,00DB\n"
_FIXED = (
    "H\nD1           Ana                 2026103100000000001234S\nT00000000100000000000000001234\n"
)
_EFFORT = screened_text.profile(
    "effort", ("effort_id", "account_number", "performed_at", "channel", "result")
)
_CONSENT = screened_text.profile(
    "consent",
    ("debtor_id_type", "debtor_id_number", "channel", "granted", "recorded_at"),
    tables="[layout.values.granted]\nS = true\nN = false\n",
)

FORMS: tuple[Form, ...] = (
    _text(delimited(";", None, "utf-8"), _HEADED),
    _text(delimited(";", '"', "latin-1"), _QUOTED, _HEADED),
    _text(delimited(";", '"', "utf-16"), _QUOTED),
    _text(delimited(";", '"', "utf-16-be"), _HEADED),
    _text(signed(APART), _SIGNED),
    _text(signed(CREDIT), _CREDITED),
    _text(fixed(), _FIXED),
    _text(JSON_LINES[","], json.dumps({"account_number": "1", "principal_minor": 1.5,
          "due_date": "2026-11-01", "cuenta": {"debtor_name": "Ana"}, "guaranteed": "S"})),
    _text(owner(), line()),
    _text(screened_text.BANK, screened_text.line()),
    _text(_EFFORT, "E1;1;26/11/2026 10:00;call;contact\nE2;;26/11/2026 10:00;fax;contact\n"),
    _text(_CONSENT, "CC;1020;call;S;26/11/2026\nCC;1020;call;N;26/11/2026\n"),
    *map(_good, (LATIN, SIDED, FIXED, BARS, JSON, BOOK, OLD_BOOK, OPEN_BOOK)),
    _part(BOOK, SHEET),
    _part(BOOK, "xl/sharedStrings.xml"),
    _part(OPEN_BOOK, "content.xml"),
    Form(OLD_BOOK.name, OLD_BOOK.profile, (biff({"Pagos": _ROWS}),), compound),
)  # fmt: skip


def as_declared(layout: Layout) -> bytes:
    """A small file as *layout* has it, as far as that can be told; every cell is a 1."""
    sources = layout.sources
    if layout.format == "jsonl":
        return json.dumps({str(source): 1 for source in sources.values()}).encode()
    if layout.format == "fixed":
        row = "".join(filter(None, (layout.records and layout.records.detail,))) + "1" * 200
        return "\n".join([row, row]).encode(layout.encoding, "replace")
    width = max([1, *(at + 1 for at in sources.values() if isinstance(at, int))])
    names = [str(source).strip() for source in sources.values()] if layout.header else []
    names = list(dict.fromkeys(names))
    cells = ["1"] * (len(names) or width)
    if layout.is_book:
        above = [[]] * ((layout.header_row or 1) - 1)
        return book(layout.format, {(layout.sheet or "x")[:31]: [*above, names, cells]})
    lines = [layout.delimiter.join(row) for row in (names, cells, cells)]
    return "\n".join(lines).encode(layout.encoding, "replace")
