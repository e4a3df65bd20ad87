"""The deep check: run again, from the received files on, every step that follows from them.

Each step runs on what was recorded before it and records nothing; what it would record must be
what it recorded. Bytes of documents are not compared: a later version may print them otherwise.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import polars as pl

from recupero.errors import NotFound, RecuperoError, VaultDamaged
from recupero.steps.assess import assess
from recupero.steps.booking.parts import beside
from recupero.steps.brought_back import repairs_of
from recupero.steps.documents import document_id
from recupero.steps.exhaust import give_opinions
from recupero.steps.inputs import profile_used
from recupero.steps.intake import take_in
from recupero.steps.letters import write_letters
from recupero.steps.plan import plan
from recupero.steps.retain import record_due
from recupero.steps.services import AGENCY, Services
from recupero.steps.settle import settle
from recupero.steps.share_capacity import quotas_of
from recupero.steps.unseal import open_one
from recupero.steps.verify_sealed import check_decryptions
from recupero.steps.worklists import write_worklists
from recupero.steps.write_off import decide_instructions
from recupero.store import manifest, outgoing
from recupero.store.agency import away
from recupero.store.canonical import chained_columns, content_digest
from recupero.store.introductions import fact_by_fact
from recupero.store.past import Past, past_of
from recupero.store.proof import Finding
from recupero.store.recordings import Draft, canonical_json, complete
from recupero.store.rows import Table, filled_by, rows_of, stored_in
from recupero.store.session import Unit
from recupero.store.tables import (
    APPEND_ORDER,
    absence,
    collector,
    collector_quota,
    document,
    introduction,
    receipt,
    recording,
)
from recupero.store.vaulted import destroyed_files

Step = Callable[[Services, str, Mapping[str, Any]], object]


def _take_in(services: Services, code: str, row: Mapping[str, Any]) -> object:
    receipt_id = int(row["subject"].rpartition(":")[2])
    return take_in(services, code, receipt_id, row["business_date"])


def _open(services: Services, code: str, row: Mapping[str, Any]) -> None:
    receipt_id = int(row["subject"].removeprefix("opening:"))
    open_one(services, code, receipt_id, row["business_date"])


def _released(step: Callable[[Services, str, date, datetime], object]) -> Step:
    return lambda services, code, row: step(
        services,
        code,
        row["business_date"],
        datetime.fromisoformat(json.loads(row["inputs"])["released_at"]),
    )


def _daily(step: Callable[[Services, str, date], object]) -> Step:
    return lambda services, code, row: step(services, code, row["business_date"])


#: The step behind each kind of recording. Contact slots hang on other institutions' wishes: what
#: can be said of them, ``verify_shared`` says; decryptions on keys: see ``verify_sealed``.
STEPS: dict[str, Step] = {
    "opening": _open,
    "intake": _take_in,
    "settlement": _daily(settle),
    "assessment": _daily(assess),
    "permissions": _daily(plan),
    "letters": _released(write_letters),
    "worklists": _released(write_worklists),
    "opinions": _daily(give_opinions),
    "write_off": _daily(decide_instructions),
    "retention": _daily(record_due),
}

#: Decided again by every verification, not by the deep one alone.
CONTACTS = frozenset({"permissions", "letters", "worklists"})
OPINIONS = frozenset({"opinions"})
ERASURES = frozenset({"retention"})
DECISIONS = CONTACTS | OPINIONS | ERASURES

#: Where a document lies and how long it is follows from how it is printed.
_PRINTED = {document: {"address", "size_bytes"}}


def repeat(services: Services, unit: Unit, kinds: Collection[str]) -> Iterator[Finding]:
    """Where the steps behind *kinds* of recordings would not record again what is recorded."""
    history = rows_of(unit, recording).sort("position")
    stored = {row["subject"]: row for row in history.iter_rows(named=True)}
    gone = _past_retention(unit) if "intake" in kinds else []
    again = history.filter(pl.col("kind").is_in(sorted(kinds)), ~pl.col("subject").is_in(gone))
    if again.is_empty():
        return
    with past_of(unit) as past:
        for row in again.iter_rows(named=True):
            drafts = past.go_to(row["position"])
            try:
                STEPS[row["kind"]](_as_it_was(services, unit, past, row), unit.institution, row)
            except RecuperoError as error:
                yield Finding(_name(row), f"cannot be made again: {error.what}")
                continue
            made = [draft for draft in drafts if draft.kind != "input"]
            if row["subject"] not in {draft.subject for draft in made}:
                yield Finding(_name(row), "what was received does not lead to it")
            past.go_to(history.height + 1)
            for draft in made:
                yield from _compared(services, unit, stored.get(draft.subject), draft)


def _steps(services: Services, unit: Unit) -> Iterator[Finding]:
    return repeat(services, unit, STEPS.keys() - DECISIONS)


def _past_retention(unit: Unit) -> list[str]:
    """Takings-in and openings of files that cannot be read again: destroyed with proof, part of a
    portfolio of which another part is, judged with a control file that is, or repairs to one that
    is. What followed from them stands on the facts they left, and is repeated from those."""
    destroyed = destroyed_files(unit)
    gone = sorted({*destroyed, *beside(unit, destroyed), *repairs_of(unit, destroyed)})
    controls = set(rows_of(unit, receipt, receipt.c.receipt_id.in_(destroyed))["address"])
    judged = rows_of(unit, recording, recording.c.kind == "intake") if controls else None
    beside_those = [] if judged is None else [
        row["subject"]
        for row in judged.iter_rows(named=True)
        if json.loads(row["inputs"]).get("control") in controls
    ]  # fmt: skip
    return beside_those + [f"{kind}:{one}" for kind in ("intake", "opening") for one in gone]


def _quotas(services: Services, unit: Unit) -> Iterator[Finding]:
    """Parts of the agency's capacity that are not those of the roster they name."""
    divided = rows_of(unit, recording, recording.c.kind == "quota").sort("position")
    if divided.is_empty():
        return
    with services.store.snapshot(AGENCY) as agency:
        rosters, absences = rows_of(agency, collector), rows_of(agency, absence)
    for row in divided.iter_rows(named=True):
        inputs = json.loads(row["inputs"])
        roster = rosters.filter(pl.col("receipt_id") == int(inputs["roster"]))
        among = inputs["among"].split(",")
        if unit.institution not in among:
            yield Finding(_name(row), "divides among institutions of which this is none")
            continue
        known = absences.filter(pl.col("sequence") <= int(inputs.get("absences", 0)))
        gone = away(known, row["business_date"])
        parts = quotas_of(roster, inputs["country"], among, unit.institution, gone)
        made = parts.with_columns(pl.lit(row["business_date"]).alias("business_date"))
        there = rows_of(
            unit, collector_quota, collector_quota.c.recording_id == row["recording_id"]
        )
        yield from _rows_compared(collector_quota, there, made, _name(row))


def _as_it_was(services: Services, unit: Unit, past: Past, row: dict[str, Any]) -> Services:
    """Services in the past, with the profile the recording names, from the vault."""
    profiles = dict(services.profiles)
    digest = json.loads(row["inputs"]).get("profile")
    today = profiles.get(unit.institution)
    if digest is not None and (today is None or digest != today.digest):
        profiles[unit.institution] = profile_used(services, unit, digest)
    return replace(services, store=past, vault=services.vault.read_only(), profiles=profiles)


def _name(row: dict[str, Any]) -> str:
    return f"recording {row['position']} ({row['subject']})"


def _manifest(services: Services, unit: Unit) -> Iterator[Finding]:
    """Receipts and documents whose ids or sizes do not follow from name and content."""
    key = services.identity_key(unit.institution)
    first_at: dict[str, int] = {}
    sendings: Counter[tuple[str, str]] = Counter()
    for one in manifest.all_receipts(unit):
        where = f"receipt {one.receipt_id}"
        if one.container_id is None:
            sendings[one.address, one.name] += 1
            sending = sendings[one.address, one.name]
            known_by = manifest.receipt_identity(key, one.address, one.name, sending)
        else:
            known_by = manifest.member_identity(key, one.container_id, one.address, one.name)
        if one.receipt_id != known_by:
            yield Finding(where, "its name or its address was changed")
        if one.duplicate_of != first_at.get(one.address):
            yield Finding(where, "what it is a duplicate of was changed")
        first_at.setdefault(one.address, one.receipt_id)
        yield from _measured(services, unit, where, one.address, one.size_bytes)
    for paper in outgoing.documents(unit):
        where = f"document {paper.name}"
        if paper.document_id != document_id(services, unit, paper.destination, paper.name):
            yield Finding(where, "its name or its destination was changed")
        yield from _measured(services, unit, where, paper.address, paper.size_bytes)


def _measured(
    services: Services, unit: Unit, where: str, address: str, size_bytes: int
) -> Iterator[Finding]:
    try:
        found = len(services.vault.get(unit.institution, address))
    except (VaultDamaged, NotFound):
        return  # the vault's own check names it, or its proof
    if found != size_bytes:
        yield Finding(where, f"has {found} bytes, not {size_bytes}")


def _compared(
    services: Services, unit: Unit, row: dict[str, Any] | None, draft: Draft
) -> Iterator[Finding]:
    """Where the recording in the chain is not what its step makes of the same inputs."""
    if row is None:
        yield Finding(draft.subject, "follows from what was received, yet it is not recorded")
        return
    if canonical_json(draft.counts) != row["counts"]:
        yield Finding(_name(row), "its counts are not those that follow")
    frames = complete(draft)
    if content_digest(frames) == row["content_digest"]:
        return  # that the rows stored are those digested is the chain's check
    filled = filled_by(unit, row["recording_id"])
    if introduction in frames and introduction.name not in filled:
        # Recorded before there were introductions. Either form says the same, whenever recorded.
        frames = fact_by_fact(frames, services.row_key(unit.institution))
        if content_digest(frames) == row["content_digest"]:
            return
    if others := _other_inputs(row, draft):
        yield Finding(_name(row), f"was made with another {others} than is installed now")
        return
    for table in APPEND_ORDER:
        if table.name not in filled and table not in frames:
            continue
        there = stored_in(unit, table, table.c.recording_id == row["recording_id"])
        yield from _rows_compared(table, there, frames.get(table), _name(row))


def _other_inputs(row: dict[str, Any], draft: Draft) -> str:
    """Which of the law, calendar or rules a recording names are not those of this version."""
    stored = json.loads(row["inputs"])
    return ", ".join(name for name, one in sorted(draft.inputs.items()) if stored.get(name) != one)


def _rows_compared(
    table: Table, there: pl.DataFrame, made: pl.DataFrame | None, where: str
) -> Iterator[Finding]:
    columns = [c for c in chained_columns(table) if c not in _PRINTED.get(table, ())]
    key = [c.name for c in table.primary_key if c.name in columns]
    stored = there.select(columns)
    wanted = stored.clear() if made is None else made.select(columns)
    if stored.height == wanted.height and stored.sort(key).equals(wanted.sort(key)):
        return
    others = stored.join(wanted, on=columns, how="anti", nulls_equal=True)
    for row in others.sort(key).iter_rows(named=True):
        yield Finding(_row_name(table, key, row), f"does not follow from the inputs of {where}")
    for row in wanted.join(stored, on=key, how="anti").sort(key).iter_rows(named=True):
        yield Finding(_row_name(table, key, row), f"is missing from {where}")


def _row_name(table: Table, key: list[str], row: dict[str, Any]) -> str:
    return " ".join([table.name, *(f"{name}={row[name]}" for name in key)])


#: Each says what is stored and does not follow from what was received, or the other way round.
PARTS = (_manifest, _quotas, check_decryptions, _steps)
