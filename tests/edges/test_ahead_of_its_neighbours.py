"""An institution whose next day has begun keeps nobody of its country from finishing theirs."""

from __future__ import annotations

from pathlib import Path

import pytest

from recupero.errors import Refused
from recupero.steps.assess import assess
from recupero.steps.plan import plan
from recupero.steps.slots import grant_slots
from recupero.store.embedded import Addresses
from recupero.store.rows import rows_of
from recupero.store.tables import recording
from tests.edges.one_bank import DAYS, Bank, services_for

MON, TUE, *_ = DAYS
LATE, AHEAD = "banco-lento", "banco-veloz"


def test_slots_of_a_day_that_one_has_left_behind(migrated: Addresses, tmp_path: Path) -> None:
    services = services_for(tmp_path, migrated, LATE, AHEAD)
    late, ahead = Bank(services, LATE), Bank(services, AHEAD)
    for bank in (late, ahead):
        bank.place(MON, {"A": (1000,)})
        assess(services, bank.code, MON)
    ahead.place(TUE, {"A": (1000,)})

    assert grant_slots(services, "CO", [LATE, AHEAD], MON) == {LATE: 0}
    plan(services, LATE, MON)
    with pytest.raises(Refused, match=f"{MON} is closed: {TUE} has begun"):
        plan(services, AHEAD, MON)
    with services.store.unit(LATE) as unit:
        (asked,) = rows_of(unit, recording, recording.c.kind == "slots").to_dicts()
    assert f'"took_part":"{LATE}"' in asked["inputs"]
    assert grant_slots(services, "CO", [LATE, AHEAD], TUE) == {LATE: 0, AHEAD: 0}
    late.check()
    ahead.check()
