"""Ordinals of contact points: a known one keeps its own, a new one takes the first that is free."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recupero.rules.contact_points import COLUMN, numbered

_STATED = {"person_id": pl.Int64, "channel": pl.String, "column": pl.Int64, "value": pl.String,
           "city": pl.String, "region": pl.String}  # fmt: skip
_KNOWN = _STATED | {"ordinal": pl.Int64, "own": pl.Boolean, "stays": pl.Boolean}

Known = tuple[str, int, bool, bool]  # value, ordinal, own, stays


def ordinals(stated: list[tuple[int, str]], known: list[Known]) -> dict[tuple[int, str], int]:
    """By column and value, for telephones of one person."""
    rows = [(1, "phone", column, value, None, None) for column, value in stated]
    before = [
        (1, "phone", (ordinal - 1) % 2 + 1, value, None, None, ordinal, own, stays)
        for value, ordinal, own, stays in known
    ]
    done = numbered(
        pl.DataFrame(rows, schema=_STATED, orient="row"),
        pl.DataFrame(before, schema=_KNOWN, orient="row"),
    )
    assert done.filter(pl.col("column") != COLUMN).is_empty(), "an ordinal tells its column"
    return {(row["column"], row["value"]): row["ordinal"] for row in done.iter_rows(named=True)}


@pytest.mark.parametrize(
    ("stated", "known", "expected"),
    [
        ([(1, "a"), (2, "b")], [], [1, 2]),
        ([(1, "a"), (1, "c"), (2, "b")], [], [1, 3, 2]),
        ([(1, "a")], [("a", 3, True, False)], [3]),
        ([(1, "b")], [("a", 1, True, False)], [1]),
        ([(1, "b")], [("a", 1, True, True)], [3]),
        ([(1, "a")], [("a", 1, False, True)], [3]),  # another portfolio's is not ours
        ([(1, "n"), (1, "c")], [("a", 1, True, False), ("c", 3, True, False)], [1, 3]),
        ([(2, "b")], [("a", 1, True, True), ("x", 2, True, True)], [4]),
    ],
)
def test_where_a_point_stands(
    stated: list[tuple[int, str]], known: list[Known], expected: list[int]
) -> None:
    assert [ordinals(stated, known)[one] for one in stated] == expected


values = st.sampled_from("abcdef")
columns = st.sampled_from([1, 2])
known_points = st.lists(
    st.tuples(values, st.integers(1, 9), st.booleans(), st.booleans()),
    unique_by=(lambda one: one[1], lambda one: (one[0], one[1] % 2, one[2])),
).map(lambda points: [(v, o, own, stays or not own) for v, o, own, stays in points])


@given(st.lists(st.tuples(columns, values), unique=True), known_points)
def test_no_two_points_share_an_ordinal_and_a_repetition_moves_nothing(
    stated: list[tuple[int, str]], known: list[Known]
) -> None:
    first = ordinals(stated, known)
    assert first.keys() == set(stated)
    others = {
        o for v, o, own, stays in known if stays and not (own and first.get((2 - o % 2, v)) == o)
    }
    assert len(set(first.values())) == len(first)
    assert not others & set(first.values())
    again = [(value, ordinal, True, False) for (_, value), ordinal in first.items()]
    kept = [one for one in known if one[1] in others]
    assert ordinals(stated[::-1], again + kept) == first
