"""What tests share: real files, a real PostgreSQL, and the rule about missing programs."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

from recupero.store.embedded import Addresses, EmbeddedPostgres
from tests.databases import made_database

ROOT = Path(__file__).resolve().parents[1]
_NUMBERS = count(1)

_NO_SHARED = "the real files (../shared) are not beside this checkout"
_EXCUSED = {_NO_SHARED, "needs root", "needs user namespaces"}

#: Begun first, so that no worker is left alone with one of their files at the end.
_SLOW_ROOMS = frozenset({"chaos", "journeys"})


#: Databases, vaults and homes of tests lie in memory where there is room for them: what is
#: synchronised there costs nothing, and tests kill processes, never the machine.
_MEMORY = Path("/dev/shm")
_MEMORY_BYTES = 6 * 2**30


#: Files that share something dear which each worker makes for itself: they go to one worker.
_TOGETHER = {
    "world": (
        "test_cli_world", "test_recalled", "test_verify_added", "test_verify_cut_off",
        "test_verify_insider", "test_verify_tamper",
    ),
    "conductor": (
        "test_conducted", "test_conductor", "test_flows", "test_incident_told",
        "test_real_card_portfolio", "test_register", "test_secret_block",
    ),
}  # fmt: skip


#: How long an example takes says how busy the machine is, and nothing about the code.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


def pytest_configure() -> None:
    """Choose where temporary files lie, for this process and all it starts."""
    if "TMPDIR" in os.environ or not _MEMORY.is_dir():
        return
    room = os.statvfs(_MEMORY)
    runs_programs = not room.f_flag & os.ST_NOEXEC
    if runs_programs and room.f_bavail * room.f_frsize >= _MEMORY_BYTES:
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None  # so that it is looked up anew


class _Together(LoadFileScheduling):
    """By file, but for those of ``_TOGETHER``."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        shared = (name for name, files in _TOGETHER.items() if Path(file).stem in files)
        return next(shared, file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _Together:
    return _Together(config, log)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes name no test: those of a compressed file have the second in which they were made, and
    workers that collect in two different seconds would not agree.
    """
    return argname if isinstance(val, bytes) else None


def pytest_collection_finish() -> None:
    """What was imported stays: the garbage collector need not walk through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole days before single rules; within that the order is as it was."""
    items.sort(key=lambda item: item.path.parent.name not in _SLOW_ROOMS)


def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Under ``RECUPERO_REQUIRE=all`` a skipped test is a failed one.

    Except for what no package can install: the shared files, root, a kernel's permission.
    """
    error = call.excinfo.value if call.excinfo is not None else None
    strict = os.environ.get("RECUPERO_REQUIRE") == "all"
    if strict and isinstance(error, pytest.skip.Exception) and error.msg not in _EXCUSED:
        try:
            raise AssertionError(f"RECUPERO_REQUIRE=all: {error.msg}") from error
        except AssertionError:
            call.excinfo = pytest.ExceptionInfo.from_current()


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real files that nobody here wrote; they lie beside a working copy, not in it."""
    folder = ROOT.parent / "shared"
    if not (folder / "bank-files").is_dir():  # not ours to hand on: a clone may stand alone
        pytest.skip(_NO_SHARED)
    return folder


@pytest.fixture(scope="session")
def program() -> Callable[[str], Path]:
    """``program("sshd")``: the system program's path; the test is skipped where it is missing."""

    def find(name: str) -> Path:
        found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
        if found is None:  # `.ci/run` installs it, and then a skip fails
            pytest.skip(f"needs the system program {name}")
        return Path(found)

    return find


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A running server for the whole session, stopped and removed after it."""
    home = Path(tempfile.mkdtemp(prefix="rec-"))
    server = EmbeddedPostgres(home)
    try:
        with server:
            yield server
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def database(postgres: EmbeddedPostgres) -> Iterator[Addresses]:
    """A new, empty application database of the session's server, dropped after the test."""
    with made_database(postgres, f"recupero_{next(_NUMBERS)}") as made:
        yield made
