"""What an institution's days came to: the figures the demo and overviews print."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from recupero.money import to_plain
from recupero.steps.release import as_released
from recupero.steps.services import Services
from recupero.store import contacts, manifest, money, outgoing
from recupero.store.outgoing import IN_PLACE
from recupero.store.recordings import head
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import opinion, write_off


def totals(services: Services, code: str) -> dict[str, Any]:
    """Files, rows, money as decimal text, contacts, letters, certificates and deliveries."""
    currency = services.profile(code).institution.currency
    with services.store.unit(code) as unit:
        return {
            **_files(unit),
            **_money(unit, currency),
            **_contacts(unit),
            **_closing(unit),
            "outbox": len(outgoing.delivered(unit, IN_PLACE)),
            "chain_head": head(unit),
        }


def _files(unit: Unit) -> dict[str, Any]:
    outcomes = manifest.outcomes(unit)
    return {
        "files": outcomes.height,
        "files_by_outcome": dict(outcomes["state"].value_counts().sort("state").iter_rows()),
        **{
            f"rows_{part}": int(outcomes[f"rows_{part}"].sum())
            for part in ("read", "booked", "unchanged", "held", "rejected", "duplicate")
        },
    }


def _money(unit: Unit, currency: str) -> dict[str, Any]:
    """Credits received, and what of them was matched, is open, or came twice.

    An entry that confirms a receipt booked from another source is not received again.
    """
    received = money.decided(unit).filter(
        (pl.col("currency") == currency)
        & (pl.col("amount_minor") > 0)
        & (pl.col("detail").fill_null("") != "corroborates")
    )

    def of(*classes: str) -> str:
        chosen = received.filter(pl.col("class").is_in(classes)) if classes else received
        return to_plain(int(chosen["amount_minor"].sum()), currency)

    return {
        "currency": currency,
        "received": of(),
        "matched": of("matched", "by_policy"),
        "open": of("suspended"),
        "duplicate": of("duplicate"),
    }


def _contacts(unit: Unit) -> dict[str, Any]:
    asked = as_released(unit)
    withheld = asked.filter(~pl.col("allowed"))
    return {
        "contacts_allowed": asked.height - withheld.height,
        "contacts_withheld": withheld.height,
        "withheld_by_rule": dict(withheld["rule"].value_counts().sort("rule").iter_rows()),
        "letters": contacts.letters(unit, date.max, surely=True).height,
    }


def _closing(unit: Unit) -> dict[str, Any]:
    certificates = [d for d in outgoing.documents(unit) if d.kind == "certificate"]
    decided = rows_of(unit, write_off)
    return {
        "examined": rows_of(unit, opinion)["account_id"].n_unique(),
        "certificates": len(certificates),
        "written_off": decided.filter("accepted").height,
        "write_off_refused": decided.filter(~pl.col("accepted")).height,
    }
