"""Each row of the fault matrix on each server it applies to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.matrix import MATRIX
from tests.faults.row import Row
from tests.faults.servers import SERVERS
from tests.faults.sites import Sites


def cells() -> Iterator[object]:
    """Every row with every server it applies to; in ``make test`` one of them, each in turn."""
    for number, row in enumerate(MATRIX):
        there = [server for server in SERVERS if server not in row.unless]
        for server in there:
            once = server == there[number % len(there)] and not row.slow
            marks = [] if once else [pytest.mark.slow]
            yield pytest.param(row, server, id=f"{number + 1}-{server}", marks=marks)


@pytest.mark.parametrize(("row", "server"), cells())
def test_row(row: Row, server: str, sites: Sites) -> None:
    site = sites.fresh(server)
    try:
        row.proof(site)
    except BaseException:
        sites.give_up(server)
        raise
