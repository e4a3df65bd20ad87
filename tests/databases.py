"""Databases for tests: empty ones, migrated ones, and copies of what was played in one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import psycopg
from psycopg import sql

from recupero.store.cluster import APPLICATION, OWNER, SUPERUSER, create_database
from recupero.store.embedded import Addresses, EmbeddedPostgres
from recupero.store.owner import migrate

_BLANK = "migrated_blank"


def superuser(postgres: EmbeddedPostgres, database: str = "postgres") -> psycopg.Connection[Any]:
    """A way in past all triggers and policies, in autocommit."""
    return psycopg.connect(postgres.url(SUPERUSER, database), autocommit=True)


@contextmanager
def made_database(
    postgres: EmbeddedPostgres, name: str, template: str | None = None
) -> Iterator[Addresses]:
    """A database called *name*, empty or a copy of *template*, dropped at the end."""
    with superuser(postgres) as connection:
        make_database(connection, name, template)
        try:
            yield _addresses(postgres, name)
        finally:
            drop_database(connection, name)


@contextmanager
def migrated_database(postgres: EmbeddedPostgres, name: str) -> Iterator[Addresses]:
    """One with all tables: to copy it takes a tenth of the time that migrating takes."""
    with made_database(postgres, name, _blank(postgres)) as made:
        yield made


def make_database(
    connection: psycopg.Connection[Any], name: str, template: str | None = None
) -> None:
    """As :func:`made_database`, for who drops it himself."""
    if template is not None:
        names = {"new": name, "owner": OWNER, "old": template}
        make = sql.SQL("CREATE DATABASE {new} OWNER {owner} TEMPLATE {old} STRATEGY file_copy")
        connection.execute(make.format(**{k: sql.Identifier(v) for k, v in names.items()}))
    create_database(connection, name, OWNER, APPLICATION)


def drop_database(connection: psycopg.Connection[Any], name: str) -> None:
    """Whoever is still in it is thrown out."""
    connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@cache
def _blank(postgres: EmbeddedPostgres) -> str:
    with superuser(postgres) as connection:
        make_database(connection, _BLANK)
    migrate(_addresses(postgres, _BLANK).owner_url, APPLICATION)
    return _BLANK


def _addresses(postgres: EmbeddedPostgres, name: str) -> Addresses:
    return Addresses(
        database_url=postgres.url(APPLICATION, name),
        owner_url=postgres.url(OWNER, name),
        prefect_url=postgres.addresses().prefect_url,
    )
