"""The documents of a closing day: a certificate for each claim that is met, the gaps of the rest,
and the write-off proposal the institution decides on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any, Protocol

from recupero.packs.pack import Pack
from recupero.profiles.profile import Profile
from recupero.rules.components import COMPONENTS
from recupero.rules.exhaust import Opinion
from recupero.rules.exhaust_case import ConditionResult, ExhaustionCase
from recupero.steps.documents import Paper, document_id, folio, in_forms
from recupero.steps.issuers import issuer
from recupero.steps.services import AGENCY, Services
from recupero.store.session import Unit
from reports import exhaustion as certificate
from reports.exhaustion_gaps import Gap, GapPlan, gaps_csv, gaps_pdf
from reports.page import Issuer
from reports.writeoff import WriteOff, WriteOffLine, writeoff_pdf
from reports.writeoff_book import writeoff_xlsx

_EFFORTS_PRINTED = 60


class JudgedAccount(Protocol):
    """An account with its case and an opinion per regime."""

    @property
    def row(self) -> dict[str, Any]: ...
    @property
    def case(self) -> ExhaustionCase: ...
    @property
    def opinions(self) -> tuple[Opinion, ...]: ...
    @property
    def certified(self) -> bool: ...


class _Desk:
    """What every document of this closing shares."""

    def __init__(
        self, services: Services, unit: Unit, profile: Profile, pack: Pack, day: date, head: str
    ) -> None:
        self.services, self.unit, self.profile = services, unit, profile
        self.pack, self.day, self.head = pack, day, head
        self.institution: Issuer = issuer(profile)
        self.agency: Issuer = issuer(services.profile(AGENCY))

    def number(self, name: str) -> str:
        return folio(document_id(self.services, self.unit, self.profile.code, name))

    def certificate_name(self, account_id: int) -> str:
        """Named by the account's surrogate id: no file name tells whose debt it is about."""
        return f"DICTAMEN_{self.profile.code}_{folio(account_id)}_{self.day}.pdf"


def closing_papers(
    services: Services,
    unit: Unit,
    profile: Profile,
    pack: Pack,
    judged: Sequence[JudgedAccount],
    business_date: date,
    head: str,
) -> list[Paper]:
    """Certificates, gap plan and proposal; the proposal only where something is certified."""
    desk = _Desk(services, unit, profile, pack, business_date, head)
    certified = [one for one in judged if one.certified]
    missing = [one for one in judged if not one.certified]
    papers = [
        Paper(
            "certificate",
            desk.certificate_name(one.row["account_id"]),
            profile.code,
            partial(certificate.certificate_pdf, _certificate(desk, one)),
        )
        for one in certified
    ]
    stem = f"GESTIONES_PENDIENTES_{profile.code}_{business_date}"
    plan = _gap_plan(desk, f"{stem}.pdf", len(certified), missing)
    pdf, csv = partial(gaps_pdf, plan), partial(gaps_csv, plan)
    papers += in_forms("gaps", stem, profile.code, pdf=pdf, csv=csv)
    if certified:
        stem = f"PROPUESTA_CASTIGO_{profile.code}_{business_date}"
        data = _proposal(desk, f"{stem}.pdf", certified)
        pdf, xlsx = partial(writeoff_pdf, data), partial(writeoff_xlsx, data)
        papers += in_forms("proposal", stem, profile.code, pdf=pdf, xlsx=xlsx)
    return papers


def _certificate(desk: _Desk, one: JudgedAccount) -> certificate.Opinion:
    row = one.row
    return certificate.Opinion(
        document_id=desk.number(desk.certificate_name(row["account_id"])),
        institution=desk.institution,
        agency=desk.agency,
        business_date=desk.day,
        chain_head=desk.head,
        country=desk.pack.country,
        rule_set=" · ".join(given.norm for given in one.opinions),
        rule_set_digest=desk.pack.digest,
        account_number=row["account_number"],
        debtor_name=row["name"] or "",
        debtor_id=" ".join(filter(None, (row["id_type"], row["id_number"]))),
        product=row["product"] or "",
        currency=row["currency"],
        components=tuple((name, row[f"{name}_minor"]) for name in COMPONENTS),
        total_minor=row["balance_minor"],
        due_date=row["due_date"],
        age_days=row["age_days"],
        requirements=tuple(
            _requirement(answer) for given in one.opinions for answer in given.conditions
        ),
        efforts=tuple(
            certificate.EffortLine(
                done.performed_at, done.channel, done.result or "", done.direct,
                _shown(f"effort:{done.effort_id}"),
            )
            for done in one.case.efforts[-_EFFORTS_PRINTED:]
        ),
        conclusion="Todas las condiciones están cumplidas a la fecha de corte.",
        route=" · ".join(given.text for given in one.opinions),
        opened_on=row["opened_on"],
        prepared_by="Recupero",
    )  # fmt: skip


def _requirement(answer: ConditionResult) -> certificate.Requirement:
    return certificate.Requirement(
        condition=answer.text,
        norm=answer.norm,
        state=answer.state,
        evidence=tuple(map(_shown, answer.evidence)),
        confidence=answer.confidence,
        earliest=answer.earliest_date,
        note=answer.missing or answer.house_rule or "",
    )


def _shown(evidence: str) -> str:
    """An evidence id as documents print ids; what is text already stays."""
    kind, _, identifier = evidence.partition(":")
    whole = identifier.removeprefix("-").isdecimal()
    return f"{kind}:{folio(int(identifier))}" if whole else evidence


def _gap_plan(desk: _Desk, name: str, certified: int, missing: Sequence[JudgedAccount]) -> GapPlan:
    return GapPlan(
        document_id=desk.number(name),
        institution=desk.institution,
        agency=desk.agency,
        business_date=desk.day,
        chain_head=desk.head,
        rule_set=f"{desk.pack.name}, {desk.pack.digest[:12]}",
        certified=certified,
        gaps=tuple(_gap(one) for one in missing),
    )


def _gap(one: JudgedAccount) -> Gap:
    answers = [
        answer
        for given in one.opinions
        for answer in given.conditions
        if answer.state not in ("met", "not_applicable")
    ]
    dates = [answer.earliest_date for answer in answers]
    known = [day for day in dates if day is not None]
    return Gap(
        account_number=one.row["account_number"],
        currency=one.row["currency"],
        total_minor=one.row["balance_minor"],
        age_days=one.row["age_days"],
        missing=tuple(_requirement(answer) for answer in answers),
        next_action=answers[0].missing or answers[0].text,
        earliest=max(known) if len(known) == len(dates) and known else None,
    )


def _proposal(desk: _Desk, name: str, certified: Sequence[JudgedAccount]) -> WriteOff:
    return WriteOff(
        document_id=desk.number(name),
        institution=desk.institution,
        agency=desk.agency,
        business_date=desk.day,
        chain_head=desk.head,
        kind="proposal",
        lines=tuple(
            write_off_line(one.row, one.opinions[-1].norm, one.opinions[-1].text,
                           desk.number(desk.certificate_name(one.row["account_id"])))
            for one in certified
        ),
        prepared_by="Recupero",
    )  # fmt: skip


def write_off_line(row: dict[str, Any], norm: str, route: str, certificate_id: str) -> WriteOffLine:
    """An account's line in a proposal or report; *row* has the components of its claim."""
    principal, interest = row["principal_minor"], row["interest_minor"]
    return WriteOffLine(
        account_number=row["account_number"],
        product=row["product"] or "",
        currency=row["currency"],
        principal_minor=principal,
        interest_minor=interest,
        other_minor=row["balance_minor"] - principal - interest,
        total_minor=row["balance_minor"],
        age_days=row["age_days"],
        bucket=row["bucket"],
        cause="Gestiones agotadas",
        legal_basis=norm,
        route=route,
        certificate_id=certificate_id,
        guarantee="sin garantía" if row["guaranteed"] is False else "",
    )
