"""What the agency states about itself, filled for ``_agency`` alone: who is away, what an effort
costs, what is aimed at, and what units of the law are worth.

A row says what it says until a newer one (``recorded_on``, ``sequence``) of its key does.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column

from recupero.store.tables.columns import count, day, flag, institution_table, number, text


def _learned() -> list[Column[Any]]:
    return [day("recorded_on"), count("sequence"), number("receipt_id"), count("line_number")]


_LEARNED = ("recorded_on", "sequence")

#: A collector is away from ``absent_from`` to ``absent_until``, both included, unless cancelled.
absence = institution_table(
    "absence",
    ("collector_code", "absent_from", *_LEARNED),
    text("collector_code"),
    day("absent_from"),
    *_learned(),
    day("absent_until"),
    text("reason"),
    flag("cancelled"),
)

#: What one effort on a channel costs the agency, from a date until the next one.
effort_cost = institution_table(
    "effort_cost",
    ("channel", "currency", "valid_from", *_LEARNED),
    text("channel"),
    text("currency"),
    day("valid_from"),
    *_learned(),
    number("amount_minor"),
)

#: What an institution's portfolio or a collector is to reach in a month (its first day): money in
#: minor units of ``currency``, or a count, of which the currency says nothing.
goal = institution_table(
    "goal",
    ("month", "scope", "code", "measure", "currency", *_LEARNED),
    day("month"),
    text("scope"),
    text("code"),
    text("measure"),
    text("currency"),
    *_learned(),
    number("target"),
)

#: What one unit (UF, UDIS, UVT) is worth between two days: ``digits`` with ``exponent`` decimals.
unit_value = institution_table(
    "unit_value",
    ("unit", "valid_from", *_LEARNED),
    text("unit"),
    day("valid_from"),
    *_learned(),
    day("valid_until"),
    text("currency"),
    number("digits"),
    count("exponent"),
    text("source"),
)
