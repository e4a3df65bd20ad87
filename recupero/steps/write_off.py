"""Write-off: each instruction given is accepted and posted, or refused with its reason."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import polars as pl

from recupero.profiles.profile import Profile
from recupero.rules import post
from recupero.rules.components import COLUMNS
from recupero.rules.writeoff import Instruction, Review, review_instruction
from recupero.steps.closing_papers import write_off_line
from recupero.steps.documents import Paper, document_id, folio, in_forms, vaulted
from recupero.steps.exhaust import Judged, judge, opinion_identity
from recupero.steps.inputs import keep_inputs
from recupero.steps.issuers import issuer
from recupero.steps.services import AGENCY, Services
from recupero.store import facts, ledger, recordings
from recupero.store.recordings import Draft, append, is_closed, take_turn
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import account_version, document, instruction, journal, write_off
from reports.writeoff import RefusedLine, WriteOff, WriteOffLine, writeoff_pdf
from reports.writeoff_book import writeoff_xlsx

REASONS = {
    "amount_differs": "el importe no es el saldo del libro",
    "opinion_not_met": "sin dictamen de agotamiento cumplido",
    "nothing_to_write_off": "la cuenta no tiene saldo",
    "decided_later": "la decisión es posterior a la fecha de proceso",
    "no_resolution": "falta el acta o resolución",
    "amount_not_positive": "el importe no es positivo",
}
#: The legal basis printed where the contract asks for no opinion, or the country has no regime.
_NO_OPINION = "Sin dictamen: decisión de la institución"


def decide_instructions(services: Services, code: str, business_date: date) -> dict[str, Any]:
    """Decide about every instruction held; without one, or on a closed date, nothing happens."""
    profile = services.profile(code)
    with services.store.unit(code) as unit:
        take_turn(unit)
        held = rows_of(unit, instruction).join(
            rows_of(unit, write_off),
            on=["receipt_id", "line_number"],
            how="anti",
            maintain_order="left",
        )
        if held.is_empty() or is_closed(unit, business_date):
            return {"accepted": 0, "refused": 0}
        judged = {one.row["account_id"]: one for one in judge(unit, profile, business_date)}
        claims = _claims(unit, business_date)
        rows = _decided(services, profile, held, judged, claims, business_date)
        decided = pl.DataFrame(rows, schema_overrides={"opinion_id": pl.Int64, "reason": pl.String})
        accepted = decided.filter("accepted")
        counts = {"accepted": accepted.height, "refused": decided.height - accepted.height}
        papers = _papers(services, unit, profile, decided, claims, held, judged, business_date)
        inputs = keep_inputs(services, unit, business_date)
        append(
            unit,
            Draft(
                kind="write_off",
                subject=f"write_off:{business_date}:{_batch(held)}",
                business_date=business_date,
                counts=counts,
                inputs=inputs,
                frames={
                    write_off: decided,
                    journal: _journal(unit, accepted, business_date),
                    document: vaulted(services, unit, papers, business_date),
                },
            ),
        )
    return counts


def _batch(held: pl.DataFrame) -> str:
    """Names the set of instructions: the receipts they came with."""
    return "-".join(folio(receipt_id) for receipt_id in sorted(set(held["receipt_id"])))


def _claims(unit: Unit, business_date: date) -> dict[int, dict[str, Any]]:
    """Accounts with their ledger components and total, by account id."""
    stated = facts.current(unit, account_version, business_date).drop(COLUMNS, strict=False)
    rows = stated.join(
        ledger.balances(unit).drop("currency"), on="account_id", how="inner"
    ).with_columns(pl.sum_horizontal(COLUMNS).alias("balance_minor"))
    return {row["account_id"]: row for row in rows.iter_rows(named=True)}


def _decided(
    services: Services,
    profile: Profile,
    held: pl.DataFrame,
    judged: dict[int, Judged],
    claims: dict[int, dict[str, Any]],
    business_date: date,
) -> list[dict[str, Any]]:
    """Each instruction's decision; an accepted one leaves nothing for a second to write off."""
    left = dict(claims)
    decisions = []
    for row in held.iter_rows(named=True):
        one = judged.get(row["account_id"])
        decision = _decide(services, profile, row, one, left, business_date)
        decisions.append(decision)
        if decision["accepted"]:
            del left[row["account_id"]]
    return decisions


def _decide(
    services: Services,
    profile: Profile,
    row: dict[str, Any],
    judged: Judged | None,
    claims: dict[int, dict[str, Any]],
    business_date: date,
) -> dict[str, Any]:
    review = _review(profile, row, judged, claims, business_date)
    key = services.identity_key(profile.code)
    met = judged is not None and judged.certified
    return {
        "receipt_id": row["receipt_id"],
        "line_number": row["line_number"],
        "account_id": row["account_id"],
        "amount_minor": row["amount_minor"],
        "opinion_id": opinion_identity(key, judged.opinions[-1], business_date)
        if judged is not None and met
        else None,
        "accepted": review.accepted,
        "reason": review.reason or review.remark,
        "business_date": business_date,
    }


def _review(
    profile: Profile,
    row: dict[str, Any],
    judged: Judged | None,
    claims: dict[int, dict[str, Any]],
    business_date: date,
) -> Review:
    claim = claims.get(row["account_id"])
    return review_instruction(
        Instruction(row["account_id"], row["amount_minor"], row["decided_on"], row["resolution"]),
        judged.binding if judged else None,
        claim["balance_minor"] if claim else 0,
        None,
        business_date,
        opinion_required=profile.policy.write_off_requires_opinion,
    )


def _journal(unit: Unit, accepted: pl.DataFrame, business_date: date) -> pl.DataFrame:
    balances = ledger.balances(unit).join(
        accepted.select("account_id", "receipt_id", "line_number"), on="account_id", how="inner"
    ).with_columns(
        pl.lit(business_date).alias("effective_on"), pl.lit(business_date).alias("recorded_on")
    )  # fmt: skip
    return post.batch(post.to_memorandum(balances))


def _papers(
    services: Services,
    unit: Unit,
    profile: Profile,
    decided: pl.DataFrame,
    claims: dict[int, dict[str, Any]],
    held: pl.DataFrame,
    judged: dict[int, Judged],
    business_date: date,
) -> list[Paper]:
    stem = f"CASTIGO_{profile.code}_{business_date}_{_batch(held)[:8]}"
    number = folio(document_id(services, unit, profile.code, f"{stem}.pdf"))
    lines, refused = _lines(profile, decided, claims, judged, business_date)
    first = held.row(0, named=True)
    data = WriteOff(
        document_id=number,
        institution=issuer(profile),
        agency=issuer(services.profile(AGENCY)),
        business_date=business_date,
        chain_head=recordings.head(unit),
        kind="report",
        lines=lines,
        refused=refused,
        resolution=first["resolution"],
        decided_on=first["decided_on"],
        prepared_by="Recupero",
    )
    pdf, xlsx = partial(writeoff_pdf, data), partial(writeoff_xlsx, data)
    return in_forms("write_off", stem, profile.code, pdf=pdf, xlsx=xlsx)


def _lines(
    profile: Profile,
    decided: pl.DataFrame,
    claims: dict[int, dict[str, Any]],
    judged: dict[int, Judged],
    business_date: date,
) -> tuple[tuple[WriteOffLine, ...], tuple[RefusedLine, ...]]:
    """What the paper says of each instruction accepted, and of each refused."""
    lines: list[WriteOffLine] = []
    refused: list[RefusedLine] = []
    for row in decided.iter_rows(named=True):
        claim = claims.get(row["account_id"])
        if row["accepted"] and claim is not None:
            one = judged.get(row["account_id"])
            known = one.row if one else _unjudged(claim, business_date)
            norm = one.opinions[-1].norm if one else _NO_OPINION
            identifier = folio(row["opinion_id"]) if row["opinion_id"] else ""
            lines.append(write_off_line(known, norm, "Instrucción de la institución", identifier))
        else:
            refused.append(
                RefusedLine(
                    claim["account_number"] if claim else folio(row["account_id"]),
                    claim["currency"] if claim else profile.institution.currency,
                    row["amount_minor"],
                    REASONS.get(row["reason"], row["reason"]),
                )
            )
    return tuple(lines), tuple(refused)


def _unjudged(claim: dict[str, Any], business_date: date) -> dict[str, Any]:
    """A claim as a line shows it that no opinion was given about: its age, no bucket."""
    due = claim["due_date"]
    overdue_days = (business_date - due).days if due is not None else 0
    return {**claim, "age_days": max(0, overdue_days), "bucket": ""}
