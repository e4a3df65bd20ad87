"""Servers that die, fall silent or are spoken to in nonsense: an error, soon, and nothing else."""

import socket
import threading
import time
from contextlib import closing, suppress
from dataclasses import replace

import pytest

from recupero.errors import RemoteSlow, RemoteUnavailable
from recupero.exchange.connect import connect
from recupero.exchange.connection import Connection
from recupero.exchange.server import SftpServer, generate_key
from recupero.exchange.watchdog import Watchdog

CODE = "banco-andino"
FAR_SECONDS = 120  # bounded, whatever else this machine is doing


@pytest.fixture
def server(tmp_path):
    users = {f"gw-{CODE}": generate_key(tmp_path / "key")}
    with SftpServer(tmp_path / "root", users, tmp_path / "host.key") as server:
        yield server


@pytest.fixture
def connection(server, tmp_path):
    return Connection(
        host="127.0.0.1",
        port=server.port,
        user=f"gw-{CODE}",
        key_file=tmp_path / "key",
        fingerprints=(server.fingerprint,),
        deadline_seconds=60,
    )


@pytest.fixture
def inbox(server, tmp_path):
    return tmp_path / "root" / CODE / "inbox"


class Stalling:
    """A wire that passes so many bytes to the client, then nothing, without closing."""

    def __init__(self, port: int, passes: int) -> None:
        self.left = passes
        self._target = port
        self._sockets = [socket.create_server(("127.0.0.1", 0))]
        self.port = self._sockets[0].getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            client, _ = self._sockets[0].accept()
            server = socket.create_connection(("127.0.0.1", self._target))
            self._sockets += [client, server]
            threading.Thread(target=self._pass, args=(client, server, False), daemon=True).start()
            self._pass(server, client, True)

    def _pass(self, source: socket.socket, sink: socket.socket, counted: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                if counted:
                    data = data[: max(self.left, 0)]
                    self.left -= len(data)
                sink.sendall(data)

    def close(self) -> None:
        for wire in self._sockets:
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)
            wire.close()


class LateWatchdog(Watchdog):
    """One whose timer comes late, as on a machine under load."""

    def allow(self, seconds: float) -> None:
        super().allow(seconds + 0.4)


@pytest.mark.parametrize("missing", [40, 100, 140, 200, 300, 500, 1500, 2550, 1 << 30])
def test_a_stall_while_connecting_ends_in_bounded_time(server, connection, missing, monkeypatch):
    """Some 2,600 bytes lead to a session: the wire stops that many before its end, so that the
    client waits for a banner, a key, an answer to its login, a channel, a subsystem. paramiko's own
    limits, which tell a stall like a connection lost, are never first."""
    monkeypatch.setattr("recupero.exchange.sftp.Watchdog", LateWatchdog)
    whole = Stalling(server.port, 1 << 40)
    connect(replace(connection, port=whole.port)).close()
    needed = (1 << 40) - whole.left
    whole.close()
    wire = Stalling(server.port, needed - missing)
    started = time.monotonic()
    try:
        with pytest.raises(RemoteSlow):
            connect(replace(connection, port=wire.port, deadline_seconds=0.6))
        assert time.monotonic() - started < FAR_SECONDS
    finally:
        wire.close()


@pytest.mark.parametrize("call", ["list", "stat", "read", "write", "rename"])
def test_a_stall_in_a_session_ends_in_bounded_time(server, connection, inbox, call):
    (inbox / "file").write_bytes(bytes(100_000))
    wire = Stalling(server.port, 1 << 40)
    remote = connect(replace(connection, port=wire.port))
    try:
        remote._deadline_seconds = 0.5
        wire.left = 0
        calls = {
            "list": lambda: remote.list("inbox"),
            "stat": lambda: remote.stat("inbox", "file"),
            "read": lambda: list(remote.read("inbox", "file")),
            "write": lambda: remote.write("outbox", "file", bytes(100_000)),
            "rename": lambda: remote.rename("inbox", "file", "archive", "file"),
        }
        if call in ("list", "write"):  # these are given time for their size beside the deadline
            remote._client.get_channel().settimeout(0.5)
        started = time.monotonic()
        with pytest.raises(RemoteSlow, match="no answer"):
            calls[call]()
        assert time.monotonic() - started < FAR_SECONDS
    finally:
        remote.close()
        wire.close()


def test_nothing_is_printed_whatever_clients_do(server, connection, capfd):
    for junk in (b"", b"GET / HTTP/1.0\r\n\r\n", b"SSH-2.0-x\r\n" + bytes(5_000)):
        with socket.create_connection(("127.0.0.1", server.port)) as wire:
            wire.sendall(junk)
    remote = connect(connection)
    remote._session._wire.shutdown(socket.SHUT_RDWR)
    with pytest.raises(RemoteUnavailable):
        remote.list("inbox")
    remote.close()
    with closing(connect(connection)) as sound:
        assert sound.list("inbox") == []
    server.stop()
    assert capfd.readouterr() == ("", "")


def test_a_dead_server_is_unavailable(server, connection, inbox):
    remote = connect(connection)
    (inbox / "file").write_bytes(bytes(2_000_000))
    reading = remote.read("inbox", "file")
    next(reading)
    server.stop()
    with pytest.raises(RemoteUnavailable):
        b"".join(reading)
    for call in (lambda: remote.list("inbox"), lambda: remote.write("outbox", "x", b"x")):
        with pytest.raises(RemoteUnavailable):
            call()
    remote.close()
    with pytest.raises(RemoteUnavailable, match="cannot be reached"):
        connect(connection)


@pytest.mark.parametrize("call", ["list", "read"])
def test_a_connection_that_ends_is_not_the_end_of_a_file(connection, inbox, monkeypatch, call):
    """paramiko tells both by the same exception; a listing cut short would lose files, and a cut
    download would pass for a file that changed, which nobody tries again."""
    (inbox / "file").write_bytes(bytes(100_000))
    with closing(connect(connection)) as remote:
        answer = remote._client._read_response

        def answer_or_end(waitfor=None):
            if remote._client.request_number > 4:
                raise EOFError
            return answer(waitfor)

        monkeypatch.setattr(remote._client, "_read_response", answer_or_end)
        with pytest.raises(RemoteUnavailable, match="the connection was lost"):
            remote.list("inbox") if call == "list" else b"".join(remote.read("inbox", "file"))
