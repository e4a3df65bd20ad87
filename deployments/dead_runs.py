"""Runs that died with the server or worker that conducted them: Prefect holds them for running.

Such a run keeps its deployment's only slot, and every later night would wait for it for ever.
"""

from __future__ import annotations

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterParentFlowRunId,
    FlowRunFilterState,
    FlowRunFilterStateType,
    WorkPoolFilter,
    WorkPoolFilterName,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.states import Crashed

from deployments.register import WORK_POOL

_AT_ONCE = 200
_UNDER_WAY = FlowRunFilterState(
    type=FlowRunFilterStateType(any_=[StateType.PENDING, StateType.RUNNING, StateType.CANCELLING])
)


def end_dead_runs(api_url: str) -> list[str]:
    """Mark as crashed what is said to run in our pool, and its parts; returns the runs' names.

    To be asked before the pool's only worker starts: nothing of it can be alive.
    """
    pool = WorkPoolFilter(name=WorkPoolFilterName(any_=[WORK_POOL]))
    running = FlowRunFilter(state=_UNDER_WAY)
    with SyncPrefectClient(api_url) as client:
        runs = client.read_flow_runs(flow_run_filter=running, work_pool_filter=pool, limit=_AT_ONCE)
        for run in runs:
            _end(client, run)
    return sorted(run.name for run in runs)


def _end(client: SyncPrefectClient, run: FlowRun) -> None:
    """The parts first: a run that is marked has none left that is not."""
    mine = FlowRunFilter(
        state=_UNDER_WAY, parent_flow_run_id=FlowRunFilterParentFlowRunId(any_=[run.id])
    )
    for part in client.read_flow_runs(flow_run_filter=mine, limit=_AT_ONCE):
        _end(client, part)
    died: State[None] = Crashed(
        message="ended with the worker that ran it; run it again: what is done stays"
    )
    client.set_flow_run_state(run.id, died)
