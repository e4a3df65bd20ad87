"""What is recorded is recorded once, whole, counted and chained."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from recupero.errors import ChainBroken, Refused
from recupero.store.canonical import content_digest
from recupero.store.embedded import EmbeddedPostgres
from recupero.store.proof import Finding, prove
from recupero.store.recordings import (
    GENESIS,
    Draft,
    Recorded,
    append,
    find,
    head,
    is_closed,
    link,
    open_date,
)
from recupero.store.rows import rows_of
from recupero.store.session import Store
from recupero.store.tables import journal, receipt, recording
from tests.databases import migrated_database
from tests.edges.enrolled_store import (
    DAY,
    ONE,
    OTHER,
    draft,
    enrolled_store,
    receipts,
)

KEY = bytes(range(32))
EMPTY = "caja-nueva"
COMPONENTS = ("principal", "interest", "default_interest", "fees", "expenses", "unapplied")


@pytest.fixture(scope="module")
def store(postgres: EmbeddedPostgres) -> Iterator[Store]:
    with migrated_database(postgres, "recordings") as database:
        yield enrolled_store(database, ONE, OTHER, EMPTY)


def recorded(store: Store, subject: str, frames: Any = None, **counts: int) -> Recorded:
    return append_to(store, ONE, draft(subject, frames, **counts))


def append_to(store: Store, code: str, what: Draft) -> Recorded:
    with store.unit(code) as unit:
        return append(unit, what)


def findings(store: Store) -> list[Finding]:
    with store.snapshot(ONE) as unit:
        return list(prove(unit, KEY))


# --- once ---


def test_a_subject_is_recorded_once_and_a_rerun_gets_what_was_counted_then(store: Store) -> None:
    first = recorded(store, "once", receipts(101), rows=1)
    again = recorded(store, "once", receipts(102, 103), rows=2)
    assert first.fresh
    assert not again.fresh
    assert again.counts == {"rows": 1}
    assert (again.recording_id, again.position, again.head) == (
        first.recording_id, first.position, first.head)  # fmt: skip
    with store.unit(ONE) as unit:
        assert rows_of(unit, receipt, receipt.c.receipt_id.between(101, 103)).height == 1


def test_the_same_subject_of_another_institution_is_another_recording(store: Store) -> None:
    ours = recorded(store, "theirs too")
    with store.unit(OTHER) as unit:
        assert find(unit, "theirs too") is None
        theirs = append(unit, draft("theirs too"))
    assert theirs.fresh
    assert theirs.recording_id != ours.recording_id


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    with store.unit(ONE) as unit:
        before = head(unit)
    with pytest.raises(ZeroDivisionError), store.unit(ONE) as unit:
        1 / bool(append(unit, draft("lost", receipts(201))).position == 0)
    with store.unit(ONE) as unit:
        assert head(unit) == before
        assert find(unit, "lost") is None
        assert rows_of(unit, receipt, receipt.c.receipt_id == 201).is_empty()


# --- chained ---


def test_each_recording_links_to_the_one_before(store: Store) -> None:
    for number in range(3):
        recorded(store, f"link {number}", receipts(300 + number))
    with store.unit(ONE) as unit:
        rows = rows_of(unit, recording).sort("position").to_dicts()
        assert head(unit) == rows[-1]["head"]
    assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
    assert [row["previous_head"] for row in rows] == [GENESIS, *(row["head"] for row in rows[:-1])]
    assert [row["head"] for row in rows] == [link(row) for row in rows]
    assert findings(store) == []


@pytest.mark.parametrize("column", [c.name for c in recording.columns if c.name != "head"])
def test_every_column_of_a_recording_is_in_its_head(column: str) -> None:
    row = {c.name: "1" for c in recording.columns}
    assert link(row) != link(row | {column: "2"})


def test_the_digest_does_not_hang_on_the_order_of_rows() -> None:
    frame = receipts(3, 1, 2)[receipt]
    frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias("side_digest"))
    one = content_digest({receipt: frame})
    assert one == content_digest({receipt: frame.reverse()})
    assert one == content_digest({receipt: frame, journal: pl.DataFrame()})
    assert one != content_digest({receipt: frame.head(2)})
    assert one != content_digest({receipt: frame.with_columns(name=pl.lit("other"))})


def test_two_writers_of_a_chain_make_one_without_gaps(store: Store) -> None:
    """Four threads, ten recordings each; two of them want the same subjects."""
    errors: list[BaseException] = []
    start = threading.Barrier(4)

    def write(name: str, first: int) -> None:
        try:
            start.wait()
            for number in range(10):
                recorded(store, f"{name} {number}", receipts(first + number))
        except BaseException as error:
            errors.append(error)

    writers = [("a", 400), ("b", 500), ("both", 600), ("both", 600)]
    threads = [threading.Thread(target=write, args=args) for args in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with store.unit(ONE) as unit:
        positions = rows_of(unit, recording)["position"].sort().to_list()
        assert positions == list(range(1, len(positions) + 1))
        assert rows_of(unit, receipt, receipt.c.receipt_id.between(400, 699)).height == 30
    assert findings(store) == []


def test_a_snapshot_stays_as_it_was_and_keeps_nothing(store: Store) -> None:
    """What proves the chain must not meet half of what is being written."""
    with store.snapshot(ONE) as unit:
        before = rows_of(unit, recording).height
        writer = threading.Thread(target=recorded, args=(store, "meanwhile", receipts(800)))
        writer.start()
        writer.join()
        assert rows_of(unit, recording).height == before
        assert list(prove(unit, KEY)) == []
    with store.snapshot(ONE) as unit:
        assert rows_of(unit, recording).height == before + 1
        append(unit, draft("in a snapshot"))
    with store.unit(ONE) as unit:
        assert find(unit, "in a snapshot") is None


# --- dated ---


@pytest.mark.parametrize("kind", ["receipt", "delivery"])
def test_dates_never_go_back_whatever_the_kind(store: Store, kind: str) -> None:
    """One institution's dates; another's chain is on its own."""
    yesterday = DAY - timedelta(days=1)
    recorded(store, f"today {kind}")
    late = replace(draft(f"late {kind}"), kind=kind, business_date=yesterday)
    with pytest.raises(Refused, match=f"{yesterday} is closed: {DAY} has begun"):
        append_to(store, ONE, late)
    with store.unit(ONE) as unit:
        assert find(unit, late.subject) is None
        assert (open_date(unit, yesterday), open_date(unit, DAY)) == (DAY, DAY)
        assert (is_closed(unit, yesterday), is_closed(unit, DAY)) == (True, False)
    same = replace(draft(f"today {kind}"), business_date=yesterday)
    assert not append_to(store, ONE, same).fresh


def test_an_institution_without_recordings_begins_on_any_date(store: Store) -> None:
    with store.unit(EMPTY) as unit:
        assert not is_closed(unit, date(1999, 1, 1))
    first = replace(draft("first"), business_date=date(1999, 1, 1))
    assert append_to(store, EMPTY, first).fresh


# --- balanced ---


def entry(number: int, account_id: int | None, currency: str = "COP", **amounts: int) -> dict:
    zeros = {f"{component}_minor": 0 for component in COMPONENTS}
    return {
        "entry_number": number, "account_id": account_id, "event": "placed", "ledger": "claim",
        "contra": None if account_id else "placed", "currency": currency, "effective_on": DAY,
        "recorded_on": DAY, **zeros, **{f"{name}_minor": value for name, value in amounts.items()},
    }  # fmt: skip


UNBALANCED = {
    "a cent is missing": [entry(1, 1, principal=100), entry(2, None, principal=-99)],
    "no contra": [entry(1, 1, principal=100)],
    "another component": [entry(1, 1, principal=100), entry(2, None, interest=-100)],
    "another currency": [entry(1, 1, principal=100), entry(2, None, "USD", principal=-100)],
    "another ledger": [
        entry(1, 1, principal=100), entry(2, None, principal=-100) | {"ledger": "memorandum"}],
}  # fmt: skip


@pytest.mark.parametrize("why", UNBALANCED)
def test_a_journal_that_does_not_sum_to_zero_is_not_recorded(store: Store, why: str) -> None:
    with pytest.raises(ChainBroken, match="does not sum to zero"):
        recorded(store, why, {journal: pl.DataFrame(UNBALANCED[why], infer_schema_length=None)})
    with store.unit(ONE) as unit:
        assert find(unit, why) is None


def test_a_balanced_journal_is(store: Store) -> None:
    rows = [entry(1, 1, principal=100, unapplied=-7), entry(2, None, principal=-100, unapplied=7)]
    recorded(store, "balanced", {journal: pl.DataFrame(rows, infer_schema_length=None)})
    assert findings(store) == []
