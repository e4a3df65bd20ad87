"""Days that are not safe to kill, each in a way a step could really be: the harness must see it."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from recupero.durable import effect
from recupero.exchange.connect import connect
from recupero.exchange.connection import load_connection
from recupero.exchange.outbox import deliver
from recupero.steps.deliver import _mark, _Round
from recupero.steps.intake import pending, take_in
from recupero.steps.lease import leased
from recupero.steps.pull import pull
from recupero.steps.services import AGENCY, Services
from recupero.store import outgoing


def appends_without_looking(services: Services, day: date) -> None:
    """A log of deliveries that does not know whether this one stands in it already."""
    pull(services, AGENCY, day)
    with effect("log.append"):
        _outbox(services).joinpath("log.txt").open("a").write(f"{day} delivered\n")
    pull(services, AGENCY, day)


def marks_before_sending(services: Services, day: date) -> None:
    """Delivery with its two halves in the wrong order."""
    pull(services, AGENCY, day)
    for receipt_id in pending(services, AGENCY, day):
        take_in(services, AGENCY, receipt_id, day)
    with services.store.unit(AGENCY) as unit:
        waiting = outgoing.undelivered(unit)
    remote = connect(load_connection(services.connection_file(AGENCY)))
    with leased(services, AGENCY, "outbox") as ours:
        one = _Round(services, AGENCY, day, day, ours)
        for document in waiting:
            _mark(one, document, outgoing.IN_PLACE)
            content = services.vault.get(AGENCY, document.address)
            deliver(remote, services.profile(AGENCY).exchange.outbox, document.name, content)
    remote.close()


def prints_who_wrote_it(services: Services, day: date) -> None:
    """A document that depends on more than files, configuration, date and seed."""
    pull(services, AGENCY, day)
    note = _outbox(services) / "note.txt"
    if not note.exists():
        with effect("note.write"):
            note.write_text(f"{day} by process {os.getpid()}\n")


def _outbox(services: Services) -> Path:
    return services.settings.home / "sftp" / AGENCY / "outbox"
