"""An SFTP server that wants what it is told to want, step by step, and tells what it was shown."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_PARTIALLY_SUCCESSFUL,
    AUTH_SUCCESSFUL,
    OPEN_SUCCEEDED,
)
from paramiko.server import InteractiveQuery

from recupero.exchange.server import generate_key

Questions = Sequence[tuple[str, bool]]
PASSWORD_ASKED: tuple[Questions, ...] = ([("Password: ", False)],)


class Strict(paramiko.ServerInterface):
    """Wants *steps* one after the other; interactively asks *rounds* of questions."""

    def __init__(
        self,
        steps: Sequence[str],
        key: str,
        password: str,
        rounds: Sequence[Questions] = PASSWORD_ASKED,
        hangs_up: bool = False,
        expired: bool = False,
    ) -> None:
        self.shown: list[str] = []
        self.transport: paramiko.Transport | None = None
        self._left = list(steps)
        self._key = key.split()[1]
        self._password = password
        self._rounds = list(rounds)
        self._hangs_up = hangs_up
        self._expired = expired

    def get_allowed_auths(self, username: str) -> str:
        return self._left[0]

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return self._judged("publickey", key.get_base64() == self._key)

    def check_auth_password(self, username: str, password: str) -> int:
        if self._expired and self.transport is not None:
            self.shown.append("password")
            asked = paramiko.Message()  # SSH_MSG_USERAUTH_PASSWD_CHANGEREQ, RFC 4252, 8
            asked.add_byte(bytes([60]))
            asked.add_string("it has expired")
            asked.add_string("")
            self.transport._send_message(asked)
            return AUTH_FAILED
        return self._judged("password", password == self._password)

    def check_auth_interactive(self, username: str, submethods: str) -> int | InteractiveQuery:
        if self._left[0] != "keyboard-interactive":
            return self._judged("keyboard-interactive", False)
        return InteractiveQuery("", "", *self._rounds.pop(0))

    def check_auth_interactive_response(self, responses: list[str]) -> int | InteractiveQuery:
        if self._rounds:
            return InteractiveQuery("", "", *self._rounds.pop(0))
        # Of an empty last round nothing comes back.
        given = responses[0] if responses else self._password
        return self._judged("keyboard-interactive", given == self._password)

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED

    def _judged(self, method: str, right: bool) -> int:
        self.shown.append(method)
        if self._hangs_up and self.transport is not None:
            self.transport.close()
        if not right or method != self._left[0]:
            return AUTH_FAILED
        if len(self._left) == 1:
            return AUTH_SUCCESSFUL
        self._left.pop(0)
        return AUTH_PARTIALLY_SUCCESSFUL


@contextmanager
def strict_server(folder: Path, strict: Strict) -> Iterator[tuple[int, str]]:
    """Serves one session; gives its port and the fingerprint of its key."""
    generate_key(folder / "host.key")
    key = paramiko.PKey.from_path(folder / "host.key")
    sessions: list[paramiko.Transport] = []

    def serve(listener: socket.socket) -> None:
        with suppress(OSError, EOFError, paramiko.SSHException):
            wire, _ = listener.accept()
            strict.transport = transport = paramiko.Transport(wire)
            sessions.append(transport)
            transport.add_server_key(key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer)
            transport.start_server(event=threading.Event(), server=strict)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1], key.fingerprint
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            for session in sessions:
                session.close()
                session.join(30)
