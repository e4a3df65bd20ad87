"""Unseal: what came compressed or encrypted is opened, and each file in it gets a receipt.

Nothing is taken from a container that cannot be taken whole. Each plain content is an object of
the vault before anybody reads it; from there on it is a file like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date

import polars as pl

from recupero.errors import (
    DiskFull,
    Fault,
    FileRefused,
    NotFound,
    RecuperoError,
    SettingsError,
    VaultDamaged,
)
from recupero.exchange.container import open_container, refuse_too_large
from recupero.exchange.kept import Kept
from recupero.exchange.pgp import PgpKeys
from recupero.profiles.sealed import is_encrypted, outermost
from recupero.steps.acknowledge import acknowledge
from recupero.steps.decided import Intake, Rows, outcome_frame
from recupero.steps.inputs import keep_inputs
from recupero.steps.lease import leased
from recupero.steps.services import Services
from recupero.store import manifest
from recupero.store.manifest import Receipt
from recupero.store.recordings import Draft, append, begin, is_closed
from recupero.store.rows import Table
from recupero.store.session import Unit
from recupero.store.tables import member, receipt, receipt_outcome
from schemas.control import refuse_other_digest

#: After these, of one file or of its keys, another file may well open.
_OF_ONE_FILE = (SettingsError, VaultDamaged, NotFound, DiskFull, Fault)


def unseal(services: Services, code: str, business_date: date) -> int:
    """Open what is sealed and waits, in order of arrival; how many files that were.

    None on a closed date: they are the open one's to open. A file that cannot be opened, for a
    reason that is not its own to be refused for, keeps back no other: it waits, and the first such
    failure is raised at the end.
    """
    with services.store.unit(code) as unit:
        waiting = [] if is_closed(unit, business_date) else manifest.pending_receipts(unit)
    sealed = [one.receipt_id for one in waiting if outermost(one.name) is not None]
    failures: list[RecuperoError] = []
    if sealed:
        with leased(services, code, "inbox") as ours:
            for receipt_id in sealed:
                try:
                    open_one(services, code, receipt_id, business_date, ours.confirm)
                except _OF_ONE_FILE as failure:
                    failures.append(failure)
    if failures:
        raise failures[0]
    return len(sealed)


def open_one(
    services: Services,
    code: str,
    receipt_id: int,
    business_date: date,
    confirm: Callable[[Unit], None] = lambda _unit: None,
) -> None:
    """Open one sealed file in one transaction: receipts of what it holds, outcome and answer.

    *confirm* refuses the transaction where the inbox's lease, under which alone receipts are made,
    is lost.
    """
    profile = services.profile(code)
    subject = f"opening:{receipt_id}"
    with services.store.unit(code) as unit:
        confirm(unit)
        if begin(unit, subject, business_date) is not None:
            return
        container = manifest.receipt_by_id(unit, receipt_id)
        if container is None:
            raise Fault("no such receipt", f"{code} {receipt_id}")
        kept = Kept(services.vault, code, container.address)
        encrypted = is_encrypted(container.name)
        signed = profile.exchange.pgp_signature == "required"
        keys = services.pgp_keys(code, signed=signed) if encrypted else None
        intake, signers = _opened(container, kept, keys)
        inputs = {**keep_inputs(services, unit, business_date), "file": container.address}
        frames = {receipt_outcome: outcome_frame(intake, business_date)}
        if intake.members:
            frames |= _receipts(services, unit, intake, business_date)
        kind = "decryption" if encrypted else "opening"
        counts = {"state": intake.state, "members": len(intake.members), **signers}
        recorded = append(unit, Draft(kind, subject, business_date, counts, inputs, frames))
        acknowledge(services, unit, profile, intake, kept, recorded.head, business_date)


def _opened(container: Receipt, kept: Kept, keys: PgpKeys | None) -> tuple[Intake, dict[str, str]]:
    """The container with what is in it, or refused; and whose signatures it carries."""
    rows = asdict(Rows())
    try:
        # Whatever the files in it ask for: what its own side file contradicts is not opened.
        if container.side_digest is not None:
            refuse_other_digest(kept.digest, container.side_digest)
        refuse_too_large(container.size_bytes)  # before it is held in memory
        opened = open_container(container.name, kept.content, keys)
    except FileRefused as refusal:
        refused = Intake(container, "refused", None, refusal.rule, refusal.what, refusal.mend, rows)
        return refused, {}
    signers = {"signed_by": ", ".join(opened.signers)} if opened.signers else {}
    return Intake(container, "opened", rows=rows, members=opened.members), signers


def _receipts(
    services: Services, unit: Unit, opened: Intake, business_date: date
) -> dict[Table, pl.DataFrame]:
    """The rows that make a received file of each member, once its bytes are in the vault.

    Where the container's side file vouches for it, it vouches for what is in it.
    """
    container = opened.receipt
    key, first = services.identity_key(unit.institution), manifest.next_sequence(unit)
    brought: dict[str, int] = {}
    rows = []
    for sequence, one in enumerate(opened.members, start=first):
        address = services.vault.put_pieces(unit.institution, one.pieces)
        known = manifest.receipts_at(unit, address)
        receipt_id = manifest.member_identity(key, container.receipt_id, address, one.name)
        original = known[0].receipt_id if known else brought.get(address)
        brought.setdefault(address, receipt_id)
        rows.append(
            {
                "receipt_id": receipt_id,
                "name": one.name,
                "address": address,
                "size_bytes": one.size_bytes,
                "side_digest": one.vouched(by_container=container.side_digest is not None),
                "business_date": business_date,
                "sequence": sequence,
                "duplicate_of": original,
            }
        )
    files = pl.DataFrame(
        rows, schema_overrides={"side_digest": pl.String, "duplicate_of": pl.Int64}
    )
    inside = files.select("receipt_id", pl.lit(container.receipt_id).alias("container_id"))
    return {receipt: files, member: inside}
