"""What has arrived at an institution, known to the one pull that may add to it."""

from __future__ import annotations

from recupero.steps.lease import Held
from recupero.store import manifest
from recupero.store.session import Unit


class Arrivals:
    """Addresses received before, and the last place in the order of arrival.

    Asked for once, with the first file there is, and kept up: asking again at each would cost the
    more the more have come. That holds as long as the inbox's lease is *ours*: receipts are made
    under it alone, and each transaction that makes one confirms it.
    """

    def __init__(self, ours: Held) -> None:
        self._ours = ours
        self._addresses: set[str] | None = None
        self.last = 0

    def confirm(self, unit: Unit) -> None:
        """Refuse *unit*'s transaction where the lease is no longer ours; call it first in it."""
        self._ours.confirm(unit)
        if self._addresses is None:
            self._addresses, self.last = manifest.arrived(unit)

    def has(self, address: str) -> bool:
        """Whether these bytes were received before, under whatever name."""
        return self._addresses is None or address in self._addresses

    def add(self, address: str, *, fresh: bool) -> None:
        """A receipt that is committed; a *fresh* one took the next place."""
        if self._addresses is not None:
            self._addresses.add(address)
        self.last += fresh
