"""Answer for a received file: what came, what became of every row, and the head of the chain."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import date
from functools import partial

import polars as pl

from recupero.exchange.kept import Kept
from recupero.profiles.language import Language
from recupero.profiles.profile import Profile
from recupero.profiles.repair import is_repairable
from recupero.profiles.sealed import outermost
from recupero.steps.decided import Intake
from recupero.steps.documents import Paper, document_id, folio, in_forms, vaulted
from recupero.steps.issuers import issuer
from recupero.steps.reasons import IN_WHOLE, REASONS, told_of_file, told_of_row
from recupero.steps.reject_paper import first_rejected, reject_paper
from recupero.steps.services import AGENCY, Services
from recupero.store import manifest
from recupero.store.manifest import Receipt
from recupero.store.recordings import Draft, append
from recupero.store.session import Unit
from recupero.store.tables import document
from reports.acknowledgement import (
    Acknowledgement,
    RejectedRow,
    Tally,
    acknowledgement_pdf,
)
from reports.acknowledgement_table import acknowledgement_csv
from reports.contents import Content
from reports.control_totals import ControlSum, ControlTotals
from reports.dropped import Dropped, MissingAccount
from schemas.rule import Context


def acknowledge(
    services: Services,
    unit: Unit,
    profile: Profile,
    intake: Intake,
    kept: Kept,
    head: str,
    business_date: date,
) -> None:
    """Record the acknowledgement's CSV and PDF for delivery, and of rows rejected the reject file.

    *kept* is the file, *head* the chain's after booking.
    """
    about = f"{safe_stem(intake.receipt.name)}_{intake.receipt.address[:12]}"
    if intake.receipt.duplicate_of is not None:  # names that differ may have one stem
        about += f"_{intake.receipt.sequence}"
    stem = f"ACUSE_{about}"
    number = folio(document_id(services, unit, profile.code, f"{stem}.pdf"))
    data = replace(
        _data(profile, intake, head, business_date),
        document_id=number,
        agency=issuer(services.profile(AGENCY)),
        digest=kept.digest,
        container=_container(unit, intake.receipt),
    )
    rejects = _reject_paper(profile, intake, data, kept, about)
    if rejects is not None:
        data = replace(data, reject_file=rejects.name)
    csv, pdf = partial(acknowledgement_csv, data), partial(acknowledgement_pdf, data)
    papers = in_forms("acknowledgement", stem, profile.code, csv=csv, pdf=pdf)
    papers += [rejects] if rejects is not None else []
    append(
        unit,
        Draft(
            kind="acknowledgement",
            subject=f"acknowledgement:{intake.receipt.receipt_id}",
            business_date=business_date,
            counts={"state": intake.state},
            frames={
                document: vaulted(services, unit, papers, business_date, intake.receipt.receipt_id)
            },
        ),
    )


def _reject_paper(
    profile: Profile, intake: Intake, data: Acknowledgement, kept: Kept, about: str
) -> Paper | None:
    """What can be repaired line by line: of a file that was booked."""
    layout = intake.layout
    if intake.state != "booked" or layout is None or not is_repairable(layout):
        return None
    if intake.repairs is None or intake.again is None:
        of, found = intake.receipt, first_rejected(data.rejects, kept.content, layout)
    else:
        of = intake.repairs
        found = intake.again.lines(data.rejects, set(intake.repaired_lines()["of_line_number"]))
    context = Context(data.business_date, profile.institution.country)
    return reject_paper(profile, layout, of, found, about, context)


def _container(unit: Unit, receipt: Receipt) -> str:
    """The name of the sealed file that the receipt's came in; empty where it came by itself, or
    was brought again by a control file."""
    if receipt.container_id is None:
        return ""
    container = manifest.receipt_by_id(unit, receipt.container_id)
    return container.name if container and outermost(container.name) else ""


def safe_stem(name: str) -> str:
    """A file name's stem as plain ASCII, for use in ours."""
    stem = name.rsplit(".", 1)[0]
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_-]+", "-", plain)[:60].strip("-") or "archivo"


def _data(profile: Profile, intake: Intake, head: str, business_date: date) -> Acknowledgement:
    language = profile.institution.speaks
    reason, mend = told_of_file(intake.rule or "", intake.reason or "", intake.mend, language)
    money = intake.money
    earlier = intake.original

    def tally(step: str) -> Tally:
        return Tally(intake.rows[step], tuple(sorted(money.get(step, {}).items())))

    return Acknowledgement(
        document_id="",
        institution=issuer(profile),
        agency=issuer(profile),
        business_date=business_date,
        state="refused" if intake.state in manifest.REFUSED else intake.state,
        file_name=intake.receipt.name,
        size_bytes=intake.receipt.size_bytes,
        digest=intake.receipt.address,
        kind=intake.kind or "",
        layout_version=intake.layout.version if intake.layout else "",
        chain_head=head,
        read=tally("read"),
        booked=tally("booked"),
        unchanged=tally("unchanged"),
        held=tally("held"),
        rejected=tally("rejected"),
        duplicate=tally("duplicate"),
        control=_control(intake, profile),
        rejects=tuple(_rejects(intake, language)),
        warnings=tuple(_warnings(intake, language)),
        compared=intake.booking.compared if intake.booking else None,
        part=None if intake.repairs else intake.part,
        expected=intake.booking.expected if intake.booking else (),
        dropped=_dropped(intake),
        refusal_rule=intake.rule or "",
        refusal_reason=_sentence(reason) if intake.state != "booked" else "",
        refusal_mend=_sentence(mend) if intake.state != "booked" else "",
        contents=tuple(Content(one.name, one.size_bytes, one.digest) for one in intake.members),
        duplicate_of=earlier.name if earlier else "",
        duplicate_received_on=earlier.business_date if earlier else None,
        repairs=intake.repairs.name if intake.repairs else "",
        language=language,
    )


def _dropped(intake: Intake) -> Dropped:
    if intake.booking is None:
        return Dropped()
    ended = intake.booking.ended
    return Dropped(
        missing=tuple(MissingAccount(*row) for row in ended.accounts.iter_rows()),
        replaced=ended.replaced,
        points_ended=ended.points_count,
        facts_ended=ended.facts_count,
        held=intake.state == "held",
        named=intake.kind == "recall",
    )


def _sentence(text: str) -> str:
    """*text* with a capital and a full stop, as it stands alone."""
    return text and f"{text[0].upper()}{text[1:].rstrip('.')}."


def _control(intake: Intake, profile: Profile) -> ControlTotals | None:
    control = intake.screened.control if intake.screened else intake.control
    layout = intake.layout
    if control is None or layout is None:
        return None
    said = [one.declared_sum_minor for one in control.sums]
    if control.declared_rows is None and not any(total is not None for total in said):
        return None
    return ControlTotals(
        counted_rows=control.counted_rows,
        currency=control.currency or profile.institution.currency,
        declared_rows=control.declared_rows,
        source=intake.control_file.name if intake.control_file else "",
        sums=tuple(
            ControlSum(
                layout.label(one.of, profile.institution.speaks),
                one.currency,
                one.declared_sum_minor,
                one.counted_sum_minor,
            )
            for one in control.sums
        ),
        declared_hash=control.declared_hash,
        counted_hash=control.counted_hash,
    )


def _rejects(intake: Intake, language: Language) -> list[RejectedRow]:
    """Screening's rejects with the value seen, then the ledger's, in line order."""
    rows = _reported(intake.screened.rejects, language) if intake.screened else []
    if intake.refused_rows is not None:
        mend = IN_WHOLE[language]
        rows = [replace(row, mend=mend) for row in _reported(intake.refused_rows, language)]
    if intake.booking is not None:
        rows += _found(intake.booking.rejects, language)
    return sorted(rows, key=_in_file)


def _warnings(intake: Intake, language: Language) -> list[RejectedRow]:
    """As the rejects, about rows that were accepted."""
    rows = _reported(intake.screened.warnings, language) if intake.screened else []
    if intake.booking is not None:
        rows += _found(intake.booking.warnings, language)
    return sorted(rows, key=_in_file)


def _in_file(row: RejectedRow) -> tuple[int, str, str]:
    return row.line_number, row.field, row.rule


def _found(by_ledger: pl.DataFrame, language: Language) -> list[RejectedRow]:
    reasons = REASONS[language]
    return [
        RejectedRow(line, at, rule, "", *reasons[rule]) for line, at, rule in by_ledger.iter_rows()
    ]


def _reported(found: pl.DataFrame, language: Language) -> list[RejectedRow]:
    return [
        RejectedRow(line, at, rule, value or "", *told_of_row(rule, message, language))
        for line, at, rule, message, value in found.select(
            "line_number", "field", "rule", "message", "value"
        ).iter_rows()
    ]
