"""Delivery: every document not yet seen in place over there goes out, and is then marked so.

Letters and work lists contact people with what was known on their date: they leave on that date,
at its end, or never.

Before a paper becomes visible an attempt is written down. Where the next run finds neither the
paper nor what was hidden, the institution may have taken it before our reply came: that ends as
uncertain, and is sent again only where the institution agreed to tell two alike apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, replace
from datetime import date, datetime

import polars as pl

from recupero.errors import (
    DeliveryConflict,
    LeaseTaken,
    RecuperoError,
    RemoteRefused,
    RemoteUnavailable,
    VaultDamaged,
)
from recupero.exchange.connect import connect
from recupero.exchange.connection import load_connection
from recupero.exchange.outbox import deliver, withhold
from recupero.exchange.pgp_recipients import Recipients
from recupero.exchange.remote import Remote
from recupero.steps.encrypt_papers import as_it_leaves
from recupero.steps.incident import note, watched
from recupero.steps.lease import Held, leased
from recupero.steps.release import too_late
from recupero.steps.services import Services
from recupero.store import outgoing
from recupero.store.outgoing import IN_PLACE, TOO_LATE, UNCERTAIN, Document
from recupero.store.recordings import Draft, append, find, open_date, take_turn
from recupero.store.rows import Table
from recupero.store.session import Unit
from recupero.store.tables import delivery, release_refusal

#: Kinds of documents that contact debtors, by mail or through our collectors.
CONTACTS = frozenset({"letters", "worklist"})
#: After these the session is sound and the next paper may well arrive.
_OF_ONE_PAPER = (DeliveryConflict, RemoteRefused, VaultDamaged)
#: How a delivery ends, by what is found over there.
_ENDS = {
    "sent": IN_PLACE, "already": IN_PLACE, "withheld": TOO_LATE, "uncertain": UNCERTAIN,
}  # fmt: skip
#: Of these the paper is the cause, not the server: it works.
_OF_OURS = (DeliveryConflict, VaultDamaged)


@dataclass(frozen=True)
class Delivered:
    """How many documents arrived now, were found there already, were too late to leave, and may
    have arrived or not."""

    sent: int
    already: int
    too_late: int
    uncertain: int = 0


@dataclass(frozen=True)
class _Round:
    """What bringing an institution's papers out needs."""

    services: Services
    code: str
    business_date: date
    today: date
    ours: Held

    def unit(self) -> AbstractContextManager[Unit]:
        """A transaction of the institution."""
        return self.services.store.unit(self.code)


def deliver_documents(
    services: Services, code: str, business_date: date, now: datetime
) -> Delivered:
    """Send what the institution's runs made, to the institution or to the agency.

    Killed between the rename over there and our mark, the rerun finds the document in place
    with the same content and marks it: nothing is sent twice, nothing is overwritten. Letters and
    work lists dated before *now* (debtor's local time) or before the open date are withheld.
    """
    with leased(services, code, "outbox") as ours:
        one = _Round(services, code, business_date, now.date(), ours)
        with one.unit() as unit:
            waiting = outgoing.undelivered(unit)
        return _hand_over(one, waiting)


def deliver_answers(services: Services, code: str, business_date: date) -> Delivered:
    """Send what the first beat made: acknowledgements and the day's reconciliation.

    Once the day is assessed nothing is left of that, and what was made since waits for the
    day's end: a rerun would otherwise send it here, and the chain tell of it in another order.
    Of letters and work lists it only withholds those of an earlier date, before they count.
    """
    with leased(services, code, "outbox") as ours:
        one = _Round(services, code, business_date, business_date, ours)
        with one.unit() as unit:
            if find(unit, f"assessment:{business_date}") is not None:
                return Delivered(0, 0, 0)
            begun = open_date(unit, business_date)
            answers = [
                document
                for document in outgoing.undelivered(unit)
                if document.kind not in CONTACTS or document.business_date < begun
            ]
        return _hand_over(one, answers)


def deliver_again(
    services: Services, code: str, document: Document, today: date, then: Callable[[Unit], None]
) -> None:
    """Send *document* though it may have arrived before, and record what *then* does.

    Found in place it is not sent: a second call, after one whose reply was lost, ends well.
    """
    destination = document.destination
    outbox = services.profile(destination).exchange.outbox
    with leased(services, code, "outbox") as ours:
        with watched(services, destination, "outbox", _OF_OURS):
            recipients = services.recipients(destination, today)
            connection = load_connection(services.connection_file(destination))
            with closing(connect(connection, services.secrets)) as remote:
                paper = as_it_leaves(services, code, document, recipients, ours.confirm)
                deliver(remote, outbox, paper.name, paper.content, ours.check)
        with services.store.unit(code) as unit:
            ours.confirm(unit)
            then(unit)


def _hand_over(one: _Round, documents: Iterable[Document]) -> Delivered:
    """A paper that cannot be put in place keeps back no other, a destination no other either.

    Then one failure is raised: one that may pass first, because that is tried again; else the
    first. Whatever did not arrive stays undelivered, and ``status`` names it.
    """
    by_destination: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        by_destination[document.destination].append(document)
    with one.unit() as unit:
        attempted = outgoing.attempted(unit)
    outcomes: Counter[str] = Counter()
    failures: list[RecuperoError] = []
    for destination, waiting in sorted(by_destination.items()):
        hindered: list[RecuperoError] = []
        worked = False
        try:
            for outcome in _brought(one, destination, waiting, attempted, hindered):
                outcomes[outcome] += 1
            worked = True
        except LeaseTaken:
            raise
        except RecuperoError as failure:
            hindered.append(failure)
        of_server = [each for each in hindered if not isinstance(each, _OF_OURS)]
        note(one.services, destination, "outbox", of_server, worked=worked)
        failures += hindered
    if failures:
        raise min(failures, key=lambda failure: not isinstance(failure, RemoteUnavailable))
    return Delivered(*(outcomes[how] for how in ("sent", "already", "withheld", "uncertain")))


def _brought(
    one: _Round,
    destination: str,
    documents: Iterable[Document],
    attempted: Mapping[int, str],
    failures: list[RecuperoError],
) -> Iterator[str]:
    """How each document of a *destination* ended; what hinders one alone joins *failures*."""
    recipients = one.services.recipients(destination, one.today)
    file = one.services.connection_file(destination)
    with closing(connect(load_connection(file), one.services.secrets)) as remote:
        for document in documents:
            try:
                before = attempted.get(document.document_id)
                yield _send(one, remote, document, before, recipients)
            except _OF_ONE_PAPER as failure:
                failures.append(failure)


def _send(
    one: _Round, remote: Remote, document: Document, before: str | None,
    recipients: Recipients | None,
) -> str:  # fmt: skip
    """Send and mark one document, or withhold it; one that a killed run had sent has arrived.

    *before* is the address of what an earlier run attempted to show. If that was in plain and has
    to be encrypted now, no more of it is shown: unless it is in place, it ends as uncertain.
    """
    profile = one.services.profile(document.destination)
    in_time = _in_time(one, document)
    sends = in_time and (recipients is None or before != document.address)
    wanted = recipients if sends else None
    paper = as_it_leaves(one.services, one.code, document, wanted, one.ours.confirm)
    where = (remote, profile.exchange.outbox, paper.name, paper.content)
    outcome: str
    if sends:
        held = before is not None and profile.policy.uncertain_delivery != "resend"
        outcome = deliver(*where, lambda: _attempt(one, document, paper.address), attempted=held)
    else:
        one.ours.check()
        outcome = withhold(*where, attempted=before is not None)
        outcome = "uncertain" if in_time and outcome == "withheld" else outcome
    _mark(one, document, _ENDS[outcome])
    return outcome


def _attempt(one: _Round, document: Document, address: str) -> None:
    """Write down, as the last thing before it, that *document* becomes visible as at *address*."""
    with one.unit() as unit:
        one.ours.confirm(unit)
        outgoing.attempt(unit, replace(document, address=address))


def _in_time(one: _Round, document: Document) -> bool:
    if document.kind not in CONTACTS:
        return True
    with one.unit() as unit:
        return document.business_date >= max(one.today, open_date(unit, one.business_date))


def _mark(one: _Round, document: Document, outcome: str) -> None:
    """Record how it ended. How it was found there is not recorded: a rerun must leave the same.

    What ends after its date is closed is dated the open one: that is when it did. With a document
    that was too late goes every permission it stood on.
    """
    with one.unit() as unit:
        one.ours.confirm(unit)
        take_turn(unit)
        ended_on = open_date(unit, one.business_date)
        row = {
            "document_id": document.document_id,
            "business_date": ended_on,
            "outcome": outcome,
        }
        counts = {"size_bytes": document.size_bytes}
        frames: dict[Table, pl.DataFrame] = {delivery: pl.DataFrame([row])}
        if outcome == TOO_LATE:
            refused = too_late(unit, document, ended_on)
            frames[release_refusal] = refused
            counts["refused_at_release"] = refused.height
        subject = f"delivery:{document.document_id}"
        append(unit, Draft("delivery", subject, ended_on, counts, frames=frames))
