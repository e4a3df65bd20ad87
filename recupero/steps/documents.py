"""Documents: into the vault, then into the manifest; delivery takes them from there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from recupero.steps.services import Services
from recupero.store.canonical import identity
from recupero.store.session import Unit


@dataclass(frozen=True)
class Paper:
    """A document made: its kind, file name, destination and bytes."""

    kind: str
    name: str
    destination: str
    content: bytes


def document_id(services: Services, unit: Unit, destination: str, name: str) -> int:
    """A document's id follows from where it goes and what it is called."""
    return identity(services.identity_key(unit.institution), "document", destination, name)


def folio(identity_: int) -> str:
    """An id as documents print it: 16 hexadecimal digits."""
    return f"{identity_ & (2**64 - 1):016x}"


def vaulted(
    services: Services,
    unit: Unit,
    papers: list[Paper],
    business_date: date,
    about_receipt_id: int | None = None,
) -> pl.DataFrame:
    """Put *papers* into the vault and return their rows for the table ``document``."""
    rows = [
        {
            "document_id": document_id(services, unit, paper.destination, paper.name),
            "kind": paper.kind,
            "name": paper.name,
            "destination": paper.destination,
            "business_date": business_date,
            "address": services.vault.put(unit.institution, paper.content),
            "size_bytes": len(paper.content),
            "about_receipt_id": about_receipt_id,
        }
        for paper in papers
    ]
    return pl.DataFrame(rows, schema_overrides={"about_receipt_id": pl.Int64})
