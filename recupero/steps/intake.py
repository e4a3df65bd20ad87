"""Intake of one receipt: identify, screen, book, acknowledge, in one transaction.

Whatever a file is, it ends with an outcome and an acknowledgement: booked, refused, quarantined,
held or duplicate. Killed in between, nothing of it is stored and the rerun does it all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from functools import partial

import polars as pl

from recupero.errors import Fault, FileRefused
from recupero.exchange.kept import Kept
from recupero.profiles.identify import identify, named
from recupero.profiles.layout import Layout
from recupero.profiles.profile import Profile
from recupero.profiles.sealed import outermost
from recupero.steps import repair
from recupero.steps.acknowledge import acknowledge
from recupero.steps.booking import RANK, Case, book
from recupero.steps.booking.control import control_of, stated_in, waits
from recupero.steps.booking.known_statements import known_statements
from recupero.steps.booking.parts import in_part
from recupero.steps.booking.statement import screen_statement
from recupero.steps.brought_back import kind_of, original_of, repaired_before
from recupero.steps.came_before import booked_before, is_another_of_its_name, is_news
from recupero.steps.decided import Intake, Rows, draft
from recupero.steps.inputs import keep_inputs
from recupero.steps.services import Services
from recupero.store import manifest
from recupero.store.manifest import Receipt
from recupero.store.recordings import append, begin, is_closed
from recupero.store.session import Unit
from reports.compared import Part
from schemas.control import Control
from schemas.rule import no_rejects
from schemas.screen import Screened, refuse_excess, sift

#: How much of a file identification may look at.
_HEAD_BYTES = 65_536

_UNIDENTIFIED = frozenset({"not_identified", "ambiguous"})


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

    None on a closed date: they are the open one's to take in. What is sealed is opened first, and
    what waits for its control file is not among them.
    """
    profile = services.profile(code)

    def rank(receipt: Receipt) -> tuple[int, int]:
        kind = returned[receipt.receipt_id]
        kind = kind or _kind(services, profile, receipt, business_date)
        return (-1 if kind is None else RANK[kind], receipt.sequence)

    with services.store.unit(code) as unit:
        waiting = [] if is_closed(unit, business_date) else manifest.pending_receipts(unit)
        returned = {one.receipt_id: kind_of(unit, one) for one in waiting}
        plain = [receipt for receipt in waiting if outermost(receipt.name) is None]
        plain = [
            one
            for one in plain
            if returned[one.receipt_id] or not waits(unit, profile, one, business_date)
        ]
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


def take_in(
    services: Services,
    code: str,
    receipt_id: int,
    business_date: date,
    confirm: Callable[[Unit], None] = lambda _unit: None,
) -> Outcome:
    """Decide about one receipt and answer for it; what was decided before is told again.

    *confirm*, for a control file, refuses the transaction where the inbox's lease is lost, under
    which alone receipts are made.
    """
    profile = services.profile(code)
    with services.store.unit(code) as unit:
        confirm(unit)
        already = begin(unit, manifest.subject_of(receipt_id), business_date)
        receipt = manifest.receipt_by_id(unit, receipt_id)
        if receipt is None:
            raise Fault("no such receipt", f"{code} {receipt_id}")
        if already is not None:
            return _stored(unit, receipt)
        kept = Kept(services.vault, code, receipt.address)
        intake = _decide(services, unit, profile, receipt, kept, business_date)
        inputs = keep_inputs(services, unit, business_date)
        recorded = append(unit, draft(intake, business_date, inputs))
        acknowledge(services, unit, profile, intake, kept, recorded.head, business_date)
    return Outcome(receipt_id, receipt.name, intake.state, intake.kind, Rows(**intake.rows))


def _stored(unit: Unit, receipt: Receipt) -> Outcome:
    """What was decided about the receipt."""
    became = manifest.outcomes_of(unit, [receipt])[receipt.receipt_id]
    rows = Rows(**{one.name: became[f"rows_{one.name}"] for one in fields(Rows)})
    return Outcome(receipt.receipt_id, receipt.name, became["state"], became["kind"], rows)


def _decide(
    services: Services,
    unit: Unit,
    profile: Profile,
    receipt: Receipt,
    kept: Kept,
    business_date: date,
) -> Intake:
    lines_of = original_of(unit, receipt)
    if lines_of is not None:
        return _mended(services, unit, profile, receipt, lines_of, kept, business_date)
    layout = _layout(profile, receipt, kept.head(_HEAD_BYTES), business_date)
    original = booked_before(unit, profile, receipt, layout)
    if original is not None:
        return Intake(
            receipt, "duplicate", rule="duplicate_content", rows=asdict(Rows()), original=original
        )
    if isinstance(layout, FileRefused):
        return _refusal(receipt, None, layout)
    once = profile.policy.same_name_new_content == "hold" and layout.kind != "control"
    if once and is_another_of_its_name(unit, receipt):
        return Intake(receipt, "held", layout, rule="same_name_new_content", rows=asdict(Rows()))
    rejects = no_rejects()
    told = control_of(unit, layout, receipt)
    content_of = partial(services.vault.get, profile.code)
    try:
        stated = stated_in(told, profile, layout, receipt.name, content_of)
        if layout.format == "statement":
            known = known_statements(unit, services.identity_key(profile.code), receipt)
            screened = screen_statement(kept.content, layout, known, receipt.side_digest)
        else:
            news = is_news(unit, receipt, layout.kind)
            repaired = set() if news else repaired_before(unit, receipt)
            screened = sift(
                kept.content,
                layout,
                profile,
                business_date,
                receipt.side_digest,
                stated,
                repaired,
            )
        rejects = screened.rejects
        refuse_excess(screened, layout, profile)
    except FileRefused as refusal:
        refused = _refusal(receipt, layout, refusal, rejects)
        return replace(refused, control_file=told.receipt if told else None)
    case = _case(services, unit, profile, receipt, layout, screened, business_date)
    taken = _booked(in_part(case, partial(repair.keys_of, services, unit, profile)))
    return replace(taken, control_file=told.receipt if told else None)


def _mended(
    services: Services,
    unit: Unit,
    profile: Profile,
    receipt: Receipt,
    original: Receipt,
    kept: Kept,
    business_date: date,
) -> Intake:
    """Rejected lines that came back; whether their name was there before says nothing of them."""
    try:
        found = repair.mend(services, unit, profile, receipt, original, kept.content, business_date)
    except FileRefused as refusal:
        return replace(_refusal(receipt, None, refusal), repairs=original)
    case = _case(services, unit, profile, receipt, found.layout, found.screened, business_date)
    part = found.layout.part_of(original.name)
    case = replace(case, part=Part(part) if part else None, repairs=found.original)
    return replace(_booked(case), repairs=original, repaired=found.lines, again=found.again)


def _case(
    services: Services,
    unit: Unit,
    profile: Profile,
    receipt: Receipt,
    layout: Layout,
    screened: Screened,
    business_date: date,
) -> Case:
    code = profile.code
    return Case(unit, profile, layout, receipt, screened, business_date,
                services.identity_key(code), services.row_key(code))  # fmt: skip


def _layout(
    profile: Profile, receipt: Receipt, head: bytes, business_date: date
) -> Layout | FileRefused:
    try:
        return identify(profile, receipt.name, head, business_date)
    except FileRefused as refusal:
        return refusal


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
        control=refusal.control if isinstance(refusal.control, Control) else None,
    )


def _booked(case: Case) -> Intake:
    screened, booking = case.screened, book(case)
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
