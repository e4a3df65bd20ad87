"""Units that follow each other may share a connection; nothing else does."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import text

from recupero.store.embedded import Addresses
from recupero.store.owner import enrol
from recupero.store.session import Store


@pytest.fixture
def store(migrated: Addresses) -> Iterator[Store]:
    for code in ("uno", "dos"):
        enrol(migrated.owner_url, code=code, name=code, country="CO", currency="COP")
    store = Store(migrated.database_url)
    yield store
    store.close()


def backend(store: Store, code: str = "uno") -> int:
    """The server's process behind a unit, which must see its own institution."""
    with store.unit(code) as unit:
        found: tuple[int, str] = unit.connection.execute(
            text("SELECT pg_backend_pid(), current_setting('recupero.institution')")
        ).one()._tuple()  # fmt: skip
    assert found[1] == code
    return found[0]


def test_units_share_a_connection_only_while_it_is_kept(store: Store) -> None:
    assert backend(store) != backend(store)
    with store.kept():
        with store.kept():
            first = backend(store)
        assert backend(store, "dos") == backend(store) == first
    assert backend(store) != first


def test_another_thread_and_a_unit_within_have_their_own(store: Store) -> None:
    with store.kept(), ThreadPoolExecutor(1) as pool:
        ours = backend(store)
        assert pool.submit(backend, store).result() != ours
        with store.unit("uno"):
            within = backend(store, "dos")
        assert within != ours


def test_a_connection_that_failed_or_was_cut_meanwhile_is_not_used_again(
    store: Store, migrated: Addresses
) -> None:
    with store.kept():
        first = backend(store)
        with pytest.raises(ZeroDivisionError), store.unit("uno"):
            raise ZeroDivisionError
        second = backend(store)
        assert second != first
        with psycopg.connect(migrated.database_url) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (second,))
        assert backend(store) != second
