"""What tests of single steps share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from recupero.store.cluster import APPLICATION
from recupero.store.embedded import Addresses, EmbeddedPostgres
from recupero.store.owner import migrate
from tests.edges.enrolled_store import made_database


@pytest.fixture(scope="module")
def migrated(postgres: EmbeddedPostgres, request: pytest.FixtureRequest) -> Iterator[Addresses]:
    """A migrated database for all tests of a module; each enrols institutions of its own."""
    with made_database(postgres, request.module.__name__.rpartition(".")[2]) as made:
        migrate(made.owner_url, APPLICATION)
        yield made
