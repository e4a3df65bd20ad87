"""``python -m tests.faults.proving``: play the fault matrix, print it, and write the document.

What is given on the command line is handed on to pytest. ``docs/faults.md`` is written only where
every case that applies was run and ended as required.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest


class Ends:
    """How each case ended, as pytest tells it."""

    def __init__(self) -> None:
        self._ends: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A case fails in any phase of it."""
        name = report.nodeid.partition("test_row[")[2].removesuffix("]")
        if name and (report.when == "call" or not report.passed):
            told = {"passed": "ok", "skipped": "not run"}.get(report.outcome, "FAILED")
            self._ends[name] = "FAILED" if self._ends.get(name) == "FAILED" else told

    def of(self, cell: str) -> str:
        """``ok``, ``FAILED`` or ``not run``."""
        return self._ends.get(cell, "not run")


def main(arguments: list[str]) -> int:
    """Play, print, and write where there is nothing to be ashamed of."""
    ends = Ends()
    code = pytest.main([str(Path(__file__).parent), "-k", "test_row", *arguments], plugins=[ends])
    from tests.faults.table import DOCUMENT, cell_id, rendered  # late: pytest rewrites assertions

    found = rendered(lambda row, server: ends.of(cell_id(row, server)))
    wanted = rendered(lambda _row, _server: "ok")
    print(found)
    if found == wanted:
        DOCUMENT.write_text(wanted, encoding="utf-8")
        return int(code)
    print("Not every case was run and ended as required: docs/faults.md is left as it was.")
    return int(code) or 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
