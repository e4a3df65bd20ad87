"""Small files are read together: each stands or falls alone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from paramiko.sftp import SFTP_EOF, SFTP_FAILURE

from recupero.errors import FileMoved, RemoteRefused, RemoteUnavailable
from recupero.exchange.read_ahead import GROUP_FILES
from recupero.exchange.rooted import RootedFiles
from tests.edges.inbox import fetch_all, fetched, opened, put

Act = Callable[[Path], object]
CONTENTS = {"a": b"a" * 20_000, "b": b"b" * 20_000, "c": b"c", "empty": b""}


def serving(before: Act = lambda _: None, after: Act = lambda _: None) -> type[RootedFiles]:
    """A server that acts on ``b`` before it is first read, or right after."""

    class Acting(RootedFiles):
        handles = 0

        def open(self, path: str, flags: int, attr: Any) -> Any:
            handle = super().open(path, flags, attr)
            if isinstance(handle, int):
                return handle
            Acting.handles += 1
            real, read, close = Path(self._root, path.lstrip("/")), handle.read, handle.close

            def acting(offset: int, length: int) -> bytes | int:
                if real.name == "b" and not offset:
                    before(real)
                data = read(offset, min(length, 7_000))  # a server may answer with less than asked
                if real.name == "b" and not offset:
                    after(real)
                return data or SFTP_EOF

            def closing() -> None:
                Acting.handles -= 1
                close()

            handle.read, handle.close = acting, closing
            return handle

    return Acting


def read_all(tmp_path: Path, files: type[RootedFiles], listed: Act = lambda _: None) -> list[Any]:
    """What is read of CONTENTS; *listed* is done to ``b`` once they are."""
    with opened("sftp", tmp_path, files) as (remote, root):
        for name, content in CONTENTS.items():
            put(root, name, content)
        seen = remote.list("inbox")
        listed(root / "inbox" / "b")
        found = remote.read_small("inbox", seen)
        assert getattr(files, "handles", 0) == 0
        assert remote.list("inbox") is not None  # the session goes on
        return found


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def replace(path: Path) -> None:
    path.with_name("upload").write_bytes(b"other")
    path.with_name("upload").rename(path)


def test_whole_files_come_in_order(tmp_path: Path) -> None:
    assert read_all(tmp_path, serving()) == list(CONTENTS.values())


MOVES: dict[str, Act] = {
    "grows": grow,
    "shrinks": lambda path: os.truncate(path, 4_000),
    "touched": lambda path: os.utime(path, (1, 1)),
    "replaced": replace,
    "deleted": Path.unlink,
}


@pytest.mark.parametrize("when", ["listed", "opened", "read"])
@pytest.mark.parametrize("act", MOVES.values(), ids=MOVES)
def test_one_that_moves_is_not_accepted_and_its_neighbours_are(
    tmp_path: Path, act: Act, when: str
) -> None:
    files = serving(**{"opened": {"before": act}, "read": {"after": act}}.get(when, {}))
    found = read_all(tmp_path, files, act if when == "listed" else lambda _: None)
    assert isinstance(found.pop(1), FileMoved)
    assert found == [CONTENTS[name] for name in ("a", "c", "empty")]


def test_one_of_which_more_comes_than_was_asked_is_not_accepted(tmp_path: Path) -> None:
    class Generous(RootedFiles):
        def open(self, path: str, flags: int, attr: Any) -> Any:
            handle = super().open(path, flags, attr)
            if path.endswith("/b") and not isinstance(handle, int):
                read = handle.read
                handle.read = lambda offset, length: read(offset, length) + b"more"
            return handle

    found = read_all(tmp_path, Generous)
    assert isinstance(found.pop(1), FileMoved)
    assert found == [CONTENTS[name] for name in ("a", "c", "empty")]
    with opened("sftp", tmp_path / "alone", Generous) as (remote, root):
        put(root, "b", bytes(200_000))
        with pytest.raises(FileMoved, match="changed"):
            b"".join(remote.read("inbox", "b"))


def test_one_that_is_refused_is_told_in_its_place(tmp_path: Path) -> None:
    class Denying(RootedFiles):
        def open(self, path: str, flags: int, attr: Any) -> Any:
            return 3 if path.endswith("/b") else super().open(path, flags, attr)

    a, b, *rest = read_all(tmp_path, Denying)
    assert (a, rest) == (CONTENTS["a"], [b"c", b""])
    assert isinstance(b, RemoteRefused)
    assert "permission denied" in str(b)


def test_a_server_that_loses_its_storage_is_unavailable(tmp_path: Path) -> None:
    class Losing(RootedFiles):
        def open(self, path: str, flags: int, attr: Any) -> Any:
            return 7

    with pytest.raises(RemoteUnavailable, match="lost its storage"):
        read_all(tmp_path, Losing)


def test_a_server_that_cannot_be_asked_together_is_asked_one_by_one(tmp_path: Path) -> None:
    """One that closes a file before it says what it is, say: no file is unreadable for that."""
    refused: list[str] = []

    class Disordered(RootedFiles):
        def open(self, path: str, flags: int, attr: Any) -> Any:
            handle = super().open(path, flags, attr)
            if len(refused) < GROUP_FILES and not isinstance(handle, int):
                refused.append(path)
                handle.stat = lambda: SFTP_FAILURE
            return handle

    with opened("sftp", tmp_path, Disordered) as (remote, root):
        for number in range(GROUP_FILES):
            put(root, f"{number:02}.txt", b"%d" % number)
        found = fetched(fetch_all(remote))
    assert len(refused) == GROUP_FILES
    assert [one.content for one in found.values()] == [b"%d" % n for n in range(GROUP_FILES)]
