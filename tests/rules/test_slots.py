"""Slots of persons several institutions know: within the limit, whoever asks first."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recupero.rules.slots import SlotLimit, grant

MONDAY = date(2026, 10, 19)
CALLS = frozenset({"call"})
REQUESTS = {
    "institution": pl.String,
    "person_hash": pl.String,
    "channel": pl.String,
    "day": pl.Date,
    "rank": pl.Int64,
}
COUNTS = {"person_hash": pl.String, "channel": pl.String, "day": pl.Date, "count": pl.Int64}
Request = tuple[str, str, str, int, int]


def ask(
    requests: list[Request],
    counts: list[tuple[str, str, int, int]] | None = None,
    **limit: Any,
) -> list[bool]:
    """Days count from the Monday."""
    rows = [(i, p, c, MONDAY + timedelta(days=d), r) for i, p, c, d, r in requests]
    used = [(p, c, MONDAY + timedelta(days=d), n) for p, c, d, n in counts or []]
    got = grant(
        pl.DataFrame(rows, schema=REQUESTS, orient="row"),
        pl.DataFrame(used, schema=COUNTS, orient="row"),
        SlotLimit(**limit),
    )
    granted: list[bool] = got["granted"].to_list()
    return granted


@pytest.mark.parametrize(
    ("requests", "counts", "limit", "granted"),
    [
        ([("a", "p", "call", 0, 1)], [], {}, [True]),
        ([("a", "p", "call", 0, 2), ("a", "p", "sms", 0, 1)], [], {}, [False, True]),
        ([("a", "p", "call", 0, 1)], [("p", "sms", 0, 1)], {}, [False]),
        ([("a", "p", "call", 0, 1)], [("p", "sms", 1, 1), ("q", "sms", 0, 9)], {}, [True]),
        ([("a", "p", "call", 0, 1)], [("p", "sms", 0, 1)], {"per_day": 2}, [True]),
        ([("a", "p", "call", 0, 1), ("a", "p", "call", 4, 1)], [], {"per_week": 1}, [True, False]),
        ([("a", "p", "call", 6, 1), ("a", "p", "call", 7, 1)], [], {"per_week": 1}, [True, True]),
        ([("a", "p", "call", 6, 1)], [("p", "call", -1, 5)], {"per_week": 1}, [True]),
        ([("a", "p", "call", 6, 1)], [("p", "call", 0, 1)], {"per_week": 1}, [False]),
        ([("a", "p", "sms", 0, 1)], [("p", "sms", 0, 9)], {"channels": CALLS}, [True]),
        ([("a", "p", "call", 0, 1)], [("p", "sms", 0, 9)], {"channels": CALLS}, [True]),
        ([("a", "p", "call", 0, 1)] * 2, [], {"per_day": None}, [True, True]),
        ([], [], {}, []),
    ],
)  # fmt: skip
def test_limits(
    requests: list[Request],
    counts: list[tuple[str, str, int, int]],
    limit: dict[str, Any],
    granted: list[bool],
) -> None:
    assert ask(requests, counts, **limit) == granted


def test_each_institutions_first_wish_comes_before_any_second_one() -> None:
    requests = [
        ("a", "p", "call", 0, 1),
        ("a", "p", "sms", 0, 1),
        ("b", "p", "call", 0, 500),
    ]
    got = ask(requests, per_day=2)
    assert got[2]
    assert sum(got) == 2


def test_no_institution_always_comes_first() -> None:
    names = ("andina", "boreal", "cauca", "delta")
    requests: list[Request] = [(name, f"p{n}", "call", 0, 1) for n in range(2000) for name in names]
    wins = Counter(r[0] for r, ok in zip(requests, ask(requests), strict=True) if ok)
    assert sum(wins.values()) == 2000
    # Binomial(2000, 1/4): four standard deviations either side of 500.
    assert all(abs(wins[name] - 500) < 80 for name in names)
    one_person: list[Request] = [(name, "p", "call", d, 1) for d in range(200) for name in names]
    by_day = Counter(r[0] for r, ok in zip(one_person, ask(one_person), strict=True) if ok)
    assert min(by_day[name] for name in names) > 20


requests_drawn = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from("pq"),
        st.sampled_from(["call", "sms", "letter"]),
        st.integers(0, 8),
        st.integers(1, 3),
    ),
    max_size=25,
)
counts_drawn = st.lists(
    st.tuples(
        st.sampled_from("pq"),
        st.sampled_from(["call", "sms"]),
        st.integers(0, 8),
        st.integers(0, 3),
    ),
    max_size=5,
)
limits_drawn = st.fixed_dictionaries(
    {
        "per_day": st.sampled_from([None, 1, 2]),
        "per_week": st.sampled_from([None, 1, 3]),
        "channels": st.sampled_from([frozenset({"call", "sms"}), frozenset({"call"})]),
    }
)


@settings(max_examples=60)
@given(requests_drawn, counts_drawn, limits_drawn, st.randoms(use_true_random=False))
def test_the_order_of_requests_does_not_matter(
    requests: list[Request], counts: Any, limit: Any, random: Any
) -> None:
    shuffled = random.sample(requests, len(requests))
    here = Counter(zip(requests, ask(requests, counts, **limit), strict=True))
    there = Counter(zip(shuffled, ask(shuffled, counts[::-1], **limit), strict=True))
    assert here == there


@settings(max_examples=60)
@given(requests_drawn, counts_drawn, limits_drawn)
def test_limits_hold_and_no_slot_is_wasted(
    requests: list[Request], counts: Any, limit: Any
) -> None:
    granted = ask(requests, counts, **limit)
    days: Counter[tuple[str, int]] = Counter()
    weeks: Counter[tuple[str, int]] = Counter()
    for person, channel, day, count in counts:
        if channel in limit["channels"]:
            days[person, day] += count
            weeks[person, day // 7] += count
    before = (Counter(days), Counter(weeks))
    for (_, person, channel, day, _), ok in zip(requests, granted, strict=True):
        if channel not in limit["channels"]:
            assert ok
        elif ok:
            days[person, day] += 1
            weeks[person, day // 7] += 1
    for (_, person, _, day, _), ok in zip(requests, granted, strict=True):
        full = [
            most is not None and used >= most
            for most, used in (
                (limit["per_day"], days[person, day]),
                (limit["per_week"], weeks[person, day // 7]),
            )
        ]
        assert ok or any(full)
    for used, start, most in (
        (days, before[0], limit["per_day"]),
        (weeks, before[1], limit["per_week"]),
    ):
        for key, count in used.items():
            assert most is None or count <= max(most, start[key])
