"""A real client against a real server over real sockets, and files that move under it."""

import os
import random
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest
from paramiko.sftp import SFTP_FAILURE

from recupero import durable
from recupero.errors import FileMoved, HostKeyMismatch, RemoteRefused
from recupero.exchange.connect import connect
from recupero.exchange.connection import Connection
from recupero.exchange.rooted import RootedFiles
from recupero.exchange.server import SftpServer, generate_key

CODE = "banco-andino"


class Rig:
    """One institution on one server, and the gateway's connection to it."""

    def __init__(self, folder: Path, files: type[RootedFiles] = RootedFiles) -> None:
        self.key_file = folder / "gateway.key"
        users = {f"gw-{CODE}": generate_key(self.key_file)}
        self.server = SftpServer(folder / "root", users, folder / "host.key")
        self.server.files = files
        self.root = folder / "root" / CODE
        self.inbox = self.root / "inbox"

    @property
    def connection(self) -> Connection:
        return Connection(
            host="127.0.0.1",
            port=self.server.port,
            user=f"gw-{CODE}",
            key_file=self.key_file,
            fingerprints=(self.server.fingerprint,),
            deadline_seconds=60,
        )


@contextmanager
def serving(folder: Path, files: type[RootedFiles] = RootedFiles):
    rig = Rig(folder, files)
    with rig.server:
        yield rig


@pytest.fixture
def rig(tmp_path):
    with serving(tmp_path) as rig:
        yield rig


@contextmanager
def session(connection: Connection):
    remote = connect(connection)
    try:
        yield remote
    finally:
        remote.close()


@contextmanager
def changed_handles(tmp_path, change):
    """A server whose open files behave as *change* makes them; and a session with it."""

    class Changed(RootedFiles):
        def open(self, path, flags, attr):
            handle = super().open(path, flags, attr)
            if not isinstance(handle, int):
                change(handle, os.path.join(self._root, path.lstrip("/")))
            return handle

    with serving(tmp_path, Changed) as rig, session(rig.connection) as remote:
        yield rig, remote


@pytest.mark.parametrize("size", [0, 1, 32 * 1024, 32 * 1024 + 1, 65 * 1024, 5_000_003])
def test_what_is_written_reads_back(rig, size):
    content = random.Random(size).randbytes(size)
    with session(rig.connection) as remote:
        remote.write("outbox", "file.bin", content)
        assert (rig.root / "outbox" / "file.bin").read_bytes() == content
        assert b"".join(remote.read("outbox", "file.bin")) == content


def test_listing_stat_rename_remove(rig):
    (rig.inbox / "b.txt").write_bytes(b"22")
    (rig.inbox / "a.txt").write_bytes(b"1")
    (rig.inbox / "folder").mkdir()
    (rig.inbox / "link").symlink_to(rig.inbox / "a.txt")
    os.mkfifo(rig.inbox / "pipe")
    os.utime(rig.inbox / "a.txt", (1_700_000_000, 1_700_000_000))
    with session(rig.connection) as remote:
        listed = {file.name: (file.size, file.regular) for file in remote.list("inbox")}
        assert list(listed) == ["a.txt", "b.txt", "folder", "link", "pipe"]
        assert [name for name, (_, regular) in listed.items() if regular] == ["a.txt", "b.txt"]
        assert listed["b.txt"] == (2, True)
        found = remote.stat("inbox", "a.txt")
        assert (found.size, found.mtime) == (1, 1_700_000_000)
        remote.rename("inbox", "a.txt", "archive", "moved.txt")
        assert remote.stat("inbox", "a.txt") is None
        assert (rig.root / "archive" / "moved.txt").read_bytes() == b"1"
        with pytest.raises(RemoteRefused, match="exists already"):
            remote.rename("inbox", "b.txt", "archive", "moved.txt")
        remote.remove("inbox", "b.txt")
        assert not (rig.inbox / "b.txt").exists()
        with pytest.raises(RemoteRefused, match="no such file"):
            remote.remove("inbox", "b.txt")
        with pytest.raises(RemoteRefused, match="no such file"):
            remote.list("nowhere")
        for name in ("link", "pipe", "folder"):
            with pytest.raises(RemoteRefused):
                b"".join(remote.read("inbox", name))
        for name in ("", ".", "..", "a/b", "a\0b"):
            with pytest.raises(RemoteRefused, match="not a file name"):
                remote.stat("inbox", name)


def test_a_name_in_latin_1_neither_breaks_the_listing_nor_its_own_reading(rig):
    raw = "año.txt".encode("latin-1")
    (Path(os.fsdecode(os.fsencode(rig.inbox) + b"/" + raw))).write_bytes(b"x")
    for name in ("tab\tnew\nline", "e\u0301", "-rf", "=cmd", "..x", "back\\slash", "$(id);"):
        (rig.inbox / name).write_bytes(b"y")
    with session(rig.connection) as remote:
        listed = remote.list("inbox")
        odd = next(file for file in listed if not file.name.isascii() and "\udcf1" in file.name)
        assert os.fsencode(odd.name) == raw
        assert b"".join(remote.read("inbox", odd.name, odd)) == b"x"
        remote.rename("inbox", odd.name, "archive", "plain.txt")
        for file in listed:
            if file != odd:
                assert b"".join(remote.read("inbox", file.name, file)) == b"y"


def test_a_long_listing_is_whole_and_sorted(rig):
    names = [f"file-{number:04}" for number in range(1_000)]
    for name in names:
        (rig.inbox / name).touch()
    with session(rig.connection) as remote:
        assert [file.name for file in remote.list("inbox")] == names


def test_an_abandoned_read_leaves_the_session_sound(rig):
    (rig.inbox / "big").write_bytes(bytes(3_000_000))
    (rig.inbox / "small").write_bytes(b"small")
    with session(rig.connection) as remote:
        reading = remote.read("inbox", "big")
        next(reading)
        reading.close()
        assert b"".join(remote.read("inbox", "small")) == b"small"


def test_server_answers_shorter_than_asked_are_completed(tmp_path):
    def short(handle, _path):
        whole = handle.read
        handle.read = lambda offset, length: whole(offset, min(length, 10_000))

    content = random.Random(1).randbytes(200_000)
    with changed_handles(tmp_path, short) as (rig, remote):
        (rig.inbox / "file").write_bytes(content)
        assert b"".join(remote.read("inbox", "file")) == content


def _on_first_read(act):
    def change(handle, path):
        whole, seen = handle.read, []

        def read(offset, length):
            data = whole(offset, length)
            if not seen:
                seen.append(True)
                act(Path(path))
            return data

        handle.read = read

    return change


def _grow(path):
    with path.open("ab") as file:
        file.write(b"more")


def _replace(path):
    other = path.with_name("upload")
    other.write_bytes(b"other")
    other.rename(path)


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (_grow, "changed"),
        (lambda path: os.truncate(path, 40_000), "shrank"),
        (lambda path: os.utime(path, (1, 1)), "changed"),
        (_replace, "changed"),
        (lambda path: path.unlink(), "changed"),
    ],
    ids=["grows", "shrinks", "touched", "replaced", "deleted"],
)
def test_a_file_that_moves_while_it_is_read_is_not_accepted(tmp_path, act, says):
    with changed_handles(tmp_path, _on_first_read(act)) as (rig, remote):
        (rig.inbox / "file").write_bytes(bytes(400_000))
        with pytest.raises(FileMoved, match=says):
            b"".join(remote.read("inbox", "file"))
        assert remote.list("inbox") is not None  # the session goes on


def test_another_version_than_the_listed_one_is_not_read(rig):
    (rig.inbox / "file").write_bytes(b"one")
    with session(rig.connection) as remote:
        seen = remote.stat("inbox", "file")
        (rig.inbox / "file").write_bytes(b"longer")
        with pytest.raises(FileMoved, match="not the file that was listed"):
            b"".join(remote.read("inbox", "file", seen))
        (rig.inbox / "file").unlink()
        with pytest.raises(FileMoved, match="went"):
            b"".join(remote.read("inbox", "file", seen))


def test_every_answer_to_a_write_is_looked_at(tmp_path):
    def full(handle, _path):
        whole = handle.write
        handle.write = lambda offset, data: (
            SFTP_FAILURE if offset >= 96 * 1024 else whole(offset, data)
        )

    with changed_handles(tmp_path, full) as (_, remote):
        remote.write("outbox", "fits", bytes(96 * 1024))
        with pytest.raises(RemoteRefused, match="code 4"):
            remote.write("outbox", "too-big", bytes(128 * 1024))
        assert remote.stat("outbox", "fits").size == 96 * 1024


def test_permission_denied_is_refused_and_the_session_goes_on(tmp_path):
    class Denying(RootedFiles):
        def open(self, path, flags, attr):
            return 3 if path.endswith("secret") else super().open(path, flags, attr)

    with serving(tmp_path, Denying) as rig, session(rig.connection) as remote:
        (rig.inbox / "secret").write_bytes(b"x")
        (rig.inbox / "open").write_bytes(b"y")
        with pytest.raises(RemoteRefused, match="permission denied"):
            b"".join(remote.read("inbox", "secret"))
        assert b"".join(remote.read("inbox", "open")) == b"y"


def test_a_host_key_that_is_not_pinned_stops_before_authentication(tmp_path, rig):
    unknown = "SHA256:" + "A" * 43
    # Were our key offered first, the unreadable account name would answer instead.
    stranger = replace(rig.connection, fingerprints=(unknown,), user="nobody")
    with pytest.raises(HostKeyMismatch, match="not pinned"):
        connect(stranger)
    with session(replace(rig.connection, fingerprints=(unknown, rig.server.fingerprint))):
        pass


def test_a_key_the_server_does_not_know_is_refused(tmp_path, rig):
    generate_key(tmp_path / "other.key")
    for change in ({"key_file": tmp_path / "other.key"}, {"user": "nobody"}):
        with pytest.raises(RemoteRefused, match="does not accept our key"):
            connect(replace(rig.connection, **change))


def test_a_server_with_nothing_but_weak_algorithms_is_refused(tmp_path, rig, monkeypatch):
    plain = paramiko.Transport.add_server_key

    def weak(transport, key):
        transport.get_security_options().ciphers = ("aes128-cbc", "3des-cbc")
        plain(transport, key)

    monkeypatch.setattr(paramiko.Transport, "add_server_key", weak)
    with pytest.raises(RemoteRefused, match="no algorithm we accept"):
        connect(rig.connection)


def test_calls_are_announced_to_the_kill_harness(rig):
    (rig.inbox / "file").write_bytes(b"x")
    heard: list[str] = []
    with session(rig.connection) as remote:
        durable.observe(heard.append)
        try:
            remote.list("inbox")
            b"".join(remote.read("inbox", "file"))
            remote.write("outbox", "x", b"x")
            remote.rename("outbox", "x", "outbox", "y")
            remote.remove("outbox", "y")
        finally:
            durable.observe(None)
    names = ["sftp.list", "sftp.read", "sftp.write", "sftp.rename", "sftp.remove"]
    assert heard == [f"{when} {name}" for name in names for when in ("before", "after")]
