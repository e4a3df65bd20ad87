"""How a story of several parts ends: completed, or failed with the names of what did not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from prefect import State
from prefect.context import FlowRunContext
from prefect.states import Completed, Failed

from recupero.errors import Fault, RecuperoError

States = Mapping[str, State[Any]]

_NOTHING: States = {}


def completed(parts: States, after: States = _NOTHING) -> list[str]:
    """Names of the parts that completed; none unless all they come *after* did."""
    if not all(state.is_completed() for state in after.values()):
        return []
    return [name for name, state in parts.items() if state.is_completed()]


def left_waiting(begun: States, ended: States) -> States:
    """One part in the name of all that *begun* and then, for another's failure, never *ended*."""
    waiting = ", ".join(name for name in completed(begun) if name not in ended)
    if not waiting:
        return _NOTHING
    return {waiting: Failed(message="received, but not contacted, closed or delivered to")}


def outcome(*beats: States) -> State[None]:
    """The state a story ends in, in one line: who failed, and why."""
    failures = [
        f"{name}: {_reason(state)}"
        for parts in beats
        for name, state in parts.items()
        if not state.is_completed()
    ]
    if failures:
        return Failed(message="; ".join(failures))
    return Completed(message=f"{sum(len(parts) for parts in beats)} parts completed")


def date_passed(scheduled: date, started: date) -> State[None] | None:
    """How a run ends that was *scheduled* for a date before the one it *started* on, else None."""
    if started <= scheduled:
        return None
    return Completed(message=f"{scheduled} has passed: the next night takes what waits")


def started_at() -> datetime:
    """When the current flow run began, as Prefect recorded it."""
    context = FlowRunContext.get()
    if context is None:
        raise Fault("asked outside of a flow run")
    return context.start_time


def _reason(state: State[Any]) -> str:
    error = state.result(raise_on_failure=False)
    return str(error) if isinstance(error, RecuperoError) else str(state.message)
