"""CPU seconds of this process and of a PostgreSQL, and how many of them the journal takes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

from psycopg import sql

from recupero.steps.booking import placement
from recupero.store import bulk, canonical, recordings
from recupero.store.embedded import EmbeddedPostgres
from recupero.store.tables import journal
from tests.databases import superuser
from tests.edges.console import children

Given = TypeVar("Given")

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Spending:
    """What runs on *server*, the process all others of it come from, is spent together."""

    server: int

    @classmethod
    def on(cls, postgres: EmbeddedPostgres) -> Spending:
        """That of *postgres*."""
        with superuser(postgres) as connection:
            [(backend,)] = connection.execute("SELECT pg_backend_pid()").fetchall()
            status = Path(f"/proc/{backend}/status").read_text()
        parent = next(line for line in status.splitlines() if line.startswith("PPid"))
        return cls(int(parent.split()[1]))

    def so_far(self) -> float:
        """CPU seconds of this process and of the server's, those that ended included."""
        ticks = 0
        for pid in {self.server, *children(self.server)}:
            try:
                after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except FileNotFoundError:  # ended just now: it counts with the server's
                continue
            ticks += sum(map(int, after_name[11:15]))
        return time.process_time() + ticks / _TICKS

    def of(self, act: Callable[[], Given]) -> tuple[float, Given]:
        """CPU seconds that *act* takes, and what it gives."""
        begun = self.so_far()
        given = act()
        return self.so_far() - begun, given

    @contextmanager
    def of_journal(self) -> Iterator[list[float]]:
        """CPU seconds of each piece of work for the journal alone: its entries made, proven to
        balance, hashed and stored. They are not inside each other.

        What leads to them (balances, money since the cut-off) and the end of the transaction is
        left with the rest.
        """
        spent: list[float] = []

        def timed(work: Callable[..., Any], is_journal: Callable[..., bool]) -> Callable[..., Any]:
            def run(*given: Any, **named: Any) -> Any:
                if not is_journal(*given):
                    return work(*given, **named)
                cost, result = self.of(lambda: work(*given, **named))
                spent.append(cost)
                return result

            return run

        always, second = (lambda *_: True), (lambda _, table, *__: table is journal)
        with ExitStack() as patches:
            for module, name, is_journal in (
                (placement, "_journal", always),
                (recordings, "assert_balanced", always),
                (canonical, "digest_rows", second),
                (bulk, "insert", second),
            ):
                work = timed(getattr(module, name), is_journal)
                patches.enter_context(patch.object(module, name, work))
            yield spent


def tended_by_hand(postgres: EmbeddedPostgres) -> None:
    """From now on the server's own upkeep falls on nobody's time by chance: see ``tend``."""
    with superuser(postgres) as connection:
        connection.execute("ALTER SYSTEM SET autovacuum = off")
        connection.execute("SELECT pg_reload_conf()")


def tend(postgres: EmbeddedPostgres, database: str, code: str | None = None) -> None:
    """What autovacuum and the checkpointer do in the hours between two days, of *code*'s partitions
    or of all tables.
    """
    suffix = f"__{code}".replace("-", "_") if code else ""
    with superuser(postgres, database) as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace "
            "WHERE relkind = 'r' AND nspname = 'public' AND right(relname, %s) = %s ORDER BY 1",
            (len(suffix), suffix),
        ).fetchall()
        listed = sql.SQL(", ").join(sql.Identifier(name) for (name,) in tables)
        connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(listed))
        connection.execute("CHECKPOINT")
