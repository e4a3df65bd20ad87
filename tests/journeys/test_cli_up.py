"""``recupero up`` and ``demo`` serve until they are told to stop, and leave nothing running."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edges.console import SCRIPT, Console, children

PROFILES = Path(__file__).resolve().parents[2] / "deployments" / "institutions"
CODE = "caja-pacifico"
AT = ("--release-at", "2026-11-27T05:00")


@pytest.fixture
def recupero() -> Iterator[Console]:
    """A console with the agency and one institution, not enrolled yet."""
    folder = Path(tempfile.mkdtemp(prefix="rec-"))
    console = Console(folder)
    profiles = console.home / "institutions"
    profiles.mkdir(parents=True)
    for name in (CODE, "_agency"):
        shutil.copy(PROFILES / f"{name}.toml", profiles)
    yield console
    shutil.rmtree(folder, ignore_errors=True)


def test_up_serves_a_day_and_leaves_nothing(recupero: Console) -> None:
    with subprocess.Popen(
        [str(SCRIPT), "up"], cwd=recupero.folder, env=recupero.environment, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as up:  # fmt: skip
        assert up.stdout is not None
        assert up.stderr is not None
        try:
            told = []
            while (line := up.stdout.readline()) and "Ctrl-C" not in line:
                told.append(line.split()[-1])
            assert f"day/{CODE}" in told
            assert "nightly/all" in told
            started = children(up.pid)
            assert len(started) >= 3  # PostgreSQL, Prefect's server, the worker

            # It runs on that server; nobody has said yet how the institution is reached.
            day = recupero("day", CODE, "--date", "2026-11-27", *AT)
            assert (day.code, day.out, day.err.count("\n")) == (2, "", 1)
            assert f"connections/{CODE}.toml" in day.err
        finally:
            up.send_signal(signal.SIGTERM)
        assert up.wait() == 0
        assert up.stderr.read() == ""
    assert [pid for pid in started if Path(f"/proc/{pid}").exists()] == []
    ran = recupero("day", CODE, "--date", "2026-11-27", *AT)
    assert ran.err.startswith("recupero: no Prefect")


def test_up_without_the_agency_is_refused(recupero: Console) -> None:
    (recupero.home / "institutions" / "_agency.toml").unlink()
    ran = recupero("up")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "_agency" in ran.err
