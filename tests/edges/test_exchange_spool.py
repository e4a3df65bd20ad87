"""A file under way: whole and given a name, or gone; also where its process was killed."""

from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from recupero.errors import SettingsError
from recupero.exchange import spool as spools
from recupero.exchange.keys import make_master_key
from recupero.exchange.seal import CHUNK_BYTES
from recupero.exchange.spool import MEMORY_BYTES, Spools
from recupero.exchange.vault import Vault
from recupero.exchange.worker import this_machine

CODE = "banco-uno"
#: Receives until it is killed in the midst of a file, having said where it writes.
_KILLED = """
import os, sys
from recupero.exchange.vault import Vault

def pieces():
    yield bytes(3 << 20)
    os.kill(os.getpid(), 9)

Vault(sys.argv[1], b"k" * 32).receive("banco-uno", pieces())
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "vault"


@pytest.fixture
def vault(folder: Path) -> Vault:
    return Vault(str(folder), b"k" * 32)


def arriving(folder: Path) -> list[Path]:
    return sorted((folder / "_arriving").iterdir())


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, 2 * CHUNK_BYTES + 7])
def test_what_is_received_is_kept_once_it_is_placed(vault: Vault, folder: Path, size: int) -> None:
    content = Random(size).randbytes(size)
    pieces = [content[start : start + 32_768] for start in range(0, size, 32_768)]
    with closing(vault.receive(CODE, iter(pieces))) as arrival:
        assert vault.addresses(CODE) == []
        assert vault.place(arrival) == arrival.address == vault.put(CODE, content)
    assert vault.get(CODE, arrival.address) == content
    assert arriving(folder) == []


def test_what_is_let_go_or_breaks_off_leaves_nothing(vault: Vault, folder: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield bytes(2 * CHUNK_BYTES)
        raise ConnectionError("cut")

    vault.receive(CODE, [b"content"]).close()
    with pytest.raises(ConnectionError, match="cut"):
        vault.receive(CODE, broken())
    assert (arriving(folder), vault.addresses(CODE)) == ([], [])


def test_what_arrives_lies_sealed_and_ours_alone(vault: Vault, folder: Path) -> None:
    name = b"el nombre del deudor;"
    with closing(vault.receive(CODE, [name * (CHUNK_BYTES // 10)])) as arrival:
        [file] = arriving(folder)
        assert file.stat().st_mode & 0o777 == 0o600
        assert b"deudor" not in file.read_bytes()
        assert arrival.key not in file.read_bytes()


def test_what_a_killed_run_left_is_removed_by_the_next(vault: Vault, folder: Path) -> None:
    content = b"of a run that lives" * (MEMORY_BYTES // 10)
    with closing(vault.receive(CODE, [content])) as living:
        done = subprocess.run([sys.executable, "-c", _KILLED, str(folder)], check=False)
        assert done.returncode == -9
        assert len(arriving(folder)) == 2
        Vault(str(folder), b"k" * 32).unlock()
        assert arriving(folder) == [living.spool.file()]
        vault.place(living)
        assert vault.get(CODE, living.address) == content


def test_who_sweeps_takes_no_file_from_whoever_just_begins(tmp_path: Path) -> None:
    begun = []

    def begin() -> None:
        for _ in range(50):
            spools = Spools(tmp_path)
            spools.sweep()
            spool = spools.begin()
            begun.append((spool, spool.file()))

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(tmp_path.iterdir()) == sorted(path for _, path in begun)
    for spool, _ in begun:
        spool.close()
        spool.close()
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_file_of_ours_is_let_lie_and_hinders_nobody(tmp_path: Path) -> None:
    folder, link, pipe, left = (f"{this_machine()}.{what}" for what in ("a", "b", "c", "d"))
    (tmp_path / folder).mkdir()
    (tmp_path / link).symlink_to(tmp_path / "elsewhere")
    os.mkfifo(tmp_path / pipe)
    (tmp_path / left).write_bytes(b"x")
    Spools(tmp_path).sweep()
    assert sorted(os.listdir(tmp_path)) == [folder, link, pipe]


def test_another_machines_file_is_swept_only_a_day_after_it_was_written(
    vault: Vault, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over a network a lock may not be seen, as if there were none."""
    content = bytes(2 * MEMORY_BYTES)
    with closing(vault.receive(CODE, [content])) as arrival:
        [file] = arriving(folder)
        monkeypatch.setattr(spools, "this_machine", lambda: "another")
        monkeypatch.setattr(fcntl, "flock", lambda *_: None)
        Vault(str(folder), b"k" * 32).unlock()
        assert arriving(folder) == [file]
        vault.place(arrival)
        assert vault.get(CODE, arrival.address) == content
        a_day_ago = file.parent.stat().st_mtime - 24 * 3600 - 1
        os.utime(file, (a_day_ago, a_day_ago))
        Vault(str(folder), b"k" * 32).unlock()
        assert arriving(folder) == []


@pytest.mark.parametrize("number", [errno.EPERM, errno.ENOTSUP, errno.EXDEV, errno.ENOLCK])
@pytest.mark.parametrize(
    ("module", "lacking", "what"), [(os, "link", "hard links"), (fcntl, "flock", "locks")]
)
def test_a_file_system_without_links_or_locks_is_refused_and_nothing_left(
    vault: Vault, folder: Path, monkeypatch: pytest.MonkeyPatch,
    module: object, lacking: str, what: str, number: int,
) -> None:  # fmt: skip
    def unknown(*_: object) -> None:
        raise OSError(number, os.strerror(number), "here", None, "there")

    monkeypatch.setattr(module, lacking, unknown)
    deeds: list[Callable[[], object]] = [lambda: vault.put(CODE, b"content")]
    if lacking == "link":
        deeds.append(lambda: make_master_key(folder.parent / "master.key"))
    else:
        deeds.append(lambda: vault.rotate(CODE))
    for deed in deeds:
        with pytest.raises(SettingsError, match=f"its file system makes no {what} .*use one with"):
            deed()
    assert (arriving(folder), vault.institutions()) == ([], [])
