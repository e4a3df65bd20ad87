"""Letters: one PDF a day and institution, a page for every permission still lawful at release."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Any

import polars as pl

from recupero.errors import Fault
from recupero.profiles.profile import Profile
from recupero.rules.components import COLUMNS, COMPONENTS
from recupero.steps.documents import Paper, document_id, folio, vaulted
from recupero.steps.inputs import keep_inputs
from recupero.steps.issuers import issuer
from recupero.steps.propose import propose
from recupero.steps.release import refusals, release
from recupero.steps.services import AGENCY, Services
from recupero.store import ledger
from recupero.store.canonical import identities
from recupero.store.recordings import Draft, append, begin
from recupero.store.rows import Table
from recupero.store.session import Unit
from recupero.store.tables import document, letter, release_refusal
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
        already = begin(unit, subject, business_date)
        if already is not None:
            return already.counts
        proposed = propose(unit, business_date)
        country = profile.institution.country
        released = release(unit, country, "letter", proposed, business_date, now)
        refused = refusals(released)
        pages = _pages(services, unit, released.filter("allowed"), proposed, business_date)
        counts = {"letters": pages.height, "refused_at_release": refused.height}
        frames = {release_refusal: refused, **_batch(services, unit, pages, business_date)}
        inputs = {**keep_inputs(services, unit, business_date), "released_at": now.isoformat()}
        append(unit, Draft("letters", subject, business_date, counts, inputs, frames))
    return counts


def _batch(
    services: Services, unit: Unit, pages: pl.DataFrame, business_date: date
) -> dict[Table, pl.DataFrame]:
    """The batch in the vault and its rows; without a page there is neither."""
    if pages.is_empty():
        return {}
    name = f"CARTAS_{unit.institution}_{business_date}.pdf"
    render = partial(_render, services, services.profile(unit.institution), pages, business_date)
    return {
        document: vaulted(services, unit, [Paper("letters", name, AGENCY, render)], business_date),
        letter: pages.with_columns(
            pl.lit(document_id(services, unit, AGENCY, name)).alias("document_id"),
            pl.lit(business_date).alias("business_date"),
        ),
    }


def _pages(
    services: Services,
    unit: Unit,
    lawful: pl.DataFrame,
    proposed: pl.DataFrame,
    business_date: date,
) -> pl.DataFrame:
    """The letters' rows, one for each permission released, in the order of the batch's pages."""
    facts = proposed.drop("role", "channel", "planned_at", "person_id", *COLUMNS, strict=False)
    balances = ledger.balances(unit, business_date).select("account_id", *COLUMNS)
    rows = (
        lawful.select("permission_id", "account_id")
        .join(facts, on="account_id", how="inner")
        .join(balances, on="account_id", how="inner")
        .sort("rank", "account_id")
    )
    if rows.height != lawful.height:
        raise Fault(f"{lawful.height} letters released, {rows.height} written", unit.institution)
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
