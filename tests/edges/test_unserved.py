"""Who cannot be served takes no part, is named as absent, keeps its share, and stops nobody."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from recupero.errors import NotFound, ProfileError, Refused, SettingsError
from recupero.settings import Settings, load_settings
from recupero.steps.assess import assess
from recupero.steps.roll_call import neighbours, summoned, unserved
from recupero.steps.services import AGENCY, Services, open_services
from recupero.steps.slots import grant_slots
from recupero.steps.summarise import without_desk
from recupero.store import contacts
from recupero.store.embedded import Addresses
from recupero.store.recordings import Draft, append
from recupero.store.rows import rows_of
from recupero.store.tables import collector, receipt, recording
from tests.edges.one_bank import Bank, services_for

GOOD, BROKEN, LOST, NEW = "banco-uno", "caja-dos", "caja-tres", "caja-cuatro"
DAY = date(2026, 11, 27)


@pytest.fixture
def services(own_database: Addresses, tmp_path: Path) -> Services:
    """One that can be served; one with a wrong profile, one without, one not enrolled."""
    whole = services_for(tmp_path, own_database, GOOD, BROKEN, LOST)
    profiles = {GOOD: whole.profiles[GOOD], AGENCY: whole.profiles[AGENCY]}
    new = profiles[GOOD].model_copy(
        update={"institution": profiles[GOOD].institution.model_copy(update={"code": NEW})}
    )
    problem = ProfileError("Field required", f"{BROKEN}.toml: institution.name")
    return replace(whole, profiles={**profiles, NEW: new}, broken={BROKEN: problem})


def test_everybody_is_called_and_the_reason_is_named(services: Services) -> None:
    assert summoned(services) == sorted([GOOD, BROKEN, LOST, NEW])
    assert unserved(services) == {
        BROKEN: f"{BROKEN}.toml: institution.name: Field required",
        NEW: f"not enrolled: recupero institution add {NEW}",
        LOST: f"{LOST}: there is no profile (known: {AGENCY}, {GOOD}, {NEW})",
    }
    with pytest.raises(ProfileError, match=r"institution\.name"):
        services.profile(BROKEN)
    with pytest.raises(NotFound, match="there is no profile"):
        services.profile(LOST)


def test_slots_are_granted_without_those_and_say_so(services: Services) -> None:
    with pytest.raises(Refused, match=f"{GOOD} not settled on {DAY} "):
        neighbours(services, GOOD, DAY)
    assess(services, GOOD, DAY)
    assert neighbours(services, GOOD, DAY) == [GOOD]
    grant_slots(services, "CO", [GOOD], DAY)
    with services.store.unit(GOOD) as unit:
        (told,) = rows_of(unit, recording, recording.c.kind == "slots")["inputs"]
    who = {"took_part": GOOD, "absent": f"{BROKEN},{LOST}"}
    assert json.loads(told).items() >= who.items()


def test_each_keeps_its_share_of_the_agencys_capacity(services: Services) -> None:
    desk = {
        "collector_code": "G01", "recorded_on": DAY, "sequence": 1, "receipt_id": 1,
        "line_number": 1, "country": "CO", "capacity": 100, "skills": None,
    }  # fmt: skip
    with services.store.unit(AGENCY) as unit:
        append(unit, Draft("intake", "roster:1", DAY, {}, {}, {collector: pl.DataFrame([desk])}))
    assess(services, GOOD, DAY)
    with services.store.unit(GOOD) as unit:
        (divided,) = rows_of(unit, recording, recording.c.kind == "quota").to_dicts()
        (part,) = contacts.quotas(unit, DAY)["capacity"]
    assert json.loads(divided["inputs"])["among"].split(",") == sorted([GOOD, BROKEN, LOST])
    assert part in (33, 34)


def test_a_master_key_is_never_made_twice_nor_exchanged(
    services: Services, own_database: Addresses, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    services.identity_key(GOOD)  # sealed with another key than the ones below
    for name in ("DATABASE_URL", "OWNER_URL", "MASTER_KEY_FILE", "INSTITUTIONS", "VAULT_URL"):
        monkeypatch.delenv(f"RECUPERO_{name}", raising=False)
    settings = load_settings(home=tmp_path)
    with (
        pytest.raises(SettingsError, match=r"master\.key: is missing, and the vault"),
        open_services(settings),
    ):
        pass
    key = tmp_path / "master.key"
    assert not key.exists()
    key.touch(mode=0o600)
    key.write_text("ab" * 32)
    with pytest.raises(SettingsError, match="not the key this vault"), open_services(settings):
        pass
    assert not (tmp_path / "postgres").exists()


def test_an_empty_vault_is_refused_where_the_database_knows_files(
    services: Services, own_database: Addresses, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Keys made anew would open nothing and know nobody; of who sent no file none is missed."""
    key = tmp_path / "master.key"
    key.touch(mode=0o600)
    key.write_text(b"k".hex() * 32)  # the one the services have
    for name, value in {
        "HOME": tmp_path, "DATABASE_URL": own_database.database_url,
        "OWNER_URL": own_database.owner_url,
        "MASTER_KEY_FILE": key, "VAULT_URL": tmp_path / "elsewhere",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"RECUPERO_{name}", str(value))
    with open_services(load_settings()):
        pass
    Bank(services, GOOD).place(DAY, {"A": (1000,)})
    refused = (
        rf"^RECUPERO_VAULT_URL: holds no key of {GOOD}, whose files or papers the database knows \("
    )
    with pytest.raises(SettingsError, match=refused), open_services(load_settings()):
        pass
    assert not (tmp_path / "elsewhere").exists()
    with open_services(load_settings(vault_url=str(tmp_path / "vault"))) as found:
        assert found.row_key(GOOD) == services.row_key(GOOD)


def test_an_empty_vault_is_refused_where_only_a_night_was_run(
    services: Services, own_database: Addresses, tmp_path: Path
) -> None:
    """No file came yet, but the night's own inputs are kept under a key."""
    assess(services, GOOD, DAY)
    assert Bank(services, GOOD).stored(receipt).is_empty()
    addresses = {"database_url": own_database.database_url, "owner_url": own_database.owner_url}
    refused = pytest.raises(SettingsError, match=f"^the vault: holds no key of {GOOD}, ")
    with refused, open_services(Settings(home=tmp_path / "home", **addresses)):
        pass
    assert not (tmp_path / "home" / "vault").exists()


def test_no_master_key_is_made_for_a_database_that_knows_files(
    services: Services, own_database: Addresses, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The vault of a home is gone with its key: nothing is begun anew beside the own_database."""
    Bank(services, GOOD).place(DAY, {"A": (1000,)})
    empty = tmp_path / "home"
    addresses = {"database_url": own_database.database_url, "owner_url": own_database.owner_url}
    refused = pytest.raises(SettingsError, match=f"^the vault: holds no key of {GOOD}, whose files")
    with refused, open_services(Settings(home=empty, **addresses)):
        pass
    assert not (empty / "master.key").exists()


def test_calls_that_nobody_will_make_are_told() -> None:
    judged = pl.DataFrame(
        {"action": ["call", "call", "letter", "none"], "collector_code": [None, "G01", None, None]}
    )
    (told,) = without_desk(judged)
    assert told.startswith("1 cuentas por llamar sin gestor asignado")
    assert list(without_desk(judged.filter(pl.col("collector_code") == "G01"))) == []
