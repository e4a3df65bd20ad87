"""The console script as a shell runs it: from any folder, with an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCRIPT = Path(sys.executable).with_name("recupero")

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

    @property
    def home(self) -> Path:
        return Path(self.environment["RECUPERO_HOME"])

    def __call__(self, *arguments: str | Path) -> Ran:
        return self._run(str(SCRIPT), *map(str, arguments))

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


def children(pid: int) -> set[int]:
    """The process numbers of all that *pid* started, and of all that those started."""
    try:
        started = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:  # PostgreSQL's workers come and go
        return set()
    return {int(child) for child in started}.union(*(children(int(child)) for child in started))
