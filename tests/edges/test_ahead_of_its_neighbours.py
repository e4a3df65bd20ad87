"""An institution whose next day has begun keeps nobody of its country from finishing theirs."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from recupero.errors import Refused
from recupero.steps.assess import assess
from recupero.steps.plan import plan
from recupero.steps.services import AGENCY
from recupero.steps.share_capacity import share_capacity
from recupero.steps.slots import grant_slots
from recupero.store.cluster import APPLICATION
from recupero.store.embedded import EmbeddedPostgres
from recupero.store.owner import migrate
from recupero.store.recordings import Draft, append
from recupero.store.rows import rows_of
from recupero.store.tables import collector, collector_quota, recording
from tests.edges.enrolled_store import made_database
from tests.edges.one_bank import DAYS, Bank, services_for

MON, TUE, *_ = DAYS
LATE, AHEAD = "banco-lento", "banco-veloz"


def test_slots_and_capacity_of_a_day_that_one_has_left_behind(
    postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    with made_database(postgres, "ahead") as database:
        migrate(database.owner_url, APPLICATION)
        services = services_for(tmp_path, database, LATE, AHEAD)
        late, ahead = Bank(services, LATE), Bank(services, AHEAD)
        for bank in (late, ahead):
            bank.place(MON, {"A": (1000,)})
            assess(services, bank.code, MON)
        ahead.place(TUE, {"A": (1000,)})

        desk = {"collector_code": "c1", "country": "CO", "capacity": 11, "skills": "",
                "recorded_on": MON, "sequence": 1, "receipt_id": 1, "line_number": 1}  # fmt: skip
        with services.store.unit(AGENCY) as unit:
            append(unit, Draft("intake", "roster", MON, {}, {}, {collector: pl.DataFrame([desk])}))
        for day in (MON, TUE):
            assert share_capacity(services, day) == {LATE: 6, AHEAD: 5}
        learnt = [bank.stored(collector_quota)["business_date"].to_list() for bank in (late, ahead)]
        assert learnt == [[MON], [TUE]], "each on the first date it still could"

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
