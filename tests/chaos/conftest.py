"""The scene is built once: a server, a child, and every chapter played undisturbed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from recupero.store.embedded import EmbeddedPostgres
from tests.chaos.chapters import perform_story
from tests.chaos.scene import Chapter, Child, Scene

_INSTITUTION = "caja-pacifico"  # attestations and instructions: it has the most stages


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--institutions``: whose days are disturbed, with those of the agency."""
    parser.addoption("--institutions", default=_INSTITUTION, help="codes, with commas between")


@pytest.fixture(scope="module")
def scene(
    postgres: EmbeddedPostgres, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    """Where runs are killed; the database is not a child of what is killed."""
    with Child(root) as one, Child(root) as other:
        yield Scene(postgres, tmp_path_factory.mktemp("chaos"), (one, other))


@pytest.fixture(scope="module")
def chapters(scene: Scene, root: Path, request: pytest.FixtureRequest) -> list[Chapter]:
    """Founding and two days, undisturbed."""
    codes = request.config.getoption("--institutions", default=_INSTITUTION).split(",")
    return perform_story(scene, root, codes)
