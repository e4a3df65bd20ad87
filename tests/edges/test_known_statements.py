"""When two bank statements are one: a table of what the bank may send after 0 -> 300."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recupero.errors import FileRefused
from recupero.statements.entry import Entry, Statement
from recupero.steps.booking.known_statements import Booked, KnownStatements, Mark, mark_of

KEY = bytes(range(32))
DAY, NEXT = date(2026, 11, 23), date(2026, 11, 24)


def entries(*amounts_minor: int) -> tuple[Entry, ...]:
    return tuple(
        Entry(n, DAY, DAY, minor, "COP", "booked", "", "", "", "", "", False, "")
        for n, minor in enumerate(amounts_minor, 1)
    )


FIRST = Statement("CO 1", "COP", 0, 300, entries(100, 200), "00007/1", (), closed_on=DAY)
OTHER_MONEY = replace(FIRST, closing_minor=310, entries=entries(100, 210))
UNBALANCED = replace(FIRST, opening_minor=None, closing_minor=None)
BARE = replace(UNBALANCED, number="")
ZEROS = replace(FIRST, number="000/00")


def known(*booked: Statement) -> KnownStatements:
    """What a later file finds booked, as its outcome kept it."""
    earlier = KnownStatements(KEY, "first.xml", ())
    for one in booked:
        assert earlier.judge(one) is None
    marks = [Mark(**mark) for mark in earlier.fresh]  # it comes from JSON
    return KnownStatements(KEY, "second.xml", [Booked(mark, "first.xml") for mark in marks])


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
    "the next day under the same number": (FIRST, replace(FIRST, closed_on=NEXT)),
    "another account": (FIRST, replace(FIRST, account="CO2")),
    "another currency": (FIRST, replace(FIRST, currency="USD", entries=())),
    "it goes on from there": (
        FIRST, replace(FIRST, opening_minor=300, closing_minor=320, entries=entries(20))),
    "another number, other money": (FIRST, replace(OTHER_MONEY, number="8")),
    "a bank that does not count": (ZEROS, replace(OTHER_MONEY, number="000/00")),
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
}  # fmt: skip


@pytest.mark.parametrize("how", CONTRADICTING)
def test_a_statement_that_contradicts_a_booked_one_is_refused(how: str) -> None:
    before, after, rule = CONTRADICTING[how]
    with pytest.raises(FileRefused, match=r"first\.xml") as refused:
        known(before).judge(after)
    assert refused.value.rule == rule


def test_a_mark_tells_nothing_of_the_account() -> None:
    mark = mark_of(FIRST, KEY)
    assert mark is not None
    assert mark != mark_of(FIRST, bytes(32))
    assert "CO1" not in str(mark)


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=6), st.data())
def test_every_entry_of_a_chain_is_booked_once_however_often_it_is_sent(
    moved: list[int], data: st.DataObject
) -> None:
    """One statement a day, each from where the last one ended; files repeat them at will."""
    balance, chain = 0, []
    for n, minor in enumerate(moved, 1):
        money = entries(minor) if minor else ()
        chain.append(
            Statement("1", "COP", balance, balance + minor, money, str(n), (),
                      closed_on=date(2026, 11, n))
        )  # fmt: skip
        balance += minor
    sent = data.draw(st.lists(st.sampled_from(chain), max_size=12)) + chain
    statements = KnownStatements(KEY, "x", ())
    taken = [one for one in sent if statements.judge(one) is None]
    assert sum(minor for one in taken for minor in (e.amount_minor for e in one.counted)) == balance
