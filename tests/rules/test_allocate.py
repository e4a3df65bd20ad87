from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recupero.errors import Fault, Refused
from recupero.rules.allocate import AllocationOrder, allocate
from recupero.rules.components import COLUMNS, PAYABLE

CONTRACT = AllocationOrder(
    ("expenses", "fees", "default_interest", "interest", "principal"), "cláusula 7", "contract"
)
LAW = AllocationOrder(("default_interest", "interest", "principal"), "C.C. 1653", "pack")
PAYMENT = {
    "entry_id": pl.Int64,
    "account_id": pl.Int64,
    "amount_minor": pl.Int64,
    "effective_on": pl.Date,
    "sequence": pl.Int64,
    "line_number": pl.Int64,
    "channel": pl.String,
}
BALANCE = {"account_id": pl.Int64} | dict.fromkeys(COLUMNS, pl.Int64)


def payments(*rows: tuple[int, int, int, int], files: int = 1) -> pl.DataFrame:
    """Entry, account, amount, day of November; received against the order of their ids."""
    last = len(rows)
    dated = [
        (*row[:3], date(2026, 11, row[3]), (last - n) // files, last - n, "PSE")
        for n, row in enumerate(rows)
    ]
    return pl.DataFrame(dated, schema=PAYMENT, orient="row")


def balances(*rows: tuple[int, ...]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=BALANCE, orient="row")


@pytest.mark.parametrize(
    ("order", "balance", "amount", "paid"),
    [
        #            principal interest default fees expenses unapplied
        (CONTRACT, (1000, 200, 50, 30, 20, 0), 10, (0, 0, 0, 0, 10, 0)),
        (CONTRACT, (1000, 200, 50, 30, 20, 0), 100, (0, 0, 50, 30, 20, 0)),
        (CONTRACT, (1000, 200, 50, 30, 20, 0), 1300, (1000, 200, 50, 30, 20, 0)),
        (CONTRACT, (1000, 200, 50, 30, 20, 0), 1307, (1000, 200, 50, 30, 20, 7)),
        (CONTRACT, (1000, -40, 0, 0, 0, -9), 1001, (1000, 0, 0, 0, 0, 1)),
        (LAW, (1000, 200, 50, 30, 20, 0), 1260, (1000, 200, 50, 0, 0, 10)),
        (CONTRACT, (0, 0, 0, 0, 0, 0), 5, (0, 0, 0, 0, 0, 5)),
    ],
)
def test_one_payment(
    order: AllocationOrder, balance: tuple[int, ...], amount: int, paid: tuple[int, ...]
) -> None:
    result = allocate(payments((1, 7, amount, 2)), balances((7, *balance)), order)
    assert result.select(COLUMNS).rows() == [paid]
    assert result.columns == [*PAYMENT, *COLUMNS]
    assert set(result.select(COLUMNS).dtypes) == {pl.Int64()}


@pytest.mark.parametrize("files", [1, 9])
def test_payments_of_one_account_follow_date_then_the_order_received(files: int) -> None:
    """In files of their own or as lines of one."""
    owed = balances((7, 100, 10, 0, 0, 0, 0))
    paid = payments((1, 7, 60, 9), (2, 7, 60, 3), (3, 7, 8, 3), files=files)
    result = allocate(paid, owed, CONTRACT)
    assert result["entry_id"].to_list() == [3, 2, 1]
    assert result.select("interest_minor", "principal_minor", "unapplied_minor").rows() == [
        (8, 0, 0),
        (2, 58, 0),
        (0, 42, 18),
    ]


def test_an_account_without_balance_owes_nothing() -> None:
    result = allocate(payments((1, 8, 60, 9)), balances((7, 1, 1, 1, 1, 1, 0)), CONTRACT)
    assert result.select(COLUMNS).rows() == [(0, 0, 0, 0, 0, 60)]


def test_nothing_to_allocate() -> None:
    assert allocate(payments(), balances(), CONTRACT).columns == [*PAYMENT, *COLUMNS]


@pytest.mark.parametrize("amount", [0, -5])
def test_only_positive_payments_are_allocated(amount: int) -> None:
    with pytest.raises(Fault, match="positive"):
        allocate(payments((1, 7, amount, 1)), balances(), CONTRACT)


def test_an_entry_is_allocated_once() -> None:
    with pytest.raises(Fault, match="twice"):
        allocate(payments((1, 7, 5, 1), (1, 8, 5, 1)), balances(), CONTRACT)


def test_a_payment_without_account_is_our_fault() -> None:
    orphan = payments((1, 7, 5, 1)).with_columns(account_id=pl.lit(None, dtype=pl.Int64))
    with pytest.raises(Fault, match="lacks"):
        allocate(orphan, balances(), CONTRACT)


def test_sums_beyond_int64_are_refused() -> None:
    with pytest.raises(Refused, match="int64"):
        allocate(payments((1, 7, 2**62, 1), (2, 7, 2**62, 1)), balances(), CONTRACT)


@pytest.mark.parametrize("names", [(), ("principal", "principal"), ("unapplied",), ("capital",)])
def test_an_order_names_payable_components_once(names: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match="each once"):
        AllocationOrder(names, "", "contract")


def slow(
    paid: list[dict[str, Any]], owed: dict[int, dict[str, int]], order: AllocationOrder
) -> dict[int, dict[str, int]]:
    """One payment after the other, one component after the other."""
    result = {}
    for payment in sorted(paid, key=lambda p: (p["effective_on"], p["sequence"], p["line_number"])):
        left = payment["amount_minor"]
        account = owed.setdefault(payment["account_id"], dict.fromkeys(COLUMNS, 0))
        parts = dict.fromkeys(COLUMNS, 0)
        for name in order.components:
            part = max(min(left, account[f"{name}_minor"]), 0)
            account[f"{name}_minor"] -= part
            parts[f"{name}_minor"] = part
            left -= part
        parts["unapplied_minor"] = left
        result[payment["entry_id"]] = parts
    return result


amounts = st.integers(-20, 60)
orders = st.lists(st.sampled_from(PAYABLE), min_size=1, unique=True)


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 150), st.integers(1, 5)), max_size=14),
    st.lists(st.tuples(*[amounts] * 6), max_size=4),
    orders,
    st.integers(1, 5),
    st.randoms(),
)
def test_same_as_a_plain_loop_and_no_unit_is_lost(
    paid: list[tuple[int, int, int]],
    owed: list[tuple[int, ...]],
    names: list[str],
    files: int,
    random: Any,
) -> None:
    frame = payments(*((number, *row) for number, row in enumerate(paid)), files=files)
    held = balances(*((number, *row) for number, row in enumerate(owed, start=1)))
    order = AllocationOrder(tuple(names), "x", "contract")
    result = allocate(frame, held, order)
    by_account = {row.pop("account_id"): row for row in held.to_dicts()}
    expected = slow(frame.to_dicts(), by_account, order)
    parts = {row["entry_id"]: {c: row[c] for c in COLUMNS} for row in result.to_dicts()}
    assert parts == expected
    assert result.select(pl.sum_horizontal(COLUMNS)).to_series().to_list() == (
        result["amount_minor"].to_list()
    )
    assert result.select((pl.col(COLUMNS) >= 0).all()).row(0) == (True,) * 6
    shuffled = frame.sample(fraction=1, shuffle=True, seed=random.randrange(1000))
    assert allocate(shuffled, held.reverse(), order).equals(result)
