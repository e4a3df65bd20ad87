from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from recupero.rules.kpi import KPIS, kpis

TODAY = date(2026, 11, 27)
ASSIGNED = pl.DataFrame({"account_id": [1, 2, 3, 4]})
EFFORT = {
    "account_id": pl.Int64,
    "performed_at": pl.Datetime("us"),
    "result": pl.String,
    "direct": pl.Boolean,
}
PROMISE = {"decided_on": pl.Date, "state": pl.String, "amount_minor": pl.Int64}


def efforts(*rows: tuple[int, int, str, bool | None]) -> pl.DataFrame:
    """Account, day of November, result, direct."""
    full = [
        (account, datetime(2026, 11, day, 10), result, direct)
        for account, day, result, direct in rows
    ]
    return pl.DataFrame(full, schema=EFFORT, orient="row")


def promises(*rows: tuple[int, str, int]) -> pl.DataFrame:
    full = [(date(2026, 11, day), state, amount) for day, state, amount in rows]
    return pl.DataFrame(full, schema=PROMISE, orient="row")


@pytest.mark.parametrize(
    ("made", "decided", "expected"),
    [
        (
            efforts(
                (1, 27, "promise", True),
                (1, 27, "no_contact", False),
                (2, 27, "contact", False),
                (2, 27, "refusal", None),
                (3, 27, "wrong_number", False),
                (4, 26, "promise", True),
                (9, 27, "promise", True),
            ),
            promises((27, "kept", 70), (27, "partially_kept", 30), (26, "kept", 5)),
            {
                "coverage": (3, 4),
                "accounts_reached": (2, 4),
                "contactability": (3, 5),
                "direct_contact_rate": (1, 3),
                "promise_rate": (1, 1),
                "kept_rate": (1, 2),
                "kept_amount_rate": (70, 100),
            },
        ),
        (
            efforts(),
            promises(),
            {kpi.name: (0, 4 if kpi.unit == "accounts" else 0) for kpi in KPIS},
        ),
    ],
)
def test_numerator_and_denominator(
    made: pl.DataFrame, decided: pl.DataFrame, expected: dict[str, Any]
) -> None:
    told = kpis(ASSIGNED, made, decided, TODAY)
    figures = {row["kpi"]: (row["numerator"], row["denominator"]) for row in told.to_dicts()}
    assert figures == expected
    assert told["kpi"].to_list() == [kpi.name for kpi in KPIS]
    assert set(told["business_date"]) == {TODAY}
