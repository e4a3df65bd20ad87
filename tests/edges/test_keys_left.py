"""A key without an object, of what was destroyed: named by verify, and gone with the next run."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import pytest

from recupero import durable
from recupero.steps.anchor import anchor
from recupero.steps.deliver import deliver_documents
from recupero.steps.retain import Retained, retain
from recupero.steps.verify import verify
from recupero.store.embedded import Addresses
from recupero.store.tables import receipt
from tests.edges.dated_bank import SUN, line
from tests.edges.killing import Killed, observed
from tests.edges.one_bank import DAYS, Bank, profile_text, services_for

CODE = "guarda-llaves"
MON, *_ = DAYS
#: The first day on which what came on Monday, kept for a month, is past it.
LATER = date(2026, 12, 24)


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path) -> Bank:
    """A portfolio of Monday, told and kept for a month."""
    profile = profile_text(CODE) + "[retention.files]\nplacement = 1\n"
    bank = Bank(services_for(tmp_path, migrated, CODE, text=profile), CODE)
    assert bank.take(MON, "placement", line("A", SUN, 100)).state == "booked"
    anchor(bank.services, CODE, MON)
    deliver_documents(bank.services, CODE, MON, datetime.combine(MON, time(5)))
    return bank


def test_a_rotation_killed_beside_a_destruction_leaves_no_key_for_ever(bank: Bank) -> None:
    """It had read the key, wrote it back once it was destroyed, and could not take it away."""
    vault = bank.services.vault
    [gone] = bank.stored(receipt)["address"]
    before_its_key = 1 + sorted(vault.addresses(CODE)).index(gone)  # the ring's comes first
    replaced = iter(range(before_its_key, -1, -1))
    destroyed = []

    def observer(point: str) -> None:
        if destroyed:
            raise Killed
        if point == "before vault.replace" and next(replaced) == 0:
            durable.observe(None)
            destroyed.append(retain(bank.services, CODE, LATER))
            durable.observe(observer)

    with pytest.raises(Killed), observed(observer):
        vault.rotate(CODE)
    assert destroyed == [Retained(due={"files.placement": 1}, objects=1)]
    assert gone not in vault.addresses(CODE)
    [(_, found)] = verify(bank.services, CODE).findings
    assert (found.object, found.what) == (
        f"vault object {gone}", "recorded as destroyed, yet its key is there"
    )  # fmt: skip

    assert retain(bank.services, CODE, LATER) == Retained(due={"files.placement": 1}, objects=1)
    assert gone not in vault.remains(CODE)
    assert verify(bank.services, CODE).findings == ()
    assert retain(bank.services, CODE, LATER) == Retained(due={"files.placement": 1})
    vault.rotate(CODE)
    assert verify(bank.services, CODE, deep=True).findings == ()
