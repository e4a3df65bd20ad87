from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recupero.errors import Fault, Refused
from recupero.rules.aging import age
from recupero.rules.bands import Bands

AS_OF = date(2026, 11, 27)
SCHEMA = {
    "account_id": pl.Int64,
    "due_date": pl.Date,
    "days_past_due": pl.Int64,
    "cut_off": pl.Date,
}


def accounts(*rows: tuple[date | None, int | None, date | None]) -> pl.DataFrame:
    return pl.DataFrame(
        [(number, *row) for number, row in enumerate(rows)], schema=SCHEMA, orient="row"
    )


@pytest.mark.parametrize(
    ("due", "stated", "cut_off", "days", "bucket"),
    [
        (date(2026, 11, 27), None, None, 0, "0"),
        (date(2026, 12, 24), None, None, 0, "0"),
        (date(2026, 11, 26), None, None, 1, "1-30"),
        (date(2026, 10, 28), None, None, 30, "1-30"),
        (date(2026, 10, 27), None, None, 31, "31-60"),
        (date(2026, 8, 29), None, None, 90, "61-90"),
        (date(2026, 8, 28), None, None, 91, "91-180"),
        (date(2025, 11, 27), None, None, 365, "181-365"),
        (date(2025, 11, 26), None, None, 366, ">365"),
        (None, 45, date(2026, 11, 20), 52, "31-60"),
        (None, -10, date(2026, 11, 20), 0, "0"),
        (None, 5, date(2026, 11, 30), 2, "1-30"),
        (date(2026, 11, 17), 400, date(2026, 11, 20), 10, "1-30"),
    ],
)
def test_age_and_bucket(
    due: date | None, stated: int | None, cut_off: date | None, days: int, bucket: str
) -> None:
    aged = age(accounts((due, stated, cut_off)), AS_OF)
    assert aged.select("age_days", "bucket").rows() == [(days, bucket)]
    assert aged.schema["age_days"] == pl.Int64


def test_columns_a_layout_does_not_declare_may_be_all_null() -> None:
    frame = accounts((date(2026, 11, 1), None, None)).with_columns(
        days_past_due=pl.lit(None), cut_off=pl.lit(None)
    )
    assert age(frame, AS_OF)["age_days"].to_list() == [26]


@pytest.mark.parametrize("row", [(None, None, AS_OF), (None, 12, None)])
def test_an_account_without_any_age_is_our_fault(row: tuple[None, int | None, None]) -> None:
    with pytest.raises(Fault, match="1 accounts"):
        age(accounts(row), AS_OF)


def test_no_accounts_is_no_fault() -> None:
    assert age(accounts(), AS_OF).height == 0


days = st.integers(-500, 4000)


@given(st.lists(days, min_size=1, max_size=30))
def test_due_dates_and_stated_days_agree_with_counting_by_hand(past: list[int]) -> None:
    by_date = accounts(*((AS_OF - timedelta(days=n), None, None) for n in past))
    by_days = accounts(*((None, n - 9, AS_OF - timedelta(days=9)) for n in past))
    expected = [max(n, 0) for n in past]
    assert age(by_date, AS_OF)["age_days"].to_list() == expected
    assert age(by_days, AS_OF)["age_days"].to_list() == expected


@given(
    st.lists(st.integers(-50, 50), max_size=6, unique=True),
    st.lists(st.none() | st.integers(-60, 60)),
)
def test_bands_cover_every_number_once(uppers: list[int], values: list[int | None]) -> None:
    edges = sorted(uppers)
    bands = Bands(tuple(edges), tuple(range(len(edges) + 1)))
    frame = pl.DataFrame({"v": values}, schema={"v": pl.Int64})
    slow = [None if v is None else sum(edge < v for edge in edges) for v in values]
    assert frame.select(bands.pick(pl.col("v"))).to_series().to_list() == slow


@pytest.mark.parametrize(
    ("uppers", "labels"), [((1, 2), ("a", "b")), ((2, 1), ("a", "b", "c")), ((1, 1), tuple("abc"))]
)
def test_bands_that_make_no_sense_are_refused(
    uppers: tuple[int, ...], labels: tuple[str, ...]
) -> None:
    with pytest.raises(Refused):
        Bands(uppers, labels)
