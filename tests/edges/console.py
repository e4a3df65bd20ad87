"""The console script as a shell runs it: from any folder, with an environment of its own.

Or as good as that, and several times cheaper: forked by a process that has the libraries imported.
"""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

SCRIPT = Path(sys.executable).with_name("recupero")

#: They start servers and Prefect, which reads its settings while it is imported.
_ALWAYS_ANEW = {"demo", "up"}

#: Runs the command in this interpreter and says, on the last line, which modules it took.
LOADED = """
import sys
sys.argv = ["recupero", *sys.argv[1:]]
from deployments.cli.main import run
try:
    run()
except SystemExit as ended:
    code = ended.code
print(code, *sorted(sys.modules))
"""


@dataclass(frozen=True)
class Ran:
    """How the command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """What ``--json`` printed: one document and nothing else."""
        return json.loads(self.out)


class Console:
    """Runs ``recupero`` in *folder* with ``RECUPERO_HOME`` and more settings."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        foreign = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("RECUPERO_", "PREFECT_"))
        }
        self.environment = {**foreign, "RECUPERO_HOME": str(folder / "home"), **settings}
        # What is no setting of ours may be one of the interpreter: it takes them when it starts.
        self._own_interpreter = any(not name.startswith("RECUPERO_") for name in settings)

    @property
    def home(self) -> Path:
        return Path(self.environment["RECUPERO_HOME"])

    def __call__(self, *arguments: str | Path) -> Ran:
        typed = [str(argument) for argument in arguments]
        if self._own_interpreter or _ALWAYS_ANEW & set(typed[:1]):
            return self._run(str(SCRIPT), *typed)
        return _forks().run(self.folder, self.environment, typed)

    def modules(self, *arguments: str | Path) -> tuple[int, set[str]]:
        """The exit code and the modules that the command imported."""
        ran = self._run(sys.executable, "-c", LOADED, *map(str, arguments))
        code, *names = ran.out.splitlines()[-1].split()
        return int(code), set(names)

    def _run(self, *command: str) -> Ran:
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


class _Forks:
    """The process that forks; `forking` says what for."""

    def __init__(self) -> None:
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._one_at_a_time = Lock()
        program = Path(__file__).with_name("forking.py")
        with theirs:
            self._server = subprocess.Popen(
                [sys.executable, "-P", str(program), str(theirs.fileno())],
                pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,  # its streams are made for pipes
            )  # fmt: skip

    def run(self, folder: Path, environment: dict[str, str], arguments: list[str]) -> Ran:
        order = {"folder": str(folder), "environment": environment, "arguments": arguments}
        (out, to_out), (err, to_err) = os.pipe(), os.pipe()
        streams = [os.open(os.devnull, os.O_RDONLY), to_out, to_err]
        with self._one_at_a_time, ThreadPoolExecutor(2) as readers:
            socket.send_fds(self._channel, [json.dumps(order).encode()], streams)
            for stream in streams:
                os.close(stream)
            said = list(readers.map(_all_of, (out, err)))
            code = self._channel.recv(16)
        assert code, self._server.communicate()
        return Ran(int(code), *said)

    def close(self) -> None:
        self._channel.close()
        self._server.communicate()


@cache
def _forks() -> _Forks:
    forks = _Forks()
    atexit.register(forks.close)
    return forks


def _all_of(stream: int) -> str:
    with os.fdopen(stream, "rb") as opened:
        return opened.read().decode()


def children(pid: int) -> set[int]:
    """The process numbers of all that *pid* started, and of all that those started."""
    try:
        started = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:  # PostgreSQL's workers come and go
        return set()
    return {int(child) for child in started}.union(*(children(int(child)) for child in started))
