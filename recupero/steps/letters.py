"""Letters: one PDF a day and institution, a page for every permission still lawful at release."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl

from recupero.profiles.profile import Profile
from recupero.rules.components import COLUMNS, COMPONENTS
from recupero.steps.documents import Paper, document_id, folio, vaulted
from recupero.steps.inputs import keep_inputs
from recupero.steps.issuers import issuer
from recupero.steps.plan import known_on, released
from recupero.steps.propose import propose
from recupero.steps.services import AGENCY, Services
from recupero.store import ledger
from recupero.store.canonical import identities
from recupero.store.recordings import Draft, append, find
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import document, letter, permission
from reports.letter import Letter, render_letters


def write_letters(
    services: Services, code: str, business_date: date, now: datetime
) -> dict[str, Any]:
    """Write the day's letters; *now* (debtor's local time) refuses an instant already passed.

    Returns letters written and permissions refused at release.
    """
    subject = f"letters:{business_date}"
    profile = services.profile(code)
    with services.store.unit(code) as unit:
        already = find(unit, subject)
        if already is not None:
            return already.counts
        asked = rows_of(
            unit, permission, permission.c.business_date == business_date,
            permission.c.channel == "letter", permission.c.allowed,
        )  # fmt: skip
        known = known_on(unit, profile.institution.country, business_date)
        lawful = released(
            asked.with_columns(pl.lit(True).alias("contactable")), known, business_date, now
        ).filter("allowed")
        pages = _pages(services, unit, lawful, business_date) if lawful.height else lawful
        name = f"CARTAS_{code}_{business_date}.pdf"
        counts = {"letters": pages.height, "refused_at_release": asked.height - pages.height}
        frames = {}
        if pages.height:
            batch = document_id(services, unit, AGENCY, name)
            content = _render(services, profile, pages, business_date)
            paper = Paper("letters", name, AGENCY, content)
            frames = {
                document: vaulted(services, unit, [paper], business_date),
                letter: pages.with_columns(
                    pl.lit(batch).alias("document_id"),
                    pl.lit(business_date).alias("business_date"),
                ),
            }
        inputs = keep_inputs(services, unit, business_date)
        append(unit, Draft("letters", subject, business_date, counts, inputs, frames))
    return counts


def _pages(
    services: Services, unit: Unit, lawful: pl.DataFrame, business_date: date
) -> pl.DataFrame:
    """The letters' rows, in the order of the batch's pages."""
    facts = propose(unit, business_date).drop("role", "channel", "planned_at", "person_id")
    balances = ledger.balances(unit, business_date).select("account_id", *COLUMNS)
    rows = (
        lawful.select("permission_id", "account_id")
        .join(facts.drop(c for c in COLUMNS if c in facts.columns), on="account_id", how="inner")
        .join(balances, on="account_id", how="inner")
        .sort("rank", "account_id")
    )
    key = services.identity_key(unit.institution)
    return rows.with_row_index("page", offset=1).with_columns(
        identities(rows, "letter", ["permission_id"], key), pl.col("page").cast(pl.Int64)
    )


def _render(
    services: Services, profile: Profile, pages: pl.DataFrame, business_date: date
) -> bytes:
    country = profile.institution.country
    written = [_letter(row, country) for row in pages.iter_rows(named=True)]
    return render_letters(written, issuer(profile), issuer(services.profile(AGENCY)), business_date)


def _letter(row: dict[str, Any], country: str) -> Letter:
    amounts = {name: row[f"{name}_minor"] for name in COMPONENTS}
    return Letter(
        letter_id=folio(row["letter_id"]),
        account_number=row["account_number"],
        debtor_name=row["name"] or "",
        address=row["address"] or "",
        city=row["city"] or "",
        stage=row["stage"],
        currency=row["currency"],
        components={name: amount for name, amount in amounts.items() if amount},
        total_minor=sum(amounts.values()),
        age_days=row["age_days"],
        due_date=row["due_date"],
        product=row["product"] or "",
        permission_id=folio(row["permission_id"]),
        country=country,
    )
