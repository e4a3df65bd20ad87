"""The unit of work: one transaction that names its institution, or nothing at all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.pq import ExecStatus
from sqlalchemy import Connection, Engine, RootTransaction, create_engine, select, text
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.pool import NullPool

from recupero.durable import effect
from recupero.errors import StoreRefused
from recupero.store.tables import institution as institutions

_ROLE = text(
    """
    SELECT current_user AS name, rolsuper, rolbypassrls,
           EXISTS (SELECT 1 FROM pg_tables
                   WHERE schemaname = 'public' AND tablename = 'recording'
                     AND pg_has_role(current_user, tableowner, 'MEMBER')) AS owner
    FROM pg_roles WHERE rolname = current_user
    """
)

#: False, not an error, where there are no tables yet or nothing was granted.
_SET_UP = text(
    """
    SELECT coalesce(bool_and(has_table_privilege(to_regclass('public.' || name), 'SELECT')), false)
    FROM unnest(ARRAY['institution', 'recording', 'receipt']) name
    """
)

#: With the transaction's end, however it ends, the lock is free again.
_TURN = text("SELECT pg_advisory_xact_lock(hashtextextended(:turn, 0))")
_TRY_ALONE = text("SELECT pg_try_advisory_xact_lock(hashtextextended('alone:' || :name, 0))")
_HELD_IDLE = text("SET LOCAL idle_in_transaction_session_timeout = 0")

#: What bulk reading relies on and a server, database or role may set otherwise; and how long to
#: wait for a server that does not even refuse.
_SESSION = {"client_encoding": "utf8", "options": "-c datestyle=ISO,YMD", "connect_timeout": "15"}


@dataclass(frozen=True)
class Unit:
    """An open transaction that sees and writes one institution's rows only.

    In a rehearsal nothing is stored: what would be recorded is collected in ``rehearsed``.
    """

    institution: str
    connection: Connection
    rehearsed: list[Any] | None = None

    def await_turn(self, name: str) -> None:
        """Go on once no other transaction of the institution has the turn of that *name*."""
        self.connection.execute(_TURN, {"turn": f"{name}:{self.institution}"})


class _Kept(threading.local):
    """A thread's connection between two of its units, while it keeps one."""

    keeps = False
    connection: Connection | None = None


class Store:
    """The application's way to the database, with the plain application role."""

    def __init__(self, database_url: str) -> None:
        self._engine = open_engine(database_url)
        self._role_checked = False
        self._kept = _Kept()

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Units of this thread use one connection after each other: for many that are short.

        A new connection costs more than a small transaction: the server starts a process for it,
        which knows no table yet.
        """
        kept, outer = self._kept, self._kept.keeps
        kept.keeps = True
        try:
            yield
        finally:
            kept.keeps = outer
            if not outer and kept.connection is not None:
                kept.connection.close()
                kept.connection = None

    @contextmanager
    def unit(self, institution: str) -> Iterator[Unit]:
        """A transaction of *institution*; committed at the end, rolled back on any error.

        Raises :class:`~recupero.errors.StoreRefused` for an unknown institution, a database
        out of reach or lost meanwhile, or a role that row-level security would not bind.
        """
        with self._transaction(institution) as (unit, transaction):
            yield unit
            with effect("store.commit"):
                transaction.commit()

    @contextmanager
    def snapshot(self, institution: str) -> Iterator[Unit]:
        """Everything *institution* had at one instant, whatever is written meanwhile.

        Nothing done in it is kept.
        """
        with self._transaction(institution, "REPEATABLE READ") as (unit, transaction):
            try:
                yield unit
            finally:
                transaction.rollback()

    @contextmanager
    def overview(self) -> Iterator[Connection]:
        """A transaction of no institution: the register and published totals, nothing else."""
        with connected(self._engine) as connection, connection.begin():
            self._check_role(connection)
            yield connection

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Be the only one of all that share the database, on whatever machine, to do *name*.

        Raises StoreRefused where another does. The database lets it go with whoever held it.
        """
        with connected(self._engine) as connection, connection.begin():
            connection.execute(_HELD_IDLE)
            if not connection.execute(_TRY_ALONE, {"name": name}).scalar_one():
                raise StoreRefused(f"another {name} is under way", "database", "let it end")
            yield

    def is_set_up(self) -> bool:
        """Whether the database has our tables and the application role its rights in them."""
        with connected(self._engine) as connection:
            return bool(connection.execute(_SET_UP).scalar_one())

    @property
    def role(self) -> str:
        """The application role's name, as the address gives it."""
        role = self._engine.url.username
        if not role:
            raise StoreRefused(
                "names no role", "RECUPERO_DATABASE_URL", "postgresql://ROLE@host/db"
            )
        return role

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()

    @contextmanager
    def _transaction(
        self, institution: str, isolation: str = "READ COMMITTED"
    ) -> Iterator[tuple[Unit, RootTransaction]]:
        with self._connection() as connection:
            connection.execution_options(isolation_level=isolation)
            with connection.begin() as transaction:
                self._check_role(connection)
                connection.execute(
                    text("SELECT set_config('recupero.institution', :code, true)"),
                    {"code": institution},
                )
                known = select(institutions.c.code).where(institutions.c.code == institution)
                if connection.execute(known).scalar() is None:
                    raise StoreRefused(
                        "is not enrolled", institution, "run: recupero institution add"
                    )
                yield Unit(institution, connection), transaction

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """The kept connection, or a new one; only one that nothing went wrong on is kept."""
        kept = self._kept
        connection, kept.connection = kept.connection, None
        if connection is not None and not _answers(connection):
            connection.close()
            connection = None
        used = connection or _connect(self._engine)
        try:
            with _lost_is_told():
                yield used
        except BaseException:
            used.close()
            raise
        if kept.keeps and kept.connection is None:
            kept.connection = used
        else:
            used.close()

    def _check_role(self, connection: Connection) -> None:
        if self._role_checked:
            return
        if connection.execute(text("SELECT to_regclass('public.recording')")).scalar() is None:
            raise StoreRefused("has no tables yet", "database", "run: recupero institution add")
        role = connection.execute(_ROLE).one()
        if role.rolsuper or role.rolbypassrls or role.owner:
            raise StoreRefused(
                f"role {role.name} is superuser, owner or bypasses row-level security",
                "RECUPERO_DATABASE_URL",
                "use a plain role: LOGIN, neither superuser nor owner, NOBYPASSRLS",
            )
        self._role_checked = True


def open_engine(url: str) -> Engine:
    """An engine on psycopg without a pool: workers fork, and a unit of work is long."""
    named = url.replace("postgres://", "postgresql://", 1)
    try:
        return create_engine(
            named.replace("postgresql://", "postgresql+psycopg://", 1),
            poolclass=NullPool,
            hide_parameters=True,  # they are debtors' data, and errors end in logs
            connect_args=_SESSION,
        )
    except (ArgumentError, ValueError):  # it would quote the address, and with it a password
        raise StoreRefused(
            "is not a database's address", "database", "postgresql://ROLE@host:5432/database"
        ) from None


@contextmanager
def connected(engine: Engine) -> Iterator[Connection]:
    """A connection, or one clear line saying that the database does not answer or went away."""
    with _lost_is_told(), _connect(engine) as connection:
        yield connection


def _connect(engine: Engine) -> Connection:
    try:
        return engine.connect()
    except OperationalError as error:
        what = f"the database does not answer: {_reason(error.orig)}"
        raise StoreRefused(what, "database") from None


@contextmanager
def _lost_is_told() -> Iterator[None]:
    try:
        yield
    except (OperationalError, psycopg.OperationalError) as error:  # the second from under bulk
        cause = error.orig if isinstance(error, OperationalError) else error
        what = f"the database gave up the work: {_reason(cause)}"
        raise StoreRefused(what, "database", "run it again: what is done stays done") from None


def _answers(connection: Connection) -> bool:
    """Whether the server is still there; asked of the driver, so that no transaction begins."""
    driver = connection.connection.driver_connection
    try:
        return driver is not None and driver.pgconn.exec_(b"").status == ExecStatus.EMPTY_QUERY
    except psycopg.Error:
        return False


def _reason(error: BaseException | None) -> str:
    """The server's or driver's first line: what follows it may quote a statement."""
    return next(iter(str(error or "").strip().splitlines()), "no answer")
