"""Tells Prefect what it may run: a night for all on a schedule, and a day for each institution.

``prefect.yaml`` beside this file says the same for those who deploy by Prefect's command line.
Runs begin in this checkout and import from it: nothing is copied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.objects import ConcurrencyLimitStrategy, ConcurrencyOptions
from prefect.client.schemas.schedules import CronSchedule
from prefect.exceptions import ObjectAlreadyExists
from prefect.utilities.callables import parameter_schema
from prefect.workers.process import ProcessWorker

from flows.day import day
from flows.night import night, nightly

ROOT = Path(__file__).resolve().parents[1]
WORK_POOL = "recupero"
#: Before anybody may be contacted, and after the banks' files of the day before are in.
NIGHTLY = "0 4 * * *"

# A run waits for the one before it: two nights at once would only wait for each other's locks.
_ONE_AT_A_TIME = ConcurrencyOptions(collision_strategy=ConcurrencyLimitStrategy.ENQUEUE)
_PULL = [{"prefect.deployments.steps.set_working_directory": {"directory": str(ROOT)}}]


@dataclass(frozen=True)
class Deployed:
    """One deployment: ``flow`` under ``name``, with its fixed parameters, tags and schedule."""

    flow: Flow[Any, Any]
    name: str
    tags: tuple[str, ...]
    parameters: dict[str, str] = field(default_factory=dict)
    cron: str | None = None

    @property
    def full_name(self) -> str:
        """As Prefect's command line names it: ``day/banco-andino``."""
        return f"{self.flow.name}/{self.name}"

    @property
    def entrypoint(self) -> str:
        """The flow's module and name; a path would put the folder ``flows`` on the path."""
        return f"{self.flow.fn.__module__}:{self.flow.fn.__name__}"


def deployments(institutions: Iterable[str]) -> Iterator[Deployed]:
    """The schedule, the same night by hand for any date, and a day for each institution."""
    yield Deployed(nightly, "all", ("night",), cron=NIGHTLY)
    yield Deployed(night, "all", ("night",))
    for code in sorted(institutions):
        yield Deployed(day, code, ("day", f"institution:{code}"), {"institution": code})


def register(api_url: str, institutions: Iterable[str], timezone: str) -> list[str]:
    """Register everything for *institutions*, with the schedule in *timezone* (IANA name).

    Returns the deployments' full names. Again, it brings them up to date.
    """
    with SyncPrefectClient(api_url) as client:
        _make_work_pool(client)
        return [_deploy(client, each, timezone) for each in deployments(institutions)]


def _make_work_pool(client: SyncPrefectClient) -> None:
    template = ProcessWorker.get_default_base_job_template()
    pool = WorkPoolCreate(name=WORK_POOL, type="process", base_job_template=template)
    try:
        client.create_work_pool(pool)
    except ObjectAlreadyExists:
        return


def _deploy(client: SyncPrefectClient, each: Deployed, timezone: str) -> str:
    schedules = [
        DeploymentScheduleCreate(
            schedule=CronSchedule(cron=cron, timezone=timezone), slug="nightly"
        )
        for cron in [each.cron]
        if cron is not None
    ]
    client.create_deployment(
        client.create_flow(each.flow),
        each.name,
        entrypoint=each.entrypoint,
        pull_steps=_PULL,
        work_pool_name=WORK_POOL,
        parameters=each.parameters,
        parameter_openapi_schema=parameter_schema(each.flow.fn).model_dump(),
        enforce_parameter_schema=True,
        schedules=schedules,
        concurrency_limit=1,
        concurrency_options=_ONE_AT_A_TIME,
        tags=list(each.tags),
        description=each.flow.description,
    )
    return each.full_name
