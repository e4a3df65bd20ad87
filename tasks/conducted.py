"""How every step is conducted: when it is tried again, how long it may take, what may be told.

Parameters and results are ids, counts and digests: Prefect's database holds them unencrypted.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun

from recupero.errors import ExchangeError, Fault, RecuperoError, RemoteUnavailable

P = ParamSpec("P")
R = TypeVar("R")

#: Waits before the second, third and fourth try of a remote server that does not answer.
RETRY_SECONDS = [5.0, 20.0, 60.0]


def conducted(
    name: str, minutes_max: float, run_name: str | None = None
) -> Callable[[Callable[P, R]], Task[P, R]]:
    """A step as a task called *name*; the run's name is filled in from the step's parameters."""

    def make(step: Callable[P, R]) -> Task[P, R]:
        return task(
            name=name,
            task_run_name=run_name or f"{name} · {{institution}}",
            retries=len(RETRY_SECONDS),
            retry_delay_seconds=RETRY_SECONDS,
            retry_condition_fn=worth_another_try,
            timeout_seconds=minutes_max * 60,
            cache_policy=NO_CACHE,
            persist_result=False,
        )(discreet(step))

    return make


def worth_another_try(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """Only a server out of reach: everything else would fail the same way again."""
    return isinstance(state.result(raise_on_failure=False), RemoteUnavailable)


def discreet(step: Callable[P, R]) -> Callable[P, R]:
    """*step*, whose unforeseen errors say what and where, never the values they stumbled over.

    Only our own errors promise to hold no debtor's data; the text of any other stays here. Those
    of the wire name files as institutions do, who may call one after a debtor: the folder is told.
    """

    @wraps(step)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return step(*args, **kwargs)
        except Exception as error:
            if (asked := _asked_to_stop(error)) is not None:
                raise asked from None
            if isinstance(error, ExchangeError):
                raise type(error)(error.what, _folder(error.where), error.mend) from None
            if isinstance(error, RecuperoError):
                raise
            raise Fault(type(error).__qualname__, _places(error)) from None

    return told


def _asked_to_stop(error: BaseException | None) -> BaseException | None:
    """The signal behind *error*: a query that it cuts off cannot be rolled back, and that error
    would take its place and the night go on."""
    while error is not None and isinstance(error, Exception):
        error = error.__context__
    return error


def _folder(where: str) -> str:
    """``HOST FOLDER`` of ``HOST FOLDER/NAME``; names have no slash."""
    folder, slash, _name = where.rpartition("/")
    return folder if slash else where


def _places(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)[1:]
    return " > ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames)
