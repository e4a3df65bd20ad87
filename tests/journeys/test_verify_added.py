"""Rows an insider adds through the application's own role, and money he loses or misplaces."""

from __future__ import annotations

import re
from datetime import date

import polars as pl
import pytest
from sqlalchemy import text

from recupero.errors import Fault, IntegrityError
from recupero.rules import post
from recupero.rules.components import COLUMNS
from recupero.steps.inputs import profile_used
from recupero.steps.verify import verify
from recupero.store.recordings import Draft, append
from recupero.store.tables import APPEND_ORDER, FILLED_BY, journal
from tests.journeys.small_world import World, named

CODE = "caja-pacifico"
MINE = f"institution = '{CODE}'"


# --- through the application's own role, with the chain's own hand ---


def gift(account_id: int) -> Draft:
    """A notice that brings a balanced batch: principal taken off an account, from nobody."""
    taken = {"account_id": account_id, "currency": "PEN", "effective_on": date(2026, 11, 30),
             "recorded_on": date(2026, 11, 30), **dict.fromkeys(COLUMNS, 0)}  # fmt: skip
    rows = post.payment(pl.DataFrame([taken | {"principal_minor": 100}]))
    return Draft("notice", "notice:gift", date(2026, 11, 30), {}, {}, {journal: post.batch(rows)})


def test_rows_of_a_kind_that_brings_none(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """He takes the guard out of the code he runs; the verification has its own."""
    with world.tampered() as insider:
        with insider.snapshot(CODE) as unit, pytest.raises(Fault, match="fills no journal"):
            append(unit, gift(7))
        with insider.snapshot(CODE) as unit, monkeypatch.context() as patch:
            patch.setitem(FILLED_BY, "notice", frozenset({journal}))
            append(unit, gift(7))
        found = named(verify(insider.services, CODE))
    assert re.search(
        r"chain: recording \d+ \(notice:gift\): a recording of kind notice fills no journal", found
    )


def test_a_kind_that_nothing_records(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Draft("present", "present:1", date(2026, 11, 30), {})
    with world.tampered() as insider:
        with insider.snapshot(CODE) as unit, pytest.raises(Fault, match="no kind of recording"):
            append(unit, other)
        with insider.snapshot(CODE) as unit, monkeypatch.context() as patch:
            patch.setitem(FILLED_BY, "present", frozenset())
            append(unit, other)
        found = named(verify(insider.services, CODE))
    assert "(present:1): present is no kind of recording" in found


def test_every_table_is_filled_by_some_kind() -> None:
    assert set(APPEND_ORDER) == set().union(*FILLED_BY.values())


def test_other_bytes_under_the_digest_of_a_profile(world: World) -> None:
    with world.tampered() as insider:
        assert insider.execute(
            f"UPDATE run_input SET digest = '{'0' * 64}' WHERE {MINE} AND kind = 'profile'"
        )
        with (
            insider.snapshot(CODE) as unit,
            pytest.raises(IntegrityError, match="not those of the profile"),
        ):
            profile_used(insider.services, unit, "0" * 64)


# --- money, without running anything again ---


def test_an_entry_nobody_decided_about(world: World) -> None:
    """He loses a suspended payment: its match is gone, and the class sums hide it."""
    with world.tampered() as insider:
        entry_id = insider.connection.execute(
            text(f"SELECT min(entry_id) FROM match WHERE {MINE} AND class = 'suspended'")
        ).scalar_one()
        insider.execute(f"DELETE FROM match WHERE {MINE} AND entry_id = {entry_id}")
        insider.reseal(CODE)
        found = named(verify(insider.services, CODE))
    assert f"I8_received: money_entry entry_id={entry_id}: has 0 matches" in found


def test_a_payment_posted_to_somebody_else(world: World) -> None:
    """Batch, accounts, contra rows and balances all agree; the match alone tells."""
    with world.tampered() as insider:
        entry_id = insider.connection.execute(
            text(f"SELECT min(entry_id) FROM match WHERE {MINE} AND class = 'matched' AND posts")
        ).scalar_one()
        assert insider.execute(
            f"UPDATE journal SET account_id = account_id + 1 WHERE {MINE} AND entry_id = {entry_id}"
        )
        insider.reseal(CODE)
        found = named(verify(insider.services, CODE))
    why = "its journal rows are not what its match posts"
    assert f"I2_roll_forward: money_entry entry_id={entry_id}: {why}" in found


def test_findings_come_in_the_same_order_every_time(world: World) -> None:
    """Many at once, of batches, events and entries: what is told twice is told alike."""
    with world.tampered() as insider:
        insider.execute(f"UPDATE journal SET fees_minor = fees_minor + 1 WHERE {MINE}")
        insider.execute(f"UPDATE person_version SET name = 'X' WHERE {MINE}")
        first, again = (verify(insider.services, CODE).findings for _ in range(2))
    assert len(first) > 20
    assert first == again
