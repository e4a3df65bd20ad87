"""Work lists: what each collector does today, and whom nobody contacts, with the rule."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import partial
from typing import Any

import polars as pl

from recupero.rules.law import ContactLaw
from recupero.steps.documents import Paper, document_id, folio, vaulted
from recupero.steps.inputs import keep_inputs
from recupero.steps.issuers import issuer
from recupero.steps.plan import law_on
from recupero.steps.propose import propose
from recupero.steps.release import as_released, refusals, release
from recupero.steps.services import AGENCY, Services
from recupero.store import contacts
from recupero.store.recordings import Draft, append, begin
from recupero.store.session import Unit
from recupero.store.tables import document, release_refusal
from reports.worklist import WithheldContact, WorkItem, WorkList, worklist_xlsx


def write_worklists(
    services: Services, code: str, business_date: date, now: datetime
) -> dict[str, Any]:
    """One workbook a day and institution, for the agency's collectors.

    Within the date the hour does not matter: a collector calls all day, inside the window. Once
    *now* (debtor's local time) is on a later date, every call's instant has passed.
    """
    subject = f"worklists:{business_date}"
    profile = services.profile(code)
    with services.store.unit(code) as unit:
        already = begin(unit, subject, business_date)
        if already is not None:
            return already.counts
        proposed = propose(unit, business_date)
        country = profile.institution.country
        start = datetime.combine(business_date, time())
        instant = start if now.date() <= business_date else now
        calls = release(unit, country, "call", proposed, business_date, instant)
        rows = _rows(unit, calls, proposed, business_date)
        name = f"TRABAJO_{code}_{business_date}.xlsx"
        data = WorkList(
            document_id=folio(document_id(services, unit, AGENCY, name)),
            institution=issuer(profile),
            agency=issuer(services.profile(AGENCY)),
            business_date=business_date,
            items=tuple(_items(rows, law_on(country, business_date), business_date)),
            withheld=tuple(_withheld(rows)),
        )
        counts = {"work_items": len(data.items), "withheld": len(data.withheld)}
        paper = Paper("worklist", name, AGENCY, partial(worklist_xlsx, data))
        papers = vaulted(services, unit, [paper], business_date)
        inputs = {**keep_inputs(services, unit, business_date), "released_at": now.isoformat()}
        frames = {document: papers, release_refusal: refusals(calls)}
        append(unit, Draft("worklists", subject, business_date, counts, inputs, frames))
    return counts


def _rows(
    unit: Unit, calls: pl.DataFrame, proposed: pl.DataFrame, business_date: date
) -> pl.DataFrame:
    """The day's permissions as released, with what a collector needs."""
    answer = ("permission_id", "account_id", "channel", "allowed", "rule", "norm", "lawful_from")
    others = as_released(unit, business_date).join(calls, on="permission_id", how="anti")
    results = (
        contacts.efforts(unit, business_date)
        .sort("performed_at", "effort_id")
        .group_by("account_id")
        .agg(pl.col("result").last().alias("last_result"))
    )
    facts = proposed.drop("role", "planned_at", "person_id", "channel")
    return (
        pl.concat([calls.select(answer), others.select(answer)])
        .join(facts, on="account_id", how="left")  # one recalled since is withheld, and told
        .join(results, on="account_id", how="left")
        .sort("rank", "account_id", nulls_last=True)
    )


def _items(rows: pl.DataFrame, law: ContactLaw | None, business_date: date) -> list[WorkItem]:
    """Allowed contacts a person makes; letters have left by themselves."""
    calls = rows.filter(pl.col("allowed") & (pl.col("channel") == "call"))
    start, end = _window(law, "call", business_date)
    return [
        WorkItem(
            collector_code=row["collector_code"] or "",
            account_number=row["account_number"],
            debtor_name=row["name"] or "",
            phone=row["phone"] or "",
            channel=row["channel"],
            stage=row["stage"],
            bucket=row["bucket"],
            currency=row["currency"],
            balance_minor=row["balance_minor"],
            score=row["score"],
            reason=row["reason"] or "",
            window_from=start,
            window_to=end,
            permission_id=folio(row["permission_id"]),
            last_result=row["last_result"] or "",
        )
        for row in calls.iter_rows(named=True)
    ]


def _withheld(rows: pl.DataFrame) -> list[WithheldContact]:
    return [
        WithheldContact(
            collector_code=row["collector_code"] or "",
            account_number=row["account_number"] or folio(row["account_id"]),
            channel=row["channel"],
            rule=row["rule"],
            norm=row["norm"] or "",
            reason=row["reason"] or "",
            until=row["lawful_from"].date() if row["lawful_from"] else None,
        )
        for row in rows.filter(~pl.col("allowed")).iter_rows(named=True)
    ]


def _window(law: ContactLaw | None, channel: str, day: date) -> tuple[time, time]:
    """The narrowest hours in which every window of the channel is open on a working *day*."""
    hours = [
        rule.days[day.weekday()]
        for rule in (law.windows if law else ())
        if channel in rule.channels
    ]
    opens = max((window[0] for window in hours if window), default=0)
    closes = min((window[1] for window in hours if window), default=24 * 60 - 1)
    return time(opens // 60, opens % 60), time(closes // 60 % 24, closes % 60)
