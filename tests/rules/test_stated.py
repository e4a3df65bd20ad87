"""Until when an account is stated, against one file after the other; and what figures contain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recupero.rules import post
from recupero.rules.components import COLUMNS
from recupero.rules.stated import SAID, contained, last_stated

DAY = date(2026, 11, 20)
ACCOUNTS = (1, 2, 3)
PORTFOLIOS = ("cards", "loans")
TYPES = (pl.Int64, pl.Int64, pl.Date, pl.String, pl.String)


@dataclass(frozen=True)
class File:
    """A file: whose portfolio it is, whether in full, its cut-off, and what is said of accounts:
    a cut-off of their own, and whether they are placed, vanished or (None) as they were.
    """

    portfolio: str
    full: bool
    drawn: date
    says: dict[int, tuple[date, str | None]] = field(default_factory=dict)


dates = st.integers(0, 4).map(lambda days: DAY + timedelta(days=days))
words = st.tuples(dates, st.sampled_from(["placed", "vanished", None]))
histories = st.lists(
    st.builds(
        File,
        st.sampled_from(PORTFOLIOS),
        st.booleans(),
        dates,
        st.dictionaries(st.sampled_from(ACCOUNTS), words, max_size=3),
    ),
    max_size=8,
)


def slowly(history: Sequence[File], account: int) -> tuple[str | None, str | None, date | None]:
    """State, portfolio and cut-off of *account* after *history*, one file after the other."""
    state, portfolio, cut_off = None, None, None
    for file in history:
        if account in file.says:
            cut_off, told = file.says[account]
            portfolio, state = file.portfolio, told or state
        elif file.full and file.portfolio == portfolio:
            cut_off = file.drawn
    return state, portfolio, cut_off


@given(histories)
def test_the_last_word_on_an_account_is_that_of_its_last_file(history: list[File]) -> None:
    asked = [(account, place) for account in ACCOUNTS for place in range(len(history) + 2)]
    found = last_stated(
        pl.DataFrame(asked, schema={"account_id": pl.Int64, "position": pl.Int64}, orient="row"),
        pl.DataFrame(
            [(account, place, cut_off, state, file.portfolio)
             for place, file in enumerate(history)
             for account, (cut_off, state) in file.says.items()],
            schema=dict(zip(SAID, TYPES, strict=True)),
            orient="row",
        ),
        pl.DataFrame(
            [(file.portfolio, n, file.drawn) for n, file in enumerate(history) if file.full],
            schema={"portfolio": pl.String, "position": pl.Int64, "cut_off": pl.Date},
            orient="row",
        ),
    )  # fmt: skip
    told = {(account, place): (state, portfolio, cut_off)
            for account, place, state, portfolio, cut_off in found.iter_rows()}  # fmt: skip
    assert told == {(account, place): slowly(history[:place], account) for account, place in asked}


# --- which money the figures contain, and what takes it away again ---

CUT_OFF = pl.DataFrame({"account_id": [9], "cut_off": [DAY]})


def money(booked_on: date, account: int = 9, ledger: str = "claim") -> pl.DataFrame:
    """The rows of one payment of 70, and when it was booked."""
    paid = pl.DataFrame(
        [{"entry_id": 1, "account_id": account, "currency": "COP", "effective_on": booked_on,
          "recorded_on": DAY, **dict.fromkeys(COLUMNS, 0), "principal_minor": 60,
          "unapplied_minor": 10, "receipt_id": 5, "line_number": 6}]
    )  # fmt: skip
    return post.batch(post.payment(paid).with_columns(pl.lit(ledger).alias("ledger")))


@pytest.mark.parametrize(
    ("days", "account", "ledger", "is_in"),
    [
        (-1, 9, "claim", True),
        (0, 9, "claim", True),
        (1, 9, "claim", False),
        (0, 8, "claim", False),
        (0, 9, "memorandum", True),
        (1, 9, "memorandum", False),
    ],
)
def test_figures_contain_the_money_of_an_account_up_to_their_cut_off(
    days: int, account: int, ledger: str, is_in: bool
) -> None:
    booked_on = DAY + timedelta(days=days)
    entries = pl.DataFrame({"entry_id": [1], "booked_on": [booked_on]})
    found = contained(money(booked_on, account, ledger), entries, CUT_OFF)
    assert found["entry_id"].to_list() == [1] * is_in


def test_what_is_contained_is_taken_away_component_by_component_and_undoes_nothing() -> None:
    entries = pl.DataFrame({"entry_id": [1], "booked_on": [DAY]})
    reversed_row = post.reversal(
        money(DAY).drop_nulls("account_id").with_columns(pl.lit(7).alias("recording_id"))
    )
    for rows, sign in ((money(DAY), 1), (reversed_row, -1)):
        [row] = post.counted_in(contained(rows, entries, CUT_OFF)).iter_rows(named=True)
        assert [row[c] for c in COLUMNS] == [60 * sign, 0, 0, 0, 0, 10 * sign]
        assert (row["event"], row["effective_on"], row["account_id"]) == ("adjusted", DAY, 9)
        assert (row["entry_id"], row["receipt_id"], row["line_number"]) == (1, 5, 6)
        assert (row["reverses_recording_id"], row["reverses_entry_number"]) == (None, None)


# --- a portfolio's figures against what we hold unapplied at its cut-off ---


@pytest.mark.parametrize(
    ("stated", "before", "held", "then"),
    [
        # principal and interest stated, principal stated before, unapplied held, unapplied then
        ((-300, 0), 0, 0, -300),
        ((-300, 20), -100, -100, -300),
        ((-300, 400), 0, -50, -300),
        ((500, 0), -300, -300, 0),
        ((0, 5), 1000, -300, 0),
        ((500, 0), 1000, 40, 0),
        ((0, 0), 1000, -300, -300),
        ((0, 0), None, -300, -300),
        ((0, 0), 1000, 40, 0),
        ((0, 0), -300, -300, 0),
    ],
)
def test_what_is_unapplied_follows_the_figures(
    stated: tuple[int, int], before: int | None, held: int, then: int
) -> None:
    row = {"account_id": 9, **dict.fromkeys(post.STATED, 0), "known_principal_minor": before}
    row |= {"principal_minor": stated[0], "interest_minor": stated[1]}
    ours = {"account_id": 9, **dict.fromkeys(COLUMNS, 0), "principal_minor": 70}
    ours |= {"unapplied_minor": held}
    moved = post.adjustment(
        pl.DataFrame([row], schema_overrides={"known_principal_minor": pl.Int64}),
        pl.DataFrame([ours]),
    )
    after = [ours[name] + moved[name].sum() for name in COLUMNS]
    assert after == [max(stated[0], 0), stated[1], 0, 0, 0, then]
    assert moved["unapplied_minor"].dtype == pl.Int64
