"""What the rows of the fault matrix are proven on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from recupero.store.embedded import Addresses, EmbeddedPostgres
from tests.chaos.scene import Child
from tests.databases import migrated_database

if TYPE_CHECKING:
    from tests.faults.deaths import Deaths
    from tests.faults.sites import Sites

# The proofs are no test modules, and yet are to say what was other than it should be. This comes
# before they are imported, so fixtures import them late.
_ROWS = ("wire_rows", "file_rows", "server_rows", "delivery_rows", "worker_rows")
pytest.register_assert_rewrite(*(f"tests.faults.{name}" for name in ("site", *_ROWS)))


@pytest.fixture(scope="module")
def migrated(postgres: EmbeddedPostgres) -> Iterator[Addresses]:
    """A migrated database for all rows."""
    with migrated_database(postgres, "faults") as made:
        yield made


@pytest.fixture(scope="module")
def deaths(
    postgres: EmbeddedPostgres,
    root: Path,
    tmp_path_factory: pytest.TempPathFactory,
    program: Callable[[str], Path],
) -> Iterator[Callable[[str], Deaths]]:
    """``deaths("OpenSSH")``: what is killed over that server; nothing of it until it is asked."""
    from tests.faults.deaths import Deaths

    with ExitStack() as stack:

        @cache
        def children() -> list[Child]:
            return [stack.enter_context(Child(root)) for _ in range(2)]

        @cache
        def over(server: str) -> Deaths:
            return Deaths(server, postgres, tmp_path_factory.mktemp("d"), children(), program)

        yield over


@pytest.fixture(scope="module")
def sites(
    migrated: Addresses,
    tmp_path_factory: pytest.TempPathFactory,
    program: Callable[[str], Path],
    deaths: Callable[[str], Deaths],
) -> Iterator[Sites]:
    """``sites.fresh("OpenSSH")``: where a row is proven."""
    from tests.faults.sites import Sites

    folder = tmp_path_factory.mktemp("faults")
    with closing(Sites(migrated, folder, program, deaths)) as opened:
        yield opened
