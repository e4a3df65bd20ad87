"""Matching day after day against a slow book: one entry after the other, lists and loops only."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from recupero.rules.match import KNOWN_SCHEMA, empty_known, match
from recupero.rules.reconcile import received_summary
from tests.rules.match_cases import ENTRY
from tests.rules.slow_book import ACCOUNTS, POLICY, TOLD, Book


def entries(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=ENTRY)


def remembered(today: pl.DataFrame, result: pl.DataFrame) -> pl.DataFrame:
    """What a later day knows of *today*."""
    stated = today.select(
        "entry_id", "sequence", "line_number", "kind", "transaction_id", "reverses"
    )
    return result.join(stated, on="entry_id").select(*KNOWN_SCHEMA, "account_id")


day_of_entries = st.lists(
    st.tuples(
        st.sampled_from(["payment", "payment", "credit", "credit", "debit", "reversal", "undo"]),
        st.sampled_from(["T1", "T2", None]),
        st.sampled_from(["A1", "A2", "P", "B", "G", "987", "?", None]),
        st.sampled_from([5, 5, 5, 7, 0, -5]),
        st.sampled_from(["COP", "COP", "COP", "PEN"]),
        st.integers(24, 27),
        st.integers(0, 1),
    ),
    max_size=10,
)


def drawn(number: int, row: tuple[Any, ...], files: int) -> dict[str, Any]:
    """A row in one of two files after the first *files*, received against the order of the ids."""
    kind, transaction, reference, amount, currency, day, file = row
    undoes = kind in ("reversal", "undo")
    return {
        "entry_id": number,
        "sequence": files + file,
        "line_number": 99 - number,
        "source": "payment_file" if kind in ("payment", "reversal") else "statement",
        "kind": ("reversal", "debit")[number % 2] if kind == "undo" else kind,
        "transaction_id": ("R1", "R2", None, transaction)[number % 4] if undoes else transaction,
        "reverses": transaction if undoes else None,
        "account_number": None if undoes else reference,
        "amount_minor": amount if kind in ("payment", "credit") else -amount,
        "currency": currency,
        "booked_on": date(2026, 11, day),
    }


@given(st.lists(day_of_entries, max_size=3), st.integers(0, 999))
def test_same_as_the_slow_book_and_every_unit_has_one_class(
    days: list[list[tuple[Any, ...]]], seed: int
) -> None:
    known, book, number = empty_known(pl.Int64()), Book(), 0
    for files, day in enumerate(days):
        rows = [drawn(n, row, 2 * files) for n, row in enumerate(day, number + 1)]
        number += len(rows)
        today = entries(*rows)
        result = match(today, ACCOUNTS, known, POLICY)
        slow = book.day(rows)
        assert result.select("entry_id", *TOLD).rows() == [
            tuple(row[column] for column in ("entry_id", *TOLD)) for row in slow
        ]
        shuffled = today.sample(fraction=1, shuffle=True, seed=seed)
        again = match(shuffled, ACCOUNTS.reverse(), known.reverse(), POLICY)
        assert again.equals(result)
        whole_day = pl.concat([known, remembered(today, result)])
        assert match(today, ACCOUNTS, whole_day, POLICY).equals(result)
        adds_up(today, result)
        known = whole_day
    posting = {row["entry_id"] for row in book.rows if row["posts"]}
    assert 17 not in {row["account_id"] for row in book.rows}, "what is recalled takes no money"
    for row in book.rows:
        assert row["class"] != "matched" or row["posts"] or row["linked_entry_id"] in posting
    undone = [row["undoes_entry_id"] for row in book.rows if row["undoes_entry_id"]]
    assert len(undone) == len(set(undone))


def adds_up(today: pl.DataFrame, result: pl.DataFrame) -> None:
    """I8, credits and debits apart, against sums taken from the entries themselves."""
    assert set(result["entry_id"]) == set(today["entry_id"])
    told = received_summary(result, today)
    assert (told["difference_minor"] == 0).all()
    received: Counter[tuple[str, str, str]] = Counter()
    for row in today.to_dicts():
        direction = "debit" if row["amount_minor"] < 0 else "credit"
        received[row["source"], row["currency"], direction] += row["amount_minor"]
    shown = {(r["source"], r["currency"], r["side"]): r["received_minor"] for r in told.to_dicts()}
    assert shown == dict(received)
