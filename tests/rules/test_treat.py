from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recupero.errors import Refused
from recupero.rules.treat import (
    DEFAULT_TREATMENT,
    StageTreatment,
    TreatmentPolicy,
    next_actions,
    plan_instants,
)

AS_OF = date(2026, 11, 27)
POLICY = TreatmentPolicy(
    stages=(
        StageTreatment("preventiva", None, 30),
        StageTreatment("comercial", "comercial", 15, (("alto", 3),)),
        StageTreatment("juridica", "juridica", 30),
    )
)
SCHEMA = {
    "account_id": pl.Int64,
    "person_id": pl.Int64,
    "stage": pl.String,
    "segment": pl.String,
    "age_days": pl.Int64,
    "balance_minor": pl.Int64,
    "last_letter_on": pl.Date,
    "last_letter_stage": pl.String,
    "last_call_on": pl.Date,
    "has_phone": pl.Boolean,
    "has_email": pl.Boolean,
    "has_address": pl.Boolean,
    "closed": pl.Boolean,
    "collector_code": pl.String,
}
REPLY = ["account_id", "person_id", "action", "channel", "template", "reason", "rank"]
PLAIN: dict[str, Any] = {
    "account_id": 1,
    "person_id": 1,
    "stage": "comercial",
    "segment": "alto",
    "age_days": 12,
    "balance_minor": 500,
    "has_phone": True,
    "has_email": True,
    "has_address": True,
    "closed": False,
    "collector_code": "ana",
}


def ago(days: int) -> date:
    return AS_OF - timedelta(days=days)


def accounts(*changes: dict[str, Any]) -> pl.DataFrame:
    """Accounts 1, 2, 3… of persons 1, 2, 3…, each the plain one with some changes."""
    rows = [{**PLAIN, "account_id": n, "person_id": n} | row for n, row in enumerate(changes, 1)]
    return pl.DataFrame(rows, schema=SCHEMA)


WRITTEN_TO = {"last_letter_on": ago(8), "last_letter_stage": "comercial"}
UNREACHABLE = {"has_phone": False, "has_email": False, "has_address": False}


@pytest.mark.parametrize(
    ("change", "action", "template", "reason"),
    [
        ({}, "letter", "comercial", "stage_entered"),
        ({"has_address": False}, "email", "comercial", "stage_entered"),
        ({"has_address": None, "has_email": None}, "sms", "comercial", "stage_entered"),
        (UNREACHABLE, "none", None, "no_contact_point"),
        (WRITTEN_TO, "call", None, "call_due"),
        (WRITTEN_TO | {"last_letter_on": ago(14), "last_call_on": ago(2)}, "none", None, "not_due"),
        (WRITTEN_TO | {"last_call_on": ago(3)}, "call", None, "call_due"),
        (WRITTEN_TO | {"last_letter_on": ago(15)}, "letter", "comercial", "repeat"),
        (WRITTEN_TO | {"has_phone": False}, "none", None, "no_contact_point"),
        (WRITTEN_TO | {"segment": "bajo"}, "none", None, "not_due"),
        (WRITTEN_TO | {"collector_code": None}, "none", None, "no_collector"),
        (WRITTEN_TO | {"stage": "juridica"}, "letter", "juridica", "stage_entered"),
        (
            WRITTEN_TO | {"stage": "juridica", "last_letter_on": ago(6)},
            "none",
            None,
            "recent_letter",
        ),
        ({"stage": "preventiva"}, "none", None, "no_treatment"),
        ({"stage": "castigada"}, "none", None, "no_treatment"),
        ({"stage": None}, "none", None, "no_treatment"),
        ({"balance_minor": 0}, "none", None, "nothing_owed"),
        ({"balance_minor": -3}, "none", None, "nothing_owed"),
        ({"closed": True}, "none", None, "closed"),
    ],
)
def test_next_action(
    change: dict[str, Any], action: str, template: str | None, reason: str
) -> None:
    planned = next_actions(accounts(change), POLICY, AS_OF)
    channel = None if action == "none" else action
    assert planned.rows() == [(1, 1, action, channel, template, reason, 1, planned.row(0)[-1])]
    assert planned.columns == [*REPLY, "collector_code"]


def test_closed_and_collector_are_optional() -> None:
    frame = accounts({}, WRITTEN_TO).drop("closed", "collector_code")
    planned = next_actions(frame, replace(POLICY, calls_per_collector=0), AS_OF)
    assert planned.columns == REPLY
    assert planned["reason"].to_list() == ["stage_entered", "cap"]


def test_rank_puts_first_notices_before_repeats_then_segment_balance_age_account() -> None:
    repeat = {"last_letter_on": ago(20), "last_letter_stage": "comercial"}
    frame = accounts(
        repeat,
        {"segment": "bajo"},
        {"segment": "medio", "balance_minor": 9},
        {"segment": "medio", "balance_minor": 10},
        {"segment": "medio", "balance_minor": 10, "age_days": 13},
        {"closed": True, "balance_minor": 10**9},
        {"segment": "bajo"},
    )
    planned = next_actions(frame, POLICY, AS_OF)
    assert planned["account_id"].to_list() == [5, 4, 3, 2, 7, 1, 6]
    assert planned["rank"].to_list() == list(range(1, 8))


def test_caps_keep_the_row_and_what_it_waits_for() -> None:
    called = WRITTEN_TO
    frame = accounts({}, {}, {}, called, called, called | {"collector_code": "eva"})
    policy = replace(POLICY, letters_max=2, calls_per_collector=1)
    planned = next_actions(frame, policy, AS_OF).sort("account_id")
    assert planned["action"].to_list() == ["letter", "letter", "none", "call", "none", "call"]
    assert planned["channel"].to_list() == ["letter"] * 3 + ["call"] * 3
    assert planned["reason"].to_list()[2] == planned["reason"].to_list()[4] == "cap"
    assert planned["template"].to_list()[2] == "comercial"


def test_a_person_is_called_once_for_the_best_ranked_account() -> None:
    frame = accounts(*({**WRITTEN_TO, "person_id": 9, "balance_minor": n} for n in (5, 8)))
    planned = next_actions(frame, replace(POLICY, calls_per_collector=1), AS_OF)
    assert planned.select("account_id", "reason").rows() == [(2, "call_due"), (1, "person_called")]


@pytest.mark.parametrize(
    "wrong",
    [{"stages": (StageTreatment("a", None, 1),) * 2}, {"written": ("call",)}],
)
def test_a_policy_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        replace(POLICY, **wrong)


def test_instants_are_spread_by_channel_and_collector_and_wrap() -> None:
    called = WRITTEN_TO
    eva = {"collector_code": "eva"}
    frame = accounts({}, {}, eva, called, called, called | eva, {"closed": True})
    planned = plan_instants(next_actions(frame, POLICY, AS_OF), AS_OF, time(8), 30, 60)
    at = dict(planned.select("account_id", "planned_at").iter_rows())
    start, later = datetime(2026, 11, 27, 8), datetime(2026, 11, 27, 8, 30)
    assert at == {1: start, 2: later, 3: start, 4: start, 5: later, 6: start, 7: None}


changes = st.fixed_dictionaries(
    {
        "person_id": st.integers(1, 6),
        "stage": st.sampled_from(["preventiva", "comercial", "juridica", "castigada"]),
        "segment": st.sampled_from(["alto", "medio", "bajo"]),
        "balance_minor": st.integers(-2, 5),
        "last_letter_on": st.none() | st.integers(0, 40).map(ago),
        "last_letter_stage": st.sampled_from(["comercial", "juridica"]),
        "last_call_on": st.none() | st.integers(0, 9).map(ago),
        "has_phone": st.booleans(),
        "has_email": st.booleans(),
        "has_address": st.booleans(),
        "closed": st.booleans(),
        "collector_code": st.sampled_from(["ana", "eva", None]),
    }
)


@given(st.lists(changes, max_size=25), st.integers(0, 5), st.integers(0, 3), st.integers(0, 999))
def test_every_account_has_one_row_and_caps_hold(
    rows: list[dict[str, Any]], letters: int, calls: int, seed: int
) -> None:
    frame = accounts(*rows)
    policy = replace(DEFAULT_TREATMENT, letters_max=letters, calls_per_collector=calls)
    planned = next_actions(frame, policy, AS_OF)
    assert planned["account_id"].sort().to_list() == frame["account_id"].to_list()
    assert planned["rank"].to_list() == list(range(1, frame.height + 1))
    assert planned.filter(pl.col("action") == "letter").height <= letters
    made = planned.filter(pl.col("action") == "call")
    assert made["person_id"].is_unique().all()
    assert (made.group_by("collector_code").len()["len"] <= calls).all()
    acted = planned.filter(pl.col("action") != "none").join(frame, on="account_id")
    assert (acted["balance_minor"] > 0).all()
    assert not acted["closed"].any()
    assert planned["reason"].null_count() == 0
    spared = planned.filter(pl.col("reason") == "cap").select(pl.col("rank").min()).item()
    if letters and spared is not None:
        unlimited = next_actions(frame, replace(policy, letters_max=None), AS_OF)
        assert unlimited.head(spared - 1).equals(planned.head(spared - 1))
    shuffled = frame.sample(fraction=1, shuffle=True, seed=seed)
    assert next_actions(shuffled, policy, AS_OF).equals(planned)
