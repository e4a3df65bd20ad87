"""Answer for a received file: what came, what became of every row, and the head of the chain."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

import polars as pl

from recupero.exchange.container import Member
from recupero.profiles.layout import Layout
from recupero.profiles.profile import Profile
from recupero.steps.booking.case import NO_REJECTS, Booking
from recupero.steps.documents import document_id, folio, in_forms, vaulted
from recupero.steps.issuers import issuer
from recupero.steps.reasons import REASONS
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
    acknowledgement_csv,
    acknowledgement_pdf,
)
from reports.compared import Part
from reports.contents import Content
from reports.control_totals import ControlTotals
from reports.dropped import Dropped, MissingAccount
from schemas.screen import Screened

#: Of a file refused for its rejects nothing was taken, so one line of it is no answer.
_IN_WHOLE = "Corrija la fila y envíe el archivo completo."


@dataclass(frozen=True)
class Intake:
    """A receipt with the decision about it; ``rows`` are the counts of I1 by name.

    ``original`` is the receipt that a duplicate repeats; ``refused_rows`` are the rejects for
    which a whole file was refused: told, so that they can be mended, and not counted. ``members``
    are the files that were found in a sealed one.
    """

    receipt: Receipt
    state: str
    layout: Layout | None = None
    rule: str | None = None
    reason: str | None = None
    mend: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    screened: Screened | None = None
    booking: Booking | None = None
    original: Receipt | None = None
    refused_rows: pl.DataFrame | None = None
    members: tuple[Member, ...] = ()
    part: Part | None = None

    @property
    def kind(self) -> str | None:
        return self.layout.kind if self.layout else None

    @property
    def cut_off(self) -> date | None:
        """The newest cut-off the rows state, for a portfolio."""
        rows = self.screened.rows if self.screened else None
        if rows is None or "cut_off" not in rows.columns:
            return None
        newest = rows["cut_off"].max()
        return newest if isinstance(newest, date) else None

    def reject_lines(self) -> pl.DataFrame:
        """Line, field and rule of every reject, screening's and the ledger's."""
        found = [self.screened.rejects.select(NO_REJECTS.columns)] if self.screened else []
        found += [self.booking.rejects] if self.booking else []
        return pl.concat([NO_REJECTS, *found]).sort("line_number", "field", "rule")


def acknowledge(
    services: Services,
    unit: Unit,
    profile: Profile,
    intake: Intake,
    digest: str,
    head: str,
    business_date: date,
) -> None:
    """Record the acknowledgement's CSV and PDF for delivery.

    *digest* is the SHA-256 of the file, *head* the chain's after booking.
    """
    stem = f"ACUSE_{safe_stem(intake.receipt.name)}_{intake.receipt.address[:12]}"
    if intake.receipt.duplicate_of is not None:  # names that differ may have one stem
        stem += f"_{intake.receipt.sequence}"
    number = folio(document_id(services, unit, profile.code, f"{stem}.pdf"))
    data = replace(
        _data(profile, intake, head, business_date),
        document_id=number,
        agency=issuer(services.profile(AGENCY)),
        digest=digest,
        container=_container(unit, intake.receipt),
    )
    csv, pdf = partial(acknowledgement_csv, data), partial(acknowledgement_pdf, data)
    papers = in_forms("acknowledgement", stem, profile.code, csv=csv, pdf=pdf)
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


def _container(unit: Unit, receipt: Receipt) -> str:
    """The name of the sealed file that the receipt's came in; empty where it came by itself."""
    if receipt.container_id is None:
        return ""
    container = manifest.receipt_by_id(unit, receipt.container_id)
    return container.name if container else ""


def safe_stem(name: str) -> str:
    """A file name's stem as plain ASCII, for use in ours."""
    stem = name.rsplit(".", 1)[0]
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_-]+", "-", plain)[:60].strip("-") or "archivo"


def _data(profile: Profile, intake: Intake, head: str, business_date: date) -> Acknowledgement:
    usual_reason, usual_mend = REASONS.get(intake.rule or "", ("", ""))
    reason, mend = intake.reason or usual_reason, intake.mend or usual_mend
    booked_minor, unchanged_minor = (
        tuple(sorted(amounts.items()))
        for amounts in (
            (intake.booking.booked_minor, intake.booking.unchanged_minor)
            if intake.booking
            else ({}, {})
        )
    )
    earlier = intake.original
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
        read=Tally(intake.rows["read"]),
        booked=Tally(intake.rows["booked"], booked_minor),
        unchanged=Tally(intake.rows["unchanged"], unchanged_minor),
        held=Tally(intake.rows["held"]),
        rejected=Tally(intake.rows["rejected"]),
        duplicate=Tally(intake.rows["duplicate"]),
        control=_control(intake, profile),
        rejects=tuple(_rejects(intake)),
        warnings=tuple(_warnings(intake)),
        compared=intake.booking.compared if intake.booking else None,
        part=intake.part,
        expected=intake.booking.expected if intake.booking else (),
        dropped=_dropped(intake),
        refusal_rule=intake.rule or "",
        refusal_reason=_sentence(reason) if intake.state != "booked" else "",
        refusal_mend=_sentence(mend) if intake.state != "booked" else "",
        contents=tuple(Content(one.name, one.size_bytes, one.digest) for one in intake.members),
        duplicate_of=earlier.name if earlier else "",
        duplicate_received_on=earlier.business_date if earlier else None,
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
    control = intake.screened.control if intake.screened else None
    if control is None or (control.declared_rows is None and control.declared_sum_minor is None):
        return None
    return ControlTotals(
        counted_rows=control.counted_rows,
        counted_sum_minor=control.counted_sum_minor,
        currency=control.currency or profile.institution.currency,
        agrees=control.agrees,
        declared_rows=control.declared_rows,
        declared_sum_minor=control.declared_sum_minor,
        declared_hash=control.declared_hash,
        counted_hash=control.counted_hash,
    )


def _rejects(intake: Intake) -> list[RejectedRow]:
    """Screening's rejects with the value seen, then the ledger's, in line order."""
    rows = _reported(intake.screened.rejects) if intake.screened else []
    if intake.refused_rows is not None:
        rows = [replace(row, mend=_IN_WHOLE) for row in _reported(intake.refused_rows)]
    if intake.booking is not None:
        rows += _found(intake.booking.rejects)
    return sorted(rows, key=_in_file)


def _warnings(intake: Intake) -> list[RejectedRow]:
    """As the rejects, about rows that were accepted."""
    rows = _reported(intake.screened.warnings) if intake.screened else []
    if intake.booking is not None:
        rows += _found(intake.booking.warnings)
    return sorted(rows, key=_in_file)


def _in_file(row: RejectedRow) -> tuple[int, str, str]:
    return row.line_number, row.field, row.rule


def _found(by_ledger: pl.DataFrame) -> list[RejectedRow]:
    return [
        RejectedRow(line, at, rule, "", *REASONS[rule]) for line, at, rule in by_ledger.iter_rows()
    ]


def _reported(found: pl.DataFrame) -> list[RejectedRow]:
    return [
        RejectedRow(line, at, rule, value or "", message, REASONS.get(rule, ("", ""))[1])
        for line, at, rule, message, value in found.select(
            "line_number", "field", "rule", "message", "value"
        ).iter_rows()
    ]
