"""Settings come from the environment; what is wrong is said in one line that names the variable."""

from __future__ import annotations

from pathlib import Path

import pytest

from recupero.errors import SettingsError
from recupero.exchange.keys import load_master_key
from recupero.settings import load_settings

URL = "postgresql://app@db.example:5432/recupero"
EXTERNAL = {"DATABASE_URL": URL, "OWNER_URL": URL.replace("app", "owner"), "MASTER_KEY_FILE": "k"}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("RECUPERO_"):
            monkeypatch.delenv(name)


def given(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"RECUPERO_{name}", value)


def test_nothing_set_is_a_home_under_the_working_folder_with_a_database_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings()
    assert settings.home == tmp_path / "var"
    assert settings.embedded
    assert settings.profiles_folder == tmp_path / "var" / "institutions"
    assert settings.secrets_folder == tmp_path / "var" / "secrets"


def test_everything_set_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given(monkeypatch, EXTERNAL | {"HOME": str(tmp_path), "INSTITUTIONS": "~/profiles",
                                   "SECRETS": "~/secrets",
                                   "POLL_SECONDS": "0.5", "LOG_LEVEL": "INFO"})  # fmt: skip
    settings = load_settings()
    assert not settings.embedded
    assert settings.database_url == URL
    assert settings.poll_seconds == 0.5
    assert settings.profiles_folder == Path("~/profiles").expanduser()
    assert settings.secrets_folder == Path("~/secrets").expanduser()
    assert settings.master_key_file == Path("k").absolute()


def test_the_command_line_wins_and_settings_do_not_change(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given(monkeypatch, {"HOME": "/elsewhere"})
    settings = load_settings(home=tmp_path, poll_seconds=None)
    assert settings.home == tmp_path
    with pytest.raises(ValueError, match="frozen"):
        settings.home = Path("/")


WRONG = {
    "no number": ({"POLL_SECONDS": "soon"}, "RECUPERO_POLL_SECONDS: "),
    "a negative pause": ({"POLL_SECONDS": "-1"}, "RECUPERO_POLL_SECONDS: "),
    "a pause of days": ({"POLL_SECONDS": "90000"}, "RECUPERO_POLL_SECONDS: "),
    "an unknown level": ({"LOG_LEVEL": "LOUD"}, "RECUPERO_LOG_LEVEL: "),
    "another kind of database": (
        {"DATABASE_URL": "mysql://x"}, "RECUPERO_DATABASE_URL: must start with postgresql://"),
    "an empty address": (
        {"DATABASE_URL": ""}, "RECUPERO_DATABASE_URL: must start with postgresql://"),
    "an owner's address of another kind": (
        EXTERNAL | {"OWNER_URL": "x"}, "RECUPERO_OWNER_URL: must start with postgresql://"),
    "an empty folder of secrets": ({"SECRETS": ""}, "RECUPERO_SECRETS: is empty"),
    "an empty home": ({"HOME": ""}, "RECUPERO_HOME: is empty"),
    "an empty key file": (EXTERNAL | {"MASTER_KEY_FILE": ""}, "RECUPERO_MASTER_KEY_FILE: is empty"),
    "a database without its owner": (
        {k: v for k, v in EXTERNAL.items() if k != "OWNER_URL"},
        "RECUPERO_OWNER_URL: is not set (needed with RECUPERO_DATABASE_URL)"),
    "a database without a key": (
        {k: v for k, v in EXTERNAL.items() if k != "MASTER_KEY_FILE"},
        "RECUPERO_MASTER_KEY_FILE: is not set (needed with RECUPERO_DATABASE_URL)"),
    "an owner without a database": (
        {"OWNER_URL": URL}, "RECUPERO_DATABASE_URL: is not set (needed with RECUPERO_OWNER_URL)"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_one_line_names_the_variable_and_nothing_secret(
    monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    variables, said = WRONG[what]
    given(monkeypatch, variables)
    with pytest.raises(SettingsError) as wrong:
        load_settings()
    line = str(wrong.value)
    assert line.startswith(said)
    assert "\n" not in line
    assert wrong.value.exit_code == 2


KEYS = {
    "missing": (None, 0, "there is no such master key file"),
    "open to others": ("ab" * 32, 0o644, "can be read by others"),
    "short": ("ab" * 16, 0o600, "must hold 64 hexadecimal digits"),
    "not hexadecimal": ("zz" * 32, 0o600, "must hold 64 hexadecimal digits"),
    "not text": ("ñ" * 32, 0o600, "is not a master key"),
}


@pytest.mark.parametrize("what", KEYS)
def test_a_master_key_that_is_none_is_refused_in_one_line(tmp_path: Path, what: str) -> None:
    content, mode, said = KEYS[what]
    path = tmp_path / "master.key"
    if content is not None:
        path.write_text(content)
        path.chmod(mode)
    with pytest.raises(SettingsError, match=said) as wrong:
        load_master_key(path)
    assert str(path) in str(wrong.value)
    assert content is None or content not in str(wrong.value)
