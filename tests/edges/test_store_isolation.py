"""One institution's run reaches one institution's rows, whatever it tries; nobody rewrites any."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from recupero.errors import StoreRefused
from recupero.store.cluster import APPLICATION, OWNER, SUPERUSER
from recupero.store.embedded import Addresses, EmbeddedPostgres
from recupero.store.recordings import append
from recupero.store.session import Store
from recupero.store.tables import (
    APPEND_ORDER,
    PARTITIONED,
    published_total,
    recording,
)
from tests.databases import migrated_database
from tests.edges.enrolled_store import (
    DAY,
    ONE,
    OTHER,
    draft,
    enrolled_store,
    receipts,
)


@dataclass(frozen=True)
class Both:
    """Two institutions with a receipt each, and every way into their database."""

    store: Store
    database: Addresses
    superuser_url: str


@pytest.fixture(scope="module")
def both(postgres: EmbeddedPostgres) -> Iterator[Both]:
    """One for all tests here: what they try is refused, rolled back or undone."""
    with migrated_database(postgres, "isolation") as database:
        store = enrolled_store(database)
        for code, receipt_id in ((ONE, 1), (OTHER, 2)):
            with store.unit(code) as unit:
                append(unit, draft("receipt", receipts(receipt_id)))
        yield Both(store, database, postgres.url(SUPERUSER, "isolation"))


# --- reading ---


@pytest.mark.parametrize("table", [t.name for t in PARTITIONED])
def test_without_an_institution_there_is_nothing_to_read(both: Both, table: str) -> None:
    with both.store.overview() as connection:
        assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0
        connection.execute(text("SELECT set_config('recupero.institution', '', true)"))
        assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0


READ_THE_OTHER = {
    "by name": "SELECT receipt_id FROM receipt WHERE institution = 'caja-dos'",
    "all rows": "SELECT receipt_id FROM receipt WHERE receipt_id = 2",
    "joined": "SELECT r.receipt_id FROM recording c RIGHT JOIN receipt r ON true"
              " WHERE r.receipt_id = 2",
    "in a cheap condition": "SELECT receipt_id FROM receipt WHERE receipt_id = 2"
                            " AND (receipt_id / 1 > 0 OR true)",
    "aggregated": "SELECT max(receipt_id) FROM receipt HAVING max(receipt_id) = 2",
    "through the register": "SELECT receipt_id FROM institution i JOIN receipt r"
                            " ON r.institution = i.code WHERE i.code = 'caja-dos'",
}  # fmt: skip


@pytest.mark.parametrize("how", READ_THE_OTHER)
def test_another_institutions_rows_are_not_there(both: Both, how: str) -> None:
    with both.store.unit(ONE) as unit:
        assert unit.connection.execute(text(READ_THE_OTHER[how])).all() == []


def test_copy_out_gives_own_rows_only(both: Both) -> None:
    with psycopg.connect(both.database.database_url) as connection:
        connection.execute("SELECT set_config('recupero.institution', %s, true)", [ONE])
        with connection.cursor().copy("COPY (SELECT receipt_id FROM receipt) TO STDOUT") as rows:
            assert b"".join(bytes(row) for row in rows) == b"1\n"
        with connection.cursor().copy("COPY receipt (receipt_id) TO STDOUT") as rows:
            assert b"".join(bytes(row) for row in rows) == b"", "of a parent: ONLY its own rows"


def test_a_view_of_the_application_role_is_bound_by_the_policy(both: Both) -> None:
    with both.store.unit(ONE) as unit:
        unit.connection.execute(text("CREATE TEMP VIEW every AS SELECT * FROM receipt"))
        assert unit.connection.execute(text("SELECT receipt_id FROM every")).scalars().all() == [1]


DENIED = {
    "a partition by its name": "SELECT * FROM receipt__caja_dos",
    "its own partition by name": "SELECT * FROM receipt__banco_uno",
    "insert into a partition": "INSERT INTO receipt__caja_dos (institution) VALUES ('caja-dos')",
    "the slots themselves": "SELECT * FROM contact_slot",
    "take slots away": "UPDATE contact_slot SET granted = 0",
    "the migrations' table": "UPDATE alembic_version SET version_num = '0000'",
    "a table of one's own": "CREATE TABLE leak AS SELECT * FROM receipt",
    "a function with another's rights": "CREATE FUNCTION peek() RETURNS bigint SECURITY DEFINER"
                                        " LANGUAGE sql AS 'SELECT count(*) FROM receipt'",
    "switching the policy off": "ALTER TABLE receipt DISABLE ROW LEVEL SECURITY",
    "dropping it": "DROP POLICY own_rows ON receipt",
    "another role": "SET ROLE recupero_owner",
    "the register": "INSERT INTO institution VALUES ('x', 'X', 'CO', 'COP')",
    "trigger-free mode": "SET session_replication_role = replica",
    "a file of the server": "COPY receipt TO '/tmp/leak'",
}  # fmt: skip


@pytest.mark.parametrize("what", DENIED)
def test_the_application_role_may_not(both: Both, what: str) -> None:
    with (
        pytest.raises(DBAPIError, match=r"permission denied|must be owner"),
        both.store.unit(ONE) as unit,
    ):
        unit.connection.execute(text(DENIED[what]))


def test_row_security_off_refuses_instead_of_opening(both: Both) -> None:
    with both.store.snapshot(ONE) as unit:
        unit.connection.execute(text("SET LOCAL row_security = off"))
        with pytest.raises(DBAPIError, match="would be affected by row-level security"):
            unit.connection.execute(text("SELECT * FROM receipt"))


# --- writing ---


@pytest.mark.parametrize("table", [recording, *APPEND_ORDER], ids=lambda table: str(table.name))
def test_no_row_of_another_institution_is_taken(both: Both, table: object) -> None:
    """Even with every column but the key null: the policy speaks before the constraints."""
    name = getattr(table, "name", "")
    with (
        pytest.raises(DBAPIError, match="violates row-level security policy"),
        both.store.unit(ONE) as unit,
    ):
        unit.connection.execute(text(f"INSERT INTO {name} (institution) VALUES ('caja-dos')"))


def test_copy_in_is_refused_under_row_level_security(both: Both) -> None:
    with psycopg.connect(both.database.database_url) as connection:
        connection.execute("SELECT set_config('recupero.institution', %s, true)", [ONE])
        with (
            pytest.raises(psycopg.errors.FeatureNotSupported, match="COPY FROM not supported"),
            connection.cursor().copy("COPY receipt FROM STDIN"),
        ):
            pass


def test_a_row_names_only_what_its_own_institution_has(both: Both) -> None:
    """Receipt 2 exists, but elsewhere."""
    statement = (
        "INSERT INTO reject (institution, recording_id, receipt_id, number, line_number, field,"
        " rule) VALUES ('banco-uno', 1, 2, 1, 1, 'f', 'r')"
    )
    with (
        pytest.raises(DBAPIError, match="reject: a row names a receipt that is not there"),
        both.store.unit(ONE) as unit,
    ):
        unit.connection.execute(text(statement))


CHANGES = {
    "update": "UPDATE receipt SET name = 'x'",
    "delete": "DELETE FROM receipt",
    "truncate": "TRUNCATE receipt CASCADE",
    "truncate a partition": "TRUNCATE receipt__banco_uno CASCADE",
    "update the chain": "UPDATE recording SET counts = '{}'",
    "delete the register": "DELETE FROM institution",
    "update a total": "UPDATE published_total SET totals = '{}'",
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_application_changes_no_row(both: Both, change: str) -> None:
    with (
        pytest.raises(DBAPIError, match="permission denied"),
        both.store.unit(ONE) as unit,
    ):
        unit.connection.execute(text(CHANGES[change]))


@pytest.mark.parametrize("change", CHANGES)
def test_neither_does_the_owner(both: Both, change: str) -> None:
    with psycopg.connect(both.database.owner_url) as connection:
        connection.execute("SELECT set_config('recupero.institution', %s, true)", [ONE])
        connection.execute("INSERT INTO published_total VALUES (%s, %s, 'stage', '{}')", [ONE, DAY])
        found = connection.execute("SELECT count(*) FROM receipt").fetchone()
        assert found == (1,), "forced: the owner is bound by the policy too"
        if change == "update a total":  # no policy lets anybody see it for update
            assert connection.execute(CHANGES[change].encode()).rowcount == 0
            connection.rollback()
            return
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
            connection.execute(CHANGES[change].encode())
        connection.rollback()


# --- the role and the institution ---


def test_an_unknown_institution_is_refused(both: Both) -> None:
    refused = pytest.raises(StoreRefused, match="banco-tres: is not enrolled")
    with refused, both.store.unit("banco-tres"):
        pass


@pytest.mark.parametrize("role", [SUPERUSER, OWNER, "bypasser", "heir"])
def test_a_role_that_the_policy_would_not_bind_is_refused(both: Both, role: str) -> None:
    with psycopg.connect(both.superuser_url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS bypasser")
        connection.execute("DROP ROLE IF EXISTS heir")
        connection.execute("CREATE ROLE bypasser LOGIN BYPASSRLS")
        connection.execute("CREATE ROLE heir LOGIN IN ROLE recupero_owner")
        name = connection.info.dbname
        connection.execute(f"GRANT CONNECT ON DATABASE {name} TO bypasser, heir".encode())
        store = Store(both.database.database_url.replace(APPLICATION, role, 1))
        refusal = pytest.raises(StoreRefused, match=f"role {role} is superuser, owner")
        with refusal as refused, store.unit(ONE):
            pass
        assert refused.value.exit_code == 2
        with pytest.raises(StoreRefused), store.overview():
            pass
        connection.execute(f"REVOKE ALL ON DATABASE {name} FROM bypasser, heir".encode())
        connection.execute("DROP ROLE bypasser, heir")


# --- the shared tables ---


def granted(store: Store, code: str, *asked: object) -> int:
    with store.unit(code) as unit:
        call = text("SELECT grant_contact_slots(:person, :channel, :day, :wanted, :allowed)")
        names = ("person", "channel", "day", "wanted", "allowed")
        return int(unit.connection.execute(call, dict(zip(names, asked, strict=True))).scalar_one())


def test_contact_slots_are_counted_over_institutions_and_nobody_learns_whose(both: Both) -> None:
    assert granted(both.store, ONE, "h", "any", DAY, 2, 3) == 2
    assert granted(both.store, OTHER, "h", "any", DAY, 2, 3) == 1, "one was left"
    assert granted(both.store, OTHER, "h", "any", DAY, 1, 3) == 0
    assert granted(both.store, OTHER, "h", "any", DAY, -5, 3) == 0, "nothing is given back"
    assert granted(both.store, ONE, "h", "any", DAY, 1, 3) == 0
    assert granted(both.store, ONE, "another", "any", DAY, 1, 3) == 1
    with psycopg.connect(both.superuser_url) as connection:
        columns = connection.execute("SELECT * FROM contact_slot LIMIT 0").description or []
        assert [column.name for column in columns] == ["person_hash", "channel", "day", "granted"]


def test_a_slot_of_a_transaction_that_failed_is_free_again(both: Both) -> None:
    take = text("SELECT grant_contact_slots('lost', 'any', :day, 1, 1)")
    with both.store.snapshot(ONE) as unit:
        assert unit.connection.execute(take, {"day": DAY}).scalar() == 1
    assert granted(both.store, OTHER, "lost", "any", DAY, 1, 1) == 1


def test_published_totals_are_read_by_all_and_written_by_their_own(both: Both) -> None:
    total = {"institution": ONE, "business_date": DAY, "stage": "settled", "totals": "{}"}
    with both.store.unit(ONE) as unit:
        unit.connection.execute(insert(published_total).values(total))
    with both.store.overview() as connection:
        assert [row.stage for row in connection.execute(select(published_total))] == ["settled"]
    with pytest.raises(DBAPIError, match="row-level security"), both.store.unit(OTHER) as unit:
        unit.connection.execute(insert(published_total).values(total | {"stage": "forged"}))
