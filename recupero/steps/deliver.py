"""Delivery: every document not yet seen in place over there goes out, and is then marked so."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import polars as pl

from recupero.exchange.connection import connect, load_connection
from recupero.exchange.outbox import deliver
from recupero.steps.services import Services
from recupero.store import manifest
from recupero.store.manifest import Document
from recupero.store.recordings import Draft, append, find, open_date, take_turn
from recupero.store.tables import delivery


@dataclass(frozen=True)
class Delivered:
    """How many documents arrived now, and how many were found there already."""

    sent: int
    already: int


def deliver_documents(services: Services, code: str, business_date: date) -> Delivered:
    """Send what the institution's runs made, to the institution or to the agency.

    Killed between the rename over there and our mark, the rerun finds the document in place
    with the same content and marks it: nothing is sent twice, nothing is overwritten.
    """
    with services.store.unit(code) as unit:
        waiting = manifest.undelivered(unit)
    by_destination: dict[str, list[Document]] = defaultdict(list)
    for document in waiting:
        by_destination[document.destination].append(document)
    outcomes: list[str] = []
    for destination, documents in sorted(by_destination.items()):
        remote = connect(load_connection(services.connection_file(destination)))
        outbox = services.profile(destination).exchange.outbox
        try:
            for document in documents:
                content = services.vault.get(code, document.address)
                outcome = deliver(remote, outbox, document.name, content)
                _mark(services, code, document, business_date)
                outcomes.append(outcome)
        finally:
            remote.close()
    return Delivered(outcomes.count("sent"), outcomes.count("already"))


def deliver_answers(services: Services, code: str, business_date: date) -> Delivered:
    """Send what the first beat made: acknowledgements and the day's reconciliation.

    Once the day is assessed nothing is left of that, and what was made since waits for the
    day's end: a rerun would otherwise send it here, and the chain tell of it in another order.
    """
    with services.store.unit(code) as unit:
        assessed = find(unit, f"assessment:{business_date}") is not None
    return Delivered(0, 0) if assessed else deliver_documents(services, code, business_date)


def _mark(services: Services, code: str, document: Document, business_date: date) -> None:
    """Record the arrival. How it was found there is not recorded: a rerun must leave the same.

    What arrives after its date is closed is dated the open one: that is when it arrived.
    """
    with services.store.unit(code) as unit:
        take_turn(unit)
        arrived_on = open_date(unit, business_date)
        row = {
            "document_id": document.document_id,
            "business_date": arrived_on,
            "outcome": "in_place",
        }
        append(
            unit,
            Draft(
                kind="delivery",
                subject=f"delivery:{document.document_id}",
                business_date=arrived_on,
                counts={"size_bytes": document.size_bytes},
                frames={delivery: pl.DataFrame([row])},
            ),
        )
