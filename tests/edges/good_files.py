"""One good file of each shape an institution may send, to be spoiled by one mutation at a time."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import xlsxwriter

from recupero.errors import FileRefused
from recupero.profiles.identify import identify
from recupero.profiles.load import parse_profile
from recupero.profiles.profile import Profile
from recupero.profiles.side_file import stated_digest
from schemas.screen import Screened, screen
from tests.edges.books import book as book_of

DAY = date(2026, 11, 27)
#: The bank whose files these are: how a profile begins.
BANK = """
[institution]
code = "banco"
name = "Banco"
country = "CO"
currency = "COP"
timezone = "America/Bogota"
"""
_HEAD = f"""{BANK}[policy]
rejects_share_max = 0.4
[[layout]]
kind = "payment"
version = "1"
from = 2026-01-01
dates = "%d/%m/%Y"
"""
_NAMED = """
decimal = ","
[layout.columns]
transaction_id = "ID"
payer_name = "PAGADOR"
amount_minor = "VALOR"
paid_on = "FECHA"
"""
_FIXED = """
name = 'PAGOS\\.dat'
format = "fixed"
encoding = "latin-1"
implied_decimals = 2
control = "trailer"
[layout.records]
header = "H"
detail = "D"
trailer = "T"
[layout.trailer]
rows = [2, 3]
sum_minor = [5, 10]
sum_of = "amount_minor"
[layout.columns]
transaction_id = [2, 2]
payer_name = [4, 12]
amount_minor = [16, 8]
paid_on = [24, 10]
payer_id = [34, 6]
"""
_BARS = """
name = 'PAGOS\\.bar'
format = "delimited"
delimiter = "|"
decimal = ","
control = "trailer"
[layout.records]
detail = "D"
trailer = "T"
[layout.trailer]
rows = 1
sum_minor = 2
sum_of = "amount_minor"
[layout.columns]
transaction_id = 1
payer_name = 2
amount_minor = 3
paid_on = 4
"""
_NAMES = ("ID", "PAGADOR", "VALOR", "FECHA")
_ROWS = [("P1", "José Núñez", "10,00"), ("P2", "Ana Díaz", "20,00"), ("P3", "Luz Peña", "30,50")]


@dataclass(frozen=True)
class Good:
    """A file as agreed; ``text`` is what it says, in the encoding its layout declares."""

    name: str
    profile: Profile
    content: bytes
    text: str = ""

    def answer(self, content: bytes, side: bytes | None = None) -> Screened | FileRefused:
        """What becomes of *content* under this file's name."""
        stated = hashlib.sha256(content).hexdigest() if side is None else stated_digest(side)
        try:
            layout = identify(self.profile, self.name, content[:65_536], DAY)
            return screen(content, layout, self.profile, DAY, stated)
        except FileRefused as refusal:
            return refusal


def good(name: str, layout: str, text: str, encoding: str) -> Good:
    """The file *text* in *encoding*, under a profile that agrees on *layout*."""
    profile = parse_profile((_HEAD + layout).encode(), "banco.toml")
    return Good(name, profile, text.encode(encoding), text)


def table(delimiter: str, quote: str = "") -> str:
    """The rows under their names."""
    lines = [_NAMES, *((*row, "26/11/2026") for row in _ROWS)]
    return "".join(delimiter.join(f"{quote}{c}{quote}" for c in cells) + "\n" for cells in lines)


def book(sheets: Sequence[str] = ("Pagos",), data_on: str = "Pagos") -> bytes:
    """The rows as a workbook of *sheets*, all but one of them empty."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        for sheet in sheets:
            page = workbook.add_worksheet(sheet)
            if sheet == data_on:
                for at, row in enumerate([_NAMES, *((*row, "26/11/2026") for row in _ROWS)]):
                    page.write_row(at, 0, row)
    return content.getvalue()


def _details() -> str:
    return "".join(
        f"D{key}{name:12}{amount.replace(',', ''):0>8}26/11/2026{number:06}\n"
        for number, (key, name, amount) in enumerate(_ROWS, start=1)
    )


LATIN = good(
    "PAGOS.txt",
    f"name = 'PAGOS\\.txt'\nformat = 'delimited'\nencoding = 'latin-1'\nheader = true\n{_NAMED}",
    table(";"),
    "latin-1",
)
SIDED = good(
    "PAGOS.csv",
    "name = 'PAGOS\\.csv'\nformat = 'delimited'\nheader = true\ndelimiter = ','\nquote = '\"'\n"
    f"control = 'sha256'\n{_NAMED}",
    table(",", '"'),
    "utf-8",
)
FIXED = good(
    "PAGOS.dat",
    _FIXED,
    f"H20261127\n{_details()}T0030000006050\n",
    "latin-1",
)
BARS = good(
    "PAGOS.bar",
    _BARS,
    "".join(f"D|{'|'.join(row)}|26/11/2026\n" for row in _ROWS) + "T|3|60,50\n",
    "utf-8",
)
BOOK = Good(
    "PAGOS.xlsx",
    parse_profile(
        f"{_HEAD}name = 'PAGOS\\.xlsx'\nformat = 'xlsx'\nheader = true\n{_NAMED}".encode(),
        "banco.toml",
    ),
    book(),
)


def _workbook(form: str) -> Good:
    """The rows as a workbook of another format than XLSX."""
    layout = f"{_HEAD}name = 'PAGOS\\.{form}'\nformat = '{form}'\nheader = true\n{_NAMED}"
    rows = [_NAMES, *((*row, "26/11/2026") for row in _ROWS)]
    content = book_of(form, {"Pagos": rows})
    return Good(f"PAGOS.{form}", parse_profile(layout.encode(), "banco.toml"), content)


OLD_BOOK, OPEN_BOOK = _workbook("xls"), _workbook("ods")
JSON = good(
    "PAGOS.jsonl",
    f"name = 'PAGOS\\.jsonl'\nformat = 'jsonl'\n{_NAMED}",
    "".join(
        json.dumps(dict(zip(_NAMES, (*row, "26/11/2026"), strict=True)), ensure_ascii=False) + "\n"
        for row in _ROWS
    ),
    "utf-8",
)
