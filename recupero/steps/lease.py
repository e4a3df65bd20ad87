"""One worker at a time at each side of an institution's server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from recupero.errors import StoreRefused
from recupero.exchange.worker import is_gone, this_worker
from recupero.steps.services import Services
from recupero.store import lease as store
from recupero.store.lease import Side
from recupero.store.session import Unit

#: How long a lease lasts that is not kept. Longer than the usual deadline of one wait for a
#: server; kept for as long as the work goes on.
LEASE_SECONDS = 90.0


class Turn:
    """A lease, and what its holder does with it."""

    def __init__(self, services: Services, code: str, lease: store.Lease) -> None:
        self._services = services
        self._code = code
        self._lease = lease
        self._kept_at = time.monotonic()

    def confirm(self, unit: Unit) -> None:
        """Refuse *unit*'s transaction where somebody else has taken over; call it first in it."""
        store.keep(unit, self._lease, LEASE_SECONDS)
        self._kept_at = time.monotonic()

    def keep(self) -> None:
        """Keep the lease while a long transfer goes on; most calls ask nobody anything."""
        if time.monotonic() - self._kept_at > LEASE_SECONDS / 3:
            with self._services.store.unit(self._code) as unit:
                self.confirm(unit)


@contextmanager
def turn(services: Services, code: str, side: Side) -> Iterator[Turn]:
    """Have one *side* of the server of *code* alone until the end.

    A worker killed on this machine holds nothing; on another one it does until its lease ends.
    Raises LeaseTaken.
    """
    with services.store.unit(code) as unit:
        before = store.holder(unit, side)
        gone = before if before is not None and is_gone(before) else ""
        lease = store.take(unit, side, this_worker(), LEASE_SECONDS, instead_of=gone)
    try:
        yield Turn(services, code, lease)
    finally:
        # A database gone meanwhile is told by the work itself, and the lease ends by itself.
        with suppress(StoreRefused), services.store.unit(code) as unit:
            store.give_back(unit, lease)
