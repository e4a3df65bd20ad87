"""``recupero institution add --sample``: asked, drafted, kept and checked in one command."""

from __future__ import annotations

import io
import sys
from datetime import date
from pathlib import Path

import pytest

from deployments.cli import drafting
from deployments.cli.drafting import Asked, draft
from deployments.cli.guard import guarded
from deployments.cli.main import dispatch
from recupero.errors import Refused
from recupero.profiles.load import load_profile
from tests.edges.drafted import portfolio

DAY = date(2026, 11, 20)
NAMED = ("--name", "Banco Nuevo", "--country", "CO")


def sample_in(folder: Path, *rows: tuple[str, str]) -> Path:
    file = folder / "CARTERA_20251130.csv"
    file.write_bytes(portfolio(*rows or [("30/11/2025", "1.250,50"), ("30/11/2025", "x")]))
    return file


def test_a_sample_becomes_a_draft_and_is_checked_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RECUPERO_HOME", str(tmp_path / "home"))

    def ran(*command: str | Path) -> tuple[int, str, str]:
        code = guarded(lambda: dispatch([str(each) for each in command]))
        return code, *capsys.readouterr()

    file = sample_in(tmp_path, ("30/11/2025", "1.250,50"))
    add = ("institution", "add", "banco-nuevo", "--sample", file, *NAMED)
    kept = tmp_path / "home" / "institutions" / "banco-nuevo.toml"
    code, text, _ = ran(*add, "--dry-run")
    assert (code, kept.exists()) == (0, False)
    code, told, error = ran(*add)
    assert (code, error) == (0, "")
    assert kept.read_text() == text
    assert "drafted as placement from 1 rows" in told
    assert "1 filas: 1 aceptadas, 0 rechazadas" in told
    assert load_profile(kept).draft

    assert ran("check", file, "--institution", "banco-nuevo")[0] == 0
    code, _, error = ran(*add)
    assert (code, "there is a profile already" in error) == (2, True)
    code, _, error = ran("institution", "add", "banco-nuevo")
    assert (code, "is a draft" in error) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        ((), "CODE"),
        (("nuevo",), "--name"),
        (("nuevo", "--name", "X"), "--country"),
        (("nuevo", "--name", "X", "--country", "XX"), "--currency"),
        (("nuevo", "--name", "X", "--country", "XX", "--currency", "USD"), "--timezone"),
        (("nuevo", *NAMED, "--kind", "nonsense"), "--kind nonsense"),
        (("nuevo", *NAMED, "--set", "dates"), "--set dates"),
        (("Nuevo!", *NAMED), "institution.code"),
        (("../nuevo", *NAMED), "institution.code"),
    ],
)
def test_what_is_missing_is_refused_by_the_name_of_its_option(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    option: str,
) -> None:
    """Nobody is at the terminal; nothing is asked and nothing kept."""
    monkeypatch.setenv("RECUPERO_HOME", str(tmp_path / "home"))
    command = ["institution", "add", "--sample", str(sample_in(tmp_path)), *arguments]
    assert guarded(lambda: dispatch(command)) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert option in err
    assert not list(tmp_path.rglob("*.toml"))


def test_somebody_at_the_terminal_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RECUPERO_HOME", str(tmp_path / "home"))
    file = sample_in(tmp_path, ("03/04/2026", "2,00"))
    answers = io.StringIO("banco-nuevo\nBanco Nuevo\nCO\ncolumns.email=NONE\n%d/%m/%Y\n")
    monkeypatch.setattr(answers, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", answers)
    assert draft(file, Asked(None, None, None, None, None, None, ()), DAY, False) == 0
    told = capsys.readouterr().out
    assert "dates: %d/%m/%Y or %m/%d/%Y" in told
    assert "the sample has no column 'NONE'" in told
    kept = load_profile(tmp_path / "home" / "institutions" / "banco-nuevo.toml")
    assert kept.layouts[0].dates == "%d/%m/%Y"


def test_what_is_open_keeps_the_draft_from_being_used_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RECUPERO_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(drafting, "_somebody_there", lambda: False)
    file = sample_in(tmp_path, ("01/02/2026", "1,00"))
    asked = Asked("banco-nuevo", "Banco Nuevo", "CO", None, None, None, ())
    assert draft(file, asked, DAY, False) == 1
    told = capsys.readouterr().out
    assert "  open  dates: %d/%m/%Y or %m/%d/%Y" in told
    assert "not checked, as something is open: banco-nuevo.toml: layout[0].dates" in told
    packed = file.rename(tmp_path / "CARTERA.csv.gz")
    with pytest.raises(Refused, match="open it first"):
        draft(packed, Asked("otro", "Otro", "CO", None, None, None, ()), DAY, False)


def test_options_of_a_draft_need_a_sample(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(lambda: dispatch(["institution", "add", "x", "--name", "X"])) == 2
    assert "--name needs --sample FILE" in capsys.readouterr().err
