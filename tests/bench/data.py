"""From a file's text to typed, judged rows: our way beside what a library's own use costs.

``python -m tests.bench.data [RUNS] [ROWS]``. CPU time; ROWS are those of a portfolio. A part is a
function of the number of runs that gives measures and notes; the next one is added to ``main``.
With ``FULL=1`` five million rows too, which take many minutes and much memory.
"""

from __future__ import annotations

import os
import sys
from functools import partial

from tests.bench.columns import ids, phones
from tests.bench.days import days
from tests.bench.large import large
from tests.bench.naive import naive
from tests.bench.report import Measure, report
from tests.bench.screening import screening


def main(runs: int = 5, rows: int = 1_000_000) -> None:
    """Every part, printed and written."""
    measures: list[Measure] = []
    notes: list[str] = []
    for part in (ids, phones, partial(screening, rows=rows), partial(days, rows=rows), naive):
        found, told = part(runs)
        measures += found
        notes += told
    if os.environ.get("FULL") == "1":
        found, told = large()
        measures += found
        notes += told
    report("data", runs, measures, notes)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
