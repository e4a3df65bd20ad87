"""The night of the card portfolio: what is dropped, what runs, and where to look afterwards."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from recupero.store.embedded import EmbeddedPostgres
from tests.journeys.card_office import CODE, Office, opened
from tests.journeys.raw_files import BankEntry, Card, read_bank, read_cards

#: The last business day of the month that the larger statement covers: opinions are asked for.
DAY = date(2024, 12, 31)
PORTFOLIO, PAYMENTS = "UCI_Credit_Card.csv", "UCI_pagos_20241231.csv"
#: Names the bank gave them: a month of a Belgian account, and a day whose entries lack dates.
DATED, UNDATED = "BE68793230773034-202412.xml", "2024-03-28.xml"
_STATEMENTS = {
    DATED: f"subite-camt__Other__{DATED}",
    UNDATED: f"subite-camt__CAMT_053__{UNDATED}",
}
_COMPONENTS = ("principal", "interest", "default_interest", "fees", "expenses", "unapplied")
#: The six components of journal rows ``j`` summed, in this order.
SUMS = ", ".join(f"coalesce(sum(j.{name}_minor), 0)::bigint" for name in _COMPONENTS)


@dataclass(frozen=True)
class Day:
    """The office after its night, and what the files say."""

    office: Office
    files: dict[str, bytes]
    cards: list[Card]
    bank: dict[str, list[BankEntry]]

    @property
    def entries(self) -> list[BankEntry]:
        return [entry for entries in self.bank.values() for entry in entries]

    @property
    def payments(self) -> list[Card]:
        """Rows that state a payment; the others paid nothing."""
        return [card for card in self.cards if card.paid_minor]

    def acknowledged(self) -> dict[str, tuple[int, int, dict[str, int]]]:
        """Per file its delivered CSV: rows read, rows booked, money booked by currency."""
        stated: dict[str, tuple[int, int, dict[str, int]]] = {}
        for name, content in self.office.outside("outbox").items():
            if not (name.startswith("ACUSE_") and name.endswith(".csv")):
                continue
            records = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
            totals = [record for record in records if record["registro"] == "total"]
            rows = {r["concepto"]: int(r["filas"]) for r in totals if r["filas"]}
            money = {
                r["moneda"]: int(Decimal(r["importe"]) * 100)
                for r in totals
                if r["importe"] and r["concepto"] == "booked"
            }
            stated[records[0]["archivo"]] = (rows["read"], rows["booked"], money)
        return stated

    def moved(self, event: str) -> dict[str, tuple[int, ...]]:
        """Per account number the six components that journal rows of *event* moved."""
        rows = self.office.select(
            f"SELECT account_number, {SUMS} FROM journal j JOIN account_version a"
            " USING (institution, account_id)"
            " WHERE institution = %s AND ledger = 'claim' AND event = %s GROUP BY account_number",
            CODE,
            event,
        )
        return {number: tuple(amounts) for number, *amounts in rows}

    def sheet(self, name: str) -> dict[str, list[Any]]:
        """A sheet of the delivered reconciliation: its rows by first cell; the first one wins."""
        content = self.office.outside("outbox")[f"CONCILIACION_{CODE}_{DAY}.xlsx"]
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows: dict[str, list[Any]] = {}
        for row in book.get_sheet_by_name(name).to_python():
            rows.setdefault(str(row[0]), row)
        return rows


@contextmanager
def played(shared: Path, postgres: EmbeddedPostgres, home: Path) -> Iterator[Day]:
    """The files dropped and the night run; Prefect's settings must be in the environment."""
    from tasks import workplace

    table = shared / "portfolios" / PORTFOLIO
    bank = {name: shared / "bank-files" / "camt" / there for name, there in _STATEMENTS.items()}
    files = {PORTFOLIO: table.read_bytes(), PAYMENTS: table.read_bytes()}
    files |= {name: path.read_bytes() for name, path in bank.items()}
    read = {name: read_bank(path) for name, path in bank.items()}
    with opened(postgres, home) as office:
        office.drop(files)
        try:
            play_night()
            yield Day(office, files, read_cards(table), read)
        finally:
            workplace.close()


def play_night() -> None:
    """The whole night of the date by the real flows."""
    from flows.night import night

    state = night(DAY, datetime.combine(DAY, time(5)), return_state=True)
    assert state.is_completed(), state.message
