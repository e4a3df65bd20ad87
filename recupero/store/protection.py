"""Is the database itself still as strict as the migrations left it?"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from recupero.store.proof import Finding
from recupero.store.tables import PARTITIONED

_TABLES = text(
    """
    SELECT c.relname AS name, c.relispartition AS partition,
           c.relrowsecurity AND c.relforcerowsecurity AS secured,
           (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) AS policies,
           (SELECT count(*) FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgenabled <> 'D'
              AND t.tgname IN ('append_only', 'never_emptied')) AS triggers,
           has_table_privilege(current_user, c.oid, 'SELECT') AS readable,
           has_table_privilege(current_user, c.oid, 'UPDATE')
             OR has_table_privilege(current_user, c.oid, 'DELETE')
             OR has_table_privilege(current_user, c.oid, 'TRUNCATE') AS changeable
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
    """
)


def check_protection(connection: Connection) -> Iterator[Finding]:
    """Tables or partitions that lost their policy, their triggers or gained a grant."""
    parents = {table.name for table in PARTITIONED}
    for row in connection.execute(_TABLES):
        if row.name not in parents and not row.partition:
            continue
        where = f"table {row.name}"
        if not row.secured or not row.policies:
            yield Finding(where, "row-level security is not in force")
        if row.triggers < (1 if row.partition else 2):
            yield Finding(where, "the append-only triggers are gone")
        if row.changeable:
            yield Finding(where, "the application may change or delete rows")
        if row.partition and row.readable:
            yield Finding(where, "the application may read the partition past its parent")
