"""Parts of a story live by the story's heartbeat."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings


@contextmanager
def one_heartbeat() -> Iterator[None]:
    """Within it, flow runs send no heartbeats of their own.

    Prefect ends a run only when its heartbeat's thread wakes, up to a second later: half a minute
    for the parts of a night.
    """
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        yield
