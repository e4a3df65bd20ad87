"""What only the owner role does: migrate, and enrol an institution with its partitions."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import Connection, select, text, update
from sqlalchemy.dialects.postgresql import insert

from recupero.durable import effect
from recupero.store.bulk import driver
from recupero.store.enrolled import register
from recupero.store.recordings import height, take_turn
from recupero.store.session import Unit, connected, open_engine
from recupero.store.tables import OPERATIONAL, PARTITIONED, institution
from recupero.store.tables.columns import partition_name

#: Row-level security binds the owner too.
_AS_INSTITUTION = text("SELECT set_config('recupero.institution', :code, true)")
_PARTITIONS = text("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'")


def migrate(owner_url: str, application_role: str) -> None:
    """Bring the schema to the newest version, with the partitions of every institution enrolled
    before, and grant the application role its few rights.

    The application may read and append; nothing is granted on partitions, so that every access
    passes the parent's policy. Nothing happens when all is in place.
    """
    config, engine = migrations(), open_engine(owner_url)
    with connected(engine) as connection:
        config.attributes["connection"] = connection
        with effect("store.migrate"):
            command.upgrade(config, "head")
        with (
            effect("store.grant"),
            connection.begin(),
            driver(connection).cursor() as cursor,
        ):
            for code in connection.execute(select(institution.c.code)).scalars():
                _add_partitions(connection, code)
            for statement in _grants(application_role):
                cursor.execute(statement)
    engine.dispose()


def migrations() -> Config:
    """Where the schema's versions are."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _grants(application_role: str) -> list[sql.Composed]:
    role = sql.Identifier(application_role)
    append = sql.SQL("GRANT SELECT, INSERT ON {} TO {}")
    keep = sql.SQL("GRANT SELECT, INSERT, UPDATE ON {} TO {}")
    return [
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role),
        sql.SQL("GRANT SELECT ON institution TO {}").format(role),
        append.format(sql.Identifier("published_total"), role),
        *(keep.format(sql.Identifier(table.name), role) for table in OPERATIONAL),
        *(append.format(sql.Identifier(table.name), role) for table in PARTITIONED),
        sql.SQL("GRANT EXECUTE ON FUNCTION grant_contact_slots TO {}").format(role),
    ]


def enrol(owner_url: str, *, code: str, name: str, country: str, currency: str) -> bool:
    """Register an institution and make the partitions it lacks, each with its own policy.

    Returns whether it was new; one enrolled before gets until something is recorded for it the
    country and currency given now. A partition carries the policy itself and no grants, because a
    partition read by its own name is not protected by its parent's policy.
    """
    engine = open_engine(owner_url)
    try:
        with connected(engine) as connection, connection.begin() as transaction:
            row = {"code": code, "name": name, "country": country, "currency": currency}
            added = connection.execute(
                insert(institution)
                .values(row)
                .on_conflict_do_nothing()
                .returning(institution.c.code)
            ).first()
            added_to = _add_partitions(connection, code)
            corrected = added is None and _corrected(connection, code, country, currency)
            if not added_to and not corrected:
                return False
            with effect("store.commit"):
                transaction.commit()
            return added is not None
    finally:
        engine.dispose()


def _corrected(connection: Connection, code: str, country: str, currency: str) -> bool:
    """Whether the register said another country or currency, and nothing hangs on them yet."""
    unit = Unit(code, connection)
    (there,) = [each for each in register(unit) if each.code == code]
    if (there.country, there.currency) == (country, currency):
        return False
    connection.execute(_AS_INSTITUTION, {"code": code})
    take_turn(unit)
    if height(unit) > 0:
        return False
    stated = {"country": country, "currency": currency}
    # The register is append-only to everybody; its owner may say so and lift that for one row.
    connection.execute(text("ALTER TABLE institution DISABLE TRIGGER append_only"))
    connection.execute(update(institution).where(institution.c.code == code).values(stated))
    connection.execute(text("ALTER TABLE institution ENABLE TRIGGER append_only"))
    return True


def _add_partitions(connection: Connection, code: str) -> bool:
    """Make the partitions that the institution lacks; whether there were such."""
    there = set(connection.execute(_PARTITIONS).scalars())
    lacking = [t.name for t in PARTITIONED if partition_name(t.name, code) not in there]
    with driver(connection).cursor() as cursor:
        for table in lacking:
            for statement in _partition(table, code):
                cursor.execute(statement)
    return bool(lacking)


def _partition(table: str, code: str) -> list[sql.Composed]:
    child = sql.Identifier(partition_name(table, code))
    return [
        sql.SQL("CREATE TABLE {} PARTITION OF {} FOR VALUES IN ({})").format(
            child, sql.Identifier(table), sql.Literal(code)
        ),
        sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(child),
        sql.SQL("ALTER TABLE {} FORCE ROW LEVEL SECURITY").format(child),
        sql.SQL(
            "CREATE POLICY own_rows ON {} USING (institution = "
            "current_setting('recupero.institution', true))"
        ).format(child),
        # Row triggers come down from the parent, statement triggers do not.
        sql.SQL(
            "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        ).format(child),
    ]
