"""The journal against the money received: each posting entry's rows, and no other entry's."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from recupero.rules import post
from recupero.rules.components import COLUMNS
from recupero.rules.posted import misposted

DAY = date(2026, 11, 20)
AMOUNTS = "its journal rows are not what its match posts"
OPPOSITES = "its journal rows are not the opposite of what it undoes"

#: A payment of 70, its reversal, another payment of 70, and one that only confirms the first.
ENTRIES = pl.DataFrame(
    [(1, 70, "COP"), (2, -70, "COP"), (3, 70, "COP"), (4, 70, "COP")],
    schema=["entry_id", "amount_minor", "currency"],
    orient="row",
)
MATCHES = pl.DataFrame(
    [(1, "matched", 9, True), (2, "reversal", 9, True), (3, "matched", 9, True),
     (4, "matched", 9, False)],
    schema=["entry_id", "class", "account_id", "posts"],
    orient="row",
)  # fmt: skip


def journal() -> pl.DataFrame:
    """What the settlement of recording 5 posts of them."""
    paid = pl.DataFrame(
        [{"entry_id": entry_id, "account_id": 9, "currency": "COP", "effective_on": DAY,
          "recorded_on": DAY, **dict.fromkeys(COLUMNS, 0), "principal_minor": 60,
          "interest_minor": 10} for entry_id in (1, 3)]
    )  # fmt: skip
    payments = post.batch(post.payment(paid)).with_columns(
        pl.lit(5, dtype=pl.Int64).alias("recording_id")
    )
    undone = post.reversal(payments.filter(pl.col("entry_id") == 1)).with_columns(
        pl.lit(2, dtype=pl.Int64).alias("entry_id")
    )
    reversals = post.batch(undone, first=payments.height + 1)
    return pl.concat(
        [payments, reversals.with_columns(pl.lit(5, dtype=pl.Int64).alias("recording_id"))],
        how="diagonal",
    )


def told(matches: pl.DataFrame = MATCHES, **changes: Any) -> list[tuple[int, str]]:
    """The findings once the rows of entry *of* have the other values *changes* gives."""
    of = changes.pop("of", 0)
    mine = pl.col("entry_id") == of
    rows = journal().with_columns(
        pl.when(mine).then(value).otherwise(pl.col(name)).alias(name)
        for name, value in changes.items()
    )
    return list(misposted(matches, ENTRIES, rows))


def test_what_a_settlement_posts_is_what_its_matches_post() -> None:
    assert told() == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"of": 3, "interest_minor": pl.lit(-9)}, [(3, AMOUNTS)]),
        ({"of": 3, "currency": pl.lit("USD")}, [(3, AMOUNTS)]),
        ({"of": 3, "account_id": pl.lit(8)}, [(3, AMOUNTS)]),
        ({"of": 3, "entry_id": pl.lit(4)}, [(3, AMOUNTS), (4, AMOUNTS)]),
        ({"of": 3, "entry_id": pl.lit(7)}, [(3, AMOUNTS), (7, AMOUNTS)]),
        ({"of": 2, "principal_minor": pl.lit(70), "interest_minor": pl.lit(0)}, [(2, OPPOSITES)]),
        ({"of": 2, "ledger": pl.lit("memorandum")}, [(2, OPPOSITES)]),
        ({"of": 2, "reverses_entry_number": pl.lit(99)}, [(2, OPPOSITES)]),
        ({"of": 2, "reverses_recording_id": pl.lit(None)}, [(2, OPPOSITES)]),
        ({"of": 3, "reverses_recording_id": pl.lit(5)}, [(3, OPPOSITES)]),
    ],
)
def test_rows_that_are_not_what_the_entry_posts(
    changes: dict[str, Any], found: list[tuple[int, str]]
) -> None:
    assert told(**changes) == found


def test_a_match_that_posts_needs_rows_and_rows_need_one_that_posts() -> None:
    confirms = MATCHES.with_columns(
        pl.when(pl.col("entry_id") == 4).then(True).otherwise(pl.col("entry_id") < 3).alias("posts")
    )
    assert told(confirms) == [(3, AMOUNTS), (4, AMOUNTS)]


def test_a_payment_is_undone_once() -> None:
    twice = MATCHES.with_columns(
        pl.when(pl.col("entry_id") == 3).then(pl.lit("reversal")).otherwise("class").alias("class")
    )
    again = {"reverses_recording_id": pl.lit(5), "reverses_entry_number": pl.lit(1)}
    assert (2, OPPOSITES) in told(twice, of=3, **again)
