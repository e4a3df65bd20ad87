"""Is the database itself still as strict as the migrations left it?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Table, text

from recupero.store.proof import Finding
from recupero.store.tables import OPERATIONAL, PARTITIONED
from recupero.store.tables.columns import partition_name

_TABLES = text(
    """
    SELECT c.relname AS name, c.relispartition AS partition, c.relkind::text AS kind,
           c.relrowsecurity AND c.relforcerowsecurity AS secured,
           ARRAY(SELECT concat_ws(' ', p.polcmd, p.polpermissive, p.polroles,
                                  pg_get_expr(p.polqual, c.oid),
                                  pg_get_expr(p.polwithcheck, c.oid))
                 FROM pg_policy p WHERE p.polrelid = c.oid ORDER BY 1) AS policies,
           (SELECT count(*) FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid
              WHERE t.tgrelid = c.oid AND t.tgenabled IN ('O', 'A')
              AND t.tgname IN ('append_only', 'never_emptied')
              AND f.prosrc LIKE '%RAISE EXCEPTION%' AND f.prosrc NOT LIKE '%RETURN%') AS triggers,
           ARRAY(SELECT substr(t.tgname, 7)
                 FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid
                 WHERE t.tgrelid = c.oid AND t.tgenabled IN ('O', 'A')
                 AND t.tgname LIKE 'names\\_%' AND t.tgnewtable = 'told'
                 AND f.prosrc LIKE '%RAISE foreign_key_violation%') AS named,
           ARRAY(SELECT DISTINCT concat_ws(' ', a.privilege_type, coalesce(r.rolname, 'PUBLIC'))
                 FROM (SELECT c.relacl AS acl UNION ALL
                       SELECT attacl FROM pg_attribute WHERE attrelid = c.oid) held,
                      aclexplode(held.acl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
                 WHERE a.grantee <> c.relowner ORDER BY 1) AS grants
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    ORDER BY c.relname
    """
)

_DOORS = text(
    """
    SELECT f.proname AS name FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
    WHERE n.nspname = 'public' AND f.prosecdef AND f.proname <> 'grant_contact_slots'
    ORDER BY f.proname
    """
)

_INSTITUTION = text("SELECT current_setting('recupero.institution', true)")

_OWN_ROWS = "* t {0} (institution = current_setting('recupero.institution'::text, true))"

#: Tables without partitions, with what the application may do there.
_SHARED = {
    **{table.name: {"SELECT", "INSERT", "UPDATE"} for table in OPERATIONAL},
    "institution": {"SELECT"},
    "published_total": {"SELECT", "INSERT"},
    "contact_slot": set[str](),
    "alembic_version": set[str](),
}


def check_protection(connection: Connection) -> Iterator[Finding]:
    """Tables and partitions that lost policy or triggers or gained a grant; ways past them."""
    role = connection.execute(text("SELECT current_user")).scalar_one()
    parents = {table.name: table for table in PARTITIONED}
    operational = {table.name for table in OPERATIONAL}
    tables = connection.execute(_TABLES).all()
    for row in tables:
        where = f"table {row.name}"
        if row.kind in {"v", "m", "f"}:
            yield Finding(f"view {row.name}", "the migrations make none")
            continue
        if row.name in parents or row.partition:
            yield from _guarded(row, where)
            yield from _named(row, parents.get(row.name), where)
        elif row.name in operational:
            yield from _own_rows_only(row, where)
        allowed = {"SELECT", "INSERT"} if row.name in parents else _SHARED.get(row.name, set())
        for grant in sorted(set(row.grants) - {f"{what} {role}" for what in allowed}):
            yield Finding(where, f"a grant the migrations do not make: {grant}")
    if code := connection.execute(_INSTITUTION).scalar_one():
        there = {row.name for row in tables}
        for parent in sorted(parents):
            if partition_name(parent, code) not in there:
                yield Finding(f"table {parent}", "has no partition for the institution")
    for row in connection.execute(_DOORS):
        yield Finding(f"function {row.name}", "runs with its owner's rights")


def _own_rows_only(row: Any, where: str) -> Iterator[Finding]:
    if not row.secured or row.policies != [_OWN_ROWS]:
        yield Finding(where, "row-level security is not in force as it was made")


def _named(row: Any, parent: Table | None, where: str) -> Iterator[Finding]:
    """What a parent's trigger asks of new rows it asks of those of every partition."""
    for column, named, _ in parent.info["references"] if parent is not None else ():
        if column not in row.named:
            yield Finding(where, f"the trigger that has {column} name a {named} is gone")


def _guarded(row: Any, where: str) -> Iterator[Finding]:
    yield from _own_rows_only(row, where)
    if row.triggers < 2:
        yield Finding(where, "the append-only triggers are gone")
