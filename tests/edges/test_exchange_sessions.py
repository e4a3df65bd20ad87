"""Several sessions at once give what one would give, in the same order, and all of them end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pytest

from recupero.errors import HostKeyMismatch, RemoteUnavailable
from recupero.exchange.connect import connect
from recupero.exchange.connection import Connection
from recupero.exchange.pickup import Fetched, fetch_each
from recupero.exchange.remote import Remote
from recupero.exchange.server import SftpServer, generate_key
from recupero.exchange.sessions import FILES_PER_SESSION, THREADS, Sessions
from tests.edges.inbox import content_of, receive

CODE = "banco-andino"
FILES = 4 * FILES_PER_SESSION + 3


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    """An inbox with files of sizes around one read request."""
    users = {f"gw-{CODE}": generate_key(tmp_path / "key")}
    with SftpServer(tmp_path / "root", users, tmp_path / "host.key") as server:
        for number in range(FILES):
            path = tmp_path / "root" / CODE / "inbox" / f"{number:03}.csv"
            path.write_bytes(b"%03d" % number * (number * 500))
        yield Connection(
            host="127.0.0.1", port=server.port, user=f"gw-{CODE}", key_file=tmp_path / "key",
            fingerprints=(server.fingerprint,),
        )  # fmt: skip


@dataclass
class Opened:
    """Counts sessions opened beside the first, and refuses those over *most*."""

    connection: Connection
    most: int = 99
    remotes: list[Remote] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> Remote:
        with self.lock:
            if len(self.remotes) >= self.most:
                raise RemoteUnavailable("too many sessions", "127.0.0.1")
            self.remotes.append(connect(self.connection))
            return self.remotes[-1]

    def ended(self) -> bool:
        """Whether each of them is closed: it answers nothing any more."""
        for remote in self.remotes:
            with pytest.raises(RemoteUnavailable):
                remote.list("inbox")
        return True


def taken(sessions: Sessions) -> dict[str, bytes]:
    """Names and contents, in the order they came."""
    found = fetch_each(sessions, "inbox", receive, poll_seconds=0, wait=lambda _: None)
    return {one.name: content_of(one) for one in found if isinstance(one, Fetched)}


@pytest.mark.parametrize(
    ("most", "granted", "opened"), [(1, 99, 0), (4, 99, 4), (4, 1, 1), (4, 0, 0)]
)
def test_the_same_files_in_the_same_order(
    connection: Connection, most: int, granted: int, opened: int
) -> None:
    another = Opened(connection, granted)
    with closing(connect(connection)) as first:
        found = taken(Sessions(first, another, most))
    assert list(found) == [f"{number:03}.csv" for number in range(FILES)]
    assert all(content == b"%03d" % int(name[:3]) * (int(name[:3]) * 500)
               for name, content in found.items())  # fmt: skip
    assert len(another.remotes) == opened
    assert another.ended()


def test_a_server_that_is_another_one_all_at_once_is_told(connection: Connection) -> None:
    """That no more sessions are granted is no matter; a key that is not pinned is."""

    def another() -> Remote:
        return connect(replace(connection, fingerprints=("SHA256:" + "A" * 43,)))

    with closing(connect(connection)) as first, pytest.raises(HostKeyMismatch):
        taken(Sessions(first, another, 4))


def test_few_files_open_nothing_more(connection: Connection, tmp_path: Path) -> None:
    for path in sorted((tmp_path / "root" / CODE / "inbox").iterdir())[FILES_PER_SESSION:]:
        path.unlink()
    another = Opened(connection)
    with closing(connect(connection)) as first:
        assert len(taken(Sessions(first, another, 4))) == FILES_PER_SESSION
    assert another.remotes == []


def test_who_stops_early_leaves_no_session_and_no_thread(connection: Connection) -> None:
    """And no file open: that would be a warning, and warnings fail tests."""
    another = Opened(connection)
    with closing(connect(connection)) as first:
        sessions = Sessions(first, another, 4)
        each = fetch_each(sessions, "inbox", receive, poll_seconds=0, wait=lambda _: None)
        with closing(each) as files:
            next(files)
            next(files)
        assert another.ended()
    assert [one for one in threading.enumerate() if one.name.startswith(THREADS)] == []


def test_a_session_cut_is_told_at_the_turn_of_its_file(connection: Connection) -> None:
    """What came before it was given; what came after is not, and not lost: it is still there."""
    given: list[int] = []
    with closing(connect(connection)) as first:
        sessions = Sessions(first, partial(connect, connection), 4)

        def read(remote: Remote, number: int) -> bytes:
            if number == 20:
                raise RemoteUnavailable("the connection was lost", "127.0.0.1")
            return b"".join(remote.read("inbox", f"{number:03}.csv"))

        def read_all() -> None:
            for number, _ in sessions.each(range(FILES), read):
                given.append(number)

        with pytest.raises(RemoteUnavailable):
            read_all()
    assert given == list(range(20))
