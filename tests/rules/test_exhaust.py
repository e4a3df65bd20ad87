"""Peru's requirement matrix, condition by condition, and what an opinion may never say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from recupero.packs.load import load_pack
from recupero.rules.exhaust import (
    Attestation,
    ConditionResult,
    EffortPolicy,
    ExhaustionCase,
    Opinion,
    SentLetter,
    evaluate,
    exhaustion_regimes,
)
from recupero.rules.exhaust_conditions import add_months
from recupero.rules.exhaust_law import regime_of
from tests.rules.exhaust_cases import (
    AS_OF,
    CLEAN,
    RLIR_F,
    called,
    case,
    regime,
    stated,
)


def result(opinion: Opinion, code: str) -> ConditionResult:
    return next(item for item in opinion.conditions if item.code == code)


def without(name: str) -> tuple[Attestation, ...]:
    return tuple(item for item in CLEAN if item.attestation != name)


THREE_CALLS = (called(1, "2026-06-10"), called(2, "2026-06-20"), called(3, "2026-07-10"))

# change of the case, condition, norm, state, earliest day
PROVISION = [
    ({"due_date": date(2026, 11, 29)}, "overdue", RLIR_F, "met", None),
    ({"due_date": AS_OF}, "overdue", RLIR_F, "unmet", date(2026, 12, 1)),
    ({"due_date": None}, "overdue", RLIR_F, "unmet", None),
    ({"components": (("principal", 0),)}, "overdue", RLIR_F, "unmet", None),
    ({"due_date": date(2025, 11, 29)}, "over_12_months", RLIR_F, "met", None),
    ({"due_date": date(2025, 11, 30)}, "over_12_months", RLIR_F, "unmet", date(2026, 12, 1)),
    ({"efforts": THREE_CALLS}, "documented_efforts", RLIR_F, "met", None),
    ({"efforts": THREE_CALLS[:2]}, "documented_efforts", RLIR_F, "unmet", date(2026, 12, 1)),
    ({"efforts": ()}, "documented_efforts", RLIR_F, "unmet", date(2026, 12, 31)),
    ({"efforts": (*THREE_CALLS[:2], called(3, "2026-07-09"))}, "documented_efforts", RLIR_F,
     "unmet", date(2026, 12, 1)),
    # on the due date, after the opinion's date, wrong number: no effort
    ({"efforts": (called(1, "2026-05-30"), *THREE_CALLS[1:])}, "documented_efforts", RLIR_F,
     "unmet", date(2026, 12, 1)),
    ({"efforts": (*THREE_CALLS[:2], called(3, "2026-12-01"))}, "documented_efforts", RLIR_F,
     "unmet", date(2026, 12, 1)),
    ({"efforts": (*THREE_CALLS[:2], called(3, "2026-07-10", "wrong_number"))},
     "documented_efforts", RLIR_F, "unmet", date(2026, 12, 1)),
    ({"efforts": THREE_CALLS[:2], "letters": (SentLetter(5, date(2026, 7, 10), "delivered"),)},
     "documented_efforts", RLIR_F, "met", None),
    ({"efforts": THREE_CALLS[:2], "letters": (SentLetter(5, date(2026, 7, 10), "returned"),)},
     "documented_efforts", RLIR_F, "unmet", date(2026, 12, 1)),
    ({"attestations": (*CLEAN, stated("protest"))}, "protest", RLIR_F, "met", None),
    ({"attestations": (*CLEAN, stated("judicial_action"))}, "judicial_action", RLIR_F, "met",
     None),
    ({"attestations": (*CLEAN, stated("financial_difficulty"))}, "financial_difficulty", RLIR_F,
     "met", None),
    ({}, "itemised", RLIR_F, "met", None),
    ({"attestations": without("itemised_in_inventory_book")}, "itemised", RLIR_F, "unmet", None),
    ({}, "unrelated", "LIR, art. 37 i) (i)", "met", None),
    ({"related_party": True}, "unrelated", "LIR, art. 37 i) (i)", "unmet", None),
    ({"related_party": False, "attestations": without("unrelated_party")}, "unrelated",
     "LIR, art. 37 i) (i)", "met", None),
    ({"attestations": without("unrelated_party")}, "unrelated", "LIR, art. 37 i) (i)", "unmet",
     None),
    ({"related_party": False, "attestations": (stated("unrelated_party", False),)}, "unrelated",
     "LIR, art. 37 i) (i)", "unmet", None),
    ({"guaranteed": True}, "unguaranteed",
     "LIR, art. 37 i) (ii); Reglamento, art. 21 f) 4 b)", "unmet", None),
    ({"guaranteed": False}, "unguaranteed",
     "LIR, art. 37 i) (ii); Reglamento, art. 21 f) 4 b)", "met", None),
    ({"renewed_on": date(2026, 4, 1)}, "not_renewed",
     "LIR, art. 37 i) (iii); Reglamento, art. 21 f) 5", "met", None),
    ({"renewed_on": date(2026, 6, 1)}, "not_renewed",
     "LIR, art. 37 i) (iii); Reglamento, art. 21 f) 5", "unmet", None),
    ({"renewed_on": date(2026, 6, 1), "due_date": date(2026, 12, 31)}, "not_renewed",
     "LIR, art. 37 i) (iii); Reglamento, art. 21 f) 5", "unmet", date(2027, 1, 1)),
    ({"attestations": without("not_renewed")}, "not_renewed",
     "LIR, art. 37 i) (iii); Reglamento, art. 21 f) 5", "unmet", None),
]  # fmt: skip


@pytest.mark.parametrize(("change", "code", "norm", "state", "earliest"), PROVISION)
def test_provision_conditions(
    change: dict[str, Any], code: str, norm: str, state: str, earliest: date | None
) -> None:
    found = result(evaluate(case(**change), regime("provision"), AS_OF), code)
    assert (found.norm, found.state, found.earliest_date) == (norm, state, earliest)
    assert bool(found.evidence) is (state == "met")
    assert bool(found.missing) is (state != "met")


def uit_case(total_minor: int | None, **change: Any) -> ExhaustionCase:
    return case(debtor_total_minor=total_minor, **change)


# change, day, condition, state, opinion met
WRITE_OFF = [
    (uit_case(1_650_000), AS_OF, "up_to_3_uit", "met", True),
    (uit_case(1_650_001), AS_OF, "up_to_3_uit", "unmet", False),
    (uit_case(1_605_000), date(2025, 12, 31), "up_to_3_uit", "met", False),
    (uit_case(1_605_001), date(2025, 12, 31), "up_to_3_uit", "unmet", False),
    (uit_case(1_545_000), date(2024, 12, 31), "up_to_3_uit", "met", False),
    (uit_case(1, unit_values=()), AS_OF, "up_to_3_uit", "value_missing", False),
    (uit_case(1), date(2027, 1, 1), "up_to_3_uit", "value_missing", False),
    (uit_case(None), AS_OF, "up_to_3_uit", "value_missing", False),
    (uit_case(1, currency="USD"), AS_OF, "up_to_3_uit", "value_missing", False),
    (uit_case(9_000_000, attestations=(*CLEAN, stated("uneconomic_to_sue"))), AS_OF,
     "uneconomic_to_sue", "met", True),
    (uit_case(9_000_000, attestations=(*CLEAN, stated("judicial_action_exhausted"))), AS_OF,
     "judicial_exhausted", "met", True),
    (uit_case(9_000_000, attestations=(*CLEAN, stated("settlement_credit_note"))), AS_OF,
     "settlement", "met", True),
    (uit_case(9_000_000, attestations=(*CLEAN, stated("creditors_meeting"))), AS_OF,
     "creditors_meeting", "met", True),
    (uit_case(1, attestations=without("provisioned")), AS_OF, "provisioned", "unmet", False),
    # One route met makes the missing value of another irrelevant.
    (uit_case(None, attestations=(*CLEAN, stated("uneconomic_to_sue"))), AS_OF, "up_to_3_uit",
     "not_applicable", True),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "day", "code", "state", "met"), WRITE_OFF)
def test_write_off_routes(
    facts: ExhaustionCase, day: date, code: str, state: str, met: bool
) -> None:
    opinion = evaluate(facts, regime("write_off"), day)
    assert result(opinion, code).state == state
    assert opinion.met is met


def test_a_missing_value_is_named_with_its_day() -> None:
    opinion = evaluate(uit_case(1, unit_values=()), regime("write_off"), AS_OF)
    assert result(opinion, "up_to_3_uit").missing == "Valor de la UIT al 2026-11-30"


def test_an_opinion_names_regime_claim_and_evidence() -> None:
    opinion = evaluate(case(efforts=THREE_CALLS), regime("provision"), AS_OF)
    assert opinion.met
    assert (opinion.country, opinion.regime, opinion.confidence) == ("PE", "provision", "verified")
    assert (opinion.claim_minor, opinion.norm) == (1_000_000, "Reglamento de la LIR, art. 21 f)")
    efforts = result(opinion, "documented_efforts")
    assert efforts.evidence == ("effort:1", "effort:2", "effort:3")
    assert efforts.house_rule is not None
    assert efforts.house_rule.startswith("Regla de la casa: al menos 3 gestiones")
    assert result(opinion, "itemised").evidence == ("attestation:acta-itemised_in_inventory_book",)
    assert result(opinion, "protest").state == "not_applicable"


@pytest.mark.parametrize(
    ("policy", "state"),
    [
        (EffortPolicy(3, frozenset({"call"}), 30), "met"),
        (EffortPolicy(4, frozenset({"call"}), 30), "unmet"),
        (EffortPolicy(3, frozenset({"call"}), 31), "unmet"),
        (EffortPolicy(3, frozenset({"visit"}), 30), "unmet"),
        (EffortPolicy(1, frozenset({"call"}), 0), "met"),
    ],
)
def test_how_many_efforts_is_a_policy(policy: EffortPolicy, state: str) -> None:
    opinion = evaluate(case(efforts=THREE_CALLS), regime("provision"), AS_OF, policy)
    assert result(opinion, "documented_efforts").state == state


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ([("2026-01-01", True)], "met"),
        ([("2026-01-01", True), ("2026-02-01", False)], "unmet"),
        ([("2026-01-01", False), ("2026-02-01", True)], "met"),
        ([("2026-02-01", False), ("2026-01-01", True)], "unmet"),  # the older one came late
        ([("2026-02-01", True), ("2026-01-01", False)], "met"),
        ([("2026-02-01", True), ("2026-02-01", False)], "unmet"),
        ([("2026-02-01", False), ("2026-02-01", True)], "unmet"),
        ([("2026-12-01", True)], "unmet"),
        ([], "unmet"),
    ],
)
def test_the_creditors_latest_word_counts(words: list[tuple[str, bool]], state: str) -> None:
    said = tuple(stated("provisioned", holds, date.fromisoformat(on)) for on, holds in words)
    opinion = evaluate(uit_case(1, attestations=said), regime("write_off"), AS_OF)
    assert result(opinion, "provisioned").state == state


def test_a_statement_without_a_document_is_no_evidence() -> None:
    bare = replace(stated("provisioned"), evidence_id="")
    opinion = evaluate(uit_case(1, attestations=(bare,)), regime("write_off"), AS_OF)
    assert result(opinion, "provisioned").state == "unmet"


def test_a_country_without_regimes_has_none() -> None:
    pack = load_pack("CO")
    assert pack is not None
    regimes = exhaustion_regimes("CO", pack.of_kind("exhaustion", AS_OF))
    assert regimes == ()
    assert regime_of(regimes, "provision") is None


@pytest.mark.parametrize(
    ("day", "later"),
    [
        ("2025-11-30", "2026-11-30"),
        ("2024-02-29", "2025-02-28"),
        ("2025-12-31", "2026-12-31"),
        ("2025-01-01", "2026-01-01"),
    ],
)
def test_twelve_months_later(day: str, later: str) -> None:
    assert add_months(date.fromisoformat(day), 12) == date.fromisoformat(later)
