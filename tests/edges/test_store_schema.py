"""The migrations and the tables in Python say the same, and doing things twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, select, text

from recupero.errors import StoreRefused
from recupero.store.cluster import APPLICATION, OWNER, SUPERUSER
from recupero.store.embedded import Addresses
from recupero.store.enrolled import enrolled
from recupero.store.owner import enrol, migrate
from recupero.store.protection import check_protection
from recupero.store.recordings import append
from recupero.store.session import Store, open_engine
from recupero.store.tables import OPERATIONAL, PARTITIONED, metadata, receipt
from tests.edges.enrolled_store import ONE, draft, enrolled_store, receipts

EVERYTHING = """
    SELECT c.relname, c.relkind::text, c.relacl::text, c.relrowsecurity, c.relforcerowsecurity,
           (SELECT count(*) FROM pg_policy WHERE polrelid = c.oid),
           (SELECT count(*) FROM pg_trigger WHERE tgrelid = c.oid), c.oid::text
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' ORDER BY 1
"""


def everything(database: Addresses) -> list[tuple[object, ...]]:
    with psycopg.connect(database.owner_url) as connection:
        return connection.execute(EVERYTHING).fetchall()


def test_migrations_from_nothing_give_the_tables_that_python_knows(database: Addresses) -> None:
    migrate(database.owner_url, APPLICATION)
    engine = open_engine(database.owner_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        names = set(inspect(connection).get_table_names())
        assert names == set(metadata.tables) | {"alembic_version"}
        partitioned = text("SELECT relname FROM pg_class WHERE relkind = 'p'")
        assert set(connection.execute(partitioned).scalars()) == {t.name for t in PARTITIONED}
    engine.dispose()


def test_all_text_is_ordered_by_bytes(database: Addresses) -> None:
    store = enrolled_store(database, ONE)
    query = text(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND data_type = 'text' AND collation_name <> 'C'"
    )
    with store.unit(ONE) as unit:
        assert unit.connection.execute(query).all() == []
        for number, name in enumerate(["ñ", "a", "Z", "á", "_"]):
            append(unit, draft(name, receipts(number, name=name)))
        ordered = unit.connection.execute(select(receipt.c.name).order_by(receipt.c.name))
        assert ordered.scalars().all() == ["Z", "_", "a", "á", "ñ"]


def test_migrating_and_enrolling_twice_changes_nothing(database: Addresses) -> None:
    row = {"code": ONE, "name": "Banco Uno", "country": "CO", "currency": "COP"}
    migrate(database.owner_url, APPLICATION)
    assert enrol(database.owner_url, **row) is True
    before = everything(database)
    migrate(database.owner_url, APPLICATION)
    assert enrol(database.owner_url, **row) is False
    assert everything(database) == before


def test_country_and_currency_are_corrected_until_something_is_recorded(
    database: Addresses,
) -> None:
    """A register nobody may mend would contradict the mended profile for ever."""
    store = enrolled_store(database, ONE, "caja-dos")

    def said(currency: str) -> str:
        row = {"code": ONE, "name": "Banco Uno", "country": "MX", "currency": currency}
        assert enrol(database.owner_url, **row) is False
        (there,) = [each for each in enrolled(store) if each.code == ONE]
        assert there.name == ONE.title()
        return f"{there.country} {there.currency}"

    assert [said("USD"), said("MXN")] == ["MX USD", "MX MXN"]
    with store.unit(ONE) as unit:
        assert list(check_protection(unit.connection)) == [], "still append-only"
        append(unit, draft("a", receipts(1)))
    assert said("USD") == "MX MXN"
    assert [each.country for each in enrolled(store)] == ["MX", "CO"], "nobody else's"


#: What brings the partitions of tables that came since somebody was enrolled.
COMPLETED: dict[str, Callable[[Addresses], object]] = {
    "enrolled again": lambda database: enrol(
        database.owner_url, code=ONE, name=ONE.title(), country="CO", currency="COP"
    ),
    "the schema brought up to date, for everybody": lambda database: migrate(
        database.owner_url, APPLICATION
    ),
}


@pytest.mark.parametrize("by", COMPLETED)
def test_a_partition_that_is_not_there_is_named_and_made(database: Addresses, by: str) -> None:
    store = enrolled_store(database, ONE, "caja-dos")
    engine = open_engine(database.owner_url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE hold_version__banco_uno"))
    engine.dispose()
    with store.unit(ONE) as unit:
        (lacks,) = check_protection(unit.connection)
    assert lacks.object == "table hold_version"
    COMPLETED[by](database)
    with store.unit(ONE) as unit:
        assert list(check_protection(unit.connection)) == []


def test_every_parent_and_partition_is_forced_and_as_strict_as_made(database: Addresses) -> None:
    store = enrolled_store(database, ONE, "_agency")
    with store.unit(ONE) as unit:
        assert list(check_protection(unit.connection)) == []
        forced = text(
            "SELECT relispartition, count(*) FROM pg_class WHERE relkind IN ('r', 'p')"
            " AND relforcerowsecurity AND relrowsecurity GROUP BY 1 ORDER BY 1"
        )
        parents = len(PARTITIONED) + len(OPERATIONAL) + 1  # published totals: no partitions
        assert unit.connection.execute(forced).all() == [
            (False, parents),
            (True, 2 * len(PARTITIONED)),
        ]


LOOSENED = {
    "the policy switched off on a partition": (
        "ALTER TABLE journal__banco_uno DISABLE ROW LEVEL SECURITY", "table journal__banco_uno"),
    "not forced on a parent": (
        "ALTER TABLE journal NO FORCE ROW LEVEL SECURITY", "table journal"),
    "a policy that lets everything through": (
        "ALTER POLICY own_rows ON receipt USING (true)", "table receipt"),
    "a second policy beside the first": (
        "CREATE POLICY more ON receipt FOR SELECT USING (true)", "table receipt"),
    "a partition opened": (
        "GRANT SELECT ON receipt__banco_uno TO recupero_app", "table receipt__banco_uno"),
    "a parent opened to the public": ("GRANT SELECT ON receipt TO PUBLIC", "table receipt"),
    "a column opened": ("GRANT UPDATE (counts) ON recording TO recupero_app", "table recording"),
    "changes allowed": ("GRANT DELETE ON journal TO recupero_app", "table journal"),
    "the slots opened": ("GRANT SELECT ON contact_slot TO recupero_app", "table contact_slot"),
    "everybody's leases opened": (
        "ALTER TABLE exchange_lease NO FORCE ROW LEVEL SECURITY", "table exchange_lease"),
    "everybody's incidents opened": ("ALTER POLICY own_rows ON incident USING (true)",
        "table incident"),
    "leases that can be deleted": (
        "GRANT DELETE ON exchange_lease TO recupero_app", "table exchange_lease"),
    "a trigger dropped": ("DROP TRIGGER append_only ON journal", "table journal"),
    "a trigger disabled": (
        "ALTER TABLE journal__banco_uno DISABLE TRIGGER append_only", "table journal__banco_uno"),
    "a trigger for replicas only": (
        "ALTER TABLE receipt ENABLE REPLICA TRIGGER append_only", "table receipt"),
    "a trigger that does nothing": (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RETURN OLD; END $$", "table journal"),
    "matches of no entry allowed": ("DROP TRIGGER names_entry_id ON match", "table match"),
    "letters of no document allowed": (
        "ALTER TABLE letter DISABLE TRIGGER names_document_id", "table letter"),
    "rejects of no receipt allowed": (
        "CREATE OR REPLACE FUNCTION reject_names_receipt_id() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RETURN NULL; END $$", "table reject"),
    "a view beside the tables": ("CREATE VIEW v AS SELECT * FROM journal", "view v"),
    "a back door": (
        "CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS"
        " 'SELECT count(*) FROM contact_slot'", "function peek"),
}  # fmt: skip


def test_whatever_is_loosened_is_named(database: Addresses) -> None:
    enrolled_store(database, ONE)
    engine = open_engine(database.owner_url.replace(OWNER, SUPERUSER, 1))
    found = {}
    for what, (statement, named) in LOOSENED.items():
        with engine.connect() as connection:  # never committed
            connection.execute(text(statement))
            connection.execute(text(f"SET LOCAL ROLE {APPLICATION}"))
            objects = {finding.object for finding in check_protection(connection)}
        found[what] = named if named in objects else objects
    engine.dispose()
    assert found == {what: named for what, (_, named) in LOOSENED.items()}


def test_a_database_without_tables_is_refused_in_one_line(database: Addresses) -> None:
    refused = pytest.raises(StoreRefused, match=r"^database: has no tables yet \(run: ")
    with refused, Store(database.database_url).unit(ONE):
        pass


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://app@127.0.0.1:1/none", "the database does not answer: "),
        ("postgresql://app@/none?host=/nowhere", "the database does not answer: "),
        ("postgresql://app:secret@host:port/none", "is not a database's address"),
    ],
)
def test_an_address_that_leads_nowhere_is_one_line_without_the_password(
    url: str, said: str
) -> None:
    with pytest.raises(StoreRefused) as refused, Store(url).unit(ONE):
        pass
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "secret" not in str(refused.value)
    assert refused.value.exit_code == 2
