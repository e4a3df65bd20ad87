"""Documents: into the vault, then into the manifest; delivery takes them from there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from recupero.steps.services import Services
from recupero.store.canonical import identity
from recupero.store.session import Unit


@dataclass(frozen=True)
class Paper:
    """A document to be made: its kind, file name, destination and what renders its bytes."""

    kind: str
    name: str
    destination: str
    render: Callable[[], bytes]


def in_forms(kind: str, stem: str, destination: str, **renders: Callable[[], bytes]) -> list[Paper]:
    """The same contents in several forms, by their endings: to be read and to be worked with."""
    return [
        Paper(f"{kind}_{form}", f"{stem}.{form}", destination, render)
        for form, render in renders.items()
    ]


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
    """Render *papers*, put them into the vault and return their rows for ``document``."""
    rows = [
        {
            "document_id": document_id(services, unit, paper.destination, paper.name),
            "kind": paper.kind,
            "name": paper.name,
            "destination": paper.destination,
            "business_date": business_date,
            **_stored(services, unit, paper),
            "about_receipt_id": about_receipt_id,
        }
        for paper in papers
    ]
    return pl.DataFrame(rows, schema_overrides={"about_receipt_id": pl.Int64})


def _stored(services: Services, unit: Unit, paper: Paper) -> dict[str, Any]:
    """Where *paper* lies and how long it is; a rehearsal does not ask how it is printed."""
    if unit.rehearsed is not None:
        return {"address": "", "size_bytes": 0}
    content = paper.render()
    return {"address": services.vault.put(unit.institution, content), "size_bytes": len(content)}
