"""What an opinion may never say, whatever the case."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from recupero.rules.exhaust import (
    ExhaustionCase,
    ExhaustionRegime,
    SentLetter,
    evaluate,
)
from tests.rules.exhaust_cases import (
    AS_OF,
    CLEAN,
    UNITS,
    called,
    case,
    regime,
    stated,
)

days = st.integers(-800, 60).map(lambda n: AS_OF + timedelta(days=n))
names = st.sampled_from(
    [
        "provisioned", "itemised_in_inventory_book", "unrelated_party", "unguaranteed",
        "not_renewed", "protest", "uneconomic_to_sue", "judicial_action_exhausted",
    ]
)  # fmt: skip
cases = st.builds(
    case,
    currency=st.sampled_from(["PEN", "PEN", "USD"]),
    due_date=st.none() | days,
    components=st.integers(-1, 2_000_000).map(lambda amount: (("principal", amount),)),
    debtor_total_minor=st.none() | st.integers(0, 2_000_000),
    guaranteed=st.sampled_from([None, False, True]),
    related_party=st.sampled_from([None, False, True]),
    renewed_on=st.none() | days,
    efforts=st.lists(
        st.builds(
            lambda n, day, result: called(n, day.isoformat(), result),
            st.integers(1, 99),
            days,
            st.sampled_from(["no_contact", "promise", "wrong_number"]),
        ),
        max_size=6,
    ).map(tuple),
    attestations=st.lists(st.builds(stated, names, st.sampled_from([True, True, False]), days))
    .map(lambda extra: (*CLEAN, *extra))
    .flatmap(lambda said: st.sampled_from([said, said[3:], said[6:]])),
    letters=st.lists(
        st.builds(
            SentLetter, st.integers(1, 99), days, st.sampled_from([None, "delivered", "returned"])
        ),
        max_size=3,
    ).map(tuple),
    unit_values=st.sampled_from([UNITS, UNITS[:1], ()]),
)
regimes = st.sampled_from([regime("provision"), regime("write_off")])


@settings(max_examples=300)
@given(cases, regimes)
def test_no_opinion_is_met_with_an_unmet_condition(
    facts: ExhaustionCase, under: ExhaustionRegime
) -> None:
    opinion = evaluate(facts, under, AS_OF)
    states = {item.state for item in opinion.conditions}
    groups = {item.group or item.code for item in opinion.conditions}
    reached = {item.group or item.code for item in opinion.conditions if item.state == "met"}
    assert opinion.met == (states <= {"met", "not_applicable"} and groups == reached)
    for item in opinion.conditions:
        assert bool(item.evidence) == (item.state == "met")
        assert bool(item.missing) == (item.state in ("unmet", "value_missing"))
        assert item.earliest_date is None or item.earliest_date > AS_OF


@settings(max_examples=200)
@given(cases, regimes, names)
def test_a_denial_never_completes_an_opinion(
    facts: ExhaustionCase, under: ExhaustionRegime, name: str
) -> None:
    denied = replace(facts, attestations=(*facts.attestations, stated(name, False, AS_OF)))
    assert evaluate(denied, under, AS_OF).met <= evaluate(facts, under, AS_OF).met


@settings(max_examples=100)
@given(cases, regimes, st.randoms(use_true_random=False))
def test_the_order_of_evidence_does_not_matter(
    facts: ExhaustionCase, under: ExhaustionRegime, random: Any
) -> None:
    def mixed(items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(random.sample(items, len(items)))

    other = replace(
        facts,
        efforts=mixed(facts.efforts),
        attestations=mixed(facts.attestations),
        letters=mixed(facts.letters),
        unit_values=mixed(facts.unit_values),
    )
    assert evaluate(other, under, AS_OF) == evaluate(facts, under, AS_OF)
