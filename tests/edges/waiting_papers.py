"""Papers of a bank that wait to be brought, a run that is killed, and what came of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path

import polars as pl
import pytest

from recupero import durable
from recupero.steps.deliver import Delivered, deliver_documents
from recupero.steps.documents import document_id
from recupero.steps.services import AGENCY
from recupero.store import outgoing
from recupero.store.embedded import Addresses
from recupero.store.outgoing import Document
from recupero.store.recordings import Draft, append
from recupero.store.tables import document
from tests.edges.one_bank import DAYS, Bank, profile_text, services_for

MON = DAYS[0]
NIGHT = datetime.combine(MON, time(22))
_CODES = (f"incierta-{number}" for number in itertools.count(1))


def telling_bank(migrated: Addresses, folder: Path) -> Bank:
    """Its institution tells papers that come twice apart; the agency does not."""
    code = next(_CODES)
    text = profile_text(code).replace("[policy]", '[policy]\nuncertain_delivery = "resend"', 1)
    bank = Bank(services_for(folder, migrated, code, text=text), code)
    Bank(bank.services, AGENCY)
    return bank


def papers(bank: Bank, *named: tuple[str, str, bool], subject: str = "papers") -> list[Document]:
    """Papers in the manifest: name, destination, and whether it is a letter of Sunday, too late."""
    rows = []
    with bank.services.store.unit(bank.code) as unit:
        for name, destination, late in named:
            content = name.encode() * 100
            rows.append({
                "document_id": document_id(bank.services, unit, destination, name),
                "kind": "letters" if late else "certificate",
                "name": name,
                "destination": destination,
                "business_date": MON - timedelta(days=late),
                "address": bank.services.vault.put(bank.code, content),
                "size_bytes": len(content),
                "about_receipt_id": None,
            })  # fmt: skip
        frames = {document: pl.DataFrame(rows)}
        append(unit, Draft("acknowledgement", subject, MON, {}, frames=frames))
        return outgoing.undelivered(unit)


def outbox(bank: Bank, destination: str = AGENCY) -> Path:
    return bank.services.settings.home / "remote" / destination / "outbox"


def hidden(name: str) -> str:
    return f".{name}.part"


def deliver(bank: Bank) -> Delivered:
    return deliver_documents(bank.services, bank.code, MON, NIGHT)


class Killed(BaseException):
    """Stands for the end of the process."""


@contextmanager
def killed(point: str, time: int = 1) -> Iterator[None]:
    """A run that is killed where it comes to *point* for the first or another *time*."""
    times = itertools.count(1)

    def at(name: str) -> None:
        if name == point and next(times) >= time:
            raise Killed

    durable.observe(at)
    try:
        with pytest.raises(Killed):
            yield
    finally:
        durable.observe(None)
