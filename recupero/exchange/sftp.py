"""An SFTP session: pinned host key, our choice of algorithms, an end to every wait."""

from __future__ import annotations

import contextlib
import socket
import stat
import struct
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager

import paramiko
from paramiko.sftp import (
    SFTP_CONNECTION_LOST,
    SFTP_FLAG_CREATE,
    SFTP_FLAG_READ,
    SFTP_FLAG_TRUNC,
    SFTP_FLAG_WRITE,
    SFTP_NO_CONNECTION,
    SFTP_NO_SUCH_FILE,
    SFTP_PERMISSION_DENIED,
    SFTPError,
)

from recupero.durable import effect
from recupero.errors import (
    FileMoved,
    HostKeyMismatch,
    RemoteRefused,
    RemoteSlow,
    RemoteUnavailable,
)
from recupero.exchange.algorithms import ChosenTransport
from recupero.exchange.connection import Connection
from recupero.exchange.login import Proof, log_in, proofs
from recupero.exchange.named_secret import NamedSecrets
from recupero.exchange.remote import (
    LISTING_ENTRIES_MAX,
    Described,
    RemoteFile,
    SmallFiles,
    path_bytes,
    shown,
)
from recupero.exchange.sftp_small import Small, read_small
from recupero.exchange.sftp_wire import (
    REQUEST_BYTES,
    EndOfFile,
    Refusal,
    TooManyEntries,
    WireClient,
)
from recupero.exchange.watchdog import Watchdog

WINDOW_BYTES_MIN = 2 << 20
RATE_MIN_BYTES = 16 * 1024  # per second: a slower transfer is as good as a stalled one
ENTRY_BYTES = 64  # of a listing, about
AFTER_WATCHDOG_SECONDS = 30.0  # paramiko's own limits: whoever is first says what is told


def connect_sftp(connection: Connection, secrets: NamedSecrets) -> SftpRemote:
    """Open a session; the whole of it within the connection's deadline.

    Looking up the host's name is left to the system's own limits.
    """
    ours = proofs(connection, secrets)
    where = f"{connection.host}:{connection.port}"
    try:
        wire = socket.create_connection(
            (connection.host, connection.port), timeout=connection.deadline_seconds
        )
    except OSError as error:
        raise RemoteUnavailable(f"cannot be reached: {error.strerror or 'no answer'}", where) from (
            None
        )
    # paramiko leaves Nagle's algorithm on, which makes small requests 7 to 10 times slower.
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    session = _Session(wire, where)
    try:
        with session.asking("", connection.deadline_seconds) as watchdog:
            client = session.start(connection, ours, watchdog)
    except BaseException:
        session.close()
        raise
    return SftpRemote(connection, session, client)


class _Session:
    """The transport below an SFTP client, and the one place where its failures get our names."""

    def __init__(self, wire: socket.socket, where: str) -> None:
        self.where = where
        self._wire = wire
        try:
            self.transport = ChosenTransport(wire)
        except BaseException:
            wire.close()
            raise

    def start(
        self, connection: Connection, ours: dict[str, Proof], watchdog: Watchdog
    ) -> WireClient:
        """Negotiate, know the server, only then authenticate, and open the subsystem."""
        transport, later = self.transport, connection.deadline_seconds + AFTER_WATCHDOG_SECONDS
        transport.banner_timeout = transport.handshake_timeout = later
        transport.auth_timeout = transport.channel_timeout = later
        transport.start_client(timeout=later)
        shown_key = transport.get_remote_server_key()
        if shown_key.fingerprint not in connection.fingerprints:
            raise HostKeyMismatch(
                f"showed the {shown_key.get_name()} key {shown_key.fingerprint}, not pinned",
                self.where,
                "ask the institution by another way before pinning it",
            )
        log_in(transport, ours, self.where, watchdog)
        channel = transport.open_session(
            window_size=max(WINDOW_BYTES_MIN, connection.reads_under_way * REQUEST_BYTES)
        )
        channel.settimeout(connection.deadline_seconds)
        channel.invoke_subsystem("sftp")
        client = WireClient(channel)
        client.learn_limits()
        return client

    @contextmanager
    def asking(self, path: str, seconds: float) -> Iterator[Watchdog]:
        """Bound what is asked, and map every way it can fail.

        After a failure of the wire nobody knows which answers are still to come, so the session
        ends there.
        """
        where = f"{self.where} {path}".rstrip()
        try:
            with Watchdog(seconds, self.close) as watchdog:
                yield watchdog
        except Refusal as refusal:
            raise _mapped(refusal, where) from None
        except TooManyEntries:
            self.close()
            raise RemoteRefused(f"holds more than {LISTING_ENTRIES_MAX} entries", where) from None
        except paramiko.ssh_exception.IncompatiblePeer as error:
            self.close()
            raise RemoteRefused(
                f"offers no algorithm we accept: {error}", where, "its software must be upgraded"
            ) from None
        except (paramiko.SSHException, SFTPError, OSError, EOFError, struct.error) as error:
            self.close()
            if watchdog.expired or isinstance(error, TimeoutError):
                raise RemoteSlow(f"gave no answer in {seconds:g} s", where) from None
            raise RemoteUnavailable("the connection was lost", where) from None

    def close(self) -> None:
        """Cut it, from any thread: every blocked call of the session ends with an error."""
        with contextlib.suppress(OSError):  # the other side may have cut it before
            self._wire.shutdown(socket.SHUT_RDWR)
        self.transport.close()
        self._wire.close()


class SftpRemote:
    """One institution's account on an SFTP server."""

    def __init__(self, connection: Connection, session: _Session, client: WireClient) -> None:
        self._session = session
        self._client = client
        self._deadline_seconds = connection.deadline_seconds
        self._under_way = connection.reads_under_way

    def list(self, folder: str) -> list[RemoteFile]:
        with effect("sftp.list"), self._asking(f"{folder}/") as watchdog:
            watchdog.allow(self._patience_seconds(LISTING_ENTRIES_MAX * ENTRY_BYTES))
            entries = self._client.entries(path_bytes(folder))
        files = (
            _described(name.decode("utf-8", "surrogateescape"), attributes)
            for name, attributes in entries
        )
        return sorted(files, key=lambda file: file.name)

    def stat(self, folder: str, name: str) -> RemoteFile | None:
        [found] = self.stat_each(folder, [name])
        return found

    def read(self, folder: str, name: str, seen: RemoteFile | None = None) -> Iterator[bytes]:
        where = shown(folder, name)
        with effect("sftp.read"), self._asking(where) as watchdog:
            try:
                with self._client.opened(path_bytes(folder, name), SFTP_FLAG_READ) as handle:
                    opened = _described(name, self._client.status(handle))
                    size = _readable_size(opened, seen, where)
                    watchdog.allow(self._patience_seconds(size))
                    came = yield from self._exactly(handle, size, where)
                    held = _described(name, self._client.status(handle))
            except Refusal as refusal:
                if refusal.code != SFTP_NO_SUCH_FILE:
                    raise
                raise FileMoved("went before it was read", where) from None
            if came != size or not opened == held == self._look(folder, name):
                raise FileMoved("changed while it was read", where)

    def read_small(self, folder: str, files: Sequence[RemoteFile]) -> SmallFiles:
        asked = [(path_bytes(folder, file.name), file.size or 0) for file in files]
        with effect("sftp.read"), self._asking(f"{folder}/") as watchdog:
            watchdog.allow(self._patience_seconds(sum(size for _, size in asked)))
            found = read_small(self._client, asked)
        return [
            _judged(file, one, shown(folder, file.name))
            for file, one in zip(files, found, strict=True)
        ]

    def stat_each(self, folder: str, names: Sequence[str]) -> Described:
        paths = [path_bytes(folder, name) for name in names]
        with self._asking(shown(folder, names[0])):
            found = self._client.lstat_each(paths)
        return [
            None if one is None else _described(name, one)
            for name, one in zip(names, found, strict=True)
        ]

    def write(self, folder: str, name: str, content: bytes) -> None:
        flags = SFTP_FLAG_WRITE | SFTP_FLAG_CREATE | SFTP_FLAG_TRUNC
        with effect("sftp.write"), self._asking(shown(folder, name)) as watchdog:
            watchdog.allow(self._patience_seconds(len(content)))
            with self._client.opened(path_bytes(folder, name), flags) as handle:
                self._client.write_all(handle, content, self._under_way)

    def rename(self, folder: str, name: str, to_folder: str, to_name: str) -> None:
        # Servers refuse, overwrite or fail differently when the target exists: look first.
        with effect("sftp.rename"), self._asking(shown(folder, name)):
            if self._look(to_folder, to_name) is not None:
                raise RemoteRefused("exists already", shown(to_folder, to_name))
            self._client.rename(path_bytes(folder, name), path_bytes(to_folder, to_name))

    def remove(self, folder: str, name: str) -> None:
        with effect("sftp.remove"), self._asking(shown(folder, name)):
            self._client.remove(path_bytes(folder, name))

    def close(self) -> None:
        self._session.close()
        self._session.transport.join(self._deadline_seconds)

    def _look(self, folder: str, name: str) -> RemoteFile | None:
        [found] = self._client.lstat_each([path_bytes(folder, name)])
        return None if found is None else _described(name, found)

    def _exactly(self, handle: bytes, size: int, where: str) -> Generator[bytes, None, int]:
        try:
            return (yield from self._client.read_exactly(handle, size, self._under_way))
        except EndOfFile:
            raise FileMoved("shrank while it was read", where) from None

    def _asking(self, path: str) -> contextlib.AbstractContextManager[Watchdog]:
        return self._session.asking(path, self._deadline_seconds)

    def _patience_seconds(self, size_bytes: int) -> float:
        return self._deadline_seconds + size_bytes / RATE_MIN_BYTES


def _described(name: str, attributes: paramiko.SFTPAttributes) -> RemoteFile:
    """A mode the server does not state counts as not regular: reading a pipe would block."""
    regular = attributes.st_mode is not None and stat.S_ISREG(attributes.st_mode)
    return RemoteFile(name, attributes.st_size, attributes.st_mtime, regular)


def _readable_size(opened: RemoteFile, seen: RemoteFile | None, where: str) -> int:
    if seen is not None and not opened.same_version(seen):
        raise FileMoved("is not the file that was listed", where)
    if not opened.regular or opened.size is None:
        raise RemoteRefused("is not a regular file of a stated size", where)
    return opened.size


def _judged(file: RemoteFile, found: Small, where: str) -> bytes | FileMoved | RemoteRefused:
    """The bytes of a small file that is still the one that was listed, or why not."""
    if isinstance(found.error, EndOfFile):
        return FileMoved("shrank while it was read", where)
    if found.error is not None:
        if found.error.code == SFTP_NO_SUCH_FILE:
            return FileMoved("went before it was read", where)
        error = _mapped(found.error, where)
        if isinstance(error, RemoteUnavailable):
            raise error
        return error
    for now in (found.held, found.named):
        if now is None or not file.same_version(_described(file.name, now)):
            return FileMoved("changed since it was listed", where)
    if len(found.content) != file.size:  # a server may answer with more than asked
        return FileMoved("is not of the size that was listed", where)
    return found.content


def _mapped(refusal: Refusal, where: str) -> RemoteRefused | RemoteUnavailable:
    if refusal.code == SFTP_PERMISSION_DENIED:
        return RemoteRefused("permission denied", where)
    if refusal.code == SFTP_NO_SUCH_FILE:
        return RemoteRefused("there is no such file or folder", where)
    if refusal.code in (SFTP_CONNECTION_LOST, SFTP_NO_CONNECTION):
        return RemoteUnavailable("the server lost its storage", where)
    return RemoteRefused(f"refused without a reason (code {refusal.code})", where)
