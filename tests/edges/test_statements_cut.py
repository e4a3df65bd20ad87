"""However a bank account's history is cut into statements, its entries are booked once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from recupero.errors import FileRefused
from recupero.statements.entry import Statement
from recupero.steps.booking.known_statements import KnownStatements
from recupero.steps.booking.statement_mark import mark_of
from tests.edges.test_known_statements import KEY, stretch, undated

#: A history's entries: the day and the amount of each; days do not go back.
histories = st.lists(
    st.tuples(st.integers(1, 4), st.integers(-4, 4).filter(bool)), min_size=1, max_size=9
).map(sorted)


def stretches(moved: list[tuple[int, int]], cuts: list[tuple[int, int]]) -> list[Statement]:
    """The statements of a history from one entry to before another."""
    return [stretch(sum(m for _, m in moved[:first]), *moved[first:last]) for first, last in cuts]


def taken(sent: list[Statement]) -> list[int]:
    """Which of the statements are booked, each sent in a file of its own."""
    statements, booked = KnownStatements(KEY, "x", ()), []
    for n, one in enumerate(sent):
        with suppress(FileRefused):
            if statements.judge(one) is None:
                booked.append(n)
    return booked


@given(histories, st.booleans(), st.data())
def test_no_entry_is_booked_twice_however_a_history_is_cut_and_sent(
    moved: list[tuple[int, int]], dated: bool, data: st.DataObject
) -> None:
    places = [(a, b) for b in range(len(moved) + 1) for a in range(b)]
    cuts = data.draw(st.lists(st.sampled_from(places), max_size=8))
    sent = stretches(moved, cuts)
    booked = taken(sent if dated else [undated(one) for one in sent])
    entries_booked = [entry for n in booked for entry in range(*cuts[n])]
    assert len(entries_booked) == len(set(entries_booked))


@given(histories, st.sampled_from(["by day", "anywhere, credits only"]), st.data())
def test_all_entries_are_booked_where_each_statement_follows_another(
    moved: list[tuple[int, int]], cut: str, data: st.DataObject
) -> None:
    """In whatever order they arrive, and however often."""
    inner = range(1, len(moved))
    if cut == "by day":
        allowed = [n for n in inner if moved[n - 1][0] != moved[n][0]]
    else:
        moved, allowed = [(day, abs(minor)) for day, minor in moved], list(inner)
    at = sorted(data.draw(st.sets(st.sampled_from(allowed)))) if allowed else []
    cuts = list(zip([0, *at], [*at, len(moved)], strict=True))
    order = [*data.draw(st.lists(st.sampled_from(cuts))), *data.draw(st.permutations(cuts))]
    statements = KnownStatements(KEY, "x", ())
    fresh = [one for one in stretches(moved, order) if statements.judge(one) is None]
    booked = [(e.dated.day, e.amount_minor) for one in fresh for e in one.counted if e.dated]
    assert sorted(booked) == sorted(moved)


@given(histories, st.data())
def test_numbered_pages_of_a_day_are_booked_whatever_they_bring(
    moved: list[tuple[int, int]], data: st.DataObject
) -> None:
    """Two pages, in whatever order and however often; but for two alike, which may be one."""
    moved = [(1, minor) for _, minor in moved]
    at = data.draw(st.integers(1, len(moved) - 1)) if len(moved) > 1 else 1
    cuts = [(0, at), (at, len(moved))] if at < len(moved) else [(0, at)]
    pages = [replace(one, number=str(n)) for n, one in enumerate(stretches(moved, cuts), 1)]
    assume(len({mark.content for one in pages if (mark := mark_of(one, KEY))}) == len(pages))
    order = [*data.draw(st.lists(st.sampled_from(pages))), *data.draw(st.permutations(pages))]
    statements = KnownStatements(KEY, "x", ())
    fresh = [one for one in order if statements.judge(one) is None]
    assert sorted(one.number for one in fresh) == [one.number for one in pages]
