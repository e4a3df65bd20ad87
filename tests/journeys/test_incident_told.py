"""What Prefect is told of a server that is out of reach, and of the files once it is back."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import yaml

from deployments.conductor import Conductor
from recupero.errors import SettingsError
from recupero.steps.standing import standing
from recupero.store.embedded import EmbeddedPostgres
from recupero.store.incidents import Incident
from tests.databases import migrated_database
from tests.edges.one_bank import DAYS, Bank, services_for
from tests.journeys.night_town import drain

CODE = "banco-lejano"
MON = DAYS[0]
DEAD = (
    'host = "127.0.0.1"\nport = 1\nuser = "gw"\nkey_file = "own.key"\n'
    f'fingerprints = ["SHA256:{"A" * 43}"]\n'
)


@pytest.fixture(scope="module")
def told(
    conducted: Conductor, postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[psycopg.Connection[Any]]:
    """Three intakes against a dead port, and two once the server is back; what Prefect holds."""
    home = tmp_path_factory.mktemp("far")
    with migrated_database(postgres, "far") as database, pytest.MonkeyPatch.context() as patch:
        bank = Bank(services_for(home, database, CODE), CODE)
        key = home / "master.key"
        key.touch(mode=0o600)
        key.write_text((b"k" * 32).hex())
        given = {
            "HOME": home, "INSTITUTIONS": home / "institutions", "MASTER_KEY_FILE": key,
            "DATABASE_URL": database.database_url, "OWNER_URL": database.owner_url,
            "POLL_SECONDS": 0,
        }  # fmt: skip
        for name, value in given.items():
            patch.setenv(f"RECUPERO_{name}", str(value))
        _play(bank, patch)
        with psycopg.connect(postgres.addresses().prefect_url, autocommit=True) as connection:
            for _attempt in range(120):
                if len(events(connection)) == 3:
                    break
                time.sleep(0.5)
            yield connection


def _play(bank: Bank, patch: pytest.MonkeyPatch) -> None:
    from flows.intake import intake
    from recupero.exchange.server import generate_key
    from tasks import workplace
    from tasks.pull import pull

    patch.setattr(pull, "retry_delay_seconds", 0)
    connection = bank.services.connection_file(CODE)
    right = connection.read_text()
    generate_key(connection.with_name("own.key"))
    connection.write_text(DEAD)
    inbox = bank.services.settings.home / "remote" / CODE / "inbox"
    (inbox / "payment_1").write_text("T1;A;1,00;payment;;2026-11-23")
    (inbox / "JUAN\tPEREZ").write_text("x")
    for _run in range(3):
        assert intake(CODE, MON, return_state=True).is_failed()
        workplace.close()  # each run is a process of its own
    connection.write_text(right)
    for _run in range(2):
        assert intake(CODE, MON, return_state=True).is_completed()
        workplace.close()
    _tell_twice()
    drain()


def _tell_twice() -> None:
    """As a run does that was killed before it recorded what it had told."""
    from prefect import flow

    from tasks.incident import tell

    now = datetime(2026, 11, 23, 7, tzinfo=UTC)
    again = Incident(CODE, "outbox", "slow", 1, "gave no answer in 30 s", 1, now, now, None)

    @flow(name="told twice")
    def told_twice() -> None:
        tell(again)
        tell(again)

    told_twice()


def events(connection: psycopg.Connection[Any]) -> list[Any]:
    return connection.execute(
        "SELECT event, resource_id, payload ->> 'kind', payload ->> 'failures' FROM events "
        "WHERE resource_id LIKE 'recupero.exchange.banco-lejano.%' ORDER BY occurred"
    ).fetchall()


def tables(connection: psycopg.Connection[Any], key: str) -> list[Any]:
    found = connection.execute("SELECT data FROM artifact WHERE key = %s ORDER BY created", [key])
    return [json.loads(data) if isinstance(data, str) else data for (data,) in found]


def test_three_runs_of_four_tries_each_are_one_alert_and_its_end_another(
    told: psycopg.Connection[Any],
) -> None:
    where = f"recupero.exchange.{CODE}.inbox"
    assert events(told) == [
        ("recupero.incident.opened", where, "unreachable", "1"),
        ("recupero.incident.closed", where, "unreachable", "12"),
        ("recupero.incident.opened", where.replace("inbox", "outbox"), "slow", "1"),
    ]
    query = "SELECT message FROM log WHERE level = 30 AND message LIKE %s ORDER BY timestamp"
    first, last = told.execute(query, [f"{CODE} inbox: %"]).fetchall()
    assert first == (
        f"{CODE} inbox: unreachable opened: cannot be reached: Connection refused; ask the "
        "institution whether its server is up, then run it again",
    )
    assert "unreachable closed: cannot be reached: Connection refused; 12 failures s" in last[0]
    shown = [row for (row,) in tables(told, f"incident-{CODE}-inbox")]
    assert [(row["incident"], row["failures"]) for row in shown] == [("opened", 1), ("closed", 12)]


def test_the_table_of_a_run_tells_each_file_and_a_rerun_tells_the_same(
    told: psycopg.Connection[Any],
) -> None:
    first, again = tables(told, f"intake-{CODE}")
    assert first == again
    assert [(row["file"], row["state"], row["rule"]) for row in first] == [
        (first[0]["file"], "left", "name_hostile"),
        ("payment_1", "booked", ""),
        ("2 files", "1 booked, 1 left", ""),
    ]
    assert first[0]["file"].startswith("#")
    for table in ("artifact", "log", "events"):
        found = f"SELECT 1 FROM {table} t WHERE t::text ILIKE '%PEREZ%'"
        assert told.execute(found.encode()).fetchall() == []


def test_the_automation_that_operations_are_shown_is_one(
    told: psycopg.Connection[Any], root: Path
) -> None:
    from prefect.events.schemas.automations import AutomationCore

    text = (root / "docs/operations.md").read_text().split("```yaml\n")[1].split("```")[0]
    given = yaml.safe_load(text)
    given["actions"][0]["block_document_id"] = str(uuid4())
    trigger = AutomationCore.model_validate(given).trigger
    expected, matched = given["trigger"]["expect"], given["trigger"]["match"]
    assert trigger.model_dump()["expect"] == set(expected)
    assert {event for event, *_ in events(told)} >= set(expected)
    (pattern,) = matched.values()
    assert pattern.endswith("*")
    assert all(resource.startswith(pattern[:-1]) for _, resource, *_ in events(told))


def test_what_does_not_open_keeps_no_plain_file_waiting_and_is_told(
    told: psycopg.Connection[Any],
) -> None:
    """Last here: it is one more run."""
    from flows.intake import intake
    from tasks import workplace

    services = workplace.services()
    connection = services.connection_file(CODE)
    connection.write_text(f'{connection.read_text()}[pgp]\nkey_files = ["away.asc"]\n')
    inbox = services.settings.home / "remote" / CODE / "inbox"
    (inbox / "placement_1.pgp").write_text("x")
    (inbox / "payment_2").write_text("T2;A;1,00;payment;;2026-11-23")
    with pytest.raises(SettingsError, match="no certificate says whose"):
        intake(CODE, MON)
    assert standing(services, CODE).files == {"booked": 2, "sealed": 1}
    assert len(tables(told, f"intake-{CODE}")) == 3
    workplace.close()
