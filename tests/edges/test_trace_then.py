"""An account's life as it was known when a day ended, and its journal by an effective date.

The oracle is the trace that was printed on that day, before the next one began.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from recupero.rules.components import COLUMNS
from recupero.steps.tracing import trace
from recupero.store.embedded import Addresses
from tests.edges.drawn_days import play, with_payments
from tests.edges.one_bank import DAYS
from tests.edges.two_portfolios import TwoPortfolios

ACCOUNTS = ["c0", "c2", "l0", "l2"]
_NUMBERS = itertools.count(1)


@pytest.fixture
def bank(
    migrated: Addresses, tmp_path: Path, proven: Callable[[TwoPortfolios], TwoPortfolios]
) -> TwoPortfolios:
    made = TwoPortfolios(tmp_path, migrated, f"entonces-{next(_NUMBERS)}", 1.0)
    made.serve(with_payments(made.code))
    return proven(made)


def told(bank: TwoPortfolios, **then: date) -> dict[str, Any]:
    """Of each account that is found, its sections."""
    return {
        number: found.sections
        for number in ACCOUNTS
        for found in trace(bank.services, bank.code, number, **then)
    }


def test_as_known_is_what_was_told_on_the_day(bank: TwoPortfolios) -> None:
    printed = {}
    play(bank, 20, lambda day: printed.update({day: told(bank)}))
    assert len({str(sections) for sections in printed.values()}) > 2, "days told more"
    assert {day: told(bank, as_known=day) for day in DAYS} == printed
    assert told(bank, as_known=DAYS[0] - timedelta(days=1)) == {}
    assert told(bank, as_known=DAYS[-1] + timedelta(days=9)) == told(bank)


def test_by_an_effective_date_are_the_entries_effective_until_then(bank: TwoPortfolios) -> None:
    play(bank, 22)
    whole = told(bank)
    effective = sorted({row["effective_on"] for one in whole.values() for row in one["journal"]})
    assert len(effective) > 2
    for day in effective:
        for number, sections in told(bank, as_of=day).items():
            entries = [row for row in whole[number]["journal"] if row["effective_on"] <= day]
            assert sections.get("journal", []) == entries
            sums = {name: sum(row[name] for row in entries) for name in COLUMNS}
            (balance,) = sections.get("balances", [dict.fromkeys(COLUMNS, 0)])
            assert {name: balance[name] for name in COLUMNS} == sums
