"""Two business days of two institutions, played once through the steps over a real SFTP server."""

from __future__ import annotations

import itertools
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import polars as pl
from sqlalchemy import Connection, insert, text

from deployments.demo.stage import Stage
from deployments.demo.story import make_story
from recupero.settings import load_settings
from recupero.steps.prepare import prepare
from recupero.steps.services import AGENCY, Services, open_services
from recupero.steps.verify import Verification
from recupero.store.canonical import chained_columns, content_digest, row_hashes
from recupero.store.cluster import APPLICATION, OWNER, SUPERUSER
from recupero.store.embedded import EmbeddedPostgres
from recupero.store.proof import Finding, prove
from recupero.store.recordings import GENESIS, link
from recupero.store.rows import Table, rows_of, stored_in
from recupero.store.session import Store, Unit, open_engine
from recupero.store.tables import APPEND_ORDER, PERSONAL, recording
from tests.chaos.day_of_steps import delivering
from tests.databases import migrated_database

CODES = ("banco-andino", "caja-pacifico")
_NUMBERS = itertools.count(1)
_CHOSEN = text("SELECT current_setting('recupero.institution', true)")


class Tampered(Store):
    """The database as the application finds it after an insider's uncommitted changes."""

    def __init__(self, services: Services, connection: Connection) -> None:
        self.services = replace(services, store=self)
        self.connection = connection

    @contextmanager
    def snapshot(self, institution: str) -> Iterator[Unit]:
        """A unit inside the insider's transaction, under the application's role and policy."""
        self.connection.execute(text(f"SET LOCAL ROLE {APPLICATION}"))
        outer = self.connection.execute(_CHOSEN).scalar_one()
        self._choose(institution)
        yield Unit(institution, self.connection)
        self._choose(outer or "")
        if not outer:
            self.connection.execute(text("RESET ROLE"))

    def chain(self, code: str) -> list[Finding]:
        """What verify's check of the chain alone finds."""
        with self.snapshot(code) as unit:
            return list(prove(unit, self.services.row_key(code)))

    def execute(self, statement: str) -> int:
        """How many rows the insider's *statement* changed."""
        return self.connection.execute(text(statement)).rowcount

    def change(self, table: str, assignment: str, condition: str) -> str:
        """Change one row of caja-pacifico, always the same; returns how `verify` names it."""
        known = next(one for one in APPEND_ORDER if one.name == table)
        key = [c.name for c in known.primary_key if c.name in chained_columns(known)]
        statement = f"{changed(table, assignment, condition)} RETURNING {', '.join(key)}"
        row = self.connection.execute(text(statement)).one()
        return " ".join([table, *(f"{name}={value}" for name, value in row._asdict().items())])

    def reseal(self, code: str) -> None:
        """Recompute every hash of a chain, as an insider with code and keys would."""
        unit, key = Unit(code, self.connection), self.services.row_key(code)
        frames: dict[int, dict[Table, pl.DataFrame]] = defaultdict(dict)
        for table in APPEND_ORDER:
            rows = stored_in(unit, table)
            if table in PERSONAL and rows.height:
                rows = rows.with_columns(row_hashes(rows, table, key))
                self._rewrite(table, rows, "row_hash")
            for (recording_id,), part in rows.group_by("recording_id"):
                frames[int(str(recording_id))][table] = part
        chain = rows_of(unit, recording).sort("position").to_dicts()
        previous = GENESIS
        for position, row in enumerate(chain, start=1):
            row |= {"position": position, "previous_head": previous,
                    "content_digest": content_digest(frames[row["recording_id"]])}  # fmt: skip
            previous = row["head"] = link(row)
        self.connection.execute(
            text(f"DELETE FROM {recording.name} WHERE institution = :code"), {"code": code}
        )
        self.connection.execute(insert(recording), chain)

    def _rewrite(self, table: Table, rows: pl.DataFrame, column: str) -> None:
        keys = [c.name for c in table.primary_key]
        match = " AND ".join(f"{name} = :{name}" for name in keys)
        statement = f"UPDATE {table.name} SET {column} = :{column} WHERE {match}"
        changes = rows.select(*keys, column).to_dicts()
        self.connection.execute(text(statement), changes)

    def _choose(self, institution: str) -> None:
        self.connection.execute(
            text("SELECT set_config('recupero.institution', :code, true)"), {"code": institution}
        )


class World:
    """What two days left in a database and a vault."""

    def __init__(self, home: Path, postgres: EmbeddedPostgres, accounts: int = 60) -> None:
        self.home = home
        self._postgres = postgres
        self._template = f"world_{next(_NUMBERS)}_{home.name.replace('-', '_')}".lower()
        self._services: Services | None = None
        self._accounts = accounts

    @property
    def services(self) -> Services:
        """Services on the untouched database."""
        assert self._services is not None
        return self._services

    @contextmanager
    def played(self) -> Iterator[World]:
        """Play the days; the database is dropped at the end."""
        stage = Stage(self.home)
        stage.prepare()
        folder = self.home / "profiles"
        folder.mkdir()
        for code in (*CODES, AGENCY):
            shutil.copy(stage.institutions / f"{code}.toml", folder)
        (self.home / "master.key").touch(mode=0o600)
        (self.home / "master.key").write_text("5e" * 32)
        settings = load_settings(
            home=self.home, institutions=folder, poll_seconds=0.01,
            database_url=self._postgres.url(APPLICATION, self._template),
            owner_url=self._postgres.url(OWNER, self._template),
            master_key_file=self.home / "master.key",
        )  # fmt: skip
        with (
            migrated_database(self._postgres, self._template),
            stage.serving(),
            open_services(settings) as self._services,
        ):
            prepare(self.services)
            for day in make_story(7, self._accounts).days:
                known = [u for u in day.uploads if u.institution in (*CODES, AGENCY)]
                stage.upload(tuple(known))
                delivering(self.services, day.day)
            yield self

    @contextmanager
    def tampered(self) -> Iterator[Tampered]:
        """A superuser's transaction past all triggers; whatever is done in it is undone."""
        engine = open_engine(self._postgres.url(SUPERUSER, self._template))
        with engine.connect() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield Tampered(self.services, connection)
        engine.dispose()


def named(verification: Verification) -> str:
    """The findings, a line each: check, object, what."""
    lines = (f"{check}: {found.object}: {found.what}" for check, found in verification.findings)
    return "\n".join(lines)


def changed(table: str, assignment: str, condition: str = "true") -> str:
    """A statement that changes one row of caja-pacifico, always the same."""
    child = f"{table}__caja_pacifico"
    one = f"SELECT ctid FROM {child} WHERE {condition} ORDER BY 1 LIMIT 1"
    return f"UPDATE {child} SET {assignment} WHERE ctid = ({one})"
