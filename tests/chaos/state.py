"""Everything a run leaves behind, and the first thing in which two runs differ."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from recupero.exchange.vault import Vault

#: What lies where, as lines: a table's rows, a file's digest of bytes, a vaulted plaintext.
State = Mapping[str, tuple[str, ...]]

#: Written by the test itself: where its SFTP server listens this time.
_SCENERY = ("connections/", "senders/")
_TABLES = """
    SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname = 'public' AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname
"""
_SCHEMA = """
    SELECT relname, relkind, relrowsecurity, relforcerowsecurity, coalesce(relacl::text, ''),
           (SELECT count(*) FROM pg_policy WHERE polrelid = c.oid),
           (SELECT count(*) FROM pg_trigger WHERE tgrelid = c.oid)
    FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname = 'public' ORDER BY relname
"""
#: Tables that tell how often something was tried, and what of them must be the same all the same.
_RETOLD = {
    "exchange_lease": "institution, side, expires_at <= clock_timestamp() AS free",
    "incident": "institution, side, kind, number, closed_at IS NULL AS open",
}
_SHOWN_MAX = 300


def capture(superuser_url: str, home: Path, vault: Vault) -> State:
    """All rows of all tables, the schema, all files below *home*, all objects in plaintext.

    Of the vault's own files only the names count: keys are random, so ciphertext differs.
    """
    state: dict[str, tuple[str, ...]] = {}
    with psycopg.connect(superuser_url) as connection:
        for (table,) in connection.execute(_TABLES).fetchall():
            query = sql.SQL("SELECT t::text FROM (SELECT {} FROM {}) t ORDER BY t::text COLLATE {}")
            columns = sql.SQL(_RETOLD.get(table, "*"))
            rows = connection.execute(
                query.format(columns, sql.Identifier(table), sql.Identifier("C"))
            )
            state[f"table {table}"] = tuple(row[0] for row in rows)
        state["schema"] = tuple(str(row) for row in connection.execute(_SCHEMA))
    for path in sorted(home.rglob("*")):
        name = str(path.relative_to(home))
        if path.is_file() and not name.startswith(_SCENERY):
            state[f"file {name}"] = () if name.startswith("vault/") else _lines(path.read_bytes())
    for code in vault.institutions():
        for address in vault.addresses(code):
            state[f"object {code}/{address}"] = _lines(vault.get(code, address))
    return state


def first_difference(undisturbed: State, found: State) -> str | None:
    """Where *found* is not *undisturbed*, and how, in a line; ``None`` where they agree."""
    for name in sorted(undisturbed.keys() | found.keys()):
        if name not in found:
            return f"{name} is missing"
        if name not in undisturbed:
            return f"{name} is too many"
        if undisturbed[name] != found[name]:
            return f"{name}: {_first_line(undisturbed[name], found[name])}"
    return None


def _first_line(expected: tuple[str, ...], found: tuple[str, ...]) -> str:
    before, now = set(expected), set(found)
    missing = [line for line in expected if line not in now]
    added = [line for line in found if line not in before]
    told = f"{len(expected)} lines expected, {len(found)} found"
    if missing:
        told += f"; missing: {missing[0][:_SHOWN_MAX]!r}"
    if added:
        told += f"; new: {added[0][:_SHOWN_MAX]!r}"
    return told


def _lines(content: bytes) -> tuple[str, ...]:
    return tuple(content.decode("latin-1").splitlines(keepends=True))
