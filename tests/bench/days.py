"""Days of one institution: a file's whole way from the vault through all fact tables to its answer,
beside pyarrow reading the same bytes as text.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import pyarrow as pa
from pyarrow import csv

from recupero.steps.intake import Outcome, pending, take_in
from recupero.steps.pull import pull
from recupero.store.embedded import EmbeddedPostgres
from tests.bench.portfolios import PROFILE, next_day, portfolio, shuffled, written
from tests.bench.report import Measure
from tests.bench.spending import Spending, tend, tended_by_hand
from tests.databases import migrated_database
from tests.edges.one_bank import Bank, services_for

CODE = "banco-grande"

#: Key, target and business date of each file; the last one repeats the bytes of the one before.
STEPS = (
    ("day1_vs_floor", 8.5, date(2026, 11, 23)),
    ("day2_vs_floor", 5.0, date(2026, 11, 24)),
    ("same_rows_vs_floor", 3.5, date(2026, 11, 25)),
    ("same_file_vs_floor", 0.5, date(2026, 11, 26)),
)


@dataclass(frozen=True)
class Day:
    """CPU seconds of a file taken in, what of them went into the journal, what the server's upkeep
    cost after it, and the floor.
    """

    whole: float
    journal: float
    upkeep: float
    floor: float
    outcome: Outcome

    @property
    def ratio(self) -> float:
        return (self.whole - self.journal) / self.floor


def days(runs: int, rows: int) -> tuple[list[Measure], list[str]]:
    """Each run on a database of its own; its files' floors are taken between them."""
    first = portfolio(rows)
    second = next_day(first)
    again = written(shuffled(second))
    files = (written(first), written(second), again, again)
    columns = {name: pa.string() for name in first.columns}
    found: dict[str, list[Day]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "p") as postgres:
        tended_by_hand(postgres)
        spending = Spending.on(postgres)
        for number in range(runs):
            home, name = Path(folder) / f"run{number}", f"days_{number}"
            home.mkdir()
            with migrated_database(postgres, name) as database:
                services = services_for(home, database, CODE, text=PROFILE.format(code=CODE))
                bank = Bank(services, CODE)
                for (key, _, day), content in zip(STEPS, files, strict=True):
                    read = floor(content, columns)
                    whole, journal, outcome = take(bank, spending, day, content)
                    upkeep = spending.of(partial(tend, postgres, name, CODE))[0]
                    found[key].append(Day(whole, journal, upkeep, read, outcome))
    measures = [
        Measure(key, statistics.median(one.ratio for one in found[key]), target,
                f"pyarrow reading the file as text, {rows:,} rows")
        for key, target, _ in STEPS
    ]  # fmt: skip
    return measures, [_note(key, found[key]) for key, *_ in STEPS]


def floor(content: bytes, columns: dict[str, pa.DataType]) -> float:
    """CPU seconds of pyarrow reading *content* as text."""
    begun = time.process_time()
    csv.read_csv(
        pa.BufferReader(content),
        read_options=csv.ReadOptions(encoding="latin-1"),
        parse_options=csv.ParseOptions(delimiter=";"),
        convert_options=csv.ConvertOptions(column_types=columns),
    )
    return time.process_time() - begun


def take(bank: Bank, spending: Spending, day: date, content: bytes) -> tuple[float, float, Outcome]:
    """As ``taken``, of *content* that comes now."""
    bank.put(f"cartera_{day}.txt", content)
    return taken(bank, spending, day)


def taken(bank: Bank, spending: Spending, day: date) -> tuple[float, float, Outcome]:
    """CPU seconds of taking in the one file that lies there, once it is received; those of the
    journal among them; and what became of it.
    """
    pull(bank.services, bank.code, day)
    (receipt_id,) = pending(bank.services, bank.code, day)
    with spending.of_journal() as journal:
        act = partial(take_in, bank.services, bank.code, receipt_id, day)
        whole, outcome = spending.of(act)
    return whole, sum(journal), outcome


def _note(key: str, days: list[Day]) -> str:
    whole, journal, upkeep, read = (
        statistics.median(getattr(one, name) for one in days)
        for name in ("whole", "journal", "upkeep", "floor")
    )
    rows = days[-1].outcome.rows
    with_journal = statistics.median(one.whole / one.floor for one in days)
    return (
        f"{key}: {days[-1].outcome.state}, {rows.booked:,} booked, {rows.unchanged:,} unchanged, "
        f"{rows.rejected:,} rejected; medians: {whole:.2f} s, of them the journal {journal:.2f}; "
        f"the server's upkeep after it (vacuum, analyze, checkpoint) {upkeep:.2f}; floor "
        f"{read:.3f}; with the journal {with_journal:.1f} floors"
    )
