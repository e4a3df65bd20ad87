"""What Prefect is told it may run: deployments, their limits, and a schedule that makes runs."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from deployments.conductor import Conductor
from tests.journeys.test_conductor import ask

CODES = ("banco-andino", "caja-pacifico")


@pytest.fixture(scope="module")
def registered(conducted: Conductor) -> dict[str, dict[str, Any]]:
    """Deployments by full name, registered twice."""
    from deployments.register import register

    register(conducted.api_url, CODES, "America/Bogota")
    names = register(conducted.api_url, CODES, "America/Bogota")
    flows = {flow["id"]: flow["name"] for flow in ask(conducted, "/flows/filter", {})}
    found = {
        f"{flows[each['flow_id']]}/{each['name']}": each
        for each in ask(conducted, "/deployments/filter", {})
    }
    return {name: found[name] for name in names}


def test_a_night_and_a_day_for_each_institution(registered: dict[str, dict[str, Any]]) -> None:
    assert list(registered) == ["nightly/all", "night/all", *(f"day/{code}" for code in CODES)]
    day = registered["day/banco-andino"]
    assert day["entrypoint"] == "flows.day:day"
    assert day["parameters"] == {"institution": "banco-andino"}
    assert day["tags"] == ["day", "institution:banco-andino"]
    assert day["parameter_openapi_schema"]["required"] == [
        "institution", "business_date", "release_at",
    ]  # fmt: skip


def test_a_run_waits_for_the_one_before_it_and_starts_in_this_checkout(
    registered: dict[str, dict[str, Any]], root: Path
) -> None:
    pull = {"prefect.deployments.steps.set_working_directory": {"directory": str(root)}}
    for each in registered.values():
        assert each["global_concurrency_limit"]["limit"] == 1
        assert each["concurrency_options"]["collision_strategy"] == "ENQUEUE"
        assert each["pull_steps"] == [pull]
        assert each["work_pool_name"] == "recupero"


def test_the_schedule_makes_runs_before_dawn_in_the_agency_s_zone(
    registered: dict[str, dict[str, Any]], conducted: Conductor
) -> None:
    nightly = registered["nightly/all"]
    (schedule,) = nightly["schedules"]
    assert schedule["schedule"]["timezone"] == "America/Bogota"
    assert [each["schedules"] for name, each in registered.items() if name != "nightly/all"] == [
        [], [], [],
    ]  # fmt: skip
    wanted = {
        "deployments": {"id": {"any_": [nightly["id"]]}},
        "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
    }
    for _attempt in range(240):
        if runs := ask(conducted, "/flow_runs/filter", wanted):
            break
        time.sleep(0.5)
    assert {run["expected_start_time"][11:16] for run in runs} == {"09:00"}  # UTC; Bogotá is -5


def test_the_file_for_prefect_s_command_line_says_the_same(
    conducted: Conductor, root: Path
) -> None:
    from deployments.register import deployments

    folder = root / "deployments" / "institutions"
    codes = [path.stem for path in folder.glob("*.toml") if not path.stem.startswith("_")]
    told = yaml.safe_load((root / "deployments" / "prefect.yaml").read_text())
    assert told["deployments"] == [
        {
            "name": each.name,
            "entrypoint": each.entrypoint,
            "tags": list(each.tags),
            **({"parameters": each.parameters} if each.parameters else {}),
            **({"schedules": [
                {"cron": each.cron, "timezone": "America/Bogota", "slug": "nightly"}
            ]} if each.cron else {}),
            "concurrency_limit": {"limit": 1, "collision_strategy": "ENQUEUE"},
            "work_pool": {"name": "recupero"},
        }
        for each in deployments(codes)
    ]  # fmt: skip


def test_a_run_that_died_gives_its_place_free(
    registered: dict[str, dict[str, Any]], conducted: Conductor
) -> None:
    """As a killed worker leaves them: a night and its part, both said to be running."""
    from deployments.dead_runs import end_dead_runs

    night = registered["nightly/all"]["id"]
    run = ask(conducted, f"/deployments/{night}/create_flow_run", {"name": "died"})["id"]
    assert _move(conducted, run, "PENDING") == "ACCEPT"
    assert _move(conducted, run, "RUNNING") == "ACCEPT"
    next_run = ask(conducted, f"/deployments/{night}/create_flow_run", {"name": "waits"})["id"]
    assert _move(conducted, next_run, "PENDING") != "ACCEPT"
    task = {
        "flow_run_id": run, "task_key": "part", "dynamic_key": "0", "state": {"type": "RUNNING"},
    }  # fmt: skip
    parent = ask(conducted, "/task_runs/", task)["id"]
    flow = registered["day/banco-andino"]["flow_id"]
    part = ask(
        conducted, "/flow_runs/",
        {"flow_id": flow, "parent_task_run_id": parent, "name": "part",
         "state": {"type": "RUNNING"}},
    )["id"]  # fmt: skip

    assert end_dead_runs(conducted.api_url) == ["died"]
    wanted = {"flow_runs": {"id": {"any_": [run, part]}}}
    assert {found["state_type"] for found in ask(conducted, "/flow_runs/filter", wanted)} == {
        "CRASHED"
    }
    assert end_dead_runs(conducted.api_url) == []
    assert _move(conducted, next_run, "PENDING") == "ACCEPT"


def _move(conducted: Conductor, run: str, state: str) -> str:
    """Propose a state as a worker does: with Prefect's own client, which says its version."""
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.client.schemas.objects import State, StateType

    with SyncPrefectClient(conducted.api_url) as client:
        proposed: State[None] = State(type=StateType(state))
        return client.set_flow_run_state(run, proposed).status.value
