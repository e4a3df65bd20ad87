"""``recupero demo`` cut off in the middle, and played twice."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.edges.console import SCRIPT, Console, children


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


@pytest.mark.slow
def test_days_played_before_change_nothing_and_it_is_said(tmp_path: Path) -> None:
    """Every file comes again, on a date that is closed by now, but for the two refused ones."""
    console = Console(tmp_path)
    first, again = (console("demo", "--accounts", "60", "--exit", "--json") for _ in range(2))
    assert (first.code, first.err, again.code, again.err) == (0, "", 0, "")
    assert (first.document["unchanged"], again.document["unchanged"]) == (False, True)
    assert all(first.document["invariants"].values())
    for name in ("institutions", "invariants"):
        assert again.document[name] == first.document[name]
