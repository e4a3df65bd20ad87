"""Three SFTP servers over a folder, opened in one way: ours, OpenSSH's and asyncssh's."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncssh
import paramiko

from recupero.exchange.connection import Connection
from recupero.exchange.rooted import FOLDERS
from recupero.exchange.server import SftpServer, generate_key
from tests.edges.openssh import openssh
from tests.faults.quirks import OddAsyncssh, Quirks, odd_files

EMBEDDED, OPENSSH, ASYNCSSH = "embedded", "OpenSSH", "asyncssh"
SERVERS = (EMBEDDED, OPENSSH, ASYNCSSH)


@dataclass(frozen=True)
class Server:
    """A running server: the way in, the folder on disk behind it, and how it may be made odd."""

    name: str
    connection: Connection
    root: Path
    quirks: Quirks = field(default_factory=Quirks)


@contextmanager
def serving(name: str, root: Path, own: Path, program: Callable[[str], Path]) -> Iterator[Server]:
    """The server called *name* over *root*, which is called by an institution's code.

    Its own files are in the empty folder *own*; it listens on the loopback address alone.
    """
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
    opened = {EMBEDDED: _embedded, OPENSSH: _openssh, ASYNCSSH: _asyncssh}[name]
    with opened(root, own, program) as server:
        assert listening_addresses(server.connection.port) == {"127.0.0.1"}
        yield server


@contextmanager
def _embedded(root: Path, own: Path, _program: Callable[[str], Path]) -> Iterator[Server]:
    quirks, user = Quirks(), f"gw-{root.name}"
    users = {user: generate_key(own / "client.key")}
    server = SftpServer(root.parent, users, own / "host.key")
    server.files = odd_files(quirks)
    with server:
        yield Server(EMBEDDED, _connection(own, server.port, user), root, quirks)


@contextmanager
def _openssh(root: Path, own: Path, program: Callable[[str], Path]) -> Iterator[Server]:
    begin_there = f"ForceCommand internal-sftp -d {root}\n"
    with openssh(str(program("sshd")), own, begin_there) as connection:
        yield Server(OPENSSH, connection, root)


@contextmanager
def _asyncssh(root: Path, own: Path, _program: Callable[[str], Path]) -> Iterator[Server]:
    quirks = Quirks()
    generate_key(own / "host.key")
    (own / "authorized").write_text(generate_key(own / "client.key") + "\n")
    ready: Future[int] = Future()
    loop = asyncio.new_event_loop()
    ended = asyncio.Event()
    sessions: set[_Counted] = set()

    async def serve() -> None:
        listener = await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=lambda: _Counted(sessions),
            server_host_keys=[str(own / "host.key")],
            authorized_client_keys=str(own / "authorized"),
            sftp_factory=lambda channel: OddAsyncssh(channel, str(root), quirks),
        )
        ready.set_result(listener.get_port())
        await ended.wait()
        listener.close()
        await listener.wait_closed()
        for session in sessions:
            session.connection.abort()
        while sessions:
            await asyncio.sleep(0.01)

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    try:
        yield Server(ASYNCSSH, _connection(own, ready.result(30), "gw"), root, quirks)
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()


class _Counted(asyncssh.SSHServer):
    """A login that can be waited for: whoever stops the loop earlier leaves a socket open."""

    def __init__(self, sessions: set[_Counted]) -> None:
        self._sessions = sessions

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.connection = conn
        self._sessions.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._sessions.discard(self)


def _connection(own: Path, port: int, user: str) -> Connection:
    return Connection(
        host="127.0.0.1",
        port=port,
        user=user,
        key_file=own / "client.key",
        fingerprints=(paramiko.PKey.from_path(own / "host.key").fingerprint,),
    )


def write_connection(path: Path, connection: Connection, **other: object) -> None:
    """The connection file that leads there; *other* settings are put in the place of its own."""
    settings = {
        "host": connection.host,
        "port": connection.port,
        "user": connection.user,
        "key_file": str(connection.key_file),
        "fingerprints": list(connection.fingerprints),
        "deadline_seconds": connection.deadline_seconds,
    } | other
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items()))


def listening_addresses(port: int) -> set[str]:
    """On which addresses of this machine somebody listens at *port*; IPv6 ones as ``[::]``."""
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            address, _, number = local.partition(":")
            if state == "0A" and int(number, 16) == port:
                octets = bytes.fromhex(address)[::-1]
                found.add(".".join(map(str, octets)) if len(octets) == 4 else "[::]")
    return found
