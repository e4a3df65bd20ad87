"""Enrolling institutions by command, and the guide that tells them what to send."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from deployments.cli.guide import guide
from recupero.profiles.load import load_profiles
from recupero.store.embedded import Addresses
from recupero.store.recordings import append
from recupero.store.session import Store
from tests.edges.console import Console
from tests.edges.enrolled_store import draft, receipts

PROFILES = Path(__file__).resolve().parents[2] / "deployments" / "institutions"
EXAMPLES, _BROKEN = load_profiles(PROFILES)


@pytest.fixture
def console(tmp_path: Path, database: Addresses) -> Console:
    """A console on an empty external database."""
    key = tmp_path / "key"
    key.touch(mode=0o600)
    key.write_text("5e" * 32)
    return Console(
        tmp_path,
        RECUPERO_DATABASE_URL=database.database_url,
        RECUPERO_OWNER_URL=database.owner_url,
        RECUPERO_MASTER_KEY_FILE=str(key),
    )


def test_add_list_check_on_an_external_database(console: Console) -> None:
    assert console("verify").err == (
        "recupero: database: has no tables yet (run: recupero institution add)\n"
    )
    offered = console.folder / "offered.toml"
    shutil.copy(PROFILES / "credisol.toml", offered)
    kept = console.home / "institutions" / "credisol.toml"

    dry = console("institution", "add", "credisol", "--profile", offered, "--dry-run")
    assert (dry.code, dry.out.splitlines()[0]) == (0, "credisol: valid; would be enrolled")
    assert not kept.exists()

    first = console("institution", "add", "credisol", "--profile", offered)
    assert first.out.startswith(f"credisol: enrolled; profile {kept}\n")
    assert kept.read_bytes() == offered.read_bytes()
    again = console("institution", "add", "--profile", offered)
    assert again.out.startswith("credisol: was enrolled already")

    listed = console("institution", "list", "--json")
    assert (listed.code, listed.document["institutions"][0]["enrolled"]) == (0, True)
    assert console("status").out.startswith("credisol: nothing recorded yet")
    assert console("verify", "credisol", "--json").document["holds"] is True
    assert console("verify", "banco-andino").code == 2

    offered.write_text(offered.read_text() + "\n")
    other = console("institution", "add", "credisol", "--profile", offered)
    assert (other.code, other.err.count("\n")) == (2, 1)
    assert "another profile is there already" in other.err


def test_add_again_takes_a_mended_currency_until_something_is_recorded(
    console: Console, database: Addresses
) -> None:
    folder = console.home / "institutions"
    folder.mkdir(parents=True)
    right = (PROFILES / "credisol.toml").read_text()
    wrong = right.replace('currency = "COP"', 'currency = "USD"')
    assert wrong != right
    kept = folder / "credisol.toml"
    for text in (wrong, right):
        kept.write_text(text)
        assert console("institution", "add", "credisol").code == 0
    assert console("verify", "credisol", "--json").document["holds"] is True

    with Store(database.database_url).unit("credisol") as unit:
        append(unit, draft("intake:1", receipts(1)))
    kept.write_text(wrong)
    refused = console("institution", "add", "credisol")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        "recupero: credisol: has a history in CO COP, its profile says CO USD "
        "(mend the profile, or enrol the other under a code of its own)\n"
    )


def test_list_names_what_is_wrong(console: Console) -> None:
    folder = console.home / "institutions"
    folder.mkdir(parents=True)
    shutil.copy(PROFILES / "_agency.toml", folder)
    shutil.copy(PROFILES / "credisol.toml", folder)
    assert console("institution", "add", "_agency").code == 0
    (folder / "broken.toml").write_text("[institution]\n")
    listed = console("institution", "list", "--json")
    assert listed.code == 1
    problems = {row["code"]: row["problem"] for row in listed.document["institutions"]}
    assert problems["_agency"] is None
    assert problems["credisol"] == "not enrolled: recupero institution add credisol"
    assert problems["broken"].startswith("broken.toml: ")


def test_check_shows_layouts(tmp_path: Path) -> None:
    console = Console(tmp_path, RECUPERO_INSTITUTIONS=str(PROFILES))
    shown = console("institution", "check", "caja-pacifico", "--json").document
    profile = EXAMPLES["caja-pacifico"]
    assert shown["digest"] == profile.digest
    assert [each["kind"] for each in shown["layouts"]] == [each.kind for each in profile.layouts]
    assert "CP_PAGOS" in console("institution", "check", "caja-pacifico").out


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_guide_names_every_column(tmp_path: Path, code: str) -> None:
    console = Console(tmp_path, RECUPERO_INSTITUTIONS=str(PROFILES))
    ran = console("institution", "layout", code)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == guide(EXAMPLES[code])
    for layout in EXAMPLES[code].layouts:
        for name in layout.columns:
            assert layout.label(name) in ran.out
