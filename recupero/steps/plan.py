"""May we? Every proposed contact gets a permission or the rule that withholds it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from recupero.errors import Refused
from recupero.packs.load import load_pack
from recupero.rules.contact import plan_contacts
from recupero.rules.contact_holds import judicial_holds, with_other_accounts
from recupero.rules.law import ContactLaw, contact_law
from recupero.rules.public_holidays import Calendar, calendar_of
from recupero.steps.inputs import keep_inputs
from recupero.steps.propose import propose
from recupero.steps.services import Services
from recupero.store import contacts, facts
from recupero.store.canonical import identities
from recupero.store.recordings import Draft, append, begin, find
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import (
    consent_version,
    contact_grant,
    hold_version,
    judicial_event_version,
    party_version,
    permission,
)

_CANDIDATE = ("account_id", "person_id", "role", "channel", "planned_at", "contactable")
_SLOT_RULE = "agency_daily_limit"
_SLOT_NORM = "Regla de la casa: un contacto de la agencia por persona y día"


@dataclass(frozen=True)
class Known:
    """What a contact is judged by: the law, the calendar and what happened before."""

    law: ContactLaw | None
    calendar: Calendar
    history: pl.DataFrame
    consents: pl.DataFrame
    holds: pl.DataFrame


def plan(services: Services, code: str, business_date: date) -> dict[str, Any]:
    """Record a permission for every contact proposed; returns how many by rule."""
    subject = f"permissions:{business_date}"
    with services.store.unit(code) as unit:
        already = begin(unit, subject, business_date)
        if already is not None:
            return already.counts
        _refuse_before_slots(unit, services.profile(code).institution.country, business_date)
        known = known_on(unit, services.profile(code).institution.country, business_date)
        candidates = propose(unit, business_date).select(_CANDIDATE)
        judged = _within_agency(unit, _judge(candidates, known, business_date), business_date)
        rows = judged.with_columns(pl.lit(business_date).alias("business_date"))
        key = services.identity_key(code)
        natural = ["business_date", "account_id", "channel", "role"]
        counts = _counts(judged)
        inputs = keep_inputs(services, unit, business_date)
        append(
            unit,
            Draft(
                kind="permissions",
                subject=subject,
                business_date=business_date,
                counts=counts,
                inputs=inputs,
                frames={
                    permission: rows.with_columns(identities(rows, "permission", natural, key))
                },
            ),
        )
    return counts


def _refuse_before_slots(unit: Unit, country: str, business_date: date) -> None:
    """Nobody is contacted before the agency's count of contacts with them was asked."""
    if load_pack(country) is not None and find(unit, f"slots:{business_date}") is None:
        raise Refused(
            "contact slots of the day are not granted yet",
            f"{unit.institution} {business_date}",
            "the night grants them once every institution of the country has settled",
        )


def law_on(country: str, business_date: date) -> ContactLaw | None:
    """The contact law in force; without a pack there is none, and nobody is contacted."""
    pack = load_pack(country)
    return contact_law(pack.of_kind("contact", business_date)) if pack else None


def known_on(unit: Unit, country: str, business_date: date) -> Known:
    """Law, calendar, contacts, consents and holds as known on the business date."""
    law = law_on(country, business_date)
    held = facts.current(unit, hold_version, business_date).select(
        "account_id", "kind",
        pl.col("effective_from").alias("from_date"),
        pl.col("effective_until").alias("until_date"),
    )  # fmt: skip
    events = facts.current(unit, judicial_event_version, business_date)
    parties = contacts.debtors(unit, business_date).select("account_id", "person_id")
    ever = facts.last_told(unit, party_version, business_date).filter(pl.col("role") == "debtor")
    holds = pl.concat([held, judicial_holds(events, law)])
    return Known(
        law=law,
        calendar=calendar_of(country, business_date),
        history=_history(unit, parties, business_date),
        consents=facts.current(unit, consent_version, business_date).select(
            "person_id", "channel", "granted", pl.col("effective_from").alias("recorded_at")
        ),
        holds=with_other_accounts(holds, parties, ever),
    )


def _judge(candidates: pl.DataFrame, known: Known, business_date: date) -> pl.DataFrame:
    return plan_contacts(
        candidates, known.history, known.consents, known.holds, known.law,
        known.calendar.days, business_date,
    )  # fmt: skip


def _history(unit: Unit, parties: pl.DataFrame, business_date: date) -> pl.DataFrame:
    """Gestiones and our own letters, per person and account; a letter is no direct contact."""
    done = contacts.efforts(unit, business_date).join(parties, on="account_id", how="inner")
    written = contacts.letters(unit, business_date, surely=False).select(
        "person_id", "account_id",
        pl.lit("letter").alias("channel"),
        pl.col("planned_at").alias("performed_at"),
        pl.lit(False).alias("direct"),
        pl.lit(None, dtype=pl.String).alias("result"),
    )  # fmt: skip
    return pl.concat([done.select(written.columns), written])


def _within_agency(unit: Unit, judged: pl.DataFrame, business_date: date) -> pl.DataFrame:
    """Contacts the law allows, but for which the agency's count of the person has no room."""
    grants = rows_of(unit, contact_grant, contact_grant.c.business_date == business_date).select(
        "account_id", "channel", "granted"
    )
    joined = judged.join(grants, on=["account_id", "channel"], how="left", maintain_order="left")
    shut = pl.col("allowed") & ~pl.col("granted").fill_null(True)
    return joined.with_columns(
        pl.when(shut).then(pl.lit(_SLOT_RULE)).otherwise(pl.col("rule")).alias("rule"),
        pl.when(shut).then(pl.lit(_SLOT_NORM)).otherwise(pl.col("norm")).alias("norm"),
        (pl.col("allowed") & ~shut).alias("allowed"),
    ).drop("granted")


def _counts(judged: pl.DataFrame) -> dict[str, Any]:
    withheld = judged.filter(~pl.col("allowed"))["rule"].value_counts().sort("rule")
    made = judged.filter("allowed")["channel"].value_counts().sort("channel")
    return {
        "allowed": judged.filter("allowed").height,
        "withheld": judged.filter(~pl.col("allowed")).height,
        "channels": dict(made.iter_rows()),
        "rules": dict(withheld.iter_rows()),
    }
