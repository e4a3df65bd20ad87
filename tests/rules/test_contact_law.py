"""Each country's windows, frequencies and bans at their boundaries, norm by norm."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.rules import contact_frames as frames
from tests.rules.contact_question import AS_OF, NOON, Rows, plan

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
