"""The demo's stage: what an interrupted demo left behind never stops the next one."""

import fcntl
from pathlib import Path

import pytest

from deployments.cli.demo import demo
from deployments.demo.facts import Upload
from deployments.demo.stage import Stage
from recupero.errors import Refused


def test_a_file_left_in_the_inbox_is_dropped_anew(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    with stage.serving():
        for content in (b"first", b"again"):
            stage.upload((Upload("banco-andino", "PAGOS_20261127.txt", content),))
    inbox = tmp_path / "sftp" / "banco-andino" / "inbox"
    assert [path.read_bytes() for path in inbox.iterdir()] == [b"again"]


def test_one_server_at_a_time_has_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "RECUPERO_HOME",
        "RECUPERO_POLL_SECONDS",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL",
    ):
        monkeypatch.setenv(name, "1")  # the demo sets them; restored afterwards
    with (tmp_path / "serving.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Refused, match="another recupero up or demo"):
            demo(tmp_path, 60, leave=True, as_json=True)
