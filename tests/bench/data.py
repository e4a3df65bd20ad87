"""From a file's text to typed, judged rows: our way beside what a library's own use costs.

``python -m tests.bench.data [RUNS]``. CPU time of this process. A part is a function of the number
of runs that gives measures and notes; the next one is added to ``PARTS``.
"""

from __future__ import annotations

import sys

from tests.bench.columns import ids, phones
from tests.bench.report import Measure, report

PARTS = (ids, phones)


def main(runs: int = 5) -> None:
    """Every part, printed and written."""
    measures: list[Measure] = []
    notes: list[str] = []
    for part in PARTS:
        found, told = part(runs)
        measures += found
        notes += told
    report("data", runs, measures, notes)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
