"""When two bank statements are one: a table of what the bank may send after 0 -> 300."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date
from functools import partial

import pytest

from recupero.errors import FileRefused
from recupero.rules.overlap import Entries
from recupero.statements.entry import Entry, Statement
from recupero.steps.booking.known_statements import Booked, KnownStatements
from recupero.steps.booking.statement_mark import entries_of, mark_from, mark_of

KEY = bytes(range(32))
DAY = date(2026, 11, 23)


def entries(*amounts_minor: int) -> tuple[Entry, ...]:
    return tuple(
        Entry(n, DAY, DAY, minor, "COP", "booked", "", "", "", "", "", False, "")
        for n, minor in enumerate(amounts_minor, 1)
    )


FIRST = Statement("CO 1", "COP", 0, 300, entries(100, 200), "00007/1", (), closed_on=DAY)


def stretch(opening: int, *moved: tuple[int, int], closed: int = 0, number: str = "") -> Statement:
    """Of November, from *opening* over (day, amount); closed on its last day or on *closed*."""
    money = tuple(
        replace(entries(minor)[0], record=n, booking_date=date(2026, 11, day))
        for n, (day, minor) in enumerate(moved, 1)
    )
    return replace(
        FIRST, opening_minor=opening, closing_minor=opening + sum(minor for _, minor in moved),
        entries=money, number=number, closed_on=date(2026, 11, closed or moved[-1][0]),
    )  # fmt: skip


def undated(statement: Statement) -> Statement:
    money = (replace(one, booking_date=None, value_date=None) for one in statement.entries)
    return replace(statement, entries=tuple(money))


OTHER_MONEY = replace(FIRST, closing_minor=310, entries=entries(100, 210))
UNBALANCED = replace(FIRST, opening_minor=None, closing_minor=None)
BARE = replace(UNBALANCED, number="")
ZEROS = replace(FIRST, number="000/00")


def known(*booked: Statement) -> KnownStatements:
    """What a later file finds booked, as its outcome kept it."""
    earlier = KnownStatements(KEY, "first.xml", ())
    for one in booked:
        assert earlier.judge(one) is None
    marks = [mark_from(json.loads(json.dumps(mark))) for mark in earlier.fresh]
    return KnownStatements(
        KEY,
        "second.xml",
        [
            Booked(mark, "first.xml", partial(entries_of, one))
            for mark, one in zip(marks, (one for one in booked if mark_of(one, KEY)), strict=True)
        ],
    )


SAME = {
    "in other bytes": (FIRST, FIRST),
    "the account spaced otherwise": (FIRST, replace(FIRST, account="co1")),
    "the number padded otherwise": (FIRST, replace(FIRST, number="7/01")),
    "its entries in another order": (FIRST, replace(FIRST, entries=entries(200, 100))),
    "now without its number": (FIRST, replace(FIRST, number="")),
    "without a number then": (replace(FIRST, number=""), FIRST),
    "a bank that does not count": (ZEROS, ZEROS),
    "without balances": (UNBALANCED, UNBALANCED),
}


@pytest.mark.parametrize("how", SAME)
def test_a_statement_sent_again_is_known(how: str) -> None:
    before, after = SAME[how]
    statements = known(before)
    repeated = statements.judge(after)
    assert repeated is not None
    assert repeated.file_name == "first.xml"
    assert statements.fresh == []


ANOTHER = {
    "the next day under the same number": (
        FIRST, stretch(0, (24, 100), (24, 200), number=FIRST.number)),
    "another account": (FIRST, replace(FIRST, account="CO2")),
    "another currency": (FIRST, replace(FIRST, currency="USD", entries=())),
    "it goes on from there": (
        FIRST, replace(FIRST, opening_minor=300, closing_minor=320, entries=entries(20))),
    "without balances, other entries": (UNBALANCED, replace(UNBALANCED, entries=entries(5))),
    "neither number nor balances": (BARE, BARE),
    "an empty day": (replace(FIRST, closing_minor=0, entries=()),) * 2,
    "an empty one, then its money": (replace(FIRST, closing_minor=0, entries=()), FIRST),
}  # fmt: skip


@pytest.mark.parametrize("how", ANOTHER)
def test_another_statement_is_booked(how: str) -> None:
    before, after = ANOTHER[how]
    assert known(before).judge(after) is None


BACK = replace(FIRST, closing_minor=0, entries=entries(100, -100))
CONTRADICTING = {
    "other balances": (FIRST, OTHER_MONEY, "statement_contradicts"),
    "other entries": (
        FIRST, replace(FIRST, entries=entries(150, 150)), "statement_contradicts"),
    "more, after a day that moved nothing": (
        BACK, replace(BACK, closing_minor=50, entries=entries(100, -100, 50)),
        "statement_contradicts"),
    "a new number": (FIRST, replace(FIRST, number="00008/1"), "statement_renumbered"),
    "a new page": (FIRST, replace(FIRST, number="00007/2"), "statement_renumbered"),
    "another number, other money": (
        FIRST, replace(OTHER_MONEY, number="8"), "statement_overlaps"),
    "a bank that does not count": (
        ZEROS, replace(OTHER_MONEY, number="000/00"), "statement_overlaps"),
}  # fmt: skip


@pytest.mark.parametrize("how", CONTRADICTING)
def test_a_statement_that_contradicts_a_booked_one_is_refused(how: str) -> None:
    before, after, rule = CONTRADICTING[how]
    with pytest.raises(FileRefused, match=r"first\.xml") as refused:
        known(before).judge(after)
    assert refused.value.rule == rule


MONDAY = stretch(0, (23, 100), (23, 200))
TUESDAY = stretch(300, (24, 50))
BOTH = stretch(0, (23, 100), (23, 200), (24, 50))
OVERLAPPING = {
    "Monday, then Monday and Tuesday": ([MONDAY], BOTH),
    "under another number": ([replace(MONDAY, number="7")], replace(BOTH, number="8")),
    "Monday and Tuesday, then Monday": ([BOTH], MONDAY),
    "Monday and Tuesday, then Tuesday": ([BOTH], TUESDAY),
    "later on the same day": ([MONDAY], stretch(0, (23, 100), (23, 200), (23, 5))),
    "from the middle on": ([BOTH], stretch(300, (24, 50), (25, 7))),
    "into the middle": ([BOTH], stretch(-9, (22, 9), (23, 100), (23, 200))),
    "though it goes on from Friday": ([stretch(-9, (20, 9)), MONDAY], BOTH),
    "though it ends where Wednesday begins": ([MONDAY, stretch(350, (25, 1))], BOTH),
    "a longer one without a day moved": ([MONDAY], replace(MONDAY, closed_on=date(2026, 11, 24))),
    "entries without days": ([undated(MONDAY)], undated(BOTH)),
    "days stated only now": ([undated(MONDAY)], BOTH),
    "two sums into one, that day": ([MONDAY], stretch(0, (23, 300), (24, 50))),
}


#: Pages of a day: an entry of the first and its reversal stand in the second too.
PAGE = stretch(0, (23, 500), (23, 100), (23, -100), number="1")
NEXT_PAGE = stretch(500, (23, 100), (23, -100), (23, 70), number="2")
OVERLAPPING |= {
    "a next page without its number": ([PAGE], replace(NEXT_PAGE, number="")),
    "a next page of one without a number": ([replace(PAGE, number="")], NEXT_PAGE),
    "numbers that begin anew every day": (
        [PAGE], replace(NEXT_PAGE, number="1", closed_on=date(2026, 11, 24))),
    "numbered otherwise, but not from its end": (
        [PAGE], stretch(400, (23, 100), (23, -100), (23, 70), number="2")),
}  # fmt: skip


@pytest.mark.parametrize("how", OVERLAPPING)
def test_a_statement_that_overlaps_a_booked_one_is_refused(how: str) -> None:
    before, after = OVERLAPPING[how]
    with pytest.raises(FileRefused, match=r"first\.xml") as refused:
        known(*before).judge(after)
    assert refused.value.rule == "statement_overlaps"


FOLLOWING = {
    "the next day": ([MONDAY], TUESDAY),
    "the day before": ([TUESDAY], MONDAY),
    "a day between": ([MONDAY, stretch(350, (25, 1))], TUESDAY),
    "a gap": ([MONDAY], stretch(999, (25, 100))),
    "a day that moved nothing": ([MONDAY], stretch(300, (24, 1), (24, -1))),
    "the next page": ([MONDAY], stretch(300, (23, 200), (23, 100))),
    "the page after the next": ([MONDAY], stretch(400, (23, 200), (23, 100))),
    "an old balance again": ([MONDAY, stretch(300, (24, -300))], stretch(0, (25, 100))),
    "an old balance again on one day": (
        [MONDAY, stretch(300, (23, -300))], stretch(0, (23, 7), closed=23)),
    "an old balance again after a gap": ([MONDAY], stretch(0, (25, 100), (25, 200))),
    "an entry dated back": ([MONDAY], stretch(300, (23, 200), closed=24)),
    "an entry without money": (
        [replace(MONDAY, entries=entries(0, 100, 200))], stretch(300, (23, 0), (23, 5))),
    "without days": ([undated(MONDAY)], undated(stretch(300, (24, 100)))),
    "the next page, of entries that cancel out in both": ([PAGE], NEXT_PAGE),
    "the page before, of entries that cancel out in both": ([NEXT_PAGE], PAGE),
    "the third page": (
        [PAGE, NEXT_PAGE], stretch(570, (23, 70), (23, -70), (23, 1), number="3")),
}  # fmt: skip


def test_who_sends_pages_without_numbers_is_told_to_send_them_with_numbers() -> None:
    with pytest.raises(FileRefused, match="siempre con su número"):
        known(PAGE).judge(replace(NEXT_PAGE, number=""))
    with pytest.raises(FileRefused, match="que siguen a los ya registrados"):
        known(MONDAY).judge(BOTH)


@pytest.mark.parametrize("how", FOLLOWING)
def test_what_has_nothing_in_common_with_booked_ones_is_booked(how: str) -> None:
    before, after = FOLLOWING[how]
    assert known(*before).judge(after) is None


MISSING_BEFORE = {
    "the first ever": ([], MONDAY, False),
    "the next": ([MONDAY], TUESDAY, False),
    "Monday after Wednesday": ([stretch(999, (25, 5))], MONDAY, False),
    "Wednesday after Monday": ([MONDAY], stretch(350, (25, 5)), True),
    "what was missing": ([MONDAY, stretch(350, (25, 5))], TUESDAY, False),
    "a part of what was missing": ([MONDAY, stretch(360, (25, 5))], stretch(310, (24, 50)), True),
    "another account's first": ([MONDAY], replace(stretch(350, (25, 5)), account="CO2"), False),
    "a day that moved nothing": ([MONDAY], stretch(350, (25, 5), (25, -5)), True),
}


@pytest.mark.parametrize("how", MISSING_BEFORE)
def test_a_gap_is_told_and_nothing_else(how: str) -> None:
    before, after, told = MISSING_BEFORE[how]
    statements = known(*before)
    assert statements.judge(after) is None
    assert statements.goes_on_from_nothing(after) is told


def test_a_mark_of_before_places_were_kept_still_tells_what_it_told() -> None:
    mark = mark_of(FIRST, KEY)
    assert mark is not None
    kept = {name: value for name, value in asdict(mark).items() if name != "place"}
    booked = Booked(mark_from(kept), "first.xml", Entries)
    assert KnownStatements(KEY, "second.xml", [booked]).judge(FIRST) is booked
    assert KnownStatements(KEY, "second.xml", [booked]).judge(TUESDAY) is None


def test_a_mark_tells_nothing_of_the_account() -> None:
    mark = mark_of(FIRST, KEY)
    assert mark is not None
    assert mark != mark_of(FIRST, bytes(32))
    assert "CO1" not in str(mark)
