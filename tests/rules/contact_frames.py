"""Contacts, consents and holds as the frames ``plan_contacts`` takes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import polars as pl

from recupero.packs.load import load_pack
from recupero.rules.law import ContactLaw, contact_law
from recupero.rules.public_holidays import calendar_of

CANDIDATES: dict[str, pl.DataType | type[pl.DataType]] = {
    "account_id": pl.Int64,
    "person_id": pl.Int64,
    "role": pl.String,
    "channel": pl.String,
    "planned_at": pl.Datetime("us"),
    "contactable": pl.Boolean,
}
HISTORY: dict[str, pl.DataType | type[pl.DataType]] = {
    "person_id": pl.Int64,
    "account_id": pl.Int64,
    "channel": pl.String,
    "performed_at": pl.Datetime("us"),
    "direct": pl.Boolean,
    "result": pl.String,
}
CONSENTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "person_id": pl.Int64,
    "channel": pl.String,
    "granted": pl.Boolean,
    "recorded_at": pl.Date,
}
HOLDS: dict[str, pl.DataType | type[pl.DataType]] = {
    "account_id": pl.Int64,
    "kind": pl.String,
    "from_date": pl.Date,
    "until_date": pl.Date,
}


def law_of(country: str, as_of: date, *, house: bool = True) -> ContactLaw:
    pack = load_pack(country)
    assert pack is not None
    return contact_law(pack.of_kind("contact", as_of, house=house))


def holidays_of(country: str, as_of: date) -> frozenset[date]:
    return calendar_of(country, as_of).days


def candidates(rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (r["account"], r["person"], r["role"], r["channel"], r["when"], r["contactable"])
            for r in rows
        ],
        schema=CANDIDATES,
        orient="row",
    )


def history(rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (r["person"], r["account"], r["channel"], r["when"], r["direct"], "no_contact")
            for r in rows
        ],
        schema=HISTORY,
        orient="row",
    )


def consents(rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(
        [(r["person"], r["channel"], r["granted"], r["on"]) for r in rows],
        schema=CONSENTS,
        orient="row",
    )


def holds(rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(
        [(r["account"], r["kind"], r["from"], r["until"]) for r in rows],
        schema=HOLDS,
        orient="row",
    )


def contact(
    channel: str,
    when: str,
    *,
    person: int = 1,
    account: int = 10,
    role: str = "debtor",
    contactable: bool = True,
    direct: bool = False,
) -> dict[str, Any]:
    return {
        "channel": channel,
        "when": datetime.fromisoformat(when),
        "person": person,
        "account": account,
        "role": role,
        "contactable": contactable,
        "direct": direct,
    }


def all_granted(person: int = 1) -> list[dict[str, Any]]:
    channels = ("call", "sms", "email", "letter", "visit")
    return [
        {"person": person, "channel": channel, "granted": True, "on": date(2023, 1, 1)}
        for channel in channels
    ]
