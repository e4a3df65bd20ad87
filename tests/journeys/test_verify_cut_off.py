"""A payment that the figures stated contain counts once, and whoever changes that is told.

The first bank's second portfolio is of Friday's close and contains a credit of Friday that its
bank statement tells on Monday alone. Every hash is made anew each time: sums, batches and chain
agree, and the statement of the account tells.
"""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from deployments.demo.markets import CUT_2
from recupero.steps.verify import verify
from tests.journeys.small_world import Tampered, World, named

CODE = "banco-andino"
MINE = f"institution = '{CODE}'"
ACCOUNTS = f"{MINE} AND account_id IS NOT NULL AND entry_id IS NOT NULL"
TOLD = "what the figures stated contain of it is not what was taken away again"


def entry_of(insider: Tampered, condition: str) -> int:
    """The money entry of the first account row that *condition* is true of."""
    found = insider.connection.execute(
        text(f"SELECT min(entry_id) FROM journal WHERE {ACCOUNTS} AND {condition}")
    )
    return int(found.scalar_one())


def copied(changes: str, condition: str) -> str:
    """A statement that adds copies of journal rows with *changes* (JSON), numbered on."""
    return (
        "INSERT INTO journal SELECT (jsonb_populate_record(j, "
        f"'{changes}' || jsonb_build_object('entry_number', j.entry_number + 50000))).*"
        f" FROM journal j WHERE {MINE} AND {condition}"
    )


def taken_away_with(entry_id: int) -> str:
    """What was taken away again in the settlement of *entry_id*, the contra rows too."""
    settled = f"SELECT recording_id FROM journal WHERE entry_id = {entry_id}"
    return f"{MINE} AND event = 'adjusted' AND recording_id IN ({settled})"


def test_the_credit_only_the_bank_told_counts_once(world: World) -> None:
    with world.tampered() as insider:
        rows = insider.connection.execute(
            text(
                "SELECT event, sum(principal_minor + interest_minor + default_interest_minor"
                " + fees_minor + expenses_minor + unapplied_minor)::bigint FROM journal WHERE"
                f" {ACCOUNTS} AND entry_id IN (SELECT entry_id FROM journal WHERE {ACCOUNTS}"
                " AND event = 'adjusted') GROUP BY event ORDER BY event"
            )
        ).all()
    assert [event for event, _ in rows] == ["adjusted", "paid"]
    assert rows[0][1] == -rows[1][1] > 0


def test_what_was_taken_away_again_is_removed(world: World) -> None:
    with world.tampered() as insider:
        entry_id = entry_of(insider, "event = 'adjusted'")
        assert insider.execute(f"DELETE FROM journal WHERE {taken_away_with(entry_id)}")
        insider.reseal(CODE)
        found = named(verify(insider.services, CODE))
    assert f"I2_roll_forward: money_entry entry_id={entry_id}: {TOLD}" in found


@pytest.mark.parametrize(
    "assignment",
    [
        "principal_minor = principal_minor + sign(principal_minor) * 7",
        "principal_minor = principal_minor - 7 * sign(principal_minor),"
        " fees_minor = fees_minor + 7 * sign(principal_minor)",
        "effective_on = effective_on - 1",
        "line_number = line_number + 1",
        "entry_id = NULL",
    ],
)
def test_what_was_taken_away_again_is_altered(world: World, assignment: str) -> None:
    """Account row and contra row alike, so that the batch sums to zero."""
    with world.tampered() as insider:
        entry_id = entry_of(insider, "event = 'adjusted'")
        assert insider.execute(f"UPDATE journal SET {assignment} WHERE {taken_away_with(entry_id)}")
        insider.reseal(CODE)
        found = named(verify(insider.services, CODE))
    assert f"I2_roll_forward: money_entry entry_id={entry_id}: {TOLD}" in found


def test_a_payment_after_the_cut_off_is_taken_away(world: World) -> None:
    """He gives a debtor his debt back, or takes it: a paid row's opposite, and its contra."""
    with world.tampered() as insider:
        counted_in = f"SELECT entry_id FROM journal WHERE {ACCOUNTS} AND event = 'adjusted'"
        beside = f"reverses_recording_id IS NULL AND entry_id NOT IN ({counted_in})"
        entry_id = entry_of(insider, f"event = 'paid' AND {beside}")
        parts = ("principal", "interest", "default_interest", "fees", "expenses", "unapplied")
        away = ", ".join(f"{part}_minor = -{part}_minor" for part in parts)
        assert insider.execute(copied('{"event": "adjusted"}', f"entry_id = {entry_id}")) == 1
        added = f"{MINE} AND entry_number >= 50000"
        insider.execute(f"UPDATE journal SET {away} WHERE {added}")
        insider.execute(
            "INSERT INTO journal SELECT (jsonb_populate_record(j, jsonb_build_object("
            "'entry_number', 60000, 'account_id', NULL, 'entry_id', NULL, 'receipt_id', NULL,"
            " 'line_number', NULL, 'contra', 'adjusted'))).*"
            f" FROM journal j WHERE {added}"
        )
        insider.execute(f"UPDATE journal SET {away} WHERE {MINE} AND entry_number = 60000")
        insider.reseal(CODE)
        found = named(verify(insider.services, CODE))
    assert f"I2_roll_forward: money_entry entry_id={entry_id}: {TOLD}" in found
    assert found.count("I2_roll_forward") == 1, "batches and sums agree"


def test_a_portfolio_drawn_a_day_earlier_would_not_contain_it(world: World) -> None:
    with world.tampered() as insider:
        entry_id = entry_of(insider, "event = 'adjusted'")
        for table, column in (
            ("receipt_outcome", "cut_off"),
            ("account_version", "effective_from"),
        ):
            insider.execute(
                f"UPDATE {table} SET {column} = {column} - 1 WHERE {MINE} AND {column} = '{CUT_2}'"
            )
        insider.reseal(CODE)
        found = named(verify(insider.services, CODE))
        deep = named(verify(insider.services, CODE, deep=True))
    assert f"money_entry entry_id={entry_id}: {TOLD}" in found
    assert re.search(r"inputs: account_version account_id=-?\d+", deep)


def test_an_account_stated_until_another_day(world: World) -> None:
    """The row of an account whose line was unreadable: read again, the file says otherwise."""
    with world.tampered() as insider:
        assert insider.execute(f"UPDATE account_cut_off SET cut_off = cut_off + 1 WHERE {MINE}")
        insider.reseal(CODE)
        assert re.search(
            r"inputs: account_cut_off receipt_id=-?\d+ account_id=-?\d+",
            named(verify(insider.services, CODE, deep=True)),
        )
