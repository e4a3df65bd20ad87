"""Incident: a server that fails is told once, and once more when it works again.

An incident is of one side of an institution's server and of one kind, whoever, however often and
for however many days anybody fails there; the next success of that side ends all that are open,
but of a kind that it met with itself. The files expected of an institution are a side of their own:
that its server answers does not mean that they came.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC
from typing import Any

from recupero.errors import ExchangeError, RecuperoError
from recupero.steps.services import Services
from recupero.store import incidents
from recupero.store.incidents import Incident, Side
from recupero.store.session import Unit

__all__ = ["TO_DO", "Incident", "note", "open_incidents", "watched"]

#: What operations do about each kind; the kinds are those of `recupero.errors`.
TO_DO = {
    "unreachable": "ask the institution whether its server is up, then run it again",
    "slow": "ask the institution about its server and line, then run it again",
    "key_changed": "ask the institution by another way before pinning the key",
    "refused": "agree account, key and folders with the institution, then run it again",
    "settings": "mend what is named, then run it again",
    "disk_full": "make room on our machine, then run it again",
    "file_missing": "ask the institution for it; until it comes its accounts stay as they were",
}


@contextmanager
def watched(
    services: Services, code: str, side: Side, of_ours: tuple[type[RecuperoError], ...] = ()
) -> Iterator[list[RecuperoError]]:
    """Note how the block ended for one *side* of the server of *code*; its error goes on.

    After an error *of_ours* the server works. Into the list go failures that the block goes on
    after.
    """
    failures: list[RecuperoError] = []
    try:
        yield failures
    except RecuperoError as failure:
        ended = [] if isinstance(failure, of_ours) else [failure]
        note(services, code, side, [*failures, *ended], worked=not ended)
        raise
    note(services, code, side, failures, worked=True)


def note(
    services: Services,
    code: str,
    side: Side,
    failures: Sequence[RecuperoError],
    *,
    worked: bool = False,
) -> None:
    """Open or go on with the incidents of *failures*, of which some are none. Without any the side
    worked; where it *worked* in spite of them, the open incidents of other kinds end too.

    What opened or ended is told once it is committed, or else by the side's next note. *failures*
    are what matters: where the database is gone too, the caller's go on, and nobody is told twice.
    """
    kinds = {failure.incident: failure for failure in failures if failure.incident}
    with suppress(RecuperoError) if failures else nullcontext():
        works = worked or not failures
        if kinds or (works and _any_open(services, code, side)):
            with services.store.unit(code) as unit:
                for kind, failure in sorted(kinds.items()):
                    incidents.failed(unit, side, kind, _detail(failure))
                if works:
                    incidents.close(unit, side, kinds)
    with suppress(RecuperoError):
        _tell(services, code, side)


def open_incidents(unit: Unit) -> list[dict[str, Any]]:
    """What stops the traffic with the institution's server now, oldest first, and what to do."""
    return [
        {
            "side": each.side, "kind": each.kind, "since": each.opened_at.astimezone(UTC),
            "times": each.times, "detail": each.detail, "to_do": TO_DO[each.kind],
        }
        for each in incidents.still_open(unit)
    ]  # fmt: skip


def _tell(services: Services, code: str, side: Side) -> None:
    """Tell what was not told yet; what cannot be told now, the side's next note tells.

    The work is done, or failed for a reason of its own: no failure of telling changes that. Killed
    before it is marked, it is told again under the same number.
    """
    if services.tell is None:
        return
    with services.store.snapshot(code) as unit:
        if not incidents.to_tell(unit, side):
            return
    with services.store.unit(code) as unit:
        for found in incidents.turn_to_tell(unit, side):
            try:
                services.tell(found)
            except Exception:  # whatever the conductor meets with: it says so in the run's log
                continue
            incidents.told(unit, found)


def _any_open(services: Services, code: str, side: Side) -> bool:
    with services.store.snapshot(code) as unit:
        return bool(incidents.still_open(unit, side))


def _detail(failure: RecuperoError) -> str:
    """What a server did, without the file it did it with; of ours, also where."""
    return failure.what if isinstance(failure, ExchangeError) else str(failure)
