"""Prefect's server as a quiet child process; it ends with this process, however that ends.

Prefect conducts and shows, the application's database knows: this server may be lost and begun
again at any time. This module never loads Prefect, which takes seconds, where nobody else did.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from recupero.errors import Fault, SettingsError
from recupero.store import launch

_HOST = "127.0.0.1"
_PORTS = range(4200, 4220)  # Prefect's own port, and some for others on the same machine
_STOP_SECONDS = 15.0
_HAND_OVER_SECONDS = 5.0

# Nothing leaves the machine: server telemetry, client telemetry, and the second UI, which asks an
# outside host from the browser even with both off.
_QUIET = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_UI_V2_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
}
#: Left alone, every event of a task run is a transaction of its own.
_BATCHED = {
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
}


class Conductor:
    """Prefect's server for one home folder; as a context manager it waits until ready.

    State in ``home/prefect``, output in ``home/logs/prefect.log``.
    """

    def __init__(self, home: Path, prefect_url: str, port: int | None = None) -> None:
        """*prefect_url* is a ``postgresql://`` address; without *port* a free one is taken."""
        self._folder = home.expanduser().resolve() / "prefect"
        self._log = self._folder.parent / "logs" / "prefect.log"
        self._database_url = _for_asyncpg(prefect_url)
        self._wanted_port = port
        self._port: int | None = None
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        try:
            self.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """Where it listens, on this machine only."""
        if self._port is None:
            raise Fault("Prefect's server was asked for its port before it was started")
        return self._port

    @property
    def ui_url(self) -> str:
        """What a person opens."""
        return f"http://{_HOST}:{self.port}"

    @property
    def api_url(self) -> str:
        """What ``PREFECT_API_URL`` must say."""
        return f"{self.ui_url}/api"

    def environment(self) -> dict[str, str]:
        """What a process needs to work with this server, set before it imports Prefect."""
        beside = os.environ.get("NO_PROXY") or os.environ.get("no_proxy")
        return {
            **_QUIET,
            "PREFECT_HOME": str(self._folder),
            "PREFECT_API_URL": self.api_url,
            "PREFECT_UI_URL": self.ui_url,
            "NO_PROXY": f"{beside},{_HOST}" if beside else _HOST,
        }

    def start(self) -> None:
        """Start the server and return at once; the main thread must do it (see ``launch``)."""
        if self._server is not None:
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._log.parent.mkdir(mode=0o700, exist_ok=True)
        program = [sys.executable, "-P", str(Path(__file__).with_name("prefect_server.py"))]
        with _listen(self._wanted_port) as listener, self._log.open("ab") as log:
            self._port = listener.getsockname()[1]
            descriptor = listener.fileno()
            self._server = subprocess.Popen(
                launch.line(*program, str(descriptor), parent=os.getpid()),
                cwd=self._folder,  # Prefect reads settings from files in the working folder
                env=self._server_environment(),
                pass_fds=[descriptor],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a terminal's Ctrl-C is ours to handle
            )

    def wait_ready(self, seconds: float = 120) -> None:
        """Return when the server answers. Raises :class:`Fault` naming its log otherwise."""
        deadline = time.monotonic() + seconds
        while not self._healthy():
            if self._server is None or self._server.poll() is not None:
                raise Fault("Prefect's server ended while starting", str(self._log))
            if time.monotonic() > deadline:
                raise Fault(f"Prefect's server is not ready after {seconds:g} s", str(self._log))
            time.sleep(0.1)

    def stop(self) -> None:
        """End the server; its data stays."""
        server, self._server, self._port = self._server, None, None
        if server is None:
            return
        _hand_over()
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()

    def _server_environment(self) -> dict[str, str]:
        foreign = {key: value for key, value in os.environ.items() if not key.startswith("PREFECT")}
        return {
            **foreign,
            **self.environment(),
            **_BATCHED,
            "PREFECT_SERVER_DATABASE_CONNECTION_URL": self._database_url,
            "PREFECT_SERVER_API_HOST": _HOST,
            "PREFECT_SERVER_API_PORT": str(self.port),
            "PREFECT_SERVER_UI_API_URL": self.api_url,
            # Otherwise it writes into the installed package.
            "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(self._folder / "ui"),
        }

    def _healthy(self) -> bool:
        # The socket has been open from the start: a request waits until the server is there.
        connection = http.client.HTTPConnection(_HOST, self.port, timeout=1)
        try:
            connection.request("GET", "/api/health")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _hand_over() -> None:
    """What this process told Prefect is with the server before that ends; it would complain."""
    if "prefect" not in sys.modules:
        return
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    for worker in (EventsWorker, APILogWorker):
        worker.drain_all(timeout=_HAND_OVER_SECONDS)


def _listen(wanted_port: int | None) -> socket.socket:
    """A listening socket on *wanted_port*, or on the first free one."""
    ports = [*_PORTS, 0] if wanted_port is None else [wanted_port]
    for port in ports:
        try:
            return socket.create_server((_HOST, port))
        except OSError:
            continue
    raise SettingsError("is taken by another program", f"port {wanted_port}", "choose another")


def _for_asyncpg(url: str) -> str:
    """The address in the form Prefect's driver reads; it spells TLS differently than libpq."""
    scheme, _separator, rest = url.partition("://")
    if scheme not in ("postgresql", "postgres"):
        raise SettingsError("must start with postgresql://", "RECUPERO_PREFECT_URL")
    return f"postgresql+asyncpg://{rest.replace('sslmode=', 'ssl=')}"
