"""The canonical fields of the files in which the agency states what it works with."""

from __future__ import annotations

from recupero.profiles.canonical import CHANNELS, Canonical

#: Why a collector is away, as coarse as planning needs it: nobody's health is our data.
ABSENCES = ("holiday", "leave", "training", "other")
#: Whose goal it is: an institution's portfolio, by its code, or a collector's.
SCOPES = ("institution", "collector")
#: What goals are set in, money and counts.
MONEY_MEASURES = ("collected", "promised")
COUNT_MEASURES = ("efforts", "contacts", "promises", "accounts")

ROSTER = (
    Canonical("collector_code", required=True),
    Canonical("country", required=True),
    Canonical("capacity", "integer", required=True),
    Canonical("skills"),
)
ABSENCE = (
    Canonical("collector_code", required=True),
    Canonical("absent_from", "date", required=True),
    Canonical("absent_until", "date", required=True),
    Canonical("reason", required=True, allowed=ABSENCES),
    Canonical("cancelled", "boolean"),
)
COST = (
    Canonical("channel", required=True, allowed=CHANNELS),
    Canonical("currency", required=True),
    Canonical("valid_from", "date", required=True),
    Canonical("amount_minor", "amount", required=True),
)
GOAL = (
    Canonical("month", "date", required=True),
    Canonical("scope", required=True, allowed=SCOPES),
    Canonical("code", required=True),
    Canonical("measure", required=True, allowed=MONEY_MEASURES + COUNT_MEASURES),
    Canonical("currency", required=True),
    Canonical("amount_minor", "amount"),
    Canonical("quantity", "integer"),
)
UNIT_VALUE = (
    Canonical("unit", required=True),
    Canonical("currency", required=True),
    Canonical("valid_from", "date", required=True),
    Canonical("valid_until", "date"),
    Canonical("value", "decimal", required=True),
    Canonical("source", required=True),
)
