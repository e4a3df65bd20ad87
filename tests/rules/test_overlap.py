"""Two stretches of a history: what overlaps is never told apart, what cannot is."""

from __future__ import annotations

from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from recupero.rules.overlap import Entries, Stretch, overlap

DAY = date(2026, 11, 23)


def stretch(opening: int, *amounts: int, day: date | None = DAY) -> Stretch:
    entries: Entries = Counter((day, minor) for minor in amounts)
    return Stretch(opening, opening + sum(amounts), entries)


@given(
    st.lists(st.integers(-9, 9).filter(bool), min_size=2, max_size=12),
    st.lists(st.integers(0, 12), min_size=4, max_size=4),
    st.booleans(),
)
def test_stretches_with_an_entry_in_common_are_never_told_apart(
    moved: list[int], at: list[int], dated: bool
) -> None:
    ends = sorted(min(n, len(moved)) for n in at[:2]), sorted(min(n, len(moved)) for n in at[2:])
    one, other = (
        stretch(sum(moved[:first]), *moved[first:last], day=DAY if dated else None)
        for first, last in ends
    )
    if range(max(ends[0][0], ends[1][0]), min(ends[0][1], ends[1][1])):
        assert overlap(one, other) is True
        assert overlap(other, one) is True


@given(st.lists(st.integers(1, 3), min_size=3, max_size=30), st.data())
def test_pages_of_credits_are_always_told_apart(moved: list[int], data: st.DataObject) -> None:
    first, last = sorted(data.draw(st.tuples(*[st.integers(1, len(moved) - 1)] * 2)))
    one = stretch(0, *moved[:first])
    other = stretch(sum(moved[:last]), *moved[last:])
    assert overlap(one, other) is False
    assert overlap(other, one) is False


def test_a_balance_that_came_back_among_the_same_entries_is_held_to_overlap() -> None:
    """+3 -1 +1, then -1 +1 from 3: the end of the first again, or the next page."""
    assert overlap(stretch(0, 3, -1, 1), stretch(3, -1, 1)) is True


def test_too_many_sums_are_no_answer() -> None:
    many = [sign * 3**n for n in range(20) for sign in (1, -1)]
    assert overlap(stretch(0, *many, 5), stretch(10**9 + 5, *many)) is None
    assert overlap(stretch(0, *many, 5), stretch(10**12, *many)) is False
