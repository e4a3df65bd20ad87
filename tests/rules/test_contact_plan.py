"""How a plan's contacts weigh on each other, and what an answer says of itself."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from recupero.rules.contact import plan_contacts
from tests.rules import contact_frames as frames
from tests.rules.contact_question import AS_OF, NOON, plan


def test_within_a_plan_the_earlier_contact_counts_against_the_later() -> None:
    rows = [
        frames.contact("sms", "2026-10-06 12:00"),
        frames.contact("call", "2026-10-06 09:00"),
        frames.contact("call", "2026-10-06 09:00", account=11),
        frames.contact("call", "2026-10-07 09:00"),
        frames.contact("sms", "2026-10-07 09:00"),
        frames.contact("sms", "2026-10-06 12:00", person=2),
    ]
    got = plan("CO", rows, consents=frames.all_granted(1) + frames.all_granted(2))
    assert got["rule"].to_list() == [
        "frequency_day", None, "frequency_day", None, "frequency_day", None,
    ]  # fmt: skip


def test_a_limit_per_debt_leaves_the_persons_other_debts_alone() -> None:
    made = [frames.contact("call", "2026-10-14 09:00", direct=True)]
    rows = [
        frames.contact("call", "2026-10-20 10:00"),
        frames.contact("call", "2026-10-20 10:00", account=11),
    ]
    got = plan("US", rows, made)
    assert got["rule"].to_list() == ["frequency_conversation", None]


def test_at_one_instant_the_channel_decides_before_the_account() -> None:
    rows = [
        frames.contact("sms", NOON, account=10),
        frames.contact("call", NOON, account=12),
        frames.contact("call", NOON, account=11),
    ]
    assert plan("CO", rows)["rule"].to_list() == ["frequency_day", "frequency_day", None]


def test_a_contact_refused_for_itself_takes_no_turn() -> None:
    rows = [
        frames.contact("call", "2026-10-06 09:00", contactable=False),
        frames.contact("sms", "2026-10-06 09:00"),
    ]
    assert plan("CO", rows)["rule"].to_list() == ["no_contact_point", None]


@pytest.mark.parametrize(
    ("result", "direct", "rule"),
    [
        ("no_contact", False, None),
        ("promise", False, "frequency_day"),
        ("refusal", None, "frequency_day"),
        (None, None, "frequency_day"),
        (None, False, None),
    ],
)
def test_an_answered_contact_is_direct_whatever_the_flag_says(
    result: str | None, direct: bool | None, rule: str | None
) -> None:
    made = pl.DataFrame(
        [(1, 10, "call", frames.contact("call", NOON)["when"], direct, result)],
        schema=frames.HISTORY,
        orient="row",
    )
    got = plan_contacts(
        frames.candidates([frames.contact("call", "2026-10-06 15:00")]),
        made,
        frames.consents(frames.all_granted()),
        frames.holds([]),
        frames.law_of("CO", AS_OF),
        frames.holidays_of("CO", AS_OF),
        AS_OF,
    )
    assert got["rule"].item() == rule


@pytest.mark.parametrize(
    ("country", "channel", "confidence"),
    [
        ("CO", "call", "verified"),
        ("CL", "call", "verified"),
        ("MX", "call", "verified"),
        ("PE", "letter", "verified"),
        ("ES", "call", "unverified"),
    ],
)
def test_an_allowed_contact_says_how_sure_its_law_is(
    country: str, channel: str, confidence: str
) -> None:
    row = plan(country, [frames.contact(channel, NOON)]).row(0, named=True)
    assert (row["allowed"], row["confidence"]) == (True, confidence)


def test_an_unverified_limit_is_told_as_such_and_can_be_left_out() -> None:
    saturday = [frames.contact("call", "2026-10-10 10:00")]
    row = plan("MX", saturday).row(0, named=True)
    assert (row["rule"], row["confidence"]) == ("house_weekdays", "unverified")
    assert plan("MX", saturday, house=False)["allowed"].item()


@pytest.mark.parametrize("field", ["person", "account", "role", "channel", "when"])
def test_an_incomplete_candidate_is_withheld(field: str) -> None:
    broken = frames.contact("call", NOON) | {field: None}
    good = frames.contact("call", NOON, person=2)
    got = plan("CO", [broken, good], consents=frames.all_granted(1) + frames.all_granted(2))
    assert got["rule"].to_list() == ["incomplete", None]


def test_an_unknown_channel_is_withheld() -> None:
    assert plan("PE", [frames.contact("pigeon", NOON)])["rule"].item() == "channel_unknown"


def test_a_law_not_yet_in_force_binds_nobody() -> None:
    day = date(2023, 10, 9)
    sunday = [frames.contact("call", "2023-10-08 10:00")]
    assert plan("CO", sunday, as_of=day)["allowed"].item()
    assert plan("CO", sunday, as_of=date(2023, 10, 10))["rule"].item() == "window"


def test_other_columns_and_the_order_of_rows_are_kept() -> None:
    rows = frames.candidates([frames.contact("sms", NOON), frames.contact("call", NOON)])
    rows = rows.with_columns(
        planned_at=pl.col("planned_at").cast(pl.Datetime("ms")), tag=pl.lit("x")
    )
    got = plan_contacts(
        rows,
        frames.history([]),
        frames.consents([]),
        frames.holds([]),
        frames.law_of("PE", AS_OF),
        frames.holidays_of("PE", AS_OF),
        AS_OF,
    )
    assert got.columns == [*rows.columns, "allowed", "rule", "norm", "confidence", "lawful_from"]
    assert got.select(rows.columns).equals(rows)
    assert got.schema["lawful_from"] == pl.Datetime("us")


def test_no_candidates_is_an_empty_answer() -> None:
    got = plan("CO", [])
    assert got.height == 0
    assert got.schema["allowed"] == pl.Boolean
