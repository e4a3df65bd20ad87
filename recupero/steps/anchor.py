"""Anchor: the day's part of the chain goes to the institution, which can then show every head."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any

import polars as pl

from recupero.steps.documents import Paper, folio, vaulted
from recupero.steps.services import Services
from recupero.store.recordings import Draft, append, begin, find, recorded_of, take_turn
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import document, recording
from reports.chain import ChainLink, chain_csv, heads_of_acknowledgement, heads_of_chain

#: Which documents print heads of the chain, and how to find them there.
PRINTED_HEADS: dict[str, Callable[[bytes], Iterator[str | None]]] = {
    "acknowledgement_csv": heads_of_acknowledgement,
    "chain_csv": heads_of_chain,
}

#: What an anchor leaves behind itself; alone it is no reason for another one.
_WAKE = ("anchor", "delivery")


def anchor(services: Services, code: str, business_date: date) -> dict[str, Any]:
    """Write down every recording since the last anchor; nothing where the day brought nothing new.

    Returns the counts of the day's last anchor: its version and how many recordings it covers.
    """
    with services.store.unit(code) as unit:
        take_turn(unit)
        since = _since_last(unit)
        news = since.filter(~pl.col("kind").is_in(_WAKE), pl.col("business_date") == business_date)
        version = recorded_of(unit, "anchor", business_date)
        if news.is_empty():
            last = find(unit, f"anchor:{business_date}:{version}")
            return last.counts if last else {"version": 0, "recordings": 0}
        version += 1
        subject = f"anchor:{business_date}:{version}"
        begin(unit, subject, business_date)
        name = f"CADENA_{code}_{business_date}" + (f"_v{version}" if version > 1 else "")
        links = [_link(row) for row in since.iter_rows(named=True)]
        paper = Paper("chain_csv", f"{name}.csv", code, partial(chain_csv, links))
        counts = {"version": version, "recordings": since.height}
        papers = vaulted(services, unit, [paper], business_date)
        append(unit, Draft("anchor", subject, business_date, counts, frames={document: papers}))
    return counts


def _since_last(unit: Unit) -> pl.DataFrame:
    history = rows_of(unit, recording).sort("position")
    anchored = history.filter(pl.col("kind") == "anchor")["position"].max() or 0
    return history.filter(pl.col("position") > anchored)


def _link(row: dict[str, Any]) -> ChainLink:
    return ChainLink(
        row["position"], row["business_date"], row["kind"], folio(row["recording_id"]), row["head"]
    )
