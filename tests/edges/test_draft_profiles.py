"""A draft is checked by, and nothing else: whoever is drafted is no institution yet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from recupero.errors import DraftProfile, ProfileError
from recupero.profiles.load import load_profile, load_profiles
from recupero.steps.roll_call import summoned, unserved
from recupero.store.embedded import Addresses
from tests.edges.console import Console
from tests.edges.one_bank import services_for

ROOT = Path(__file__).resolve().parents[2]
CREDISOL = (ROOT / "deployments" / "institutions" / "credisol.toml").read_text()


def folder_of(tmp_path: Path, **texts: str) -> Path:
    folder = tmp_path / "profiles"
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.toml").write_text(text)
    return folder


def test_a_draft_loads_by_itself_and_not_among_those_that_are_served(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, credisol=f"draft = true\n{CREDISOL}")
    assert load_profile(folder / "credisol.toml").draft
    valid, broken = load_profiles(folder)
    assert valid == {}
    assert isinstance(broken["credisol"], DraftProfile)
    assert str(broken["credisol"]) == (
        "credisol.toml: draft: is a draft: nothing is booked by it "
        "(confirm what is marked in it, then delete the line `draft = true`)"
    )


def test_what_a_draft_leaves_open_is_named_and_it_stays_a_draft(tmp_path: Path) -> None:
    text = CREDISOL.replace('dates = "%Y-%m-%d"', "", 1)
    folder = folder_of(tmp_path, credisol=f"draft = true\n{text}", wrong="draft = 1\n")
    _, broken = load_profiles(folder)
    assert isinstance(broken["credisol"], DraftProfile)
    assert "layout[0].dates: is needed" in str(broken["credisol"])
    assert type(broken["wrong"]) is ProfileError


def test_the_night_misses_a_draft_only_where_it_is_enrolled(
    own_database: Addresses, tmp_path: Path
) -> None:
    services = services_for(tmp_path, own_database, "banco-uno", "caja-dos")
    drafts = {name: DraftProfile("is a draft", f"{name}.toml") for name in ("caja-dos", "nueva")}
    profiles = {code: each for code, each in services.profiles.items() if code not in drafts}
    services = replace(services, profiles=profiles, broken=drafts)
    assert summoned(services) == ["banco-uno", "caja-dos"]
    assert unserved(services) == {"caja-dos": "caja-dos.toml: is a draft"}
    for code in drafts:
        with pytest.raises(DraftProfile):
            services.profile(code)


def test_no_command_books_by_a_draft(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, credisol=f"draft = true\n{CREDISOL}")
    console = Console(tmp_path, RECUPERO_INSTITUTIONS=str(folder))
    for command in (("institution", "add"), ("day", "--date", "2026-11-20")):
        ran = console(*command, "credisol")
        assert (ran.code, ran.err.count("\n")) == (2, 1), ran
        assert "delete the line `draft = true`" in ran.err
    listed = console("institution", "list")
    assert (listed.code, "is a draft" in listed.out) == (1, True)
    shown = console("institution", "check", "credisol")
    assert (shown.code, "a draft: confirm it" in shown.out) == (0, True)
