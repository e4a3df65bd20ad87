"""Trace: from a number on a page back to the file, the line and the rule it came from.

What may be asked for: an account number; a document's name or folio; the folio of a letter, a
permission or an opinion; the name of a file that came in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import polars as pl

from recupero.steps.documents import folio
from recupero.steps.services import Services
from recupero.steps.trace_account import account_sections, conditions
from recupero.steps.trace_sources import Row, Sources, mended_in
from recupero.store import manifest, recordings
from recupero.store.canonical import identity
from recupero.store.manifest import Receipt
from recupero.store.past import past_of
from recupero.store.rows import Table, rows_of
from recupero.store.session import Unit
from recupero.store.tables import (
    account_version,
    delivery,
    delivery_decision,
    document,
    encrypted_document,
    erasure,
    journal,
    letter,
    opinion,
    permission,
    reject,
)

_FOLIO = re.compile(r"[0-9a-f]{16}")

#: What a folio on a page may stand for, beside a document, with the column that carries it.
_ON_PAGES: dict[str, tuple[Table, str]] = {
    "letter": (letter, "letter_id"),
    "permission": (permission, "permission_id"),
    "opinion": (opinion, "opinion_id"),
}


@dataclass(frozen=True)
class Traced:
    """One thing found: its kind, its folio and what is recorded about it, section by section.

    ``kind`` is account, document, letter, permission, opinion or file. Rows of a section share
    their keys; amounts are minor units; ``position`` is the place in the institution's chain.
    """

    institution: str
    kind: str
    folio: str
    sections: Mapping[str, list[Row]]


def trace(
    services: Services,
    code: str,
    wanted: str,
    *,
    as_known: date | None = None,
    as_of: date | None = None,
) -> list[Traced]:
    """Everything of the institution that *wanted* names; empty when nothing does.

    *as_known* leaves out what was recorded under later business dates, *as_of* of an account's
    journal and balances what is effective later.
    """
    account_ids = [identity(services.identity_key(code), "account", wanted)]
    if _FOLIO.fullmatch(wanted):
        account_ids.append(_from_folio(wanted))
    with services.store.snapshot(code) as now, _known(now, as_known) as unit:
        return [
            *_accounts(unit, account_ids, as_of),
            *_documents(unit, wanted),
            *_pages(unit, wanted),
            *(_file(unit, receipt) for receipt in manifest.receipts_named(unit, wanted)),
        ]


@contextmanager
def _known(unit: Unit, as_known: date | None) -> Iterator[Unit]:
    """*unit* as it was at the end of *as_known*."""
    if as_known is None:
        yield unit
        return
    position = recordings.height_on(unit, as_known)
    with past_of(unit) as past:
        past.go_to(position + 1)
        with past.unit(unit.institution) as then:
            yield then


def _accounts(unit: Unit, account_ids: list[int], as_of: date | None) -> Iterator[Traced]:
    found = rows_of(unit, account_version, account_version.c.account_id.in_(account_ids))
    for account_id in found["account_id"].unique().sort():
        yield Traced(unit.institution, "account", folio(account_id),
                     account_sections(unit, account_id, as_of))  # fmt: skip


def _documents(unit: Unit, wanted: str) -> Iterator[Traced]:
    asked = document.c.name == wanted
    if _FOLIO.fullmatch(wanted):
        asked |= document.c.document_id == _from_folio(wanted)
    for row in rows_of(unit, document, asked).iter_rows(named=True):
        yield Traced(unit.institution, "document", folio(row["document_id"]), _document(unit, row))


def _document(unit: Unit, row: Row) -> dict[str, list[Row]]:
    """The document, what it answers, where it went, and what is on its pages."""
    sources = Sources(unit)
    found = rows_of(unit, document, document.c.document_id == row["document_id"])
    columns = ("kind", "name", "destination", "business_date", "size_bytes", "address")
    sections = {"document": sources.rows(found, *columns)}
    if row["about_receipt_id"] is not None:
        about = manifest.receipt_by_id(unit, row["about_receipt_id"])
        sections["about"] = [_receipt(unit, about)] if about else []
    sent = rows_of(unit, delivery, delivery.c.document_id == row["document_id"])
    sections["delivery"] = sources.rows(sent, "business_date", "outcome")
    made = rows_of(unit, encrypted_document, encrypted_document.c.document_id == row["document_id"])
    sections["encrypted"] = (
        made.sort("number").select("number", "size_bytes", "recipients", "address").to_dicts()
    )
    sections["decision"] = _decided(unit, sources, [row["document_id"]])
    sections["destroyed"] = _destroyed(unit, sources, erasure.c.document_id == row["document_id"])
    pages = rows_of(unit, letter, letter.c.document_id == row["document_id"]).sort("page")
    sections["letters"] = sources.rows(
        _numbered(unit, pages), "page", "letter_id", "stage", "account_number", "permission_id"
    )
    opinions = _certified(unit, row)
    sections["opinions"] = sources.rows(
        _numbered(unit, opinions), "opinion_id", "regime", "met", "account_number"
    )
    sections["conditions"] = conditions(unit, sources, opinions["opinion_id"].to_list())
    sections["recordings"] = sources.recordings()
    return {name: rows for name, rows in sections.items() if rows}


def _decided(unit: Unit, sources: Sources, document_ids: list[int]) -> list[Row]:
    """What an operator decided about their delivery."""
    rows = rows_of(unit, delivery_decision, delivery_decision.c.document_id.in_(document_ids))
    return sources.rows(rows, "business_date", "decision", "decided_by")


def _pages(unit: Unit, wanted: str) -> Iterator[Traced]:
    """Letters, permissions and opinions by the folio on their page, with the permission asked."""
    if not _FOLIO.fullmatch(wanted):
        return
    for kind, (table, column) in _ON_PAGES.items():
        found = rows_of(unit, table, table.c[column] == _from_folio(wanted))
        if found.is_empty():
            continue
        sources = Sources(unit)
        hidden = {"institution", "recording_id", "account_id", "person_id", "document_id"}
        shown = [name for name in found.columns if name not in hidden]
        sections = {kind: sources.rows(_numbered(unit, found), "account_number", *shown)}
        if kind == "letter":
            asked = permission.c.permission_id.in_(found["permission_id"].to_list())
            sections["permission"] = sources.rows(
                rows_of(unit, permission, asked),
                "permission_id", "channel", "planned_at", "allowed", "rule", "norm", "confidence",
            )  # fmt: skip
            named = document.c.document_id.in_(found["document_id"].to_list())
            sections["document"] = sources.rows(rows_of(unit, document, named), "kind", "name")
            ended = delivery.c.document_id.in_(found["document_id"].to_list())
            sections["delivery"] = sources.rows(
                rows_of(unit, delivery, ended), "business_date", "outcome"
            )
            if decided := _decided(unit, sources, found["document_id"].to_list()):
                sections["decision"] = decided
        if kind == "opinion":
            sections["conditions"] = conditions(unit, sources, found["opinion_id"].to_list())
        sections["recordings"] = sources.recordings()
        yield Traced(unit.institution, kind, wanted, sections)


def _certified(unit: Unit, row: Row) -> pl.DataFrame:
    """The opinions a certificate was made from: recorded with it, of the account in its name."""
    made = rows_of(unit, opinion, opinion.c.recording_id == row["recording_id"])
    named = [folio(account_id) in row["name"] for account_id in made["account_id"]]
    return made.filter(pl.Series(named, dtype=pl.Boolean))


def _file(unit: Unit, receipt: Receipt) -> Traced:
    """A file that came in: what became of it, the lines rejected and the answers given."""
    outcomes = manifest.outcomes(unit).filter(pl.col("receipt_id") == receipt.receipt_id)
    dropped = ("receipt_id", "recording_id", "name", "address", "size_bytes", "sequence")
    rejected = rows_of(unit, reject, reject.c.receipt_id == receipt.receipt_id)
    answers = rows_of(unit, document, document.c.about_receipt_id == receipt.receipt_id)
    moved = rows_of(
        unit, journal, journal.c.receipt_id == receipt.receipt_id, journal.c.account_id.is_not(None)
    )
    totals = moved.group_by("event", "currency").agg(
        pl.len().alias("entries"),
        pl.sum_horizontal(pl.selectors.ends_with("_minor")).sum().alias("total_minor"),
    )
    sources = Sources(unit)
    sections = {
        "file": [_receipt(unit, receipt)],
        "destroyed": _destroyed(unit, sources, erasure.c.receipt_id == receipt.receipt_id),
        "contents": [
            {"name": one.name, "size_bytes": one.size_bytes, "address": one.address}
            for one in manifest.members_of(unit, receipt.receipt_id)
        ],
        "outcome": [_counted(row) for row in outcomes.drop(dropped).iter_rows(named=True)],
        "rejects": rejected.join(
            mended_in(unit, receipt.receipt_id), on="line_number", how="left", maintain_order="left"
        )
        .select("line_number", "field", "rule", "repaired_in")
        .to_dicts(),
        "journal": totals.sort("event", "currency").to_dicts(),
        "documents": answers.select("kind", "name", "business_date").to_dicts(),
        "recordings": sources.recordings(),
    }
    return Traced(
        unit.institution, "file", folio(receipt.receipt_id),
        {name: rows for name, rows in sections.items() if rows},
    )  # fmt: skip


def _destroyed(unit: Unit, sources: Sources, of_one: Any) -> list[Row]:
    """When and by which rule its bytes were destroyed; ``address`` is their keyed hash."""
    found = rows_of(unit, erasure, of_one).drop("receipt_id", "document_id")
    return sources.rows(found, "business_date", "rule", "months", "kept_from", "address")


def _receipt(unit: Unit, receipt: Receipt) -> Row:
    shown = {name: value for name, value in asdict(receipt).items() if not name.endswith("_id")}
    duplicate_of, container = receipt.duplicate_of, None
    if receipt.container_id is not None:
        container = manifest.receipt_by_id(unit, receipt.container_id)
    return {
        **shown,
        "duplicate_of": None if duplicate_of is None else folio(duplicate_of),
        "container": None if container is None else container.name,
    }


def _counted(row: Row) -> Row:
    """An outcome with the JSON it stores as values."""
    stored: dict[str, Any] = {
        name: json.loads(row[name]) for name in ("control", "amounts") if row[name]
    }
    return {**row, **stored}


def _numbered(unit: Unit, rows: pl.DataFrame) -> pl.DataFrame:
    """*rows* with the number people know the account by."""
    wanted = account_version.c.account_id.in_(rows["account_id"].to_list())
    numbers = rows_of(unit, account_version, wanted).select("account_id", "account_number")
    return rows.join(numbers.unique("account_id"), on="account_id", how="left")


def _from_folio(text: str) -> int:
    """The signed id behind sixteen hexadecimal digits."""
    value = int(text, 16)
    return value - 2**64 if value >= 2**63 else value
