"""Openings posted and payments settled, beside PostgreSQL's own COPY of the same journal rows.

``python -m tests.bench.ledger [RUNS] [ROWS]``. CPU of client and server. Ours is the journal's part
of a first portfolio of ROWS accounts (entries made, proven to balance, hashed, stored) and the
whole settlement of a payment for every fifth of them: read, matched, allocated, posted. Theirs is a
table with the journal's columns, key and index, without partitions and row-level security.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from unittest.mock import patch

import numpy as np
import polars as pl

from recupero.steps import settle as settling
from recupero.steps.intake import pending, take_in
from recupero.steps.pull import pull
from recupero.store.embedded import EmbeddedPostgres
from tests.bench.days import CODE, taken
from tests.bench.portfolios import CUT_OFF, PROFILE, portfolio, written
from tests.bench.report import Measure, report
from tests.bench.spending import Spending, tend, tended_by_hand
from tests.databases import migrated_database, superuser
from tests.edges.one_bank import Bank, services_for

_DAY = date(2026, 11, 23)
_PAID_ON = date(2026, 11, 21)
#: One account in so many pays.
_EVERY = 5

_PAYMENTS = """
[[layout]]
kind = "payment"
version = "v1"
from = 2026-01-01
name = 'pagos.*'
format = "delimited"
header = true
dates = "%Y-%m-%d"
decimal = "."
[layout.columns]
transaction_id = "ID"
account_number = "OBLIGACION"
amount_minor = "VALOR"
paid_on = "FECHA"
[layout.constants]
currency = "COP"
"""


@dataclass(frozen=True)
class Run:
    """CPU seconds: the openings' journal, the settlement and what of it matching took, COPY."""

    openings: float
    settlement: float
    matching: float
    copy: float
    rows: int

    @property
    def ratio(self) -> float:
        return (self.openings + self.settlement) / self.copy


def main(runs: int = 5, rows: int = 1_000_000) -> None:
    """Measure, print and write."""
    cells = portfolio(rows)
    content, paid = written(cells), payments(cells)
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "p") as postgres:
        tended_by_hand(postgres)
        spending = Spending.on(postgres)
        done = []
        for number in range(runs):
            home, name = Path(folder) / f"run{number}", f"ledger_{number}"
            home.mkdir()
            with migrated_database(postgres, name) as database:
                text = PROFILE.format(code=CODE) + _PAYMENTS
                bank = Bank(services_for(home, database, CODE, text=text), CODE)
                openings, *settled = _ours(bank, spending, postgres, name, content, paid)
                done.append(Run(openings, *settled, *_copied(postgres, name, spending)))
    measure = Measure(
        "cpu_vs_copy", statistics.median(one.ratio for one in done), 6.0,
        f"COPY of the same {done[-1].rows:,} journal rows",
    )  # fmt: skip
    report("ledger", runs, [measure], [_note(done, rows)])


def payments(cells: pl.DataFrame) -> bytes:
    """A payment file: of every fifth account a part of what is owed, or more than that."""
    random = np.random.default_rng(5)
    some = cells.gather_every(_EVERY).select("OBLIGACION")
    amounts = pl.Series(random.integers(50_000_00, 12_000_000_00, some.height))
    return some.select(
        pl.format("TX{}", "OBLIGACION").alias("ID"),
        "OBLIGACION",
        pl.format(
            "{}.{}", amounts // 100, (amounts % 100).cast(pl.String).str.zfill(2)
        ).alias("VALOR"),
        pl.lit(str(_PAID_ON)).alias("FECHA"),
    ).write_csv(separator=";").encode()  # fmt: skip


def _ours(
    bank: Bank, spending: Spending, postgres: EmbeddedPostgres, name: str, content: bytes,
    paid: bytes,
) -> tuple[float, float, float]:  # fmt: skip
    bank.put(f"cartera_{CUT_OFF}.txt", content)
    _, openings, outcome = taken(bank, spending, _DAY)
    tend(postgres, name, CODE)
    bank.put("pagos.csv", paid)
    pull(bank.services, CODE, _DAY)
    (receipt_id,) = pending(bank.services, CODE, _DAY)
    received = take_in(bank.services, CODE, receipt_id, _DAY)
    tend(postgres, name, CODE)
    matching: list[float] = []

    def matched(*given: object) -> pl.DataFrame:
        cost, found = spending.of(partial(match, *given))
        matching.append(cost)
        return found

    match = settling.match
    with patch.object(settling, "match", matched):
        settlement, settled = spending.of(partial(settling.settle, bank.services, CODE, _DAY))
    if settled.classes != {"matched": received.rows.booked} or not outcome.rows.booked:
        raise AssertionError(f"{received} {settled.classes}")
    return openings, settlement, sum(matching)


def _copied(postgres: EmbeddedPostgres, name: str, spending: Spending) -> tuple[float, int]:
    """CPU seconds of a COPY of the whole journal into a table of its own, and how many rows."""
    with superuser(postgres, name) as connection, connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE copied (LIKE journal INCLUDING DEFAULTS);"
            "ALTER TABLE copied ADD PRIMARY KEY (institution, recording_id, entry_number);"
            "CREATE INDEX ON copied (institution, account_id)"
        )
        with cursor.copy("COPY (SELECT * FROM journal) TO STDOUT (FORMAT csv)") as copy:
            lines = b"".join(bytes(each) for each in copy)

        def copied() -> int:
            with cursor.copy("COPY copied FROM STDIN (FORMAT csv)") as copy:
                copy.write(lines)
            return cursor.rowcount

        return spending.of(copied)


def _note(done: list[Run], rows: int) -> str:
    openings, settlement, matching, copy = (
        statistics.median(getattr(one, name) for one in done)
        for name in ("openings", "settlement", "matching", "copy")
    )
    return (
        f"medians: {rows:,} openings {openings:.2f} s, {rows // _EVERY:,} payments settled "
        f"{settlement:.2f} s (of them matching {matching:.2f}), COPY {copy:.2f} s; "
        f"ratios {min(one.ratio for one in done):.2f}-{max(one.ratio for one in done):.2f}"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
