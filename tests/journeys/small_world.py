"""Two business days of two institutions, played once through the steps over a real SFTP server."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from deployments.demo.stage import Stage
from deployments.demo.story import make_story
from recupero.settings import load_settings
from recupero.steps.assess import assess
from recupero.steps.deliver import deliver_documents
from recupero.steps.exhaust import give_opinions
from recupero.steps.intake import pending, take_in
from recupero.steps.letters import write_letters
from recupero.steps.plan import plan
from recupero.steps.pull import pull
from recupero.steps.reconcile import reconcile
from recupero.steps.services import AGENCY, Services, open_services, prepare
from recupero.steps.settle import settle
from recupero.steps.share_capacity import share_capacity
from recupero.steps.slots import grant_slots
from recupero.steps.worklists import write_worklists
from recupero.steps.write_off import decide_instructions
from recupero.store.cluster import APPLICATION, OWNER, SUPERUSER
from recupero.store.embedded import EmbeddedPostgres
from recupero.store.session import Store

CODES = ("banco-andino", "caja-pacifico")
_NUMBERS = itertools.count(1)


class World:
    """What two days left in a database and a vault; every tamper gets a copy of the database."""

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
        """Play the days; the databases are dropped at the end."""
        with self._superuser("postgres") as connection:
            connection.execute(_sql("CREATE DATABASE {} OWNER {}", self._template, OWNER))
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
        try:
            with stage.serving(), open_services(settings) as self._services:
                prepare(self.services)
                for day in make_story(7, self._accounts).days:
                    known = [u for u in day.uploads if u.institution in (*CODES, AGENCY)]
                    stage.upload(tuple(known))
                    play_day(self.services, day.day)
                yield self
        finally:
            with self._superuser("postgres") as connection:
                connection.execute(_sql("DROP DATABASE {} WITH (FORCE)", self._template))

    @contextmanager
    def copy(self) -> Iterator[tuple[Services, psycopg.Connection[Any]]]:
        """Services on a copy of the database, and a superuser's way into it past all triggers."""
        name = f"{self._template}_copy"
        with self._superuser("postgres") as connection:
            connection.execute(_sql("CREATE DATABASE {} TEMPLATE {}", name, self._template))
            try:
                with self._superuser(name) as insider:
                    insider.execute("SET session_replication_role = replica")
                    store = Store(self._postgres.url(APPLICATION, name))
                    yield replace(self.services, store=store), insider
            finally:
                connection.execute(_sql("DROP DATABASE {} WITH (FORCE)", name))

    def _superuser(self, database: str) -> psycopg.Connection[Any]:
        return psycopg.connect(self._postgres.url(SUPERUSER, database), autocommit=True)


def play_day(services: Services, day: date) -> None:
    """The three beats of a business day, without a conductor."""
    for code in (AGENCY, *services.institutions()):
        pull(services, code, day)
        for receipt_id in pending(services, code, day):
            take_in(services, code, receipt_id, day)
    share_capacity(services, day)
    for code in services.institutions():
        settle(services, code, day)
        reconcile(services, code, day)
        assess(services, code, day)
    for code in services.institutions():
        grant_slots(services, services.profile(code).institution.country, [code], day)
    for code in services.institutions():
        plan(services, code, day)
        write_letters(services, code, day, datetime.combine(day, time(5)))
        write_worklists(services, code, day)
        give_opinions(services, code, day)
        decide_instructions(services, code, day)
        reconcile(services, code, day)
    for code in (AGENCY, *services.institutions()):
        deliver_documents(services, code, day)


def _sql(text: str, *names: str) -> sql.Composed:
    return sql.SQL(text).format(*map(sql.Identifier, names))  # type: ignore[arg-type]
