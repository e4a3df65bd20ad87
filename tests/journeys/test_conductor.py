"""Prefect's server on the embedded database: it records runs, plans schedules and says nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from deployments.conductor import Conductor
from recupero.errors import SettingsError
from recupero.store.embedded import EmbeddedPostgres

PROJECT = Path(__file__).resolve().parents[2]

FLOW = """
from prefect import flow

@flow(flow_run_name="night-{name}")
def night(name: str) -> str:
    return name

night("demo")
"""

HOLD = """
import sys
from pathlib import Path
from deployments.conductor import Conductor
conductor = Conductor(Path(sys.argv[1]), sys.argv[2])
conductor.start()
print(conductor.port, conductor._server.pid, flush=True)
sys.stdin.read()
"""


def ask(conductor: Conductor, path: str, body: object = None) -> Any:
    connection = HTTPConnection("127.0.0.1", conductor.port)
    headers = {"Content-Type": "application/json"}
    content = None if body is None else json.dumps(body)
    connection.request("GET" if body is None else "POST", f"/api{path}", content, headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    assert answer.status in (200, 201), text
    return json.loads(text)


def test_a_flow_run_is_recorded_and_nothing_is_printed(conductor: Conductor) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FLOW],
        env={**os.environ, **conductor.environment()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    # A null limit is what newer web frameworks reject.
    wanted = {"limit": None, "flow_runs": {"name": {"any_": ["night-demo"]}}}
    runs = ask(conductor, "/flow_runs/filter", wanted)
    assert [(run["name"], run["state_type"]) for run in runs] == [("night-demo", "COMPLETED")]


def test_a_schedule_makes_scheduled_runs(conductor: Conductor) -> None:
    flow = ask(conductor, "/flows/", {"name": "scheduled"})
    schedule = {"interval": 3600, "anchor_date": "2026-01-01T00:00:00Z", "timezone": "UTC"}
    deployment = {
        "name": "nightly",
        "flow_id": flow["id"],
        "entrypoint": "flows.day:day",
        "schedules": [{"schedule": schedule, "active": True}],
    }
    made = ask(conductor, "/deployments/", deployment)
    wanted = {
        "deployments": {"id": {"any_": [made["id"]]}},
        "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
    }
    for _attempt in range(240):
        if runs := ask(conductor, "/flow_runs/filter", wanted):
            break
        time.sleep(0.5)
    assert {run["deployment_id"] for run in runs} == {made["id"]}


def test_the_page_knows_its_interface_and_asks_nobody_else(conductor: Conductor) -> None:
    told = ask_page(conductor, "/ui-settings")
    assert json.loads(told)["api_url"] == conductor.api_url
    settings = ask(conductor, "/admin/settings")
    assert settings["server"]["analytics_enabled"] is False
    assert settings["server"]["ui"]["v2_enabled"] is False
    assert settings["server"]["ui"]["show_promotional_content"] is False


def ask_page(conductor: Conductor, path: str) -> bytes:
    connection = HTTPConnection("127.0.0.1", conductor.port)
    connection.request("GET", path)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    assert answer.status == 200, text
    return text


def test_a_taken_port_is_refused_by_name(conductor: Conductor, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=f"port {conductor.port}"):
        Conductor(tmp_path, "postgresql://nobody@/none", conductor.port).start()


def test_the_server_ends_with_a_killed_parent(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    url = postgres.addresses().prefect_url
    command = [sys.executable, "-c", HOLD, str(tmp_path), url]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=PROJECT, stdin=pipe, stdout=pipe, text=True) as parent:
        assert parent.stdout is not None
        port, pid = map(int, parent.stdout.readline().split())
        parent.kill()
    for _attempt in range(600):
        if not Path(f"/proc/{pid}").exists():
            break
        time.sleep(0.1)
    assert not Path(f"/proc/{pid}").exists()
    with pytest.raises(ConnectionRefusedError):
        HTTPConnection("127.0.0.1", port).connect()


def test_an_address_of_another_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="RECUPERO_PREFECT_URL"):
        Conductor(tmp_path, "sqlite:///prefect.db")
