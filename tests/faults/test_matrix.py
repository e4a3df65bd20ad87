"""Each row of the fault matrix on each server it applies to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.matrix import MATRIX
from tests.faults.row import Row
from tests.faults.servers import SERVERS
from tests.faults.sites import Sites
from tests.faults.table import DOCUMENT, OK, cell_id, rendered


def cells() -> Iterator[object]:
    """Every row with every server it applies to; in ``make test`` one of them, each in turn."""
    for number, row in enumerate(MATRIX):
        there = [server for server in SERVERS if server not in row.unless]
        for server in there:
            once = server == there[number % len(there)] and not row.slow
            marks = [] if once else [pytest.mark.slow]
            yield pytest.param(row, server, id=cell_id(row, server), marks=marks)


@pytest.mark.parametrize(("row", "server"), cells())
def test_row(row: Row, server: str, sites: Sites) -> None:
    site = sites.fresh(server)
    try:
        row.proof(site)
    except BaseException:
        sites.give_up(server)
        raise


def test_the_document_shows_these_rows() -> None:
    shown = DOCUMENT.read_text(encoding="utf-8")
    assert shown == rendered(lambda _row, _server: OK), "make faults writes docs/faults.md"


def test_every_row_is_told_apart_and_proven_on_two_servers() -> None:
    assert len(MATRIX) >= 30
    assert len({row.case for row in MATRIX}) == len(MATRIX)
    for row in MATRIX:
        assert len(row.unless.keys() | set(SERVERS)) == len(SERVERS)
        assert len(SERVERS) - len(row.unless) >= 2, row.case
