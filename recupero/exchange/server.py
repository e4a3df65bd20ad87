"""An SFTP server of our own, for the demo and the tests: this machine only, keys only.

In production the institutions' server is OpenSSH (``deployments/gateway``).

Users are ``<code>`` (the institution) and ``gw-<code>`` (Recupero on its behalf), both rooted at
``<root>/<code>``: one session of the gateway never sees a second institution, and paths are the
same for both.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from pathlib import Path

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
)

from recupero.errors import RemoteUnavailable, SettingsError
from recupero.exchange.keyring import INSTITUTION
from recupero.exchange.keys import generate_key, load_client_key
from recupero.exchange.rooted import FOLDERS, AnyNameSftp, RootedFiles

__all__ = ["GATEWAY_PREFIX", "SftpServer", "generate_key"]

GATEWAY_PREFIX = "gw-"
LOOPBACK = "127.0.0.1"
SESSIONS_MAX = 64
LOGIN_SECONDS = 30.0


class SftpServer:
    """Serve ``<root>/<code>/{inbox,outbox,archive}`` to *users* (name to public key lines).

    The host key is made on the first run. ``with`` starts and stops it.
    """

    files = RootedFiles

    def __init__(
        self, root: Path, users: dict[str, str], host_key_file: Path, port: int = 0
    ) -> None:
        self._root = root
        self._keys = {name: _public_keys(name, lines) for name, lines in users.items()}
        self._wanted_port = port
        generate_key(host_key_file)
        self._host_key = load_client_key(host_key_file)
        self._listener: socket.socket | None = None
        self._acceptor: threading.Thread | None = None
        self._sessions: list[paramiko.Transport] = []
        self._lock = threading.Lock()
        for name in users:
            for folder in FOLDERS:
                (root / institution_of(name) / folder).mkdir(0o700, parents=True, exist_ok=True)

    @property
    def fingerprint(self) -> str:
        """The host key as ``ssh-keygen -lf`` shows it, to be pinned."""
        return self._host_key.fingerprint

    @property
    def port(self) -> int:
        """Where it listens; known once started."""
        if self._listener is None:
            raise RemoteUnavailable("the SFTP server is not running", LOOPBACK)
        port: int = self._listener.getsockname()[1]
        return port

    def start(self) -> None:
        """Listen on the loopback address; RemoteUnavailable where the port is taken."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, self._wanted_port))
            listener.listen(SESSIONS_MAX)
        except OSError as error:
            listener.close()
            where = f"{LOOPBACK}:{self._wanted_port}"
            raise RemoteUnavailable(f"cannot listen: {error.strerror}", where) from None
        self._listener = listener
        self._acceptor = threading.Thread(target=self._accept, args=(listener,), daemon=True)
        self._acceptor.start()

    def stop(self) -> None:
        """Close the listener and every session; a second call does nothing."""
        listener, self._listener = self._listener, None
        if listener is not None:
            with contextlib.suppress(OSError):  # some systems say that it is not connected
                listener.shutdown(socket.SHUT_RDWR)  # wakes the accepting thread
            listener.close()
        if self._acceptor is not None:
            self._acceptor.join()
        with self._lock:
            sessions, self._sessions = self._sessions, []
        for session in sessions:
            session.close()
        for session in sessions:
            session.join(LOGIN_SECONDS)

    def __enter__(self) -> SftpServer:
        self.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.stop()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                wire, _ = listener.accept()
            except OSError:  # stopped
                return
            try:
                self._serve(wire)
            except (OSError, EOFError, paramiko.SSHException):
                wire.close()

    def _serve(self, wire: socket.socket) -> None:
        with self._lock:
            self._sessions = [session for session in self._sessions if session.is_alive()]
            if len(self._sessions) >= SESSIONS_MAX:
                wire.close()
                return
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport = paramiko.Transport(wire)
        transport.banner_timeout = transport.handshake_timeout = LOGIN_SECONDS
        transport.auth_timeout = LOGIN_SECONDS
        transport.add_server_key(self._host_key)
        login = _Login(self._keys)
        transport.set_subsystem_handler("sftp", _Subsystem, self.files, self._root)
        with self._lock:
            self._sessions.append(transport)
        transport.start_server(event=threading.Event(), server=login)


class _Login(paramiko.ServerInterface):
    """Public keys only, and nothing but the SFTP subsystem."""

    def __init__(self, keys: dict[str, frozenset[bytes]]) -> None:
        self._keys = keys
        self.user = ""

    def get_allowed_auths(self, username: str) -> str:
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        if key.asbytes() not in self._keys.get(username, frozenset()):
            return AUTH_FAILED
        self.user = username
        return AUTH_SUCCESSFUL

    def check_channel_request(self, kind: str, chanid: int) -> int:
        if kind == "session":
            return OPEN_SUCCEEDED
        return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


class _Subsystem(AnyNameSftp):
    """The files of the user who logged in."""

    def __init__(
        self,
        channel: paramiko.Channel,
        name: str,
        server: _Login,
        files: type[RootedFiles],
        root: Path,
    ) -> None:
        super().__init__(
            channel,
            name,
            server,
            files,
            root=root / institution_of(server.user),
            all_rights=server.user.startswith(GATEWAY_PREFIX),
        )


def institution_of(user: str) -> str:
    """The institution whose folders a user sees."""
    return user.removeprefix(GATEWAY_PREFIX)


def _public_keys(user: str, lines: str) -> frozenset[bytes]:
    """The keys of one or more ``authorized_keys`` lines."""
    if not INSTITUTION.fullmatch(institution_of(user)):
        raise SettingsError("is not an institution's code", f"SFTP user {user!r}")
    try:
        blobs = [
            paramiko.pkey.PublicBlob.from_string(line).key_blob
            for line in lines.splitlines()
            if line.strip()
        ]
    except ValueError:
        raise SettingsError("is not a public key line", f"SFTP user {user!r}") from None
    return frozenset(blobs)
