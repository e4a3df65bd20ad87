"""What the embedded server consists of: settings, roles and databases.

::

    database    owned by           also enters
    recupero    recupero_owner     recupero_app
    prefect     recupero_prefect
"""

from __future__ import annotations

import psycopg
from psycopg import sql

SUPERUSER = "postgres"
OWNER = "recupero_owner"
APPLICATION = "recupero_app"
PREFECT = "recupero_prefect"

# For batch on one machine. Durability is never traded; the server's log must not quote rows.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "maintenance_work_mem": "128MB",
    "temp_buffers": "64MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    # The wheel has pglz alone. With checksums the first reading of what was written logs whole
    # pages: of a second day with a million accounts compressing them took 27 of 34 seconds.
    "wal_compression": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "jit": "off",
    # A container's /dev/shm is small; System V memory is needed by the server anyway.
    "dynamic_shared_memory_type": "sysv",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}

INITDB = (
    *("-U", SUPERUSER, "-E", "UTF8", "--data-checksums"),
    *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    *("--auth-local=trust", "--auth-host=reject"),
)


def prepare(superuser_url: str) -> None:
    """Make the roles and databases that are missing; no role is privileged."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        for role in {OWNER, APPLICATION, PREFECT} - roles:
            # Everything a role may be beyond LOGIN is off by default.
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        create_database(connection, "recupero", OWNER, APPLICATION)
        create_database(connection, "prefect", PREFECT)


def create_database(connection: psycopg.Connection, name: str, owner: str, *guests: str) -> None:
    """Make a database, unless it exists, that only *owner* and *guests* may enter.

    *connection* is the superuser's, in autocommit.
    """
    names = {"database": sql.Identifier(name), "owner": sql.Identifier(owner)}
    known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone()
    if known is None:
        make = "CREATE DATABASE {database} OWNER {owner} TEMPLATE template0"
        connection.execute(sql.SQL(make).format(**names))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {database} FROM PUBLIC").format(**names))
    for guest in guests:
        grant = sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {guest}")
        connection.execute(grant.format(guest=sql.Identifier(guest), **names))


def answers(url: str) -> bool:
    """Whether a connection to *url* is accepted."""
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True
