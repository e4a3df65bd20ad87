"""A bank that gets its reject files back: as Latin-1 with ``|`` and no quotes its portfolio, with
quotes its efforts, and payments in a workbook, as JSON and in fixed width.
"""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
from python_calamine import CalamineWorkbook

from recupero.steps.anchor import anchor
from recupero.steps.deliver import deliver_documents
from recupero.steps.intake import Outcome, pending, take_in
from recupero.steps.pull import pull
from recupero.steps.retain import retain
from recupero.steps.services import AGENCY
from recupero.store import outgoing
from recupero.store.embedded import Addresses
from recupero.store.rows import rows_of
from recupero.store.tables import account_version, document, receipt
from tests.edges.one_bank import DAYS, PROFILE, Bank, services_for

MON = DAYS[0]
_NUMBERS = itertools.count(1)
HEADER = "CUENTA|NOMBRE|CORTE|VALOR|NOTA"
LAYOUTS = r"""
[[layout]]
kind = "placement"
version = "2026-11"
from = 2026-01-01
name = 'CARTERA_.*\.txt'
format = "delimited"
encoding = "latin-1"
delimiter = "|"
header = true
dates = "%d/%m/%Y"
decimal = ","
control = "sha256"
constants = { currency = "COP", obligation_kind = "loan", days_past_due = 0 }
[layout.columns]
account_number = "CUENTA"
debtor_name = "NOMBRE"
cut_off = "CORTE"
principal_minor = "VALOR"
[[layout]]
kind = "payment"
version = "book"
from = 2026-01-01
name = 'pagos.*\.xlsx'
format = "xlsx"
header = true
dates = "%Y-%m-%d"
constants = { currency = "COP" }
[layout.columns]
transaction_id = "TX"
account_number = "CUENTA"
amount_minor = "VALOR"
paid_on = "FECHA"
[[layout]]
kind = "payment"
version = "json"
from = 2026-01-01
name = 'pagos.*\.jsonl'
format = "jsonl"
dates = "%Y-%m-%d"
constants = { currency = "COP" }
[layout.columns]
transaction_id = "tx"
account_number = "de.cuenta"
amount_minor = "valor"
paid_on = "fecha"
[[layout]]
kind = "payment"
version = "fixed"
from = 2026-01-01
name = 'pagos.*\.dat'
format = "fixed"
line_length = 28
implied_decimals = 2
dates = "%Y%m%d"
constants = { currency = "COP" }
[layout.columns]
transaction_id = [1, 4]
account_number = [5, 6]
amount_minor = [11, 10]
paid_on = [21, 8]
[[layout]]
kind = "effort"
version = "quoted"
from = 2026-01-01
name = 'gestiones.*\.csv'
format = "delimited"
delimiter = ","
quote = '"'
cells = 5
datetimes = "%Y-%m-%d %H:%M"
constants = { direct = true }
[layout.columns]
effort_id = 0
account_number = 1
performed_at = 2
channel = 3
"""


class Mended(Bank):
    """A bank whose files are bytes, and which reads what is put into its outbox."""

    def send(self, name: str, content: bytes, side: str | None = None, day: date = MON) -> Outcome:
        self.put(name, content, side)
        pull(self.services, self.code, day)
        (receipt_id,) = pending(self.services, self.code, day)
        return take_in(self.services, self.code, receipt_id, day)

    def close(self, day: date) -> None:
        """What the night does at its end."""
        retain(self.services, self.code, day)
        anchor(self.services, self.code, day)
        deliver_documents(self.services, self.code, day, datetime.combine(day, time(5)))

    def papers(self) -> dict[str, bytes]:
        """All that was made for the bank so far, by name."""
        with self.services.store.unit(self.code) as unit:
            made = outgoing.documents(unit)
        return {one.name: self.services.vault.get(self.code, one.address) for one in made}

    def reject_file(self) -> tuple[str, bytes]:
        """The newest one, by name and content."""
        with self.services.store.unit(self.code) as unit:
            made = rows_of(unit, document, document.c.name.startswith("RECHAZOS_"))
            arrived = rows_of(unit, receipt).select("receipt_id", "sequence")
        about = made.join(arrived, left_on="about_receipt_id", right_on="receipt_id")
        name, address = about.sort("sequence").select("name", "address").row(-1)
        return name, self.services.vault.get(self.code, address)

    def answers(self, name: str) -> list[tuple[int, str]]:
        """Line and rule of each reject that the acknowledgement of a file lists."""
        told = [
            csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
            for paper, content in self.papers().items()
            if paper.startswith("ACUSE_") and paper.endswith(".csv")
        ]
        rows = [row for paper in told for row in paper if row["archivo"] == name]
        return [(int(r["linea"]), r["regla"]) for r in rows if r["registro"] == "rechazo"]

    def stated(self) -> dict[str, int]:
        """What is owed by account, of those that are placed."""
        newest = self.stored(account_version).sort("sequence").group_by("account_number").last()
        placed = newest.filter(pl.col("state") == "placed").select(
            "account_number", "principal_minor"
        )
        return dict(placed.sort("account_number").iter_rows())


def opened(home: Path, database: Addresses, more: str = "") -> Mended:
    """A bank of which every row of a file may be rejected; *more* is of its profile."""
    code = f"reparador-{next(_NUMBERS)}"
    head = PROFILE.format(code=code).replace("rejects_share_max = 0.9", "rejects_share_max = 1.0")
    bank = Mended(services_for(home, database, code, text=f"{head}{more}{LAYOUTS}"), code)
    Bank(bank.services, AGENCY)
    return bank


def portfolio(*lines: str) -> bytes:
    return "\r\n".join([HEADER, *lines, ""]).encode("latin-1")


def sent(bank: Mended, name: str, content: bytes) -> Outcome:
    return bank.send(name, content, hashlib.sha256(content).hexdigest())


def table(content: bytes) -> list[list[str]]:
    return [line.split("|") for line in content.decode("latin-1").splitlines()]


def written(rows: list[list[str]]) -> bytes:
    return "\r\n".join("|".join(row) for row in rows).encode("latin-1")


def filled(content: bytes, corrections: dict[int, dict[str, str]], *, only: bool = True) -> bytes:
    """The reject file with *corrections* by line of the original; the other lines left out."""
    header, *rows = table(content)
    line = header.index("LINEA")
    for row in rows:
        for title, text in corrections.get(int(row[line]), {}).items():
            row[header.index(f"CORRECCION_{title}")] = text
    return written([header, *(row for row in rows if not only or int(row[line]) in corrections)])


def book(rows: list[list[Any]]) -> bytes:
    """A workbook with one sheet of *rows*."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = made.add_worksheet()
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
    made.close()
    return out.getvalue()


def sheet_of(content: bytes) -> list[list[Any]]:
    """The rows of a workbook's first sheet."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
