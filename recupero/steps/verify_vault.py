"""The vault against what is recorded: what is named is there, what is there is named."""

from __future__ import annotations

from collections.abc import Iterator

from recupero.errors import NotFound, VaultDamaged
from recupero.steps.services import Services
from recupero.store.proof import Finding
from recupero.store.session import Unit
from recupero.store.vaulted import (
    come_again,
    destroyed,
    only_announced,
    references,
    unnamed_yet_named,
)


def check_vault(services: Services, unit: Unit) -> Iterator[Finding]:
    """Every object the manifest names is whole or destroyed with proof, and the vault holds none
    that it does not name, nor any that was destroyed, but what waits for the end of its night."""
    known = references(unit)
    named, gone = set(known["address"]), set(destroyed(known)["address"])
    announced = only_announced(unit)
    for address in sorted(named - gone):
        try:
            services.vault.check(unit.institution, address)
        except (VaultDamaged, NotFound) as damage:
            if isinstance(damage, NotFound) and address in announced:
                continue
            yield Finding(f"vault object {address}", damage.what)
    there = set(services.vault.addresses(unit.institution))
    for address in sorted(there - named):
        yield Finding(f"vault object {address}", "no receipt or document names it")
    left = gone.intersection(services.vault.remains(unit.institution)) - come_again(unit)
    for address in sorted(left):
        what = "it" if address in there else "its key"
        yield Finding(f"vault object {address}", f"recorded as destroyed, yet {what} is there")


def check_cleared(_services: Services, unit: Unit) -> Iterator[Finding]:
    """Objects cleared away as what nothing names, though something named them by then."""
    for row in unnamed_yet_named(unit).iter_rows(named=True):
        what = "cleared away, yet something recorded before named it"
        yield Finding(f"vault object {row['address']}", what)
