"""An agency with one institution, the card portfolio's: database, vault and SFTP server."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from deployments.demo.facts import Upload
from deployments.demo.stage import Stage
from recupero.settings import load_settings
from recupero.steps.prepare import prepare
from recupero.steps.services import AGENCY, Services, open_services
from recupero.store.embedded import EmbeddedPostgres
from tests.databases import migrated_database, superuser

CODE = "tarjeta-real"
PROFILE = Path(__file__).parents[1] / "golden" / "profiles" / f"{CODE}.toml"
_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Office:
    """``select`` sees all that is stored, past our own reading; ``outside`` what they see."""

    services: Services
    _stage: Stage
    _database: psycopg.Connection[Any]

    def drop(self, files: Mapping[str, bytes]) -> None:
        """The institution puts *files* into its inbox, over SFTP."""
        self._stage.upload(tuple(Upload(CODE, name, body) for name, body in files.items()))

    def outside(self, folder: str) -> dict[str, bytes]:
        """Files by name in one of the institution's folders on the server."""
        place = self._stage.home / "sftp" / CODE / folder
        return {path.name: path.read_bytes() for path in place.iterdir()}

    def take_away(self, folder: str, name: str) -> None:
        """Somebody over there removes a file."""
        (self._stage.home / "sftp" / CODE / folder / name).unlink()

    def select(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of a plain query as superuser, whom row-level security does not bind."""
        return self._database.execute(query.encode(), values).fetchall()


@contextmanager
def opened(postgres: EmbeddedPostgres, home: Path) -> Iterator[Office]:
    """The office on a new database, dropped at the end; its settings are the environment's."""
    name = f"cards_{next(_NUMBERS)}"
    stage = Stage(home)
    stage.prepare()
    shutil.copy(PROFILE, stage.institutions)
    profiles = home / "profiles"
    profiles.mkdir()
    for code in (AGENCY, CODE):
        shutil.copy(stage.institutions / f"{code}.toml", profiles)
    (home / "master.key").touch(mode=0o600)
    (home / "master.key").write_text("c4" * 32)
    with (
        migrated_database(postgres, name) as database,
        superuser(postgres, name) as insider,
        pytest.MonkeyPatch.context() as patch,
    ):
        given = {
            "HOME": home, "INSTITUTIONS": profiles, "MASTER_KEY_FILE": home / "master.key",
            "DATABASE_URL": database.database_url, "OWNER_URL": database.owner_url,
            "POLL_SECONDS": 0.01,
        }  # fmt: skip
        for variable, value in given.items():
            patch.setenv(f"RECUPERO_{variable}", str(value))
        with stage.serving(), open_services(load_settings()) as services:
            prepare(services)
            yield Office(services, stage, insider)
