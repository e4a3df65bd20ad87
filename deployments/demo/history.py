"""What happened before day one: contact efforts by the institutions, and debtors' consents.

Past efforts fall on working days between nine and half past five, at least nine days apart per
account, so that no history of ours breaks a country's contact rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from deployments.demo.cast import Accounts, Cast
from deployments.demo.markets import DAY_1, PREFIX
from deployments.demo.names import REST_DAYS
from deployments.demo.population import Account, Market
from deployments.demo.sheets import Row

FIRST_EFFORT = date(2025, 9, 15)
#: Ordinary histories end here; in the fortnight after it only the planted contacts took place.
QUIET_FROM = date(2026, 11, 12)

CHANNELS = {
    "CO": ("call", "call", "sms", "email", "letter"),
    "CL": ("call", "call", "email", "letter"),
    "MX": ("call", "call", "email", "letter", "visit"),
    "PE": ("call", "call", "email", "letter", "visit"),
}
#: Results by channel with their weights; the first three of a call are direct contacts.
RESULTS = {
    "call": (("contact", "promise", "refusal", "no_contact", "wrong_number"), (20, 10, 5, 60, 5)),
    "visit": (("contact", "refusal", "no_contact"), (40, 10, 50)),
    "letter": (("delivered", "returned"), (85, 15)),
    "notarial_letter": (("delivered", "returned"), (85, 15)),
    "email": (("delivered", "returned"), (92, 8)),
    "sms": (("delivered", "no_contact"), (92, 8)),
}
DIRECT = frozenset({"contact", "promise", "refusal"})
#: An account whose efforts must be documented saw these, in this order, over the months.
DOCUMENTED = ("call", "letter", "call", "email", "call", "letter", "visit", "call", "letter",
              "call", "notarial_letter", "call")  # fmt: skip


def effort_rows(
    rng: Random, market: Market, cast: Cast, documented: Sequence[Account]
) -> list[Row]:
    """The institution's effort file of day one, in the order of time; ids count from 1."""
    found = [
        *_documented(rng, documented),
        *_ordinary(rng, market, cast.crowd),
        *_recent(rng, cast.recent, ("contact", "promise")),
        *_recent(rng, cast.rung, ("no_contact",)),
    ]
    found.sort(key=lambda effort: (effort[1], effort[0]))
    prefix = f"{PREFIX[market.institution]}G"
    return [
        {
            "effort_id": f"{prefix}{n:07d}",
            "account_number": number,
            "performed_at": at,
            "channel": channel,
            "result": result,
            "direct": channel in ("call", "visit") and result in DIRECT,
        }
        for n, (number, at, channel, result) in enumerate(found, 1)
    ]


Effort = tuple[str, datetime, str, str]  # account, when, channel, result


def _ordinary(rng: Random, market: Market, crowd: Accounts) -> Iterator[Effort]:
    for account in crowd:
        start = max(account.due_date + timedelta(days=3), QUIET_FROM - timedelta(days=100))
        if start >= QUIET_FROM or rng.random() > 0.45:
            continue
        for day in _spread(rng, start, QUIET_FROM, rng.randint(1, 5)):
            channel = rng.choice(CHANNELS[market.country.code])
            yield account.number, _at(rng, day), channel, _result(rng, channel)


def _documented(rng: Random, accounts: Sequence[Account]) -> Iterator[Effort]:
    for account in accounts:
        start = max(account.due_date + timedelta(days=5), FIRST_EFFORT)
        days = list(_spread(rng, start, QUIET_FROM, len(DOCUMENTED)))
        for channel, day in zip(DOCUMENTED, days, strict=False):
            result = "delivered" if channel == "notarial_letter" else _result(rng, channel)
            yield account.number, _at(rng, day), channel, result


def _recent(rng: Random, accounts: Accounts, results: Sequence[str]) -> Iterator[Effort]:
    for account in accounts:
        day = DAY_1 - timedelta(days=rng.randint(1, 3))
        yield account.number, _at(rng, day), "call", rng.choice(results)


def _spread(rng: Random, start: date, end: date, count: int) -> Iterator[date]:
    """Up to *count* working days in [start, end), nine days or more apart."""
    step = max(9, (end - start).days // count)
    for n in range(count):
        day = start + timedelta(days=n * step + rng.randint(0, max(0, step - 9)))
        while day.weekday() >= 5 or day in REST_DAYS:
            day += timedelta(days=1)
        if day >= end:
            return
        yield day


def _at(rng: Random, day: date) -> datetime:
    return datetime.combine(day, time(9)) + timedelta(minutes=rng.randrange(510))


def _result(rng: Random, channel: str) -> str:
    results, weights = RESULTS[channel]
    return rng.choices(results, weights)[0]


def consent_rows(rng: Random, accounts: Sequence[Account]) -> list[Row]:
    """Consents of the debtors, a row per channel; a revoked one has a later row saying no."""
    rows: list[Row] = []
    for person in {account.debtor.id_number: account.debtor for account in accounts}.values():
        for channel, share in (("call", 0.92), ("letter", 0.96), ("email", 0.85), ("sms", 0.6)):
            if rng.random() > share:
                continue
            given = date(2023, 10, 10) + timedelta(days=rng.randrange(900))
            answers = [(True, given)]
            if rng.random() < 0.04:
                answers.append((False, date(2026, 5, 1) + timedelta(days=rng.randrange(200))))
            rows.extend(
                {
                    "debtor_id_type": person.id_type,
                    "debtor_id_number": person.id_number,
                    "channel": channel,
                    "granted": granted,
                    "recorded_at": recorded_at,
                }
                for granted, recorded_at in answers
            )
    return rows
