"""Files over a real OpenSSH server on loopback: our way beside the ``sftp`` command's.

``python -m tests.bench.transfer [MIB] [RUNS]``. Big files are fetched as in a night: hashed, sealed
into the vault and synchronised; the command only writes the file, which is synchronised after it.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from contextlib import closing
from functools import partial
from pathlib import Path

from recupero.exchange.connect import connect
from recupero.exchange.connection import Connection
from recupero.exchange.pickup import Fetched, fetch_each
from recupero.exchange.sessions import Sessions
from recupero.exchange.vault import Vault
from tests.bench.report import FOLDER, Measure, interleaved, report
from tests.edges.openssh import openssh

CODE = "banco-andino"
SMALL_FILES = 500
SMALL_BYTES = 4096
SESSIONS = 4
#: The fetching alone, in a process of its own, which tells how far its memory grew.
_FETCHING = r"""
import sys
from pathlib import Path
from tests.bench.memory import forget_peak, peak_gib
from tests.bench.transfer import fetch_into_vault
from recupero.exchange.connection import Connection

host, port, user, key, fingerprint, small, big, vault = sys.argv[1:]
there = Connection(
    host=host, user=user, key_file=Path(key), fingerprints=(fingerprint,), port=int(port)
)
fetch_into_vault(there, small, Path(vault))
forget_peak()
before = peak_gib()
fetch_into_vault(there, big, Path(vault))
print((peak_gib() - before) * 1024)
"""


def fetch(connection: Connection, folder: str, vault: Path, sessions: int = 1) -> int:
    """Every file of *folder*, hashed and sealed, but not placed; how many there were."""
    receive = partial(Vault(str(vault), b"k" * 32).receive, CODE)
    with closing(connect(connection)) as remote:
        together = Sessions(remote, partial(connect, connection), sessions)
        found = fetch_each(together, folder, receive, poll_seconds=0, wait=lambda _: None)
        return sum(isinstance(one, Fetched) for one in found)


def fetch_into_vault(connection: Connection, folder: str, vault: Path) -> None:
    """Every file of *folder* into a vault that does not have it."""
    shutil.rmtree(vault, ignore_errors=True)
    kept = Vault(str(vault), b"k" * 32)
    with closing(connect(connection)) as remote:
        sessions, receive = Sessions(remote), partial(kept.receive, CODE)
        for found in fetch_each(sessions, folder, receive, poll_seconds=0, wait=lambda _: None):
            assert isinstance(found, Fetched)
            kept.place(found.content)


def put(connection: Connection, folder: str, content: bytes) -> None:
    """*content* as a file of *folder*, not read back."""
    with closing(connect(connection)) as remote:
        remote.write(folder, "put", content)


def command(connection: Connection, work: Path, *batch: str) -> None:
    """The ``sftp`` command, with its default cipher."""
    options = ["-o", "StrictHostKeyChecking=no", "-o", f"UserKnownHostsFile={work / 'known'}",
               "-o", "IdentitiesOnly=yes", "-o", "LogLevel=ERROR"]  # fmt: skip
    subprocess.run(
        ["sftp", "-q", *options, "-i", str(connection.key_file), "-P", str(connection.port),
         "-b", "-", f"{connection.user}@{connection.host}"],
        input="\n".join(batch), text=True, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip


def command_get(connection: Connection, work: Path, remote: Path) -> None:
    """The command's way to a file that survives a power cut."""
    command(connection, work, f"get {remote} {work / 'got'}")
    with (work / "got").open("rb") as file:
        os.fsync(file.fileno())


def growth_mib(connection: Connection, small: Path, big: Path, vault: Path) -> float:
    """How far memory grows from one file of a byte to a big one."""
    host, port, user = connection.host, str(connection.port), connection.user
    [fingerprint] = connection.fingerprints
    told = subprocess.run(
        [sys.executable, "-c", _FETCHING, host, port, user, str(connection.key_file), fingerprint,
         str(small), str(big), str(vault)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return float(told.stdout)


def measure(connection: Connection, work: Path, mib: int, runs: int) -> None:
    """All four, printed and written."""
    big, many, one, inbox = (work / name for name in ("big", "many", "one", "inbox"))
    for folder in (big, many, one, work / "copies"):
        folder.mkdir()
    chance = random.Random(1)
    content = b"".join(chance.randbytes(1 << 20) for _ in range(mib))
    (big / "file").write_bytes(content)
    (one / "file").write_bytes(b"x")
    for number in range(SMALL_FILES):
        (many / f"{number:03}").write_bytes(content[number : number + SMALL_BYTES])
    vault = work / "vault"
    got = interleaved(
        lambda: fetch_into_vault(connection, str(big), vault),
        lambda: command_get(connection, work, big / "file"), runs,
    )  # fmt: skip
    sent = interleaved(
        lambda: put(connection, str(inbox), content),
        lambda: command(connection, work, f"put {big / 'file'} {inbox / 'put'}"), runs,
    )  # fmt: skip
    small = interleaved(
        lambda: fetch(connection, str(many), vault, SESSIONS),
        lambda: command(connection, work, f"get {many}/* {work / 'copies'}/"), runs,
    )  # fmt: skip
    growth = growth_mib(connection, one, big, vault)
    against = "the sftp command, default cipher"
    report(
        "transfer", runs,
        [
            Measure("get_big_hashed_vs_openssh", got.ratio, 2.2, f"{against}, no hash"),
            Measure("put_big_vs_openssh", sent.ratio, 1.0, against),
            Measure("get_small_pool_vs_openssh", small.ratio, 0.8, f"{against}, get *"),
            Measure("peak_growth_mib", growth, 16.0, "the same process after a file of one byte"),
        ],
        [
            got.told(f"get {mib} MiB"), sent.told(f"put {mib} MiB"),
            small.told(f"get {SMALL_FILES} files of {SMALL_BYTES} bytes, {SESSIONS} sessions"),
        ],
    )  # fmt: skip


def main(mib: int = 300, runs: int = 5) -> None:
    """Server, files and vault in a folder that is gone afterwards."""
    program = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if program is None or shutil.which("sftp") is None:
        sys.exit("needs the system programs sshd and sftp (openssh-server, openssh-client)")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        work = Path(folder).absolute()
        with openssh(program, work) as connection:
            measure(connection, work, mib, runs)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
