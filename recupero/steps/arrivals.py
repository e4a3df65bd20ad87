"""What has arrived at an institution, known to the one pull that may add to it."""

from __future__ import annotations

from dataclasses import dataclass

from recupero.exchange.archive import Archive
from recupero.steps.lease import Held
from recupero.store import manifest
from recupero.store.session import Unit


@dataclass
class Arrivals:
    """Addresses received before, the last place in the order of arrival, and what is archived.

    Asked for once and kept up, for asking again at each file would cost the more the more have
    come. That holds as long as the inbox's lease is ``ours``: receipts are made under it alone,
    and each transaction that makes one confirms it.
    """

    ours: Held
    archive: Archive
    addresses: set[str]
    last: int

    @classmethod
    def known(cls, unit: Unit, ours: Held, archive: Archive) -> Arrivals:
        """As they stand now that the lease is ours."""
        ours.confirm(unit)
        return cls(ours, archive, *manifest.arrived(unit))

    def add(self, address: str, *, fresh: bool) -> None:
        """A receipt that is committed; a *fresh* one took the next place."""
        self.addresses.add(address)
        self.last += fresh
