"""What is known about contacts: gestiones, letters, permissions, points, and who works where."""

from __future__ import annotations

from datetime import date

import polars as pl
from sqlalchemy import func, select

from recupero.store import bulk, facts
from recupero.store.outgoing import IN_PLACE, UNCERTAIN, ended_in
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import (
    assessment,
    collector_quota,
    consent_version,
    contact_point_version,
    delivery,
    effort,
    letter,
    party_version,
    permission,
    person_version,
    recording,
)


def debtors(unit: Unit, as_of: date) -> pl.DataFrame:
    """account_id, person_id, id_type, id_number and name of each account's debtor."""
    parties = facts.current(unit, party_version, as_of).filter(pl.col("role") == "debtor")
    persons = facts.current(unit, person_version, as_of)
    return (
        parties.select("account_id", "person_id")
        .join(
            persons.select("person_id", "id_type", "id_number", "name"), on="person_id", how="left"
        )
        .unique("account_id", keep="first", maintain_order=True)
    )


def points(unit: Unit, as_of: date) -> pl.DataFrame:
    """person_id with the first phone, e-mail and address known, and the address's city."""
    known = facts.current(unit, contact_point_version, as_of).sort("person_id", "ordinal")
    first = known.unique(["person_id", "channel"], keep="first", maintain_order=True)

    def column(channel: str) -> pl.Expr:
        return pl.col("value").filter(pl.col("channel") == channel).first().alias(channel)

    city = pl.col("city").filter(pl.col("channel") == "address").first()
    return first.group_by("person_id", maintain_order=True).agg(
        column("phone"), column("email"), column("address"), city
    )


def efforts(unit: Unit, until: date) -> pl.DataFrame:
    """Gestiones performed up to and including *until*."""
    return rows_of(unit, effort, func.date(effort.c.performed_at) <= until)


def letters(unit: Unit, before: date, *, surely: bool) -> pl.DataFrame:
    """Letters of business dates before *before* that arrived, with the permission's instant.

    One whose batch was withheld or lost reached nobody: it is neither an effort nor a contact. Of
    an uncertain one that is not known: it proves no effort, so it is not there *surely*, but the
    person may have been contacted with it.
    """
    arrived = ended_in(IN_PLACE) if surely else ended_in(IN_PLACE) | ended_in(UNCERTAIN)
    query = (
        select(letter, permission.c.planned_at, permission.c.person_id)
        .join_from(
            letter,
            permission,
            (letter.c.institution == permission.c.institution)
            & (letter.c.permission_id == permission.c.permission_id),
        )
        .join(
            delivery,
            (letter.c.institution == delivery.c.institution)
            & (letter.c.document_id == delivery.c.document_id)
            & arrived,
        )
        .where(letter.c.institution == unit.institution, letter.c.business_date < before)
        .order_by(letter.c.letter_id)
    )
    return bulk.read(unit.connection, query)


def unmatched_withdrawals(unit: Unit, as_of: date) -> pl.DataFrame:
    """Withdrawals in force, per person and channel, of people whom no portfolio has named."""
    withdrawn = facts.current(unit, consent_version, as_of).filter(~pl.col("granted"))
    if withdrawn.is_empty():
        return withdrawn
    known = facts.current(unit, person_version, as_of)
    return withdrawn.join(known, on="person_id", how="anti", maintain_order="left")


def previous_collectors(unit: Unit, before: date) -> pl.DataFrame:
    """account_id and the collector of the latest assessment before *before*."""
    latest = (
        select(func.max(assessment.c.business_date))
        .where(assessment.c.institution == unit.institution, assessment.c.business_date < before)
        .scalar_subquery()
    )
    rows = rows_of(unit, assessment, assessment.c.business_date == latest)
    return rows.select("account_id", pl.col("collector_code").alias("previous_collector"))


def quotas(unit: Unit, as_of: date) -> pl.DataFrame:
    """collector_code, skills and capacity in force: the newest division's up to *as_of*."""
    newest = (
        select(recording.c.recording_id)
        .where(
            recording.c.institution == unit.institution,
            recording.c.kind == "quota",
            recording.c.business_date <= as_of,
        )
        .order_by(recording.c.position.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = rows_of(unit, collector_quota, collector_quota.c.recording_id == newest)
    return rows.select("collector_code", "skills", pl.col("capacity").cast(pl.Int64))


def claim_slot(unit: Unit, person_hash: str, day: date, allowed: int) -> int:
    """Take one of the person's *allowed* contacts of the day, over all institutions: 1 or 0."""
    taken: int = unit.connection.execute(
        select(func.grant_contact_slots(person_hash, "any", day, 1, allowed))
    ).scalar_one()
    return taken
