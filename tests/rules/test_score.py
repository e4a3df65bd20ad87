from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recupero.errors import Refused
from recupero.rules.score import DEFAULT_SCORECARD, Characteristic, Scorecard, score

SCHEMA = {
    "account_id": pl.Int64,
    "age_days": pl.Int64,
    "balance_minor": pl.Int64,
    "currency": pl.String,
    "has_phone": pl.Boolean,
    "has_email": pl.Boolean,
    "contacts_last_30_days": pl.Int64,
    "direct_contacts": pl.Int64,
    "promises_broken": pl.Int64,
    "payments_last_90_days": pl.Int64,
}
Row = tuple[Any, ...]


def accounts(rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(
        [(number, *row) for number, row in enumerate(rows)], schema=SCHEMA, orient="row"
    )


@pytest.mark.parametrize(
    ("row", "points", "reasons"),
    [
        (
            (0, 100, "COP", True, True, 1, 2, 0, 2),
            960,
            "age_days +200; balance_pct +80; has_phone +120; has_email +60; "
            "contacts_last_30_days +40; direct_contacts +140; promises_broken +120; "
            "payments_last_90_days +200",
        ),
        (
            (400, 100, "COP", False, False, 0, 0, 9, 0),
            80,
            "balance_pct +80",
        ),
        (
            (31, 100, "COP", True, None, None, None, None, None),
            340,
            "age_days +140; balance_pct +80; has_phone +120",
        ),
    ],
)
def test_points_and_reasons(row: Row, points: int, reasons: str) -> None:
    scored = score(accounts([row]))
    assert scored.select("score", "score_reasons").rows() == [(points, reasons)]
    assert scored.columns == [*SCHEMA, "score", "score_reasons"]


def test_the_balance_counts_in_percent_of_its_currency() -> None:
    quiet: Row = (400, False, False, 0, 0, 9, 0)
    balances = [("COP", 400_000), ("COP", 100_000), ("COP", 25_000), ("PEN", 40), ("PEN", -5)]
    rows = [(quiet[0], amount, currency, *quiet[1:]) for currency, amount in balances]
    assert score(accounts(rows))["score"].to_list() == [50, 80, 100, 80, 100]


def test_huge_balances_do_not_wrap() -> None:
    row: Row = (400, 2**63 - 1, "COP", False, False, 0, 0, 9, 0)
    small: Row = (400, 1, "COP", False, False, 0, 0, 9, 0)
    assert score(accounts([small, small, row]))["score"].to_list() == [80, 80, 20]


@pytest.mark.parametrize(
    "characteristics",
    [
        (),
        (Characteristic("a", (1,), (1, 2)), Characteristic("a", (1,), (1, 2))),
        (Characteristic("a", (1,), (1,)),),
        tuple(Characteristic(f"c{n}", (1,), (1, 2)) for n in range(64)),
    ],
)
def test_a_card_that_makes_no_sense_is_refused(
    characteristics: tuple[Characteristic, ...],
) -> None:
    with pytest.raises(Refused):
        Scorecard("bad", "1", characteristics)


def slow_points(value: int | None, item: Characteristic) -> int:
    if value is None:
        return item.missing
    for upper, points in zip(item.uppers, item.points, strict=False):
        if value <= upper:
            return points
    return item.points[-1]


counts = st.none() | st.integers(0, 9)
rows = st.lists(
    st.tuples(
        st.integers(0, 500),
        st.integers(-100, 5000),
        st.sampled_from(["COP", "USD"]),
        st.none() | st.booleans(),
        st.none() | st.booleans(),
        counts,
        counts,
        counts,
        counts,
    ),
    max_size=25,
)


@given(rows, st.randoms())
def test_the_score_is_the_sum_of_points_whatever_the_order(
    given_rows: list[Row], random: Any
) -> None:
    frame = accounts(given_rows)
    card = Scorecard("x", "1", (*DEFAULT_SCORECARD.characteristics[2:],), base=7)
    named = frame.to_dicts()
    slow = [
        7 + sum(slow_points(account[item.column], item) for item in card.characteristics)
        for account in named
    ]
    assert score(frame, card)["score"].to_list() == slow
    shuffled = frame.sample(fraction=1, shuffle=True, seed=random.randrange(1000))
    assert score(shuffled).sort("account_id").equals(score(frame))
    for points, reasons in score(frame).select("score", "score_reasons").iter_rows():
        assert points == sum(int(part.split()[1]) for part in reasons.split("; ") if part)
