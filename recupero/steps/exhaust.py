"""Exhaustion of efforts, on the profile's closing days: opinions, certificates, gaps, proposal."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from recupero.dates import last_business_day_of_month
from recupero.packs.load import load_pack
from recupero.packs.pack import Pack
from recupero.profiles.profile import Profile
from recupero.rules.exhaust import Opinion, evaluate
from recupero.rules.exhaust_case import ExhaustionCase
from recupero.rules.exhaust_law import ExhaustionRegime, exhaustion_regimes
from recupero.rules.public_holidays import calendar_of
from recupero.steps.cases import gather_cases
from recupero.steps.closing_papers import closing_papers
from recupero.steps.documents import vaulted
from recupero.steps.inputs import keep_inputs
from recupero.steps.services import Services
from recupero.store import recordings
from recupero.store.canonical import identity
from recupero.store.recordings import Draft, append, begin
from recupero.store.session import Unit
from recupero.store.tables import document, opinion, opinion_condition


@dataclass(frozen=True)
class Judged:
    """An account, its case and an opinion per regime; certified with every regime met."""

    row: dict[str, Any]
    case: ExhaustionCase
    opinions: tuple[Opinion, ...]

    @property
    def certified(self) -> bool:
        return all(given.met for given in self.opinions)

    @property
    def binding(self) -> Opinion:
        """The first regime that is not met, else the last, which decides on the write-off."""
        return next((given for given in self.opinions if not given.met), self.opinions[-1])


def is_closing_day(profile: Profile, business_date: date) -> bool:
    """Whether the profile closes on this date; by default the month's last business day."""
    if profile.policy.closing_days != "last_business_day":
        return business_date in profile.policy.closing_days
    holidays = calendar_of(profile.institution.country, business_date).days
    return business_date == last_business_day_of_month(business_date, holidays)


def judge(unit: Unit, profile: Profile, business_date: date) -> list[Judged]:
    """Every account in the legal stage under every regime of its country; none without one."""
    pack = load_pack(profile.institution.country)
    if pack is None:
        return []
    regimes = regimes_of(pack, business_date)
    if not regimes:
        return []
    return [
        Judged(row, case, tuple(evaluate(case, regime, business_date) for regime in regimes))
        for row, case in gather_cases(unit, pack, business_date)
    ]


def regimes_of(pack: Pack, business_date: date) -> tuple[ExhaustionRegime, ...]:
    """The country's regimes in force, in the pack's order."""
    return exhaustion_regimes(pack.country, pack.of_kind("exhaustion", business_date))


def give_opinions(services: Services, code: str, business_date: date) -> dict[str, Any]:
    """Record the opinions and issue certificates, gap plan and proposal; once a closing day."""
    profile = services.profile(code)
    if not is_closing_day(profile, business_date):
        return {"closing_day": False, "examined": 0, "certified": 0}
    subject = f"opinions:{business_date}"
    with services.store.unit(code) as unit:
        already = begin(unit, subject, business_date)
        if already is not None:
            return already.counts
        pack = load_pack(profile.institution.country)
        judged = judge(unit, profile, business_date)
        certified = [one for one in judged if one.certified]
        counts = {
            "closing_day": True,
            "regimes": len(judged[0].opinions) if judged else 0,
            "examined": len(judged),
            "certified": len(certified),
        }
        key = services.identity_key(code)
        frames = _frames(judged, key, business_date) if judged else {}
        if judged and pack is not None:
            head = recordings.head(unit)
            papers = closing_papers(services, unit, profile, pack, judged, business_date, head)
            frames[document] = vaulted(services, unit, papers, business_date)
        inputs = keep_inputs(services, unit, business_date)
        append(
            unit,
            Draft(
                kind="opinions",
                subject=subject,
                business_date=business_date,
                counts=counts,
                inputs=inputs,
                frames=frames,
            ),
        )
    return counts


def opinion_identity(key: bytes, given: Opinion, business_date: date) -> int:
    """An opinion's id: one per account, regime and day."""
    return identity(key, "opinion", business_date, given.account_id, given.regime)


def _frames(judged: list[Judged], key: bytes, business_date: date) -> dict[Any, pl.DataFrame]:
    given = [one for account in judged for one in account.opinions]
    ids = [opinion_identity(key, one, business_date) for one in given]
    opinions = [
        {
            "opinion_id": opinion_id,
            "business_date": business_date,
            "account_id": one.account_id,
            "regime": one.regime,
            "met": one.met,
            "claim_minor": one.claim_minor,
        }
        for opinion_id, one in zip(ids, given, strict=True)
    ]
    conditions = [
        {
            "opinion_id": opinion_id,
            "number": number,
            "condition": answer.code,
            "state": answer.state,
            "evidence": json.dumps(answer.evidence, ensure_ascii=False),
            "missing": answer.missing,
            "earliest_on": answer.earliest_date,
        }
        for opinion_id, one in zip(ids, given, strict=True)
        for number, answer in enumerate(one.conditions, start=1)
    ]
    return {
        opinion: pl.DataFrame(opinions),
        opinion_condition: pl.DataFrame(
            conditions,
            schema_overrides={"missing": pl.String, "earliest_on": pl.Date},
            infer_schema_length=None,
        ),
    }
