"""A PostgreSQL that was not ours to start: the system's programs, passwords, odd settings."""

from __future__ import annotations

import glob
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

from recupero.store.embedded import Addresses
from recupero.store.postgres_programs import Identity, Programs, installation

OWNER, APPLICATION = "cobranza_owner", "cobranza_app"
PASSWORD = "p@ss/w:rd%"


def system_programs() -> Programs | None:
    """The newest PostgreSQL of at least 15 that the machine has besides our wheel."""
    folders = {Path(name) for name in glob.glob("/usr/lib/postgresql/*/bin")}
    if (found := shutil.which("postgres")) is not None:
        folders.add(Path(found).resolve().parent)
    folders.discard(installation() / "bin")
    for folder in sorted(folders, key=_version, reverse=True):
        for identity in ("own", "namespace", "drop"):
            programs = Programs(folder, _identity(identity))
            if _version(folder) >= 15 and programs.runs() and _takes(programs):
                return programs
    return None


@contextmanager
def server(programs: Programs) -> Iterator[Addresses]:
    """Started for the test on a free port of this machine, stopped by its own process number."""
    home = Path(tempfile.mkdtemp(prefix="rec-pg-"))
    data = home / "data"
    data.mkdir()
    (home / "password").write_text(PASSWORD)
    programs.give(home)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    _initialise(programs, data, home / "password")
    options = {"listen_addresses": "127.0.0.1", "port": str(port), "unix_socket_directories": "",
               "fsync": "off", "dynamic_shared_memory_type": "sysv"}  # fmt: skip
    command = ["postgres", "-D", str(data)]
    command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with (home / "log").open("wb") as log:
        running = subprocess.Popen(programs.command(*command), cwd=data, stdout=log, stderr=log)
    try:
        yield _prepared(port, running, home / "log")
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(60)
        shutil.rmtree(home)


def _initialise(programs: Programs, data: Path, password: Path) -> None:
    options = ("-U", "dba", "-E", "UTF8", "--locale=C", "--no-sync", "--auth=scram-sha-256")
    command = programs.command("initdb", "-D", str(data), *options, "--pwfile", str(password))
    subprocess.run(command, cwd=data, check=True, capture_output=True)


def _prepared(port: int, running: subprocess.Popen[bytes], log: Path) -> Addresses:
    """Roles under other names than ours, and a database that writes dates the German way."""

    def url(role: str, database: str) -> str:
        return f"postgresql://{role}:{quote(PASSWORD, safe='')}@127.0.0.1:{port}/{database}"

    deadline = time.monotonic() + 60
    while True:
        try:
            connection = psycopg.connect(url("dba", "postgres"), autocommit=True)
            break
        except psycopg.OperationalError:
            if running.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(log.read_text()) from None
            time.sleep(0.05)
    with connection:
        for role in (OWNER, APPLICATION):
            connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'".encode())
        connection.execute(f"CREATE DATABASE cobranza OWNER {OWNER}".encode())
        for setting in ("datestyle = 'German, DMY'", "timezone = 'America/Lima'",
                        "client_encoding = 'LATIN1'", "standard_conforming_strings = off",
                        "default_transaction_isolation = 'serializable'"):  # fmt: skip
            connection.execute(f"ALTER DATABASE cobranza SET {setting}".encode())
    return Addresses(url(APPLICATION, "cobranza"), url(OWNER, "cobranza"), "")


def _version(folder: Path) -> int:
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, check=False)
    told = re.search(rb"\(PostgreSQL\) (\d+)", said.stdout)
    return int(told[1]) if told else 0


def _takes(programs: Programs) -> bool:
    """Whether the server would run as this identity: it refuses root."""
    asked = programs.command("initdb", "-D", "/dev/null/none")
    said = subprocess.run(asked, cwd="/", capture_output=True, check=False)
    return b"as root" not in said.stderr


def _identity(name: str) -> Identity:
    assert name in {"own", "namespace", "drop"}
    return name
