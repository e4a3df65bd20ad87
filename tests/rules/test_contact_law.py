"""Each country's windows, frequencies and bans at their boundaries, norm by norm."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from recupero.rules.contact import plan_contacts
from tests.rules import contact_frames as frames

L2300_2, L2300_4, L2300_6 = (f"Ley 2300 de 2023, art. {n}" for n in (2, 4, 6))
L2300_WINDOW = "Ley 2300 de 2023, art. 3, par. 2"
L2300_FREQUENCY = "Ley 2300 de 2023, art. 3, par. 1"
CL_WINDOW = "Ley 19.496, art. 37; Código de Procedimiento Civil, art. 59"
CL_FREQUENCY = "Ley 19.496, art. 37 (Ley 21.320, art. único, 1 d)"
MX_WINDOW = (
    "Disposiciones CONDUSEF sobre despachos de cobranza, DOF 07-10-2014 (artículo no verificado)"
)
MX_HOUSE = "Regla de la casa; límite no hallado en las disposiciones CONDUSEF"
MX_PARTIES = "Disposiciones CONDUSEF sobre despachos de cobranza, DOF 07-10-2014"
PE_WINDOW = "Ley 29571, art. 62 b"
PE_HOUSE = "Regla de la casa; la Ley 29571, art. 62 b, no nombra mensajes"
CFR_HOURS = "12 CFR 1006.6(b)(1)"

AS_OF = date(2026, 10, 5)
Rows = list[dict[str, Any]]


def plan(
    country: str,
    rows: Rows,
    made: Rows | None = None,
    consents: Rows | None = None,
    holds: Rows | None = None,
    *,
    house: bool = True,
    as_of: date = AS_OF,
) -> pl.DataFrame:
    return plan_contacts(
        frames.candidates(rows),
        frames.history(made or []),
        frames.consents(frames.all_granted() if consents is None else consents),
        frames.holds(holds or []),
        frames.law_of(country, as_of, house=house),
        frames.holidays_of(country, as_of),
        as_of,
    )


# country, channel, planned at, rule or None, norm, lawful from
WINDOWS = [
    # 2026-10-05 is a Monday, 10-10 a Saturday, 10-12 a holiday in Colombia.
    ("CO", "call", "2026-10-05 06:59:59", "window", L2300_WINDOW, "2026-10-05 07:00"),
    ("CO", "call", "2026-10-05 07:00:00", None, L2300_WINDOW, None),
    ("CO", "sms", "2026-10-05 18:59:59", None, L2300_WINDOW, None),
    ("CO", "sms", "2026-10-05 19:00:00", "window", L2300_WINDOW, "2026-10-06 07:00"),
    ("CO", "email", "2026-10-10 07:59:59", "window", L2300_WINDOW, "2026-10-10 08:00"),
    ("CO", "email", "2026-10-10 08:00:00", None, L2300_WINDOW, None),
    ("CO", "letter", "2026-10-10 14:59:59", None, L2300_WINDOW, None),
    ("CO", "letter", "2026-10-10 15:00:00", "window", L2300_WINDOW, "2026-10-13 07:00"),
    ("CO", "call", "2026-10-11 10:00:00", "window", L2300_WINDOW, "2026-10-13 07:00"),
    ("CO", "call", "2026-10-12 10:00:00", "window", L2300_WINDOW, "2026-10-13 07:00"),
    ("CO", "visit", "2026-10-06 10:00:00", "prohibited", L2300_6, None),
    ("CL", "call", "2026-10-05 07:59:59", "window", CL_WINDOW, "2026-10-05 08:00"),
    ("CL", "call", "2026-10-05 08:00:00", None, CL_WINDOW, None),
    ("CL", "visit", "2026-10-10 19:59:59", None, CL_WINDOW, None),
    ("CL", "visit", "2026-10-10 20:00:00", "window", CL_WINDOW, "2026-10-13 08:00"),
    ("CL", "call", "2026-10-11 12:00:00", "window", CL_WINDOW, "2026-10-13 08:00"),
    ("CL", "call", "2026-10-12 12:00:00", "window", CL_WINDOW, "2026-10-13 08:00"),
    ("CL", "sms", "2026-10-11 23:00:00", None, CL_WINDOW, None),
    ("CL", "letter", "2026-10-12 12:00:00", None, CL_WINDOW, None),
    ("MX", "call", "2026-10-05 06:59:59", "window", MX_WINDOW, "2026-10-05 07:00"),
    ("MX", "call", "2026-10-05 07:00:00", None, MX_WINDOW, None),
    ("MX", "sms", "2026-10-05 21:59:59", None, MX_WINDOW, None),
    ("MX", "sms", "2026-10-05 22:00:00", "window", MX_WINDOW, "2026-10-06 07:00"),
    ("MX", "visit", "2026-10-09 21:59:00", None, MX_WINDOW, None),
    ("MX", "call", "2026-10-10 10:00:00", "house_weekdays", MX_HOUSE, "2026-10-12 07:00"),
    ("MX", "call", "2026-10-11 10:00:00", "house_weekdays", MX_HOUSE, "2026-10-12 07:00"),
    ("MX", "email", "2026-11-16 10:00:00", "house_weekdays", MX_HOUSE, "2026-11-17 07:00"),
    ("MX", "call", "2026-10-10 23:00:00", "window", MX_WINDOW, "2026-10-12 07:00"),
    ("MX", "letter", "2026-10-12 07:00:00", None, MX_WINDOW, None),
    # 8 October, a Thursday, is a holiday in Peru.
    ("PE", "call", "2026-10-05 06:59:59", "window", PE_WINDOW, "2026-10-05 07:00"),
    ("PE", "call", "2026-10-05 07:00:00", None, PE_WINDOW, None),
    ("PE", "visit", "2026-10-05 19:59:59", None, PE_WINDOW, None),
    ("PE", "visit", "2026-10-05 20:00:00", "window", PE_WINDOW, "2026-10-06 07:00"),
    ("PE", "call", "2026-10-07 20:30:00", "window", PE_WINDOW, "2026-10-09 07:00"),
    ("PE", "call", "2026-10-08 10:00:00", "window", PE_WINDOW, "2026-10-09 07:00"),
    ("PE", "call", "2026-10-10 10:00:00", "window", PE_WINDOW, "2026-10-12 07:00"),
    ("PE", "visit", "2026-10-11 10:00:00", "window", PE_WINDOW, "2026-10-12 07:00"),
    ("PE", "sms", "2026-10-10 10:00:00", "house_messages", PE_HOUSE, "2026-10-12 07:00"),
    ("PE", "email", "2026-10-05 20:00:00", "house_messages", PE_HOUSE, "2026-10-06 07:00"),
    ("PE", "letter", "2026-10-11 23:00:00", None, PE_WINDOW, None),
    ("US", "call", "2026-10-05 07:59:59", "window", CFR_HOURS, "2026-10-05 08:00"),
    ("US", "call", "2026-10-05 08:00:00", None, CFR_HOURS, None),
    ("US", "call", "2026-10-04 20:59:59", None, CFR_HOURS, None),
    ("US", "call", "2026-10-05 21:00:00", "window", CFR_HOURS, "2026-10-06 08:00"),
]


@pytest.mark.parametrize(("country", "channel", "when", "rule", "norm", "lawful"), WINDOWS)
def test_windows_and_channel_bans(
    country: str, channel: str, when: str, rule: str | None, norm: str, lawful: str | None
) -> None:
    row = plan(country, [frames.contact(channel, when)]).row(0, named=True)
    assert row["rule"] == rule
    assert row["allowed"] is (rule is None)
    assert row["norm"] == (norm if rule else None)
    assert row["lawful_from"] == (frames.contact(channel, lawful)["when"] if lawful else None)


# country, contacts made (channel, when, direct), candidate, rule or None, norm, lawful from
CALL, SMS, MAIL, LETTER, VISIT = "call", "sms", "email", "letter", "visit"
FREQUENCIES = [
    # One ISO week: Monday 2026-10-19 to Sunday 10-25, no holidays in it.
    ("CO", [(CALL, "2026-10-20 07:00", True)], (CALL, "2026-10-20 18:59"), "frequency_day",
     L2300_FREQUENCY, "2026-10-21 07:00"),
    ("CO", [(CALL, "2026-10-20 18:59", True)], (CALL, "2026-10-21 07:00"), None,
     L2300_FREQUENCY, None),
    ("CO", [(CALL, "2026-10-20 09:00", False)], (CALL, "2026-10-20 10:00"), None,
     L2300_FREQUENCY, None),
    ("CO", [(CALL, "2026-10-19 09:00", True)], (SMS, "2026-10-20 10:00"), "frequency_channels",
     L2300_FREQUENCY, "2026-10-26 07:00"),
    ("CO", [(CALL, "2026-10-19 09:00", True)], (SMS, "2026-10-24 14:59"), "frequency_channels",
     L2300_FREQUENCY, "2026-10-26 07:00"),
    ("CO", [(CALL, "2026-10-19 09:00", True)], (SMS, "2026-10-26 07:00"), None,
     L2300_FREQUENCY, None),
    ("CO", [(CALL, "2026-10-18 09:00", True)], (SMS, "2026-10-19 07:00"), None,
     L2300_FREQUENCY, None),
    ("CL", [(CALL, "2026-10-19 09:00", False)], (CALL, "2026-10-24 19:59"), "frequency_calls",
     CL_FREQUENCY, "2026-10-26 08:00"),
    ("CL", [(VISIT, "2026-10-19 09:00", False)], (CALL, "2026-10-20 09:00"), "frequency_calls",
     CL_FREQUENCY, "2026-10-26 08:00"),
    ("CL", [(CALL, "2026-10-25 09:00", False)], (CALL, "2026-10-26 08:00"), None,
     CL_FREQUENCY, None),
    ("CL", [(SMS, "2026-10-19 09:00", False)], (SMS, "2026-10-20 23:59"),
     "frequency_messages_gap", CL_FREQUENCY, "2026-10-21 00:00"),
    ("CL", [(SMS, "2026-10-19 09:00", False)], (MAIL, "2026-10-21 00:00"), None,
     CL_FREQUENCY, None),
    ("CL", [(SMS, "2026-10-19 09:00", False), (LETTER, "2026-10-21 09:00", False)],
     (MAIL, "2026-10-23 09:00"), "frequency_messages", CL_FREQUENCY, "2026-10-26 00:00"),
    ("CL", [(SMS, "2026-10-25 09:00", False)], (SMS, "2026-10-26 09:00"),
     "frequency_messages_gap", CL_FREQUENCY, "2026-10-27 00:00"),
    ("CL", [(CALL, "2026-10-19 09:00", True)], (SMS, "2026-10-19 10:00"), None,
     CL_FREQUENCY, None),
    ("CL", [(SMS, "2026-10-19 09:00", True)], (CALL, "2026-10-19 10:00"), None,
     CL_FREQUENCY, None),
    # A notarial letter is mail.
    ("CL", [("notarial_letter", "2026-10-19 09:00", False)], (SMS, "2026-10-20 09:00"),
     "frequency_messages_gap", CL_FREQUENCY, "2026-10-21 00:00"),
    ("MX", [(CALL, "2026-10-20 09:00", True)] * 9, (CALL, "2026-10-20 10:00"), None,
     "no norm limits frequency", None),
    ("PE", [(CALL, "2026-10-20 09:00", True)] * 9, (CALL, "2026-10-20 10:00"), None,
     "no norm limits frequency", None),
    ("US", [(CALL, f"2026-10-{14 + n} 09:00", False) for n in range(6)],
     (CALL, "2026-10-20 10:00"), None, "12 CFR 1006.14(b)(2)(i)(A)", None),
    ("US", [(CALL, f"2026-10-{14 + n} 09:00", False) for n in range(7)],
     (CALL, "2026-10-20 10:00"), "frequency_calls", "12 CFR 1006.14(b)(2)(i)(A)",
     "2026-10-21 08:00"),
    ("US", [(CALL, "2026-10-14 09:00", True)], (CALL, "2026-10-20 10:00"),
     "frequency_conversation", "12 CFR 1006.14(b)(2)(i)(B)", "2026-10-21 08:00"),
]  # fmt: skip


@pytest.mark.parametrize(("country", "made", "candidate", "rule", "norm", "lawful"), FREQUENCIES)
def test_frequencies(
    country: str,
    made: list[tuple[str, str, bool]],
    candidate: tuple[str, str],
    rule: str | None,
    norm: str,
    lawful: str | None,
) -> None:
    rows = [frames.contact(channel, when, direct=direct) for channel, when, direct in made]
    row = plan(country, [frames.contact(*candidate)], rows).row(0, named=True)
    assert row["rule"] == rule
    assert row["norm"] == (norm if rule else None)
    assert row["lawful_from"] == (frames.contact(CALL, lawful)["when"] if lawful else None)


NOON = "2026-10-06 12:00"


def word(channel: str, granted: bool, on: date) -> dict[str, Any]:
    return {"person": 1, "channel": channel, "granted": granted, "on": on}


# country, consents, rule of a call at noon, norm
CONSENTS = [
    ("CO", [], "no_consent", L2300_2),
    ("CO", [word("sms", True, AS_OF)], "no_consent", L2300_2),
    ("CO", [word("call", True, AS_OF)], None, L2300_2),
    ("CO", [word("call", True, date(2026, 10, 6))], "no_consent", L2300_2),
    ("CO", [word("call", True, AS_OF), word("call", False, AS_OF)], "opt_out", L2300_2),
    ("CO", [word("call", False, date(2026, 1, 1)), word("call", True, AS_OF)], None, L2300_2),
    ("CO", [word("call", True, date(2026, 1, 1)), word("call", False, AS_OF)], "opt_out", L2300_2),
    ("CL", [], None, "no norm asks for consent"),
    ("CL", [word("call", False, AS_OF)], "opt_out", "Regla de la casa"),
    ("MX", [word("call", False, AS_OF)], "opt_out", "Regla de la casa"),
    ("PE", [], None, "Ley 29571, art. 58.1 e: promotion only"),
    ("PE", [word("call", False, AS_OF)], "opt_out",
     "Regla de la casa; Ley 29571, art. 58.1 e (Ley 32323) trata de promoción"),
]  # fmt: skip


@pytest.mark.parametrize(("country", "consents", "rule", "norm"), CONSENTS)
def test_consents(country: str, consents: Rows, rule: str | None, norm: str) -> None:
    row = plan(country, [frames.contact("call", NOON)], consents=consents).row(0, named=True)
    assert (row["rule"], row["norm"]) == (rule, norm if rule else None)
    assert row["lawful_from"] is None


PARTIES = [
    ("CO", "guarantor", None, L2300_4),
    ("CO", "co-debtor", None, L2300_4),
    ("CO", "reference", "third_party", L2300_4),
    ("CL", "reference", "third_party", "Ley 19.496, art. 37"),
    ("MX", "beneficiary", "third_party", MX_PARTIES),
    ("MX", "guarantor", None, MX_PARTIES),
    ("PE", "reference", "third_party", "Ley 29571, art. 62"),
]


@pytest.mark.parametrize(("country", "role", "rule", "norm"), PARTIES)
def test_parties(country: str, role: str, rule: str | None, norm: str) -> None:
    row = plan(country, [frames.contact("call", NOON, role=role)]).row(0, named=True)
    assert (row["rule"], row["norm"]) == (rule, norm if rule else None)


def pause(kind: str, start: date, until: date | None) -> dict[str, Any]:
    return {"account": 10, "kind": kind, "from": start, "until": until}


# country, hold, rule of a call on Tuesday 2026-10-06 at noon, norm, lawful from
HOLDS = [
    ("CL", pause("lawsuit", AS_OF, None), "stop", "Ley 19.496, art. 37", None),
    ("CL", pause("insolvency", AS_OF, None), "stop", "Ley 19.496, art. 37", None),
    ("CL", pause("dispute", AS_OF, date(2026, 10, 9)), "hold", None, "2026-10-09 08:00"),
    ("CO", pause("lawsuit", AS_OF, None), "hold", None, None),
    # until is exclusive: the first day on which the hold no longer stands
    ("CO", pause("dispute", AS_OF, date(2026, 10, 6)), None, None, None),
    ("CO", pause("dispute", AS_OF, date(2026, 10, 7)), "hold", None, "2026-10-07 07:00"),
    ("CO", pause("dispute", AS_OF, date(2026, 10, 11)), "hold", None, "2026-10-13 07:00"),
    ("CO", pause("dispute", date(2026, 10, 7), None), None, None, None),
    ("PE", pause("dispute", date(2026, 10, 6), date(2026, 10, 8)), "hold", None,
     "2026-10-09 07:00"),
]  # fmt: skip


@pytest.mark.parametrize(("country", "hold", "rule", "norm", "lawful"), HOLDS)
def test_holds(
    country: str, hold: dict[str, Any], rule: str | None, norm: str | None, lawful: str | None
) -> None:
    row = plan(country, [frames.contact("call", NOON)], holds=[hold]).row(0, named=True)
    assert (row["rule"], row["norm"]) == (rule, norm)
    assert row["lawful_from"] == (frames.contact(CALL, lawful)["when"] if lawful else None)


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
