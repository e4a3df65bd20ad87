"""Whatever is typed: an exit code of the contract, at most one line on stderr, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.edges.console import SCRIPT, Console

COMMANDS = (
    "", "demo", "up", "day", "check", "statement", "status", "delivery", "trace", "verify",
    "retain", "institution", "institution add", "institution list", "institution check",
    "institution layout", "packs", "packs show", "vault", "vault rotate",
    "vault clear",
)  # fmt: skip
PROFILES = Path(__file__).resolve().parents[2] / "deployments" / "institutions"


@pytest.fixture
def recupero(tmp_path: Path) -> Console:
    """A console in an empty folder, with the example profiles but no database."""
    (tmp_path / "junk").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "CARTERA_20261127.txt").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "empty").touch()
    return Console(tmp_path, RECUPERO_INSTITUTIONS=str(PROFILES))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(recupero: Console, command: str) -> None:
    ran = recupero(*command.split(), "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: recupero {command}".rstrip())
    assert list(recupero.folder.glob("home")) == []


def test_neither_word_about_a_paper_is_put_into_the_mouth(recupero: Console) -> None:
    ran = recupero("delivery", "x.pdf", "--by", "Ana", "--date", "2026-11-27")
    said = "x.pdf: wants exactly one of --arrived, --resend and --lost"
    assert (ran.code, ran.err) == (2, f"recupero: {said}\n")


def test_nothing_typed_is_a_question_for_help(recupero: Console) -> None:
    assert recupero().out == recupero("--help").out


@pytest.mark.parametrize(
    "typed",
    [
        "bogus", "institution", "packs", "packs show", "packs show ZZ", "status nobody", "status",
        "vault", "vault rotate", "vault clear x", "vault clear x --date 2026-11-27 --by Ana",
        "verify", "verify --deep nobody", "delivery",
        "delivery x --date 2026-11-27 --by Ana", "delivery x --resend --date 2026-11-27",
        "delivery x --arrived --by Ana --date 2026-11-27",
        "delivery x --arrived --lost --by Ana --date 2026-11-27",
        "retain x", "retain x --date 2026-11-27 --dry-run",
        "trace 4000123456", "trace", "day banco-andino",
        "day banco-andino --date 2026-02-30", "day nobody --date 2026-11-27",
        "day banco-andino --date 2026-11-27", "institution check nobody",
        "institution check ../banco-andino", "institution layout nobody",
        "institution add nobody", "institution add", "institution add x --profile missing.toml",
        "institution add credisol --profile junk", "institution add credisol --profile .",
        "statement missing", "statement junk", "statement empty", "statement .",
        "check missing --institution banco-andino", "check junk --institution nobody",
        "check junk --institution banco-andino", "check . --institution banco-andino",
        "check CARTERA_20261127.txt --institution banco-andino --date 2026-11-27",
        "check junk --institution banco-andino --json", "check junk",
        "check junk --institution banco-andino --date tomorrow", "demo --accounts none",
        "demo --accounts 0", "verify --json", "status --json", "trace x --json",
    ],
)  # fmt: skip
def test_refused_in_one_line(recupero: Console, typed: str) -> None:
    ran = recupero(*typed.split())
    assert ran.code == 2
    assert ran.err.count("\n") == 1
    assert "Traceback" not in ran.err
    assert not ran.out or "--json" in typed


def test_asking_makes_nothing(recupero: Console) -> None:
    recupero("status")
    recupero("verify")
    recupero("institution", "list")
    assert not recupero.home.exists()


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"RECUPERO_DATABASE_URL": "mysql://x"}, "RECUPERO_DATABASE_URL"),
        ({"RECUPERO_DATABASE_URL": "postgresql://x@127.0.0.1:1/y"}, "RECUPERO_OWNER_URL"),
        ({"RECUPERO_POLL_SECONDS": "soon"}, "RECUPERO_POLL_SECONDS"),
        ({"RECUPERO_LOG_LEVEL": "LOUD"}, "RECUPERO_LOG_LEVEL"),
        ({"RECUPERO_HOME": "/dev/null/home"}, "RECUPERO_HOME"),
        ({"RECUPERO_HOME": "/dev/null"}, "RECUPERO_HOME"),
    ],
)
def test_bad_settings(tmp_path: Path, settings: dict[str, str], named: str) -> None:
    console = Console(tmp_path, **settings)
    ran = console("institution", "add", "--profile", PROFILES / "_agency.toml")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"recupero: {named}: ")
    assert ran.err.count("\n") == 1


def test_a_database_out_of_reach(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.touch(mode=0o600)
    key.write_text("5e" * 32)
    url = "postgresql://nobody@127.0.0.1:1/none"
    console = Console(
        tmp_path, RECUPERO_DATABASE_URL=url, RECUPERO_OWNER_URL=url,
        RECUPERO_MASTER_KEY_FILE=str(key),
    )  # fmt: skip
    ran = console("verify")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "the database does not answer" in ran.err


FAULT = """
import sys
from deployments.cli.guard import guarded
def step(account):
    raise ValueError(f"no good: {account}")
def command():
    try:
        step("4000123456 Ana Perez")
    except ValueError as error:
        raise KeyError("4000123456") from error
sys.exit(guarded(command))
"""


def test_our_own_fault_is_logged_without_what_it_stumbled_over(tmp_path: Path) -> None:
    console = Console(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", FAULT], env=console.environment, cwd=tmp_path, text=True,
        capture_output=True, check=False,
    )  # fmt: skip
    log = (console.home / "logs" / "recupero.log").read_text()
    number = done.stderr.split("incident ")[1].split()[0]
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (70, "", 1)
    assert number in log
    assert "ValueError" in log
    assert "KeyError" in log
    assert " in step" in log
    assert "4000123456" not in log + done.stderr
    assert "Ana" not in log + done.stderr


def test_a_fault_without_a_log_is_still_one_line(tmp_path: Path) -> None:
    console = Console(tmp_path, RECUPERO_HOME="/dev/null/home")
    done = subprocess.run(
        [sys.executable, "-c", FAULT], env=console.environment, cwd=tmp_path, text=True,
        capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (70, 1)
    assert "cannot be written" in done.stderr


def test_a_reader_that_leaves(recupero: Console) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        done = subprocess.run(
            [str(SCRIPT), "packs", "show", "PE"], env=recupero.environment, stdout=gone,
            stderr=subprocess.PIPE, cwd=recupero.folder, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_plain_terminals(recupero: Console, locale: str) -> None:
    console = Console(recupero.folder, LC_ALL=locale, PYTHONIOENCODING="ascii",
                      RECUPERO_INSTITUTIONS=str(PROFILES))  # fmt: skip
    ran = console("institution", "layout", "banco-andino")
    assert (ran.code, ran.err) == (0, "")


HEAVY = {"prefect", "polars", "pandas", "pandera", "sqlalchemy", "lxml", "paramiko", "rich"}


def test_commands_load_only_what_they_need(recupero: Console) -> None:
    statement = recupero.folder / "ties"
    statement.write_bytes(
        b":20:X\n:25:0012345\n:60F:C260301COP1,00\n:61:260302C2,50NTRFX\n:62F:C260302COP3,50\n-\n"
    )
    payments = recupero.folder / "PAGOS_20261127.txt"
    heading = "TRANSACCION;OBLIGACION;VALOR;CLASE;REVERSA_A;FECHA;PAGADOR;ID_PAGADOR;CANAL"
    payments.write_text(f"{heading}\nT1;4000;1.000,00;P;;27/11/2026;Ana;1;caja\n")
    checked = ("check", payments, "--institution", "banco-andino", "--date", "2026-11-27")
    asked: list[tuple[tuple[str | Path, ...], set[str]]] = [
        (("--help",), HEAVY),
        (("verify", "--help"), HEAVY),
        (("statement", statement), HEAVY),
        (("packs", "show", "CO"), HEAVY),
        (("institution", "check", "banco-andino"), HEAVY),
        (checked, HEAVY - {"polars"}),
    ]
    for arguments, forbidden in asked:
        code, modules = recupero.modules(*arguments)
        assert (code, forbidden & modules) == (0, set()), arguments
