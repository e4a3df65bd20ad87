"""What of a portfolio does not follow from what was known, as tables."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from recupero.rules.components import COLUMNS
from recupero.rules.jumps import FOUND, balance_up, due_date_back, other_debtor, together

_DATES = {"opened_on": pl.Date, "product": pl.String}


@pytest.mark.parametrize(
    ("moves", "stated", "share", "jumps"),
    [
        ({"principal": 1}, 101, 0, True),
        ({"interest": 50, "fees": 9}, 159, 0, False),
        ({"principal": 50, "interest": -50}, 100, 0, False),  # interest became principal
        ({"principal": 50, "interest": -20}, 130, 0, True),
        ({"principal": 10, "interest": 5}, 115, 0, True),
        ({"principal": 10, "interest": 5}, 115, 0.1, False),
        ({"principal": 11, "interest": 5}, 116, 0.1, True),
        ({"principal": -40}, 60, 0, False),
        ({"principal": -40, "interest": 40}, 100, 0, False),
        ({"unapplied": 30}, 0, 0, True),  # a credit of the debtor is gone
        ({"principal": 10**16}, 10**16 + 1, 10, True),
    ],
)
def test_a_balance_may_rise_by_the_charges_that_came_and_the_share_agreed(
    moves: dict[str, int], stated: int, share: float, jumps: bool
) -> None:
    row = dict.fromkeys(COLUMNS, 0) | {f"{name}_minor": by for name, by in moves.items()}
    moved = pl.DataFrame([{"line_number": 7, "stated_minor": stated, **row}])
    found = balance_up(moved, share)
    assert found.rows() == ([(7, "principal_minor", "balance_up")] if jumps else [])


@pytest.mark.parametrize(
    ("known", "told", "days_max", "jumps"),
    [
        (date(2026, 9, 1), date(2026, 8, 31), 0, True),
        (date(2026, 9, 1), date(2026, 9, 2), 0, False),
        (date(2026, 9, 4), date(2026, 9, 1), 3, False),
        (date(2026, 9, 5), date(2026, 9, 1), 3, True),
        (None, date(2026, 9, 1), 0, False),
        (date(2026, 9, 1), None, 0, False),
    ],
)
def test_a_due_date_moves_forward(
    known: date | None, told: date | None, days_max: int, jumps: bool
) -> None:
    def version(day: date | None) -> pl.DataFrame:
        rows = {"account_id": [1], "line_number": [7], "due_date": [day]}
        return pl.DataFrame(rows, schema_overrides={"due_date": pl.Date})

    found = due_date_back(version(told), version(known), days_max)
    assert found.rows() == ([(7, "due_date", "due_date_back")] if jumps else [])


@pytest.mark.parametrize(
    ("state", "known", "told", "rule"),
    [
        ("placed", (date(2026, 1, 1), "A"), (date(2026, 1, 1), "A"), "debtor_changed"),
        ("placed", (None, None), (date(2026, 1, 1), "A"), "debtor_changed"),
        ("placed", (date(2026, 1, 1), "A"), (date(2026, 2, 1), "A"), "id_reused"),
        ("placed", (date(2026, 1, 1), "A"), (date(2026, 1, 1), "B"), "id_reused"),
        ("vanished", (None, None), (None, None), "id_reused"),
    ],
)
def test_another_debtor_of_another_obligation_is_a_number_reused(
    state: str, known: tuple[date | None, str], told: tuple[date | None, str], rule: str
) -> None:
    def version(opened: tuple[date | None, str], **more: object) -> pl.DataFrame:
        row = {"account_id": 1, "opened_on": opened[0], "product": opened[1], **more}
        return pl.DataFrame([row], schema_overrides=_DATES)

    before, named = version(known, state=state), version(told, line_number=7)
    assert other_debtor(named, before, pl.Series([1]))["rule"].to_list() == [rule]
    assert other_debtor(named, before, pl.Series([2])).is_empty()


def test_of_a_number_reused_nothing_else_is_told() -> None:
    def found(line: int, rule: str) -> pl.DataFrame:
        return pl.DataFrame([(line, "at", rule)], schema=FOUND, orient="row")

    every = [found(2, "id_reused"), found(2, "balance_up"), found(1, "balance_up")]
    assert together(every)["rule"].to_list() == ["balance_up", "id_reused"]
