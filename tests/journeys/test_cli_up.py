"""``recupero up`` and ``demo`` serve until they are told to stop, and leave nothing running."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edges.console import SCRIPT, Console

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


def children(pid: int) -> set[int]:
    """The process numbers of all that *pid* started, and of all that those started."""
    try:
        started = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:  # PostgreSQL's workers come and go
        return set()
    return {int(child) for child in started}.union(*(children(int(child)) for child in started))


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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_night_cut_off_ends_in_order(tmp_path: Path, number: signal.Signals) -> None:
    console = Console(tmp_path)
    command = [str(SCRIPT), "demo", "--accounts", "60", "--exit"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=console.environment, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as demo:  # fmt: skip
        assert demo.stderr is not None
        while "the night runs" not in demo.stderr.readline():
            assert demo.poll() is None
        time.sleep(4)  # Prefect is loaded by then, or still being loaded: both must end in order
        started = children(demo.pid)
        demo.send_signal(number)
        out, err = demo.communicate(timeout=60)
    told = [line for line in err.splitlines() if not line.endswith("…")]
    assert (demo.returncode, out, told) == (130, "", ["recupero: interrupted"])
    assert [pid for pid in started if Path(f"/proc/{pid}").exists()] == []


def test_days_played_before_change_nothing_and_it_is_said(tmp_path: Path) -> None:
    """Every file comes again, on a date that is closed by now, but for the two refused ones."""
    console = Console(tmp_path)
    first, again = (console("demo", "--accounts", "60", "--exit", "--json") for _ in range(2))
    assert (first.code, first.err, again.code, again.err) == (0, "", 0, "")
    assert (first.document["unchanged"], again.document["unchanged"]) == (False, True)
    assert all(first.document["invariants"].values())
    for name in ("institutions", "invariants"):
        assert again.document[name] == first.document[name]
