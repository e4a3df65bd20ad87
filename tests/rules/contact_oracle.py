"""One contact judged in plain Python, written from reference/legal.md and not from the packs.

It imports nothing of Recupero. A contact is a dict: person, account, role, channel, when,
contactable; a contact made: person, account, channel, when, direct.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

Contact = dict[str, Any]
ROLES = {"debtor", "co-debtor", "guarantor", "representative"}
CHANNELS = ["call", "sms", "email", "letter", "visit"]
OPEN_END = date(9999, 12, 31)


def hours(
    country: str, channel: str, day: date, holidays: frozenset[date]
) -> list[tuple[str, int, int]]:
    """The (rule, opening hour, closing hour) that bind *channel* on *day*; (0, 0) is closed."""
    free = day in holidays
    sunday, saturday = day.weekday() == 6, day.weekday() == 5
    if country == "CO":
        if free or sunday:
            return [("window", 0, 0)]
        return [("window", 8, 15) if saturday else ("window", 7, 19)]
    if country == "CL" and channel in ("call", "visit"):
        return [("window", 0, 0) if free or sunday else ("window", 8, 20)]
    if country == "MX":
        shut = free or sunday or saturday
        return [("window", 7, 22), ("house_weekdays", 0, 0 if shut else 24)]
    if country == "PE" and channel != "letter":
        rule = "window" if channel in ("call", "visit") else "house_messages"
        return [(rule, 0, 0) if free or sunday or saturday else (rule, 7, 20)]
    if country == "US" and channel != "letter":
        return [("window", 8, 21)]
    return []


def outside(country: str, contact: Contact, holidays: frozenset[date]) -> str | None:
    when = contact["when"]
    for rule, opens, closes in hours(country, contact["channel"], when.date(), holidays):
        if not opens <= when.hour < closes:
            return rule
    return None


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def too_often(country: str, contact: Contact, made: list[Contact]) -> str | None:
    """The first frequency rule that one more contact would break."""
    channel, day = contact["channel"], contact["when"].date()
    mine = [other for other in made if other["person"] == contact["person"]]
    if country == "CO":
        direct = [other for other in mine if other["direct"]]
        if any(other["when"].date() == day for other in direct):
            return "frequency_day"
        week = [other for other in direct if monday(other["when"].date()) == monday(day)]
        if any(other["channel"] != channel for other in week):
            return "frequency_channels"
    if country == "CL":
        week = [other for other in mine if monday(other["when"].date()) == monday(day)]
        if channel in ("call", "visit"):
            if any(other["channel"] in ("call", "visit") for other in week):
                return "frequency_calls"
        else:
            soft = ("sms", "email", "letter")
            if sum(other["channel"] in soft for other in week) >= 2:
                return "frequency_messages"
            messages = [other for other in mine if other["channel"] in soft]
            if any(abs((other["when"].date() - day).days) < 2 for other in messages):
                return "frequency_messages_gap"
    if country == "US" and channel == "call":
        calls = [
            other
            for other in mine
            if other["account"] == contact["account"] and other["channel"] == "call"
        ]
        for start in (day - timedelta(days=n) for n in range(7)):
            end = start + timedelta(days=6)
            if sum(start <= other["when"].date() <= end for other in calls) >= 7:
                return "frequency_calls"
        if any(abs((other["when"].date() - day).days) < 7 for other in calls if other["direct"]):
            return "frequency_conversation"
    return None


def granted(contact: Contact, consents: list[Contact], as_of: date) -> bool | None:
    known = [
        (row["on"], not row["granted"], row["granted"])
        for row in consents
        if row["person"] == contact["person"]
        and row["channel"] == contact["channel"]
        and row["on"] <= as_of
    ]
    return max(known)[2] if known else None


def held_until(contact: Contact, holds: list[Contact]) -> date | None:
    """The exclusive end of the longest hold on the planned day, None where there is none."""
    day = contact["when"].date()
    ends = [
        hold["until"] or OPEN_END
        for hold in holds
        if hold["account"] == contact["account"]
        and hold["from"] <= day
        and (hold["until"] is None or day < hold["until"])
    ]
    return max(ends, default=None)


def lasting(country: str, contact: Contact, consents: list[Contact], as_of: date) -> str | None:
    if contact["channel"] not in CHANNELS:
        return "channel_unknown"
    if contact["role"] not in ROLES and country != "ES":
        return "house_third_party" if country == "US" else "third_party"
    if country == "CO" and contact["channel"] == "visit":
        return "prohibited"
    if not contact["contactable"]:
        return "no_contact_point"
    consent = granted(contact, consents, as_of)
    if consent is False:
        return "opt_out"
    if country == "CO" and consent is None:
        return "no_consent"
    return None


def judge(
    country: str,
    contact: Contact,
    made: list[Contact],
    consents: list[Contact],
    holds: list[Contact],
    holidays: frozenset[date],
    as_of: date,
) -> str | None:
    """The rule that forbids the contact alone, or None."""
    blocked = lasting(country, contact, consents, as_of)
    if blocked:
        return blocked
    if held_until(contact, holds):
        day = contact["when"].date()
        legal_stop = country == "CL" and any(
            hold["kind"] in ("lawsuit", "insolvency")
            for hold in holds
            if hold["account"] == contact["account"]
            and hold["from"] <= day
            and (hold["until"] is None or day < hold["until"])
        )
        return "stop" if legal_stop else "hold"
    return outside(country, contact, holidays) or too_often(country, contact, made)


def plan(
    country: str,
    contacts: list[Contact],
    made: list[Contact],
    consents: list[Contact],
    holds: list[Contact],
    holidays: frozenset[date],
    as_of: date,
) -> list[tuple[str | None, datetime | None]]:
    """Rule and lawful instant of each contact, taken in turn."""
    turn = sorted(
        range(len(contacts)),
        key=lambda n: (
            contacts[n]["when"],
            CHANNELS.index(contacts[n]["channel"]),
            contacts[n]["account"],
            contacts[n]["role"],
        ),
    )
    known = list(made)
    standing = []
    for n in turn:
        if judge(country, contacts[n], known, consents, holds, holidays, as_of) is None:
            known.append(contacts[n] | {"direct": True})
            standing.append(n)
    # History is told before what the plan itself excludes.
    rules = [
        None
        if n in standing
        else judge(country, contact, made, consents, holds, holidays, as_of)
        or judge(country, contact, known, consents, holds, holidays, as_of)
        for n, contact in enumerate(contacts)
    ]
    answers = []
    for contact, rule in zip(contacts, rules, strict=True):
        when = None
        if rule and not lasting(country, contact, consents, as_of):
            when = first_lawful(country, contact, known, consents, holds, holidays, as_of)
        answers.append((rule, when))
    return answers


def first_lawful(
    country: str,
    contact: Contact,
    made: list[Contact],
    consents: list[Contact],
    holds: list[Contact],
    holidays: frozenset[date],
    as_of: date,
) -> datetime | None:
    """Try the planned instant, then every later day at each full hour."""
    start: datetime = contact["when"]
    for ahead in range(40):
        day = start.date() + timedelta(days=ahead)
        tries = [datetime.combine(day, time(hour)) for hour in range(24)]
        for when in sorted({max(start, instant) for instant in tries}):
            moved = contact | {"when": when}
            if judge(country, moved, made, consents, holds, holidays, as_of) is None:
                return when
    return None
