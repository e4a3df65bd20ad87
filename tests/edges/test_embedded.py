"""The embedded server: who owns it, what survives a kill, and what it leaves alone on disk."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from recupero.errors import StoreRefused
from recupero.store import embedded, launch, postgres_programs
from recupero.store.embedded import EmbeddedPostgres
from recupero.store.postgres_programs import Programs
from tests.edges.own_gateway import accounts

PROJECT = Path(__file__).resolve().parents[2]

HOLD = """
import sys, time
from pathlib import Path
from recupero.store.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start()
print(server.addresses().owner_url, server.owner, flush=True)
sys.stdin.read()
server.stop()
"""

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@pytest.fixture
def new_home() -> Iterator[Path]:
    """Where nothing was started yet; not pytest's own folder, whose path is long."""
    folder = Path(tempfile.mkdtemp(prefix="rec-"))
    yield folder / "home"
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def stopped() -> Iterator[Path]:
    """A home whose server was started once and stopped."""
    folder = Path(tempfile.mkdtemp(prefix="rec-"))
    with EmbeddedPostgres(folder):
        pass
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def home(new_home: Path, stopped: Path) -> Path:
    """A copy of that."""
    shutil.copytree(stopped / "postgres", new_home / "postgres")
    return new_home


def write(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.addresses().owner_url) as connection:
        connection.execute("CREATE TABLE kept (value int)")
        connection.execute("INSERT INTO kept VALUES (7)")


def kept(server: EmbeddedPostgres) -> int:
    with psycopg.connect(server.addresses().owner_url) as connection:
        row = connection.execute("SELECT value FROM kept").fetchone()
    assert row is not None
    return int(row[0])


def postmaster(home: Path) -> int:
    return int((home / "postgres" / "postmaster.pid").read_text().split()[0])


def gone(pid: int) -> bool:
    """Wait until the process has ended; a zombie has."""
    for _attempt in range(600):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False


def test_starts_stops_and_keeps_its_data(new_home: Path) -> None:
    server = EmbeddedPostgres(new_home)
    with pytest.raises(StoreRefused):
        server.addresses()
    with server:
        assert server.running
        assert server.owner
        server.start()  # a second time changes nothing
        write(server)
        pid = postmaster(new_home)
    assert gone(pid)
    assert not server.running
    assert not (new_home / "postgres" / "postmaster.pid").exists()
    with server:
        assert kept(server) == 7


def test_a_killed_server_recovers(home: Path) -> None:
    with EmbeddedPostgres(home) as server:
        write(server)
        os.kill(postmaster(home), signal.SIGKILL)
        assert gone(postmaster(home))
        assert not server.running
        server.start()
        assert kept(server) == 7


def test_a_stale_pid_file_that_names_a_living_stranger_is_no_obstacle(home: Path) -> None:
    with EmbeddedPostgres(home) as server:
        write(server)
        lines = (home / "postgres" / "postmaster.pid").read_text().splitlines()
    lines[0] = "1"
    (home / "postgres" / "postmaster.pid").write_text("\n".join(lines) + "\n")
    with EmbeddedPostgres(home) as server:
        assert kept(server) == 7


def test_an_interrupted_first_start_is_begun_again(new_home: Path) -> None:
    (new_home / "postgres.new").mkdir(parents=True)
    (new_home / "postgres.new" / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(new_home) as server:
        assert server.running
    assert not (new_home / "postgres.new").exists()


def hold(home: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLD, str(home)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=PROJECT, stdin=pipe, stdout=pipe, text=True)


def test_a_second_process_is_a_guest(home: Path) -> None:
    with EmbeddedPostgres(home) as server, hold(home) as other:
        assert other.stdout is not None
        assert other.stdout.readline().split() == [server.addresses().owner_url, "False"]
        other.communicate("")
        assert other.returncode == 0
        write(server)


def test_the_server_ends_with_a_killed_owner_and_starts_again(home: Path) -> None:
    with hold(home) as other:
        assert other.stdout is not None
        assert other.stdout.readline().endswith("True\n")
        pid = postmaster(home)
        other.kill()
    with EmbeddedPostgres(home) as server:  # at once: the old one may still be shutting down
        assert postmaster(home) != pid
        write(server)
    assert gone(pid)


def test_no_role_is_privileged_and_each_enters_only_its_own(home: Path) -> None:
    with EmbeddedPostgres(home) as server:
        addresses = server.addresses()
        with psycopg.connect(addresses.database_url) as connection:
            found = connection.execute(
                "SELECT rolname, rolcanlogin, rolsuper OR rolcreaterole OR rolcreatedb"
                " OR rolreplication OR rolbypassrls FROM pg_roles WHERE rolname LIKE 'recupero%'"
                " ORDER BY 1"
            ).fetchall()
        assert found == [
            ("recupero_app", True, False),
            ("recupero_owner", True, False),
            ("recupero_prefect", True, False),
        ]
        with (
            psycopg.connect(addresses.database_url) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("CREATE TABLE mine (value int)")
        for role, database in [("recupero_app", "prefect"), ("recupero_prefect", "recupero")]:
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(server.url(role, database))


def test_the_server_is_as_declared(home: Path) -> None:
    with (
        EmbeddedPostgres(home) as server,
        psycopg.connect(server.addresses().database_url) as connection,
    ):
        for name, value in [
            ("data_checksums", "on"),
            ("server_encoding", "UTF8"),
            ("listen_addresses", ""),
            ("fsync", "on"),
            ("synchronous_commit", "on"),
            ("TimeZone", "UTC"),
        ]:
            assert connection.execute(f"SHOW {name}".encode()).fetchone() == (value,)


def modes(folder: Path) -> list[tuple[str, str, int]]:
    return [
        (str(part), stat.filemode(part.stat().st_mode), part.stat().st_uid)
        for part in [folder, *folder.parents]
    ]


@needs_root
def test_root_starts_it_inside_a_private_folder_and_changes_nothing_else(new_home: Path) -> None:
    new_home.mkdir(mode=0o700)
    before, users = modes(new_home), accounts()
    with EmbeddedPostgres(new_home) as server:
        write(server)
        socket = Path(server.addresses().owner_url.partition("host=")[2])
        assert modes(socket)[0][1] == "drwx------"
        status = Path(f"/proc/{postmaster(new_home)}/status").read_text()
    assert modes(new_home) == before
    assert accounts() == users
    assert not socket.exists()
    assert "CapEff:\t0000000000000000" in status


@needs_root
def test_root_without_namespaces_runs_it_as_nobody(
    new_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A container's refusal of namespaces cannot be provoked here.
    installed = postgres_programs.installation()
    copied = postgres_programs.copy_of(installed)
    new_home.mkdir(mode=0o700)
    before = modes(new_home)
    try:
        with monkeypatch.context() as patch:
            programs = Programs(copied / "bin", "drop")
            patch.setattr(embedded, "find_programs", lambda: programs)
            with EmbeddedPostgres(new_home) as server:
                write(server)
                assert Path(f"/proc/{postmaster(new_home)}").stat().st_uid == launch.NOBODY
        assert modes(new_home) == before
        with EmbeddedPostgres(new_home) as server:  # back to a namespace: the files change hands
            assert kept(server) == 7
    finally:
        shutil.rmtree(copied.parents[1])


@needs_root
def test_an_ordinary_user_runs_it_as_itself(new_home: Path) -> None:
    new_home.mkdir()
    launcher = [sys.executable, launch.__file__, "namespace", "0"]
    command = [*launcher, sys.executable, "-c", HOLD, str(new_home)]
    done = subprocess.run(
        command, cwd=PROJECT, input="", capture_output=True, text=True, check=False
    )
    if done.returncode == launch.REFUSED:  # the kernel's word, which no package changes
        pytest.skip("needs user namespaces")
    assert done.stdout.endswith("True\n"), done.stderr
    assert f"host={new_home}/socket" in done.stdout


def test_a_long_home_gets_a_short_socket(home: Path) -> None:
    with EmbeddedPostgres(home / ("long-" * 20)) as server:
        write(server)
        assert len(server.addresses().owner_url) < 150


def test_the_reason_for_not_starting_is_one_line(home: Path) -> None:
    (home / "postgres" / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(StoreRefused, match=r"PostgreSQL did not start: .*FATAL") as caught:
        EmbeddedPostgres(home).start()
    assert "\n" not in str(caught.value)
