"""Retention: never before the period, never under a hold, never what another one still needs,
and a container and what came in it together or not at all."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recupero.rules.legal_hold import LegalHold
from recupero.rules.retain import judge

REFERENCES = {
    "reference": pl.String, "reference_id": pl.Int64, "address": pl.String, "kind": pl.String,
    "kept_from": pl.Date, "erased": pl.Boolean, "bundle": pl.Int64,
}  # fmt: skip
MONTHS = {"files.placement": 12, "files.payment": 1, "papers.letters": 24}
KINDS = [*MONTHS, "papers.chain", "inputs.profile"]
Row = tuple[str, int, str, str, date | None, bool, int | None]


def one(
    kind: str, kept_from: date | None, address: str = "a", number: int = 1, erased: bool = False,
    bundle: int | None = None,
) -> Row:  # fmt: skip
    return ("file", number, address, kind, kept_from, erased, bundle)


def container(number: int, address: str, kept_from: date | None) -> Row:
    return one("files.opened", kept_from, address, number, bundle=number)


def judged(rows: list[Row], as_of: date, *holds: LegalHold) -> pl.DataFrame:
    return judge(pl.DataFrame(rows, schema=REFERENCES, orient="row"), MONTHS, holds, as_of)


def verdicts(rows: list[Row], as_of: date, *holds: LegalHold) -> list[str]:
    return judged(rows, as_of, *holds)["verdict"].to_list()


def on(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("kind", "kept_from", "as_of", "verdict"),
    [
        ("files.payment", "2026-01-15", "2026-02-14", "running"),
        ("files.payment", "2026-01-15", "2026-02-15", "running"),  # its last day, whole
        ("files.payment", "2026-01-15", "2026-02-16", "due"),
        ("files.payment", "2026-01-31", "2026-02-28", "running"),
        ("files.payment", "2026-01-31", "2026-03-01", "due"),
        ("files.payment", "2024-01-30", "2024-02-29", "running"),  # a leap year
        ("files.payment", "2024-01-30", "2024-03-01", "due"),
        ("files.payment", "2025-12-31", "2026-02-01", "due"),
        ("files.placement", "2024-02-29", "2025-02-28", "running"),
        ("files.placement", "2024-02-29", "2025-03-01", "due"),
        ("papers.chain", "1990-01-01", "2090-01-01", "kept"),
        ("inputs.profile", "1990-01-01", "2090-01-01", "kept"),
        ("files.payment", None, "2090-01-01", "waits"),
    ],
)
def test_a_period_runs_from_date_to_date(
    kind: str, kept_from: str | None, as_of: str, verdict: str
) -> None:
    known = None if kept_from is None else on(kept_from)
    assert verdicts([one(kind, known)], on(as_of)) == [verdict]


OLD, NOW = on("2020-01-01"), on("2026-11-27")


@pytest.mark.parametrize(
    ("begins", "ends", "kinds", "verdict"),
    [
        ("2026-11-27", None, None, "held"),
        ("2026-11-28", None, None, "due"),
        ("2026-01-01", "2026-11-27", None, "held"),
        ("2026-01-01", "2026-11-26", None, "due"),
        ("2026-01-01", None, frozenset({"files.payment"}), "held"),
        ("2026-01-01", None, frozenset({"files.placement"}), "due"),
    ],
)
def test_a_hold_counts_between_its_dates_and_for_its_kinds(
    begins: str, ends: str | None, kinds: frozenset[str] | None, verdict: str
) -> None:
    hold = LegalHold(on(begins), None if ends is None else on(ends), kinds, "oficio 12")
    [row] = judged([one("files.payment", OLD)], NOW, hold).to_dicts()
    assert row["verdict"] == verdict
    assert row["hold"] == ("oficio 12" if verdict == "held" else None)


def test_an_object_goes_with_all_that_name_it() -> None:
    old, young = one("files.payment", OLD), one("papers.letters", NOW, number=2)
    waiting = one("files.payment", None, number=2)
    assert verdicts([old, young], NOW) == ["shared", "running"]
    assert verdicts([old, waiting], NOW) == ["shared", "waits"]
    assert verdicts([old, one("inputs.profile", None, number=2)], NOW) == ["shared", "kept"]
    assert verdicts([old, one("files.placement", OLD, number=2)], NOW) == ["due", "due"]
    held = LegalHold(OLD, None, frozenset({"files.placement"}), "oficio 12")
    assert verdicts([old, one("files.placement", OLD, number=2)], NOW, held) == ["shared", "held"]


def test_what_was_erased_before_needs_nothing_and_is_not_due_again() -> None:
    gone = one("files.payment", OLD, erased=True)
    assert verdicts([gone, one("files.payment", OLD, number=2)], NOW) == ["erased", "due"]
    assert verdicts([gone, one("files.payment", NOW, number=2)], NOW) == ["erased", "running"]


@pytest.mark.parametrize(
    ("first", "second", "hold", "expected"),
    [
        ("files.payment", "files.placement", None, ["due", "due", "due"]),
        ("files.payment", "files.refused", None, ["shared", "shared", "kept"]),
        ("files.payment", "files.placement", "files.placement", ["shared", "shared", "held"]),
        ("files.payment", "files.placement", "files.opened", ["held", "shared", "shared"]),
    ],
)
def test_a_container_goes_with_all_that_came_in_it(
    first: str, second: str, hold: str | None, expected: list[str]
) -> None:
    rows = [
        container(1, "zip", OLD),
        one(first, OLD, "a", 2, bundle=1),
        one(second, OLD, "b", 3, bundle=1),
    ]
    holds = [] if hold is None else [LegalHold(OLD, None, frozenset({hold}), "oficio 12")]
    assert verdicts(rows, NOW, *holds) == expected


def test_a_container_waits_for_its_last_and_for_its_anchor() -> None:
    inside = one("files.payment", OLD, "a", 2, bundle=1)
    young = one("files.placement", NOW, "b", 3, bundle=1)
    assert verdicts([container(1, "zip", OLD), inside, young], NOW) == [
        "shared", "shared", "running",
    ]  # fmt: skip
    assert verdicts([container(1, "zip", None), inside], NOW) == ["waits", "shared"]


def test_one_that_stays_keeps_a_chain_of_containers() -> None:
    """The young plain file has the bytes of a member, whose sibling came in another one too."""
    rows = [
        container(1, "zip", OLD), one("files.payment", OLD, "a", 2, bundle=1),
        container(3, "other", OLD), one("files.payment", OLD, "a", 4, bundle=3),
        one("files.payment", OLD, "b", 5, bundle=3), one("files.payment", NOW, "b", 6),
        container(7, "apart", OLD), one("files.payment", OLD, "c", 8, bundle=7),
    ]  # fmt: skip
    assert verdicts(rows, NOW) == [*["shared"] * 5, "running", "due", "due"]
    gone = [*rows[:5], one("files.payment", NOW, "b", 6, erased=True)]
    assert verdicts(gone, NOW) == [*["due"] * 5, "erased"]


# --- properties ---

DAYS = st.dates(OLD, on("2026-12-31"))
ROWS = st.lists(
    st.tuples(st.just("file"), st.integers(1, 16), st.sampled_from("abcdefgh"),
              st.sampled_from(KINDS), st.none() | DAYS, st.booleans(),
              st.none() | st.integers(1, 4)),
    max_size=12, unique_by=lambda row: row[1],
)  # fmt: skip
HOLDS = st.lists(
    st.builds(LegalHold, DAYS, st.none() | DAYS,
              st.none() | st.frozensets(st.sampled_from(KINDS), min_size=1), st.just("oficio")),
    max_size=2,
)  # fmt: skip


def last_day(start: date, months: int) -> date:
    """Another way to count: to the first of the last month, then as far as it goes."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def due_alone(row: Row, holds: list[LegalHold], as_of: date) -> bool:
    _reference, number, _address, kind, kept_from, _erased, bundle = row
    if kept_from is None or (kind not in MONTHS and bundle != number):
        return False
    held = any(
        hold.valid_from <= as_of <= (hold.valid_until or as_of)
        and (hold.kinds is None or kind in hold.kinds)
        for hold in holds
    )
    return not held and (kind not in MONTHS or last_day(kept_from, MONTHS[kind]) < as_of)


def together(rows: list[Row]) -> dict[int, list[Row]]:
    """Another way to find who goes with whom: each row's group of those that are not erased."""
    leader = {row[1]: row[1] for row in rows}

    def lead(number: int) -> int:
        return number if leader[number] == number else lead(leader[number])

    left = [row for row in rows if not row[5]]
    for first in left:
        for second in left:
            if first[2] == second[2] or first[6] == second[6] is not None:
                leader[lead(first[1])] = lead(second[1])
    return {row[1]: [other for other in left if lead(other[1]) == lead(row[1])] for row in left}


@settings(max_examples=150)
@given(ROWS, HOLDS, DAYS)
def test_due_is_what_nothing_and_nobody_keeps(
    rows: list[Row], holds: list[LegalHold], as_of: date
) -> None:
    found = dict(judged(rows, as_of, *holds).select("reference_id", "verdict").iter_rows())
    groups = together(rows)
    for row in rows:
        assert (found[row[1]] == "erased") == row[5]
        if not row[5]:
            goes = all(due_alone(other, holds, as_of) for other in groups[row[1]])
            assert (found[row[1]] == "due") == goes


@settings(max_examples=100)
@given(ROWS, HOLDS, DAYS)
def test_nothing_goes_whose_object_or_bundle_stays(
    rows: list[Row], holds: list[LegalHold], as_of: date
) -> None:
    found = judged(rows, as_of, *holds)
    stays = found.filter(~pl.col("verdict").is_in(["due", "erased"]))
    for row in found.filter(pl.col("verdict") == "due").iter_rows(named=True):
        assert row["address"] not in stays["address"]
        assert row["bundle"] not in stays["bundle"].drop_nulls()


@settings(max_examples=60)
@given(ROWS, HOLDS, DAYS, st.randoms(use_true_random=False))
def test_the_order_decides_nothing_and_time_only_adds(
    rows: list[Row], holds: list[LegalHold], as_of: date, chance: Any
) -> None:
    first = judged(rows, as_of, *holds)
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert judged(shuffled, as_of, *holds).sort("reference_id").equals(first.sort("reference_id"))
    due = set(first.filter(pl.col("verdict") == "due")["reference_id"])
    later = judged(rows, as_of + timedelta(days=40)).filter(pl.col("verdict") == "due")
    assert due <= set(later["reference_id"])
