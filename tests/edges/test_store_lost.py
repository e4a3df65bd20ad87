"""A database that goes away amid the work is one clear line, whoever was speaking to it."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import text

from recupero.errors import StoreRefused
from recupero.store.embedded import Addresses
from recupero.store.recordings import append
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import receipt
from tests.edges.enrolled_store import ONE, draft, enrolled_store, receipts


def ends(_unit: Unit) -> None:
    """Nothing more: the commit finds it."""


def asks(unit: Unit) -> None:
    unit.connection.execute(text("SELECT 1"))


def copies(unit: Unit) -> None:
    rows_of(unit, receipt)


@pytest.mark.parametrize(
    ("goes_on", "reason"),
    [
        (ends, "terminating"),
        (asks, "terminating"),
        (copies, "the connection is lost"),
    ],
)
def test_a_unit_whose_connection_is_ended_is_refused_and_keeps_nothing(
    migrated: Addresses,
    caplog: pytest.LogCaptureFixture,
    goes_on: Callable[[Unit], None],
    reason: str,
) -> None:
    store = enrolled_store(migrated, ONE)

    def work() -> None:
        with store.unit(ONE) as unit, psycopg.connect(migrated.database_url) as other:
            append(unit, draft("a", receipts(1)))
            backend = unit.connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (backend,))
            goes_on(unit)

    with pytest.raises(StoreRefused, match=f"^database: .* gave up the work: {reason}") as refused:
        work()
    assert "\n" not in str(refused.value)
    assert caplog.records == []
    with store.unit(ONE) as unit:
        assert rows_of(unit, receipt).is_empty()
