"""The night under Prefect: what its runs are called, what they tell, and what a failure stops."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from datetime import time as dawn
from typing import Any

import psycopg
import pytest

from deployments.conductor import Conductor
from deployments.demo.markets import DAY_1
from recupero.errors import Refused
from recupero.steps.totals import totals
from recupero.store.embedded import EmbeddedPostgres
from tests.databases import superuser
from tests.journeys.night_town import BROKEN, CODES, DAY_3, DOWN, Town, drain

FAILING = """
from datetime import date, datetime
from flows.slots import slots
from tasks.slots import neighbours
from prefect import flow

@flow
def alone() -> None:
    slots("CO", neighbours("banco-andino", date(2027, 1, 4)), date(2027, 1, 4))

print(alone(return_state=True).message)
"""
PARTS = ("receive", "intake", "settlement", "respond", "treatment", "closing", "delivery")


@pytest.fixture(scope="module")
def town(
    conducted: Conductor, postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    from tasks import workplace
    from tasks.pull import pull

    played = Town(tmp_path_factory.mktemp("town"), postgres)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pull, "retry_delay_seconds", 0)
        with played.open(patch) as services:
            played.play(services)
            yield played
            workplace.close()


@pytest.fixture
def told(town: Town, postgres: EmbeddedPostgres) -> Iterator[psycopg.Connection[Any]]:
    """What Prefect's database holds, once the server has written down what it heard."""
    drain()
    with psycopg.connect(postgres.addresses().prefect_url, autocommit=True) as connection:
        for _attempt in range(240):
            if rows(connection, "SELECT 1 FROM task_run WHERE name LIKE 'deliver · caja%'"):
                break
            time.sleep(0.5)
        yield connection


def rows(connection: psycopg.Connection[Any], query: str) -> list[Any]:
    return connection.execute(query.encode()).fetchall()


def test_a_night_completes_and_its_runs_have_readable_names(
    town: Town, told: psycopg.Connection[Any]
) -> None:
    ended = town.ended["first"]
    assert (ended.type, ended.message) == ("COMPLETED", "10 parts completed")
    day = "2026-11-27"
    names = {name for (name,) in rows(told, "SELECT name FROM flow_run WHERE name LIKE '% · %'")}
    expected = {f"{part} · {code} · {day}" for part in PARTS for code in CODES}
    expected |= {f"night · {day}", f"agency · {day}", f"agency papers · {day}"}
    expected |= {f"slots · CO · {day}", f"slots · PE · {day}"}
    assert expected <= names
    tasks = {name for (name,) in rows(told, "SELECT name FROM task_run")}
    assert {"pull · banco-andino", "write letters · caja-pacifico", "grant slots · PE"} <= tasks
    for code in (*CODES, "_agency"):  # what can fail alone comes when nothing waits for it
        last = [(f"{part} · {code}",) for part in ("retain", "anchor", "deliver", "destroy")]
        ran = rows(told, f"SELECT name FROM task_run WHERE name LIKE '%{code}' ORDER BY start_time")
        assert [name for name in dict.fromkeys(ran) if name in last] == last
    assert [name for name in names | tasks if "{" in name] == []


def test_the_tables_for_operations_say_what_was_recorded(told: psycopg.Connection[Any]) -> None:
    found = rows(told, "SELECT key, description, data FROM artifact ORDER BY created")
    tables: dict[tuple[str, str], list[Any]] = {}
    for key, described, data in found:
        content = data if isinstance(data, str) else json.dumps(data)
        tables.setdefault((key, described), []).append(json.loads(content))
    stories = ("intake", "settlement", "assessment", "treatment", "closing", "delivery")
    day = "2026-11-27"
    for key in [f"{story}-{code}" for story in stories for code in CODES]:
        code = key.split("-", 1)[1]
        assert (key, f"{code} · {day}") in tables
    assert ("intake-agency", f"_agency · {day}") in tables
    (taken_in,) = tables["intake-banco-andino", f"banco-andino · {day}"]
    assert "booked" in {row["state"] for row in taken_in}
    closed, again = tables["closing-caja-pacifico", "caja-pacifico · 2026-11-30"]
    assert {row["recorded"] for row in closed} >= {"opinions", "write_off"}
    assert closed == again


def test_the_same_night_again_changes_nothing(town: Town) -> None:
    """For the institution whose night was whole; it also reports the same totals, see above."""
    assert town.ended["second again"].is_completed()
    for left in (town.heads, town.outboxes):
        assert left["second again"]["caja-pacifico"] == left["second"]["caja-pacifico"]


def test_a_closed_date_ends_in_one_clear_line(town: Town) -> None:
    """A whole day repeats itself and says what has begun; one that never was is refused."""
    from deployments.cli.day import _conduct

    before = town.heads["third again"]["caja-pacifico"]
    released = datetime(2026, 11, 27, 10, tzinfo=UTC)
    assert _conduct("caja-pacifico", DAY_1, released) == DAY_3
    with pytest.raises(Refused, match="2026-11-26 is closed: 2026-12-01 has begun"):
        _conduct("caja-pacifico", DAY_1 - timedelta(days=1), released)
    from tasks.workplace import services

    assert totals(services(), "caja-pacifico")["chain_head"] == before


def test_a_server_out_of_reach_stops_its_institution_only(
    town: Town, told: psycopg.Connection[Any]
) -> None:
    ended = town.ended["second"]
    assert ended.is_failed()
    assert re.fullmatch(rf"{DOWN}: 127\.0\.0\.1:1: [^;\n]*", ended.message)
    states = dict(
        rows(told, "SELECT name, array_agg(state_type::text ORDER BY created) FROM flow_run "
                   "WHERE name LIKE '%2026-11-30' GROUP BY name")
    )  # fmt: skip
    assert states["night · 2026-11-30"] == ["FAILED", "COMPLETED"]
    assert states[f"receive · {DOWN} · 2026-11-30"] == ["FAILED", "COMPLETED"]
    assert states["respond · caja-pacifico · 2026-11-30"] == ["COMPLETED", "COMPLETED"]
    # Whose money is not in is not contacted, until it is.
    assert states[f"respond · {DOWN} · 2026-11-30"] == ["COMPLETED"]
    tries = rows(
        told, f"SELECT run_count FROM task_run WHERE name = 'pull · {DOWN}' "
              "AND state_type = 'FAILED'",
    )  # fmt: skip
    assert tries == [(4,)]
    assert town.heads["second"][DOWN] == town.heads["first"][DOWN]


def test_the_institution_that_was_missing_catches_up(town: Town) -> None:
    assert town.heads["second again"][DOWN] != town.heads["second"][DOWN]
    assert len(town.outboxes["second again"][DOWN]) > len(town.outboxes["second"][DOWN])


def test_without_the_agency_nobody_is_contacted_and_each_is_named(town: Town) -> None:
    ended = town.ended["third"]
    assert ended.is_failed()
    assert re.fullmatch(
        r"_agency: 127\.0\.0\.1:1: [^;\n]*; "
        "banco-andino, caja-pacifico: received, but not contacted, closed or delivered to",
        ended.message,
    )


def test_a_wrong_profile_stops_its_institution_only(
    town: Town, told: psycopg.Connection[Any]
) -> None:
    ended = town.ended["third again"]
    assert ended.is_failed()
    assert ended.message.startswith(f"{BROKEN}: {BROKEN}.toml: institution.currency: Field req")
    assert DOWN not in ended.message
    query = f"SELECT state_type FROM flow_run WHERE name = 'respond · {{}} · {DAY_3}'"
    assert rows(told, query.format(DOWN)) == [("COMPLETED",)]
    assert rows(told, query.format(BROKEN)) == []
    # The agency's own papers concern nobody else: a conflict there is told, after everybody's day.
    assert "; _agency: outbox: exists with other content" in ended.message
    # Assessed once, with the agency's roster of the day: not in the night that had none.
    with superuser(town.postgres, town.database) as connection:
        judged = "SELECT institution FROM recording WHERE subject = 'assessment:{}'"
        assert rows(connection, judged.format(DAY_3)) == [(DOWN,)]


def test_prefect_knows_no_debtor(town: Town, told: psycopg.Connection[Any]) -> None:
    with superuser(town.postgres, town.database) as connection:
        people = "SELECT name FROM person_version UNION SELECT name FROM introduction"
        names = {name for (name,) in rows(connection, people) if name}
        numbers = {
            number
            for query in (
                "SELECT id_number FROM person_version",
                "SELECT account_number FROM account_version",
                "SELECT value FROM contact_point_version",
                "SELECT unnest(ARRAY[id_number, account_number, phone, phone_2, email, address])"
                " FROM introduction",
            )
            for (number,) in rows(connection, query)
        } - {None}
    assert len(names) > 60
    assert len(numbers) > 300
    text = everything(told)
    assert "intake-banco-andino" in text
    assert [name for name in names if name.casefold() in text] == []
    words = set(re.findall(r"\w+", text))
    assert [number for number in numbers if set(re.findall(r"\w+", number.casefold())) <= words
            and number.casefold() in text] == []  # fmt: skip


def everything(connection: psycopg.Connection[Any]) -> str:
    """Every row of every table, as text, escapes undone."""
    tables = rows(
        connection,
        "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'",
    )
    text = "\n".join(
        row for (table,) in tables for (row,) in rows(connection, f"SELECT t::text FROM {table} t")
    )
    plain = re.sub(r"\\+u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    return plain.casefold()


def test_the_nightly_run_is_for_the_date_it_is_scheduled_at_the_agency(
    town: Town, told: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from prefect.runtime import flow_run

    night = importlib.import_module("flows.night")
    nightly = night.nightly
    # Half past ten in the evening in Bogotá; it runs within the date.
    scheduled = datetime(2026, 12, 1, 3, 30, tzinfo=UTC)
    monkeypatch.setattr(flow_run, "scheduled_start_time", scheduled, raising=False)
    monkeypatch.setattr(night, "started_at", lambda: scheduled + timedelta(minutes=80))
    assert nightly(return_state=True).is_completed()
    assert len(rows(told, "SELECT 1 FROM flow_run WHERE name = 'night · 2026-11-30'")) == 3


def test_a_nightly_run_on_a_later_date_conducts_nothing(
    town: Town, told: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It really starts now, long after the date it is for."""
    from prefect.runtime import flow_run

    from flows.night import nightly

    scheduled = datetime(2020, 1, 2, 9, tzinfo=UTC)
    monkeypatch.setattr(flow_run, "scheduled_start_time", scheduled, raising=False)
    ended = nightly(return_state=True)
    assert ended.is_completed()
    assert ended.message == "2020-01-02 has passed: the next night takes what waits"
    assert rows(told, "SELECT 1 FROM flow_run WHERE name LIKE '%2020-01-02'") == []


def test_a_date_that_has_not_begun_is_refused_before_anything_is_touched(town: Town) -> None:
    from deployments.cli.day import _conduct
    from flows.night import night
    from tasks.workplace import services

    mistyped, released = DAY_3 + timedelta(days=3650), datetime.combine(DAY_3, dawn(5))
    before = {code: totals(services(), code)["chain_head"] for code in CODES}
    ended = night(mistyped, released, return_state=True)
    assert ended.is_failed()
    with pytest.raises(Refused, match=f"_agency: {mistyped} has not begun: it is {DAY_3} there"):
        ended.result()
    with pytest.raises(Refused, match=f"caja-pacifico: {mistyped} has not begun"):
        _conduct("caja-pacifico", mistyped, released)
    assert {code: totals(services(), code)["chain_head"] for code in CODES} == before


def test_a_failed_flow_is_one_message_and_nothing_on_the_terminal(town: Town) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FAILING], capture_output=True, text=True, check=False
    )
    told = "contact slots of CO: banco-andino not settled on 2027-01-04"
    assert (done.returncode, done.stderr) == (0, "")
    assert told in done.stdout
    assert done.stdout.count("\n") == 1


def test_the_workplace_is_a_guest_of_a_running_database(
    postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tasks import workplace

    for name in ("DATABASE_URL", "OWNER_URL", "MASTER_KEY_FILE", "INSTITUTIONS"):
        monkeypatch.delenv(f"RECUPERO_{name}", raising=False)
    monkeypatch.setenv("RECUPERO_HOME", str(postgres.home))
    workplace.close()
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(lambda _: workplace.services(), range(2))
    assert first is second
    assert first.prefect_url == postgres.addresses().prefect_url
    workplace.close()
    assert postgres.running
