"""One worker at a time at each side of an institution's server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

from recupero.errors import StoreRefused
from recupero.exchange.worker import is_gone, this_worker
from recupero.steps.services import Services
from recupero.store import lease as store
from recupero.store.lease import Side
from recupero.store.session import Unit

#: How long a lease lasts once its holder is silent: less than a step is tried again for.
LEASE_SECONDS = 60.0


class Held:
    """A lease, and what its holder does with it."""

    def __init__(self, services: Services, code: str, lease: store.Lease) -> None:
        self._services = services
        self._code = code
        self._lease = lease

    def confirm(self, unit: Unit) -> None:
        """Refuse *unit*'s transaction where somebody else has taken over; call it first in it."""
        store.keep(unit, self._lease, LEASE_SECONDS)

    def check(self) -> None:
        """Raise LeaseTaken where somebody else has taken over: before the world outside changes."""
        with self._services.store.unit(self._code) as unit:
            self.confirm(unit)

    def keep(self, ended: Event) -> None:
        """Renew the lease until *ended*, however long a transfer takes; its deadlines bound it."""
        while not ended.wait(LEASE_SECONDS / 3):
            # Whatever fails here fails in the work itself too, which tells it.
            with suppress(Exception):
                self.check()


@contextmanager
def leased(services: Services, code: str, side: Side) -> Iterator[Held]:
    """Have one *side* of the server of *code* alone until the end.

    A worker killed on this machine holds nothing; on another one, or in another container, it
    does until its lease ends. Raises LeaseTaken.
    """
    with services.store.unit(code) as unit:
        before = store.holder(unit, side)
        gone = before if before and is_gone(before) else ""
        lease = store.take(unit, side, this_worker(), LEASE_SECONDS, instead_of=gone)
    held, ended = Held(services, code, lease), Event()
    keeper = Thread(target=held.keep, args=(ended,), name=f"lease {side}", daemon=True)
    keeper.start()
    try:
        yield held
    finally:
        ended.set()
        keeper.join()
        # A database gone meanwhile is told by the work itself, and the lease ends by itself.
        with suppress(StoreRefused), services.store.unit(code) as unit:
            store.give_back(unit, lease)
