"""Decide by hand, after asking the institution, what nobody could tell: an uncertain delivery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

import polars as pl

from recupero.errors import Refused
from recupero.steps.clock import refuse_future
from recupero.steps.deliver import CONTACTS, deliver_again
from recupero.steps.documents import folio
from recupero.steps.release import too_late
from recupero.steps.services import Services
from recupero.store import outgoing
from recupero.store.outgoing import LOST, UNCERTAIN, Document
from recupero.store.recordings import Draft, Recorded, append, find, open_date, take_turn
from recupero.store.rows import Table
from recupero.store.session import Unit
from recupero.store.tables import delivery_decision, release_refusal

Decision = Literal["arrived", "resent", "lost"]


@dataclass(frozen=True)
class Decided:
    """What was decided about a paper; ``fresh`` is false where it had been decided so before."""

    document: Document
    decision: Decision
    fresh: bool


def uncertain_papers(services: Services, code: str, wanted: str) -> list[Document]:
    """Papers called *wanted*, by name or folio, that may have arrived, decided about or not."""
    with services.store.unit(code) as unit:
        papers = [
            one for one in outgoing.documents(unit) if wanted in (one.name, folio(one.document_id))
        ]
        open_ones = set(outgoing.delivered(unit, UNCERTAIN))
        return [one for one in papers if one in open_ones or find(unit, _subject(one))]


def decide_delivery(
    services: Services, code: str, paper: Document, decision: Decision, decided_by: str,
    business_date: date, now: datetime, *, dry_run: bool = False,
) -> Decided:  # fmt: skip
    """Record that *paper* arrived or never did, or send it again and record that; once, whoever
    asks.

    With letters and work lists that are lost goes every permission they stood on, as where they
    were too late: from then on they are no contacts. What was decided before stays as it was known.
    Raises Refused for letters and work lists that would be sent again (on another date they may
    contact nobody), for another decision than was made before, and for a future date.
    """
    refuse_future(services, code, business_date, now)
    if decision == "resent" and paper.kind in CONTACTS:
        raise Refused("leaves on its own date or never", paper.name, "say whether it arrived")
    with services.store.unit(code) as unit:
        before = find(unit, _subject(paper))
    if before is not None:
        _agree(before, decision, paper)
    if before is not None or dry_run:
        return Decided(paper, decision, before is None)

    def record(unit: Unit) -> None:
        take_turn(unit)
        decided_on = open_date(unit, business_date)
        row = {"document_id": paper.document_id, "business_date": decided_on,
               "decision": decision, "decided_by": decided_by}  # fmt: skip
        frames: dict[Table, pl.DataFrame] = {delivery_decision: pl.DataFrame([row])}
        counts: dict[str, int | str] = {"decision": decision}
        if decision == LOST and paper.kind in CONTACTS:
            refused = too_late(unit, paper, decided_on)
            frames[release_refusal] = refused
            counts["refused_at_release"] = refused.height
        draft = Draft("delivery_decision", _subject(paper), decided_on, counts, {}, frames)
        _agree(append(unit, draft), decision, paper)

    if decision == "resent":
        deliver_again(services, code, paper, now.date(), record)
    else:
        with services.store.unit(code) as unit:
            record(unit)
    return Decided(paper, decision, fresh=True)


def _agree(recorded: Recorded, decision: Decision, paper: Document) -> None:
    if recorded.counts["decision"] != decision:
        raise Refused(f"was decided before: {recorded.counts['decision']}", paper.name)


def _subject(paper: Document) -> str:
    return f"delivery_decision:{paper.document_id}"
