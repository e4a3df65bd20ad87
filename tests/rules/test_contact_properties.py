"""Plans against the plain oracle, and what no plan may ever do."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from recupero.rules.contact import plan_contacts, still_lawful
from tests.rules import contact_frames as frames
from tests.rules import contact_oracle as oracle

AS_OF = date(2026, 10, 8)
COUNTRIES = ("CO", "CL", "MX", "PE", "US")
Rows = list[dict[str, Any]]

channels = st.sampled_from(oracle.CHANNELS)
# Few people, few days and the hours around the boundaries, so that rules meet.
instants = st.builds(
    lambda day, hour, minute: datetime.combine(AS_OF + timedelta(days=day), time(hour, minute)),
    st.integers(0, 9),
    st.sampled_from([6, 7, 8, 9, 10, 11, 12, 14, 15, 18, 19, 20, 21, 22]),
    st.sampled_from([0, 59]),
)
contacts = st.fixed_dictionaries(
    {
        "person": st.integers(1, 2),
        "account": st.integers(10, 12),
        "role": st.sampled_from(["debtor", "debtor", "guarantor", "reference"]),
        "channel": channels,
        "when": instants,
        "contactable": st.sampled_from([True, True, True, False]),
    }
)
made_contacts = st.fixed_dictionaries(
    {
        "person": st.integers(1, 2),
        "account": st.integers(10, 12),
        "channel": channels,
        "when": instants.map(lambda when: when - timedelta(days=8)),
        "direct": st.booleans(),
    }
)
consent_rows = st.fixed_dictionaries(
    {
        "person": st.integers(1, 2),
        "channel": channels,
        "granted": st.sampled_from([True, True, False]),
        "on": st.integers(-9, 1).map(lambda n: AS_OF + timedelta(days=n)),
    }
)
hold_rows = st.builds(
    lambda account, kind, start, length: {
        "account": account,
        "kind": kind,
        "from": AS_OF + timedelta(days=start),
        "until": None if length is None else AS_OF + timedelta(days=start + length),
    },
    st.integers(10, 12),
    st.sampled_from(["dispute", "lawsuit"]),
    st.integers(-3, 8),
    st.sampled_from([None, 1, 3, 8]),
)
open_consents = st.just(frames.all_granted(1) + frames.all_granted(2))
worlds = st.fixed_dictionaries(
    {
        "country": st.sampled_from(COUNTRIES),
        "contacts": st.lists(contacts, max_size=9),
        "made": st.lists(made_contacts, max_size=9),
        "consents": st.builds(
            lambda base, extra: base + extra, open_consents, st.lists(consent_rows, max_size=4)
        ),
        "holds": st.lists(hold_rows, max_size=2),
    }
)


def answer(world: dict[str, Any], **change: Any) -> pl.DataFrame:
    world = world | change
    country = world["country"]
    return plan_contacts(
        frames.candidates(world["contacts"]),
        frames.history(world["made"]),
        frames.consents(world["consents"]),
        frames.holds(world["holds"]),
        frames.law_of(country, AS_OF),
        world.get("holidays", frames.holidays_of(country, AS_OF)),
        world.get("as_of", AS_OF),
    )


@settings(max_examples=200)
@given(worlds)
def test_plan_agrees_with_the_oracle(world: dict[str, Any]) -> None:
    country = world["country"]
    expected = oracle.plan(
        country,
        world["contacts"],
        world["made"],
        world["consents"],
        world["holds"],
        frames.holidays_of(country, AS_OF),
        AS_OF,
    )
    got = answer(world)
    assert got["rule"].to_list() == [rule for rule, _ in expected]
    assert got["lawful_from"].to_list() == [when for _, when in expected]
    assert got["allowed"].to_list() == [rule is None for rule, _ in expected]


@settings(max_examples=30)
@given(worlds, st.randoms(use_true_random=False))
def test_row_order_does_not_matter(world: dict[str, Any], random: Any) -> None:
    shuffled = dict(world)
    for part in ("contacts", "made", "consents", "holds"):
        shuffled[part] = random.sample(world[part], len(world[part]))
    order = ["planned_at", "channel", "account_id", "person_id", "role", "contactable"]
    order += ["allowed", "rule", "lawful_from"]
    assert_frame_equal(answer(world).sort(order), answer(shuffled).sort(order))


restrictions = st.one_of(
    st.tuples(st.just("holds"), hold_rows),
    st.tuples(st.just("made"), made_contacts),
    # A revocation known now, not older than any other word of the person.
    st.tuples(
        st.just("consents"),
        consent_rows.map(lambda row: row | {"granted": False, "on": AS_OF}),
    ),
)


@settings(max_examples=30)
@given(worlds, restrictions)
def test_a_restriction_never_allows_a_contact_more(
    world: dict[str, Any], restriction: tuple[str, dict[str, Any]]
) -> None:
    part, row = restriction
    for one in world["contacts"]:
        alone = world | {"contacts": [one]}
        more = alone | {part: [*world[part], row]}
        assert answer(more)["allowed"].item() <= answer(alone)["allowed"].item()


@settings(max_examples=30)
@given(worlds, restrictions)
def test_a_plan_allows_only_what_is_lawful_alone(
    world: dict[str, Any], restriction: tuple[str, dict[str, Any]]
) -> None:
    part, row = restriction
    planned = answer(world | {part: [*world[part], row]})
    for one, allowed in zip(world["contacts"], planned["allowed"], strict=True):
        assert allowed <= answer(world | {"contacts": [one]})["allowed"].item()


@settings(max_examples=30)
@given(worlds, restrictions)
def test_release_takes_away_and_never_adds(
    world: dict[str, Any], restriction: tuple[str, dict[str, Any]]
) -> None:
    part, row = restriction
    permissions = answer(world)
    later = world | {part: [*world[part], row]}
    early = datetime.combine(AS_OF, time(0))
    released = release(permissions, later, early)
    assert (released["allowed"] <= permissions["allowed"]).all()
    unchanged = release(permissions, world, early)
    assert_frame_equal(unchanged, permissions)


def release(permissions: pl.DataFrame, world: dict[str, Any], now: datetime) -> pl.DataFrame:
    return still_lawful(
        permissions,
        frames.history(world["made"]),
        frames.consents(world["consents"]),
        frames.holds(world["holds"]),
        frames.law_of(world["country"], AS_OF),
        frames.holidays_of(world["country"], AS_OF),
        AS_OF,
        now,
    )


def moved(rows: Rows, days: int) -> Rows:
    shift = timedelta(days=days)
    return [
        {key: value + shift if isinstance(value, date) else value for key, value in row.items()}
        for row in rows
    ]


@settings(max_examples=30)
@given(worlds, st.integers(-4, 4))
def test_whole_weeks_change_nothing_where_no_holiday_moves(
    world: dict[str, Any], weeks: int
) -> None:
    days = 7 * weeks
    later = {part: moved(world[part], days) for part in ("contacts", "made", "consents", "holds")}
    # The law's dates stay: the packs of today hold on every date in reach.
    here = answer(world, holidays=frozenset())
    there = answer(world | later, holidays=frozenset(), as_of=AS_OF + timedelta(days=days))
    columns = ["allowed", "rule", "norm", "confidence"]
    assert_frame_equal(here.select(columns), there.select(columns))
    back = there["lawful_from"] - timedelta(days=days)
    assert back.to_list() == here["lawful_from"].to_list()


@settings(max_examples=30)
@given(worlds)
def test_lawful_from_is_lawful_alone(world: dict[str, Any]) -> None:
    got = answer(world)
    allowed = [one for one, ok in zip(world["contacts"], got["allowed"], strict=True) if ok]
    made = world["made"] + [one | {"direct": True} for one in allowed]
    for one, when in zip(world["contacts"], got["lawful_from"], strict=True):
        if when is not None:
            assert when >= one["when"]
            later = world | {"contacts": [one | {"when": when}], "made": made}
            assert answer(later)["allowed"].item()


@pytest.mark.parametrize("country", COUNTRIES)
def test_without_a_law_everything_is_withheld(country: str) -> None:
    rows = [
        frames.contact("call", "2026-10-08 10:00"),
        frames.contact("letter", "2026-10-09 10:00"),
    ]
    got = plan_contacts(
        frames.candidates(rows),
        frames.history([]),
        frames.consents(frames.all_granted()),
        frames.holds([]),
        None,
        frames.holidays_of(country, AS_OF),
        AS_OF,
    )
    assert got["rule"].to_list() == ["no_pack", "no_pack"]
    assert not got["allowed"].any()
