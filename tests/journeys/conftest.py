"""What journeys share: the small world, built once, and one Prefect server, slow to start."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deployments.conductor import Conductor
from recupero.store.embedded import EmbeddedPostgres
from tests.journeys.night_town import drain
from tests.journeys.small_world import World


@pytest.fixture(scope="session")
def world(postgres: EmbeddedPostgres) -> Iterator[World]:
    """Nothing that a test does to it stays."""
    home = Path(tempfile.mkdtemp(prefix="rec-"))
    try:
        with World(home, postgres).played() as played:
            yield played
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def conductor(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Conductor]:
    """The server, on the session's PostgreSQL."""
    home = tmp_path_factory.mktemp("conductor")
    with Conductor(home, postgres.addresses().prefect_url) as running:
        yield running
    # Quiet to the end: not one line, on a server that served, scheduled and was stopped.
    assert (home / "logs" / "prefect.log").read_text() == ""


@pytest.fixture(scope="session")
def conducted(conductor: Conductor) -> Iterator[Conductor]:
    """This process works with the server; flows may be imported from here on."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in conductor.environment().items():
            patch.setenv(name, value)
        patch.setenv("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
        from prefect.settings import PREFECT_API_URL

        assert PREFECT_API_URL.value() == conductor.api_url, "Prefect was imported too early"
        yield conductor
        drain()
