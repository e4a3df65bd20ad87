"""Days of one institution: a file's whole way from the vault through all fact tables to its answer,
beside pyarrow reading the same bytes as text.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
from pyarrow import csv

from recupero.steps.intake import Outcome, pending, take_in
from recupero.steps.pull import pull
from recupero.store.embedded import EmbeddedPostgres
from tests.bench.portfolios import PROFILE, next_day, portfolio, shuffled, written
from tests.bench.report import Measure
from tests.databases import migrated_database, superuser
from tests.edges.console import children
from tests.edges.one_bank import Bank, services_for

Given = TypeVar("Given")

CODE = "banco-grande"
_TICKS = os.sysconf("SC_CLK_TCK")

#: Key, target and business date of each file; the last one repeats the bytes of the one before.
STEPS = (
    ("day1_vs_floor", 8.5, date(2026, 11, 23)),
    ("day2_vs_floor", 5.0, date(2026, 11, 24)),
    ("same_rows_vs_floor", 3.5, date(2026, 11, 25)),
    ("same_file_vs_floor", 0.5, date(2026, 11, 26)),
)


def days(runs: int, rows: int) -> tuple[list[Measure], list[str]]:
    """Each run on a database of its own; its files' floors are taken between them."""
    first = portfolio(rows)
    second = next_day(first)
    again = written(shuffled(second))
    files = (written(first), written(second), again, again)
    columns = {name: pa.string() for name in first.columns}
    times: dict[str, list[tuple[float, float]]] = {key: [] for key, *_ in STEPS}
    told: dict[str, Outcome] = {}
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "p") as postgres:
        for number in range(runs):
            home = Path(folder) / f"run{number}"
            home.mkdir()
            with migrated_database(postgres, f"days_{number}") as database:
                services = services_for(home, database, CODE, text=PROFILE.format(code=CODE))
                bank, server = Bank(services, CODE), _server(postgres)
                for (key, _, day), content in zip(STEPS, files, strict=True):
                    read = _cpu(partial(floor, content, columns), server)[0]
                    take = partial(take_in, services, CODE, _received(bank, day, content), day)
                    spent, told[key] = _cpu(take, server)
                    times[key].append((spent, read))
    measures = [
        Measure(key, statistics.median(ours / floor for ours, floor in times[key]), target,
                f"pyarrow reading the file as text, {rows:,} rows")
        for key, target, _ in STEPS
    ]  # fmt: skip
    return measures, [_note(key, times[key], told[key]) for key, *_ in STEPS]


def floor(content: bytes, columns: dict[str, pa.DataType]) -> None:
    """*content* read as text by pyarrow."""
    csv.read_csv(
        pa.BufferReader(content),
        read_options=csv.ReadOptions(encoding="latin-1"),
        parse_options=csv.ParseOptions(delimiter=";"),
        convert_options=csv.ConvertOptions(column_types=columns),
    )


def _received(bank: Bank, day: date, content: bytes) -> int:
    bank.put(f"cartera_{day}.txt", content)
    pull(bank.services, CODE, day)
    (receipt_id,) = pending(bank.services, CODE, day)
    return receipt_id


def _cpu(act: Callable[[], Given], server: int) -> tuple[float, Given]:
    """CPU seconds of this process and of PostgreSQL that *act* takes, and what it gives."""
    ours, theirs = time.process_time(), _spent(server)
    given = act()
    return time.process_time() - ours + _spent(server) - theirs, given


def _server(postgres: EmbeddedPostgres) -> int:
    """The process all others of the server come from."""
    with superuser(postgres) as connection:
        [(backend,)] = connection.execute("SELECT pg_backend_pid()").fetchall()
        status = Path(f"/proc/{backend}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("PPid")))


def _spent(server: int) -> float:
    """CPU seconds of the server's processes, those that ended included."""
    ticks = 0
    for pid in {server, *children(server)}:
        try:
            after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:  # ended just now: it counts with the server's
            continue
        ticks += sum(map(int, after_name[11:15]))
    return ticks / _TICKS


def _note(key: str, times: list[tuple[float, float]], told: Outcome) -> str:
    ours, floor = (statistics.median(column) for column in zip(*times, strict=True))
    rows = told.rows
    return (
        f"{key}: {told.state}, {rows.booked:,} booked, {rows.unchanged:,} unchanged, "
        f"{rows.rejected:,} rejected; ours {ours:.2f} s, floor {floor:.3f} s (medians; journal and "
        "acknowledgement included)"
    )
