"""The chain as the institution keeps it: one line per recording, with its head."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from reports.labels import RECORDING, spoken
from reports.table import csv_bytes

_HEADER = ("posicion", "fecha", "registro", "identificador", "cabeza")


@dataclass(frozen=True)
class ChainLink:
    """A recording's place, business date, kind, id and head; nothing of what it holds."""

    position: int
    business_date: date
    kind: str
    recording_id: str
    head: str


def chain_csv(links: Iterable[ChainLink]) -> bytes:
    """The links in the order of the chain."""
    return csv_bytes(
        _HEADER,
        (
            (link.position, link.business_date, spoken(RECORDING, link.kind), link.recording_id,
             link.head)
            for link in links
        ),
    )  # fmt: skip


def heads_of_chain(content: bytes) -> Iterator[str | None]:
    """The heads :func:`chain_csv` wrote; none for a line that has lost its own."""
    for record in _records(content):
        yield record[4] if len(record) == len(_HEADER) else None


def heads_of_acknowledgement(content: bytes) -> Iterator[str | None]:
    """The head an acknowledgement's CSV prints; none where its line is gone."""
    printed = [record[3] for record in _records(content) if record[0] == "cadena"]
    yield printed[0] if printed else None


def _records(content: bytes) -> Iterator[list[str]]:
    text = content.decode("utf-8-sig", "replace")
    records = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    next(records, None)
    yield from filter(None, records)
