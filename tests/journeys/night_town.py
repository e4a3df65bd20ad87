"""Two institutions' business days under Prefect, and what goes wrong on the later ones."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from deployments.demo.facts import Upload
from deployments.demo.markets import DAY_1, DAY_2
from deployments.demo.stage import Stage
from deployments.demo.story import make_story
from recupero.settings import load_settings
from recupero.steps.prepare import prepare
from recupero.steps.services import AGENCY, Services, open_services
from recupero.steps.totals import totals
from recupero.store.embedded import EmbeddedPostgres
from tests.databases import migrated_database

CODES = ("banco-andino", "caja-pacifico")
DOWN = "banco-andino"
BROKEN = "caja-pacifico"
DAY_3 = DAY_2 + timedelta(days=1)
_NUMBERS = itertools.count(1)


class Town:
    """A home, a database, an SFTP server; and how each night ended."""

    def __init__(self, home: Path, postgres: EmbeddedPostgres) -> None:
        self.home = home
        self.postgres = postgres
        self.database = f"town_{next(_NUMBERS)}"
        self.ended: dict[str, Any] = {}
        self.heads: dict[str, dict[str, str]] = {}
        self.outboxes: dict[str, dict[str, dict[str, int]]] = {}

    @contextmanager
    def open(self, patch: pytest.MonkeyPatch) -> Iterator[Services]:
        """Institutions enrolled, their server up, the settings in the environment."""
        stage = Stage(self.home)
        stage.prepare()
        served = self.home / "served"
        served.mkdir()
        for code in (*CODES, AGENCY):
            shutil.copy(stage.institutions / f"{code}.toml", served)
        key = self.home / "master.key"
        key.touch(mode=0o600)
        key.write_text("5e" * 32)
        with migrated_database(self.postgres, self.database) as database:
            given = {
                "HOME": self.home, "INSTITUTIONS": served, "MASTER_KEY_FILE": key,
                "DATABASE_URL": database.database_url, "OWNER_URL": database.owner_url,
                "POLL_SECONDS": 0.01,
            }  # fmt: skip
            for name, value in given.items():
                patch.setenv(f"RECUPERO_{name}", str(value))
            with stage.serving(), open_services(load_settings()) as services:
                prepare(services)
                yield services

    def play(self, services: Services) -> None:
        """Three days; the later nights run twice, the first time with a server out of reach.

        On the third it is the agency's own, and then an institution's profile is wrong and
        something lies in the agency's outbox under the name of its own chain.
        """
        first, second = make_story(7, 60).days
        self._arrive(first.uploads)
        self._night("first", services, DAY_1)
        self._arrive(second.uploads)
        with self._out_of_reach(DOWN):
            self._night("second", services, DAY_2)
        self._night("second again", services, DAY_2)
        with self._out_of_reach(AGENCY):
            self._night("third", services, DAY_3)
        with self._broken(BROKEN), self._in_the_way(DAY_3):
            self._night("third again", services, DAY_3)

    def _arrive(self, uploads: Any) -> None:
        stage = Stage(self.home)
        stage.upload(tuple(u for u in uploads if u.institution in (*CODES, AGENCY)))

    def _night(self, name: str, services: Services, day: date) -> None:
        from flows.night import night
        from tasks import workplace

        self.ended[name] = night(day, datetime.combine(day, time(5)), return_state=True)
        workplace.close()  # each night is a process of its own
        self.heads[name] = {code: totals(services, code)["chain_head"] for code in CODES}
        self.outboxes[name] = {
            code: {
                path.name: path.stat().st_mtime_ns
                for path in (self.home / "sftp" / code / "outbox").iterdir()
            }
            for code in CODES
        }

    @contextmanager
    def _in_the_way(self, day: date) -> Iterator[None]:
        """News for the agency's chain, and a file of somebody else's where its papers go."""
        Stage(self.home).upload((Upload(AGENCY, "nota.txt", b"nota\n"),))
        there = self.home / "sftp" / AGENCY / "outbox" / f"CADENA_{AGENCY}_{day}.csv"
        there.write_text("somebody else's\n")
        yield
        there.unlink()

    @contextmanager
    def _out_of_reach(self, code: str) -> Iterator[None]:
        """Nobody listens where the connection file says."""
        path = self.home / "connections" / f"{code}.toml"
        right = path.read_text()
        lines = ["port = 1" if line.startswith("port") else line for line in right.splitlines()]
        path.write_text("\n".join(lines) + "\n")
        yield
        path.write_text(right)

    @contextmanager
    def _broken(self, code: str) -> Iterator[None]:
        """Somebody mistyped a key of the profile."""
        path = self.home / "served" / f"{code}.toml"
        right = path.read_text()
        path.write_text(right.replace("currency", "curency", 1))
        yield
        path.write_text(right)


def drain() -> None:
    """Wait until logs and events of this process have reached the server."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    EventsWorker.drain_all(timeout=30)
    APILogWorker.drain_all(timeout=30)
