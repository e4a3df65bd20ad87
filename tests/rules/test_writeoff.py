"""An institution's write-off instruction stands or falls, with the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recupero.rules.exhaust import Opinion
from recupero.rules.writeoff import Instruction, Proposal, Review, review_instruction

BOOKED = date(2026, 11, 30)
ORDER = Instruction(7, 1_000, date(2026, 11, 27), "Acta 12-2026")
MET = Opinion("PE", "write_off", "Castigo", "RLIR 21 g)", "verified", 7, 1_000, BOOKED, True, ())
UNMET = replace(MET, met=False)
OTHERS = replace(MET, account_id=8)
OFFER = Proposal("doc-1", 7, 1_000)
ON_OFFER: dict[str, Any] = {"proposal": "doc-1"}


@pytest.mark.parametrize(
    ("change", "opinion", "balance_minor", "proposal", "expected"),
    [
        ({}, MET, 1_000, None, Review(True, None, 0)),
        ({}, None, 1_000, None, Review(True, None, 0, "no_opinion")),
        ({}, UNMET, 1_000, None, Review(True, None, 0, "opinion_not_met")),
        ({}, OTHERS, 1_000, None, Review(True, None, 0, "no_opinion")),
        ({}, MET, 999, None, Review(False, "amount_differs", 1)),
        ({}, MET, 1_001, None, Review(False, "amount_differs", -1)),
        ({}, MET, 0, None, Review(False, "nothing_to_write_off", 1_000)),
        ({}, MET, -5, None, Review(False, "nothing_to_write_off", 1_005)),
        ({"amount_minor": 0}, MET, 1_000, None, Review(False, "amount_not_positive", -1_000)),
        ({"amount_minor": -1_000}, MET, 1_000, None, Review(False, "amount_not_positive", -2_000)),
        ({"resolution": " "}, MET, 1_000, None, Review(False, "no_resolution", 0)),
        ({"account_id": None}, MET, 1_000, None, Review(False, "account_unknown", 0)),
        ({"decided_on": date(2026, 12, 1)}, MET, 1_000, None, Review(False, "decided_later", 0)),
        ({"decided_on": BOOKED}, MET, 1_000, None, Review(True, None, 0)),
        (ON_OFFER, MET, 1_000, OFFER, Review(True, None, 0)),
        (ON_OFFER, MET, 1_000, None, Review(False, "proposal_unknown", 0)),
        ({"proposal": "doc-2"}, MET, 1_000, OFFER, Review(False, "proposal_unknown", 0)),
        (ON_OFFER, MET, 1_000, replace(OFFER, account_id=8),
         Review(False, "proposal_of_another_account", 0)),
        (ON_OFFER, UNMET, 1_000, OFFER, Review(False, "opinion_not_met", 0)),
        (ON_OFFER, None, 1_000, OFFER, Review(False, "opinion_not_met", 0)),
        (ON_OFFER, OTHERS, 1_000, OFFER, Review(False, "opinion_not_met", 0)),
        (ON_OFFER, MET, 900, OFFER, Review(False, "amount_differs", 100)),
    ],
)  # fmt: skip
def test_reviews(
    change: dict[str, Any],
    opinion: Opinion | None,
    balance_minor: int,
    proposal: Proposal | None,
    expected: Review,
) -> None:
    order = replace(ORDER, **change)
    assert review_instruction(order, opinion, balance_minor, proposal, BOOKED) == expected


@given(st.integers(-10, 10), st.integers(-10, 10), st.sampled_from([None, MET, UNMET]))
def test_only_the_whole_balance_is_written_off(
    amount_minor: int, balance_minor: int, opinion: Opinion | None
) -> None:
    order = replace(ORDER, amount_minor=amount_minor)
    review = review_instruction(order, opinion, balance_minor, None, BOOKED)
    assert review.accepted == (amount_minor == balance_minor > 0)
    assert review.accepted == (review.reason is None)
    assert review.difference_minor == amount_minor - balance_minor
