from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recupero.errors import Refused
from recupero.rules.segment import DEFAULT_SEGMENTS, Rule, SegmentPolicy, Within, segment

SCHEMA = {
    "account_id": pl.Int64,
    "age_days": pl.Int64,
    "score": pl.Int64,
    "balance_minor": pl.Int64,
    "currency": pl.String,
    "written_off": pl.Boolean,
}
Row = tuple[Any, ...]


def accounts(rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(
        [(number, *row) for number, row in enumerate(rows)], schema=SCHEMA, orient="row"
    )


@pytest.mark.parametrize(
    ("age_days", "written_off", "stage"),
    [
        (0, False, "preventiva"),
        (1, None, "comercial"),
        (30, False, "comercial"),
        (31, False, "administrativa"),
        (60, False, "administrativa"),
        (61, False, "prejuridica"),
        (90, False, "prejuridica"),
        (91, False, "juridica"),
        (0, True, "castigada"),
        (4000, True, "castigada"),
    ],
)
def test_stage(age_days: int, written_off: bool | None, stage: str) -> None:
    row: Row = (age_days, 500, 100, "COP", written_off)
    assert segment(accounts([row]))["stage"].to_list() == [stage]


@pytest.mark.parametrize(
    ("points", "owing_less", "expected"),
    [
        (600, 5, "alto"),
        (599, 5, "medio"),
        (600, 4, "medio"),
        (400, 8, "alto"),
        (400, 0, "medio"),
        (399, 8, "medio"),
        (399, 7, "bajo"),
        (None, 0, "bajo"),
    ],
)
def test_segment_of_one_among_ten(points: int | None, owing_less: int, expected: str) -> None:
    others: list[Row] = [(1, 0, 10 if n < owing_less else 30, "COP", False) for n in range(9)]
    found = segment(accounts([(1, points, 20, "COP", False), *others]))
    assert found["segment"][0] == expected


def test_currencies_are_not_compared() -> None:
    rows: list[Row] = [(1, 600, 10, "PEN", False), (1, 600, 10**9, "COP", False)]
    rows += [(1, 600, 5, "PEN", False), (1, 600, 10**8, "COP", False)]
    assert segment(accounts(rows))["segment"].to_list() == ["alto", "alto", "medio", "medio"]


def test_ordered_rules_must_end() -> None:
    with pytest.raises(Refused, match="end with one that always matches"):
        SegmentPolicy((Rule("a", (Within("age_days", 1),)),), (Rule("b"),), "1")


def slow_match(account: dict[str, Any], rules: tuple[Rule, ...]) -> str:
    for rule in rules:
        if all(
            account[test.column] is not None
            and (test.low is None or account[test.column] >= test.low)
            and (test.high is None or account[test.column] <= test.high)
            for test in rule.tests
        ):
            return rule.outcome
    raise AssertionError


@given(
    st.lists(
        st.tuples(
            st.integers(0, 130),
            st.none() | st.integers(0, 1000),
            st.integers(-3, 12),
            st.sampled_from(["COP", "PEN"]),
            st.none() | st.booleans(),
        ),
        max_size=25,
    ),
    st.integers(0, 999),
)
def test_the_first_rule_that_matches_decides(rows: list[Row], seed: int) -> None:
    frame = accounts(rows)
    named = frame.to_dicts()
    for account in named:
        peers = [o["balance_minor"] for o in named if o["currency"] == account["currency"]]
        less = sum(balance < account["balance_minor"] for balance in peers)
        account["balance_permille"] = less * 1000 // len(peers)
    found = segment(frame)
    assert found.columns == [*SCHEMA, "stage", "segment"]
    stages, segments = DEFAULT_SEGMENTS.stages, DEFAULT_SEGMENTS.segments
    assert found["stage"].to_list() == [slow_match(account, stages) for account in named]
    assert found["segment"].to_list() == [slow_match(account, segments) for account in named]
    shuffled = frame.sample(fraction=1, shuffle=True, seed=seed)
    assert segment(shuffled).sort("account_id").equals(found)
