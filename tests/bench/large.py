"""A first day of one and of five million rows, each in a process of its own: its CPU, its peak.

``python -m tests.bench.large ROWS`` is such a process. The file is written in blocks by another, so
that nothing of the writing is in the peak; the server's memory is not in it either.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import NamedTuple

from tests.bench.days import CODE, STEPS, taken
from tests.bench.memory import forget_peak, peak_gib
from tests.bench.portfolios import PROFILE, portfolio, written
from tests.bench.report import Measure
from tests.bench.spending import Spending, tended_by_hand

_BLOCK_ROWS = 250_000
_WRITING = "import sys; from tests.bench.large import write; write(sys.argv[1], int(sys.argv[2]))"


class Size(NamedTuple):
    """CPU seconds but for the journal's, and GiB."""

    cpu_s: float
    peak_gib: float


def large() -> tuple[list[Measure], list[str]]:
    """Both sizes, once each: they take many minutes."""
    one, five = (_measured(rows) for rows in (1_000_000, 5_000_000))
    return (
        [
            Measure("cpu_5m_vs_1m", five.cpu_s / one.cpu_s, 5.5, "a first day of 1,000,000 rows"),
            Measure("peak_5m_gib", five.peak_gib, 1.5, "this process's memory, the server's apart"),
        ],
        [
            f"first day, once each: 1,000,000 rows {one.cpu_s:.1f} s CPU, {one.peak_gib:.2f} GiB; "
            f"5,000,000 rows {five.cpu_s:.1f} s, {five.peak_gib:.2f} GiB (journal excluded)"
        ],
    )


def write(path: str, rows: int) -> None:
    """A portfolio of *rows* into *path*."""
    with Path(path).open("wb") as file:
        for first in range(0, rows, _BLOCK_ROWS):
            block = written(portfolio(min(_BLOCK_ROWS, rows - first), first, first))
            file.write(block if first == 0 else block.split(b"\n", 1)[1])


def _measured(rows: int) -> Size:
    command = [sys.executable, "-m", "tests.bench.large", str(rows)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Size(*json.loads(done.stdout))


def _first_day(rows: int, folder: Path, day: date) -> Size:
    from recupero.store.embedded import EmbeddedPostgres
    from tests.databases import migrated_database
    from tests.edges.one_bank import Bank, services_for

    with (
        EmbeddedPostgres(folder / "p") as postgres,
        migrated_database(postgres, "large") as database,
    ):
        tended_by_hand(postgres)
        spending = Spending.on(postgres)
        services = services_for(folder, database, CODE, text=PROFILE.format(code=CODE))
        bank = Bank(services, CODE)
        inbox = folder / "remote" / CODE / "inbox"
        writing = [sys.executable, "-c", _WRITING, str(inbox / f"cartera_{day}.txt"), str(rows)]
        subprocess.run(writing, check=True)
        forget_peak()
        whole, journal, outcome = taken(bank, spending, day)
        if outcome.rows.booked != rows:
            raise AssertionError(f"{rows} rows written, {outcome.rows.booked} booked")
        return Size(whole - journal, peak_gib())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        print(json.dumps(_first_day(int(sys.argv[1]), Path(place), STEPS[0][2])))
