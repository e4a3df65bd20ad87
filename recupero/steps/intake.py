"""Intake of one receipt: identify, screen, book, acknowledge, in one transaction.

Whatever a file is, it ends with an outcome and an acknowledgement: booked, refused, quarantined,
held or duplicate. Killed in between, nothing of it is stored and the rerun does it all.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from typing import Any

import polars as pl

from recupero.errors import Fault, FileRefused
from recupero.profiles.fields import LISTS, NEVER_WHOLE
from recupero.profiles.identify import identify, named
from recupero.profiles.layout import Layout
from recupero.profiles.profile import Profile
from recupero.profiles.sealed import outermost
from recupero.steps.acknowledge import Intake, acknowledge
from recupero.steps.booking import KINDS, RANK, Booking, Case
from recupero.steps.booking.known_statements import known_statements
from recupero.steps.booking.parts import in_part
from recupero.steps.booking.statement import screen_statement
from recupero.steps.inputs import keep_inputs
from recupero.steps.services import Services
from recupero.store import manifest
from recupero.store.manifest import Receipt
from recupero.store.recordings import Draft, append, canonical_json, is_closed, take_turn
from recupero.store.session import Unit
from recupero.store.tables import receipt_outcome, reject
from schemas.rule import no_rejects
from schemas.screen import Screened, refuse_excess, sift

#: How much of a file identification may look at.
_HEAD_BYTES = 65_536

_UNIDENTIFIED = frozenset({"not_identified", "ambiguous"})


@dataclass(frozen=True)
class Rows:
    """I1: read = booked + unchanged + held + rejected + duplicate."""

    read: int = 0
    booked: int = 0
    unchanged: int = 0
    held: int = 0
    rejected: int = 0
    duplicate: int = 0

    def __post_init__(self) -> None:
        parts = self.booked + self.unchanged + self.held + self.rejected + self.duplicate
        if parts != self.read:
            raise Fault(f"{self.read} rows read, but {parts} accounted for")


@dataclass(frozen=True)
class Outcome:
    """What became of one receipt."""

    receipt_id: int
    name: str
    state: str
    kind: str | None
    rows: Rows


def pending(services: Services, code: str, business_date: date) -> list[int]:
    """Plain files' receipts without an outcome, accounts before the events that name them.

    None on a closed date: they are the open one's to take in. What is sealed is opened first.
    """
    profile = services.profile(code)

    def rank(receipt: Receipt) -> tuple[int, int]:
        kind = _kind(services, profile, receipt, business_date)
        return (-1 if kind is None else RANK[kind], receipt.sequence)

    with services.store.unit(code) as unit:
        waiting = [] if is_closed(unit, business_date) else manifest.pending_receipts(unit)
    plain = [receipt for receipt in waiting if outermost(receipt.name) is None]
    return [receipt.receipt_id for receipt in sorted(plain, key=rank)]


def _kind(
    services: Services, profile: Profile, receipt: Receipt, business_date: date
) -> str | None:
    """What kind of file the receipt is, by its name alone where that tells; None where nothing
    does: such a file is refused, whenever its turn comes.
    """
    kinds = {layout.kind for layout in named(profile, receipt.name, business_date)}
    if len(kinds) == 1:
        return kinds.pop()
    head = services.vault.head(profile.code, receipt.address, _HEAD_BYTES)
    layout = _layout(profile, receipt, head, business_date)
    return layout.kind if isinstance(layout, Layout) else None


def take_in(services: Services, code: str, receipt_id: int, business_date: date) -> Outcome:
    """Decide about one receipt and answer for it."""
    profile = services.profile(code)
    with services.store.unit(code) as unit:
        take_turn(unit)
        receipt = manifest.receipt_by_id(unit, receipt_id)
        if receipt is None:
            raise Fault("no such receipt", f"{code} {receipt_id}")
        content = services.vault.get(code, receipt.address)
        intake = _decide(services, unit, profile, receipt, content, business_date)
        inputs = keep_inputs(services, unit, business_date)
        recorded = append(unit, _draft(intake, business_date, inputs))
        digest = hashlib.sha256(content).hexdigest()
        acknowledge(services, unit, profile, intake, digest, recorded.head, business_date)
    return Outcome(receipt_id, receipt.name, intake.state, intake.kind, Rows(**intake.rows))


def _decide(
    services: Services,
    unit: Unit,
    profile: Profile,
    receipt: Receipt,
    content: bytes,
    business_date: date,
) -> Intake:
    layout = _layout(profile, receipt, content, business_date)
    original = _booked_before(unit, receipt, layout)
    if original is not None:
        return Intake(
            receipt, "duplicate", rule="duplicate_content", rows=asdict(Rows()), original=original
        )
    if isinstance(layout, FileRefused):
        return _refusal(receipt, None, layout)
    if profile.policy.same_name_new_content == "hold" and _renamed_content(unit, receipt):
        return Intake(receipt, "held", layout, rule="same_name_new_content", rows=asdict(Rows()))
    rejects = no_rejects()
    try:
        if layout.format == "statement":
            known = known_statements(unit, services.identity_key(profile.code), receipt)
            screened = screen_statement(content, layout, known, receipt.side_digest)
        else:
            screened = sift(content, layout, profile, business_date, receipt.side_digest)
        rejects = screened.rejects
        refuse_excess(screened, layout, profile)
    except FileRefused as refusal:
        return _refusal(receipt, layout, refusal, rejects)
    case = Case(
        unit, profile, layout, receipt, screened, business_date,
        services.identity_key(profile.code), services.row_key(profile.code),
    )  # fmt: skip
    case = in_part(case, partial(services.vault.get, profile.code))
    return _booked(case, KINDS[layout.kind](case))


def _layout(
    profile: Profile, receipt: Receipt, head: bytes, business_date: date
) -> Layout | FileRefused:
    try:
        return identify(profile, receipt.name, head[:_HEAD_BYTES], business_date)
    except FileRefused as refusal:
        return refusal


def _booked_before(unit: Unit, receipt: Receipt, layout: Layout | FileRefused) -> Receipt | None:
    """The receipt of the same bytes that was booked, as the same kind where this one has a kind.

    Bytes that were refused or held are no repetition: sent again under another name, as their
    acknowledgement asks, they are taken. Neither is what states facts after another of its kind:
    it may say that everything is again as it was. Of recalls each row is judged by itself: an
    account may have come back meanwhile.
    """
    kind = layout.kind if isinstance(layout, Layout) else None
    if kind == "recall":
        return None
    booked = manifest.booked_receipt(unit, receipt.address, kind)
    if booked is not None and kind in {"placement", *LISTS, *NEVER_WHOLE}:
        last = manifest.last_booked(unit, kind)
        return booked if last is not None and last.address == receipt.address else None
    return booked


def _renamed_content(unit: Unit, receipt: Receipt) -> bool:
    """Whether an earlier receipt has this name and other bytes, and might be the valid one.

    One that was refused is not: under its name comes what mends it.
    """
    others = [
        earlier
        for earlier in manifest.receipts_named(unit, receipt.name)
        if earlier.sequence < receipt.sequence and earlier.address != receipt.address
    ]
    became = manifest.states(unit, others)
    return any(became.get(one.receipt_id) not in manifest.REFUSED for one in others)


def _refusal(
    receipt: Receipt,
    layout: Layout | None,
    refusal: FileRefused,
    rejects: pl.DataFrame | None = None,
) -> Intake:
    state = "quarantined" if refusal.rule in _UNIDENTIFIED else "refused"
    elsewhere = refusal.where and refusal.where != receipt.name
    reason = f"{refusal.where}: {refusal.what}" if elsewhere else refusal.what
    return Intake(
        receipt,
        state,
        layout,
        refusal.rule,
        reason,
        refusal.mend,
        rows=asdict(Rows()),
        refused_rows=rejects,
    )


def _booked(case: Case, booking: Booking) -> Intake:
    screened = case.screened
    rows = Rows(
        read=screened.rows_read,
        booked=booking.booked,
        unchanged=booking.unchanged + screened.rows_empty,
        held=booking.held,
        rejected=screened.rows_rejected + booking.rejects.height,
        duplicate=screened.rows_duplicate,
    )
    if booking.hold is None:
        return Intake(
            case.receipt, "booked", case.layout, rows=asdict(rows), screened=screened,
            booking=booking, part=case.part,
        )  # fmt: skip
    hold = booking.hold
    return Intake(
        case.receipt, "held", case.layout, hold.rule, hold.reason, hold.mend, asdict(rows),
        screened, booking,
    )  # fmt: skip


def _draft(intake: Intake, business_date: date, inputs: dict[str, str]) -> Draft:
    counts: dict[str, Any] = {"state": intake.state, **intake.rows}
    frames = dict(intake.booking.frames) if intake.booking else {}
    frames[receipt_outcome] = outcome_frame(intake, business_date)
    lines = intake.reject_lines()
    if lines.height:
        frames[reject] = lines.with_row_index("number", offset=1).with_columns(
            pl.lit(intake.receipt.receipt_id).alias("receipt_id")
        )
    return Draft(
        kind="intake",
        subject=f"intake:{intake.receipt.receipt_id}",
        business_date=business_date,
        counts=counts,
        inputs={**inputs, "file": intake.receipt.address},
        frames=frames,
    )


def outcome_frame(intake: Intake, business_date: date) -> pl.DataFrame:
    """What became of the receipt, as its row."""
    nullable = ("rule", "reason", "kind", "layout_version", "control")
    row = {
        "receipt_id": intake.receipt.receipt_id,
        "state": intake.state,
        "rule": intake.rule,
        "reason": intake.reason,
        "kind": intake.kind,
        "layout_version": intake.layout.version if intake.layout else None,
        "business_date": business_date,
        "cut_off": intake.cut_off,
        **{f"rows_{name}": count for name, count in intake.rows.items()},
        "control": canonical_json(_control(intake, intake.screened)) if intake.screened else None,
        "amounts": canonical_json(intake.booking.booked_minor if intake.booking else {}),
    }
    overrides = dict.fromkeys(nullable, pl.String) | {"cut_off": pl.Date}
    return pl.DataFrame([row], schema_overrides=overrides)


def _control(intake: Intake, screened: Screened) -> dict[str, Any]:
    """What the file says of itself; of a portfolio whether it states it in full, which where the
    institution has several, and which part of it; and what its statements are known again by.
    """
    control = asdict(screened.control)
    if screened.control.declared_hash is None:
        del control["declared_hash"], control["counted_hash"]
    if intake.kind == "placement" and intake.layout:
        control["snapshot"] = intake.layout.snapshot
    if intake.layout and intake.layout.portfolio:
        control["portfolio"] = intake.layout.portfolio
    if intake.part:
        control["part"] = intake.part.name
    return {**control, "statements": screened.statements} if screened.statements else control
