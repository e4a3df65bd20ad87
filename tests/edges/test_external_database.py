"""`RECUPERO_DATABASE_URL`: everything the embedded server does, on one that others started."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest

from recupero.errors import StoreRefused
from recupero.settings import load_settings
from recupero.steps.decided import Rows
from recupero.steps.prepare import prepare
from recupero.steps.services import AGENCY, open_services
from recupero.steps.verify import verify
from recupero.store.embedded import Addresses, EmbeddedPostgres
from recupero.store.owner import migrate
from recupero.store.session import Store
from recupero.store.tables import account_version
from tests.edges import other_postgres
from tests.edges.one_bank import DAYS, Bank, profile_text

CODE = "banco-uno"


@pytest.fixture(scope="module")
def external() -> Iterator[Addresses]:
    """A system PostgreSQL where there is one, else a second embedded one by its addresses."""
    programs = other_postgres.system_programs()
    if programs is not None:
        with other_postgres.server(programs) as addresses:
            yield addresses
        return
    home = Path(tempfile.mkdtemp(prefix="rec-"))
    with EmbeddedPostgres(home) as second:
        yield second.addresses()


@pytest.fixture(scope="module")
def bank(external: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    """Services as a command opens them, from the environment alone."""
    home = tmp_path_factory.mktemp("external")
    (home / "institutions").mkdir()
    for code in (CODE, AGENCY):
        (home / "institutions" / f"{code}.toml").write_text(profile_text(code))
    (home / "key").touch(mode=0o600)
    (home / "key").write_text("0f" * 32)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "HOME": home, "DATABASE_URL": external.database_url, "OWNER_URL": external.owner_url,
            "MASTER_KEY_FILE": home / "key", "POLL_SECONDS": 0,
        }.items():  # fmt: skip
            patch.setenv(f"RECUPERO_{name}", str(value))
        settings = load_settings()
    with open_services(settings) as services:
        assert prepare(services) == [AGENCY, CODE]
        assert prepare(services) == [], "a second time changes nothing"
        assert not (home / "postgres").exists(), "no server of our own beside it"
        yield Bank(services, CODE)


def test_it_is_not_ours(bank: Bank, external: Addresses) -> None:
    """Where the machine has PostgreSQL, that one: another build, reached by password."""
    with psycopg.connect(external.database_url) as connection:
        (style,) = connection.execute("SHOW datestyle").fetchone() or ("",)
    assert style.startswith("German") == (other_postgres.system_programs() is not None)


def test_a_day_is_booked_settled_and_proven(bank: Bank) -> None:
    monday, tuesday = DAYS[:2]
    odd = f"B\\;2;Ñuñez 'O\\' \"x\";{monday};2026-09-01;7,00;0,00;0,00"
    assert bank.place(monday, {"A": (1000, 50)}, odd).rows == Rows(read=2, booked=2)
    bank.pay(monday, ("T1", "A", 300), ("T2", "B\\", 100))
    assert bank.settle(monday).classes == {"matched": 2}
    bank.place(tuesday, {"A": (700, 50)})
    assert bank.balances() == {"A": {"principal": 700, "interest": 50}, "B\\": {}}
    due = bank.stored(account_version)["due_date"].unique().to_list()
    assert due == [date(2026, 9, 1)], "dates arrive whatever style the database writes"
    bank.check()
    assert verify(bank.services, AGENCY, deep=True).holds


def test_other_roles_than_ours_get_the_same_few_rights(bank: Bank, external: Addresses) -> None:
    with psycopg.connect(external.database_url) as connection:
        asked = "SELECT has_table_privilege(c.oid, %s) FROM pg_class c WHERE relname = 'journal'"
        rights = {
            right: connection.execute(asked, [right]).fetchone()
            for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
        }
    assert [right for right, (given,) in rights.items() if given] == ["SELECT", "INSERT"]


def test_the_owners_address_is_no_application_address(bank: Bank, external: Addresses) -> None:
    with (
        pytest.raises(StoreRefused, match="is superuser, owner"),
        Store(external.owner_url).unit(CODE),
    ):
        pass


def test_a_wrong_password_is_one_line_without_it(external: Addresses) -> None:
    wrong = external.database_url.replace(other_postgres.APPLICATION + ":", "nobody:secret", 1)
    with pytest.raises(StoreRefused) as refused, Store(wrong).unit(CODE):
        pass
    assert "\n" not in str(refused.value)
    assert "secret" not in str(refused.value)


def test_an_address_without_a_role_is_refused_before_anything_is_made() -> None:
    with pytest.raises(StoreRefused, match="names no role"):
        migrate("postgresql:///x", Store("postgresql:///x?host=/nowhere").role)
