"""One question to the engine, in few words, with every consent given unless said."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from recupero.rules.contact import plan_contacts
from tests.rules import contact_frames as frames

AS_OF = date(2026, 10, 5)
NOON = "2026-10-06 12:00"
Rows = list[dict[str, Any]]


def plan(
    country: str,
    rows: Rows,
    made: Rows | None = None,
    consents: Rows | None = None,
    holds: Rows | None = None,
    *,
    house: bool = True,
    as_of: date = AS_OF,
) -> pl.DataFrame:
    return plan_contacts(
        frames.candidates(rows),
        frames.history(made or []),
        frames.consents(frames.all_granted() if consents is None else consents),
        frames.holds(holds or []),
        frames.law_of(country, as_of, house=house),
        frames.holidays_of(country, as_of),
        as_of,
    )
