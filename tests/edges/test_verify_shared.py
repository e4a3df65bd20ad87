"""Slots, register and schema version lie outside every chain: what a superuser changes is named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl
import psycopg
import pytest

from recupero.steps import verify_shared
from recupero.steps.assess import assess
from recupero.steps.services import AGENCY, Services
from recupero.steps.slots import grant_slots
from recupero.steps.verify import verify
from recupero.store.cluster import OWNER, SUPERUSER
from recupero.store.embedded import Addresses
from recupero.store.outside import slots_of
from tests.edges import one_bank
from tests.edges.one_bank import DAYS, Bank, services_for

MON, TUE, *_ = DAYS
ONE, TWO, THREE = "banco-uno", "caja-dos", "caja-tres"


@pytest.fixture(scope="module")
def services(migrated: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Three institutions that all know one debtor, with two accounts, and each one of its own.

    At the end nothing is found any more: what a test changed, it put back.
    """
    placement = one_bank.LAYOUTS["placement"] + "address = 8\n"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(one_bank.LAYOUTS, "placement", placement)
        services = services_for(tmp_path_factory.mktemp("shared"), migrated, ONE, TWO, THREE)
    banks = [Bank(services, code) for code in (ONE, TWO, THREE)]
    for day in (MON, TUE):
        for bank in banks:
            debtors = {"A": "77", "B": bank.code, "C": "77"}
            bank.take(day, "placement", *(
                f"{number};{debtor};Ana;{day};2026-09-01;90000,00;0;0;Calle 1"
                for number, debtor in debtors.items()
            ))  # fmt: skip
            assess(services, bank.code, day)
        refused = grant_slots(services, "CO", [bank.code for bank in banks], day)
        assert sum(refused.values()) == 9 - 4, "one contact a day with each of four people"
    yield services
    for code in (ONE, TWO, THREE, AGENCY):
        assert said(services, code) == []


def said(services: Services, code: str, *, deep: bool = False) -> list[str]:
    found = verify(services, code, deep=deep)
    return [f"{name}: {one.object}: {one.what}" for name, one in found.findings]


@contextmanager
def changed(migrated: Addresses, statement: str) -> Iterator[None]:
    """The superuser's change, for as long as it is looked at."""
    url = migrated.owner_url.replace(OWNER, SUPERUSER, 1)
    tables = ("contact_slot", "contact_grant", "institution", "alembic_version")
    with psycopg.connect(url, autocommit=True) as connection:
        for table in tables:
            connection.execute(f"CREATE TABLE kept_{table} AS TABLE {table}".encode())
        connection.execute("SET session_replication_role = replica")
        try:
            assert connection.execute(statement.encode()).rowcount > 0
            yield
        finally:
            for table in tables:
                connection.execute(f"DELETE FROM {table}".encode())
                connection.execute(f"INSERT INTO {table} TABLE kept_{table}".encode())
                connection.execute(f"DROP TABLE kept_{table}".encode())


def test_nothing_is_found_where_nothing_was_done(services: Services) -> None:
    for code in (ONE, TWO, THREE, AGENCY):
        assert said(services, code, deep=True) == []


def test_of_other_institutions_people_nothing_is_read(
    services: Services, migrated: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def read(*asked: Any) -> pl.DataFrame:
        seen.append(slots_of(*asked))
        return seen[-1]

    monkeypatch.setattr(verify_shared, "slots_of", read)
    assert said(services, ONE) == []
    assert [rows.height for rows in seen] == [2, 2], "of four people each day, its own two"
    assert slots_of(migrated.owner_url, MON, []).is_empty()


@pytest.mark.parametrize(
    ("statement", "code", "told"),
    [
        (f"DELETE FROM contact_slot WHERE day = '{MON}'", ONE,
         "granted, yet contact_slot does not count it"),
        (f"UPDATE contact_slot SET granted = 0 WHERE day = '{MON}'", ONE,
         "granted, yet contact_slot does not count it"),
        (f"UPDATE contact_slot SET granted = 2 WHERE day = '{MON}'", ONE,
         "contact_slot counts more than the person's limit"),
        (f"UPDATE contact_slot SET person_hash = 'x' || person_hash WHERE day = '{MON}'", ONE,
         "granted, yet contact_slot does not count it"),
        (f"UPDATE contact_slot SET day = '{TUE}', channel = 'x' WHERE day = '{MON}'", ONE,
         "granted, yet contact_slot does not count it"),
        ("DELETE FROM contact_slot", AGENCY, f"contact_slot {MON}: counts 0 contacts, 4 were "),
        (f"INSERT INTO contact_slot VALUES ('somebody', 'any', '{MON}', 1)", AGENCY,
         f"slots: contact_slot {MON}: counts 5 contacts, 4 were granted"),
        ("UPDATE contact_slot SET granted = 0 WHERE ctid = (SELECT ctid FROM contact_slot "
         f"WHERE day = '{MON}' LIMIT 1)", AGENCY, "counts 3 contacts, 4 were granted"),
        (f"UPDATE contact_grant SET granted = true WHERE business_date = '{MON}'", ONE,
         "granted beyond the person's limit"),
        (f"UPDATE contact_grant SET account_id = -account_id WHERE business_date = '{MON}'", ONE,
         "channel=letter: nobody asked for it"),
        (f"DELETE FROM contact_grant WHERE business_date = '{MON}'", ONE,
         "channel=letter: was asked for and is missing"),
        (f"UPDATE institution SET country = 'MX' WHERE code = '{ONE}'", ONE,
         f"register: institution {ONE}: MX COP is in none of its profiles"),
        (f"UPDATE institution SET currency = 'MXN' WHERE code = '{ONE}'", ONE,
         f"register: institution {ONE}: CO MXN is in none of its profiles"),
        ("UPDATE alembic_version SET version_num = '0003'", ONE,
         "schema: table alembic_version: says 0003, this program knows "),
        ("DELETE FROM alembic_version", AGENCY,
         "schema: table alembic_version: says nothing, this program knows "),
    ],
)  # fmt: skip
def test_a_superusers_change_is_named(
    services: Services, migrated: Addresses, statement: str, code: str, told: str
) -> None:
    with changed(migrated, statement):
        found = said(services, code)
        assert any(told in line for line in found), found
