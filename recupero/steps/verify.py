"""Verify: recompute from what is stored, and name the first thing that does not hold.

No stored verdict is read. By default objects are decrypted and hashed, rows and chain rehashed,
the identities recomputed, contacts, opinions and erasures decided again; ``deep`` reads every
received file again and runs every step that follows from it, each on what was known before it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from recupero.errors import NotFound, RecuperoError, VaultDamaged
from recupero.rules.adjust import misadjusted
from recupero.rules.components import COLUMNS
from recupero.rules.posted import miscounted, misposted
from recupero.rules.reconcile import received_summary, roll_forward
from recupero.steps.anchor import PRINTED_HEADS
from recupero.steps.release import as_released
from recupero.steps.reread import CONTACTS, ERASURES, OPINIONS, PARTS, repeat
from recupero.steps.services import Services
from recupero.steps.stated import restated_when_posted
from recupero.steps.summarise import stage_of
from recupero.steps.verify_sealed import Unproven
from recupero.steps.verify_shared import check_attempts, check_register, check_slots
from recupero.steps.verify_vault import check_cleared, check_vault
from recupero.store import ledger, manifest, money, outgoing
from recupero.store.outside import check_version
from recupero.store.proof import Finding, prove
from recupero.store.protection import check_protection
from recupero.store.published import published_by
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import (
    adjustment,
    delivery,
    journal,
    letter,
    match,
    money_entry,
    opinion,
    opinion_condition,
    recording,
    reject,
)
from recupero.store.vaulted import destroyed, references

Check = Callable[[Services, Unit], Iterator[Finding]]


@dataclass(frozen=True)
class Verification:
    """``invariants`` says per invariant whether it holds; ``findings`` names what does not.

    ``past_retention`` counts by kind the files and papers whose objects were destroyed with proof:
    of those only the proof was checked. ``unproven`` names what could not be checked: it
    contradicts nothing.
    """

    invariants: dict[str, bool]
    findings: tuple[tuple[str, Finding], ...]
    past_retention: dict[str, int]
    unproven: tuple[Unproven, ...] = ()

    @property
    def holds(self) -> bool:
        return not self.findings


def verify(services: Services, code: str, *, deep: bool = False) -> Verification:
    """Check everything recorded for one institution."""
    checks: dict[str, Check] = {
        "vault": check_vault,
        "chain": lambda services, unit: prove(unit, services.row_key(unit.institution)),
        "anchors": _anchors,
        "published": _published,
        "attempts": check_attempts,
        "register": check_register,
        "slots": check_slots,
        "I1_rows": _rows,
        "I2_roll_forward": _roll_forward,
        "I5_contacts": _contacts,
        "I6_opinions": _opinions,
        "I7_isolation": lambda _services, unit: check_protection(unit.connection),
        "I8_received": _received,
        "retention": _retention,
    }
    if deep:
        checks["inputs"] = _reread
    if outdated := list(check_version(services.owner_url)):
        return Verification({"schema": False}, tuple(("schema", found) for found in outdated), {})
    findings: list[tuple[str, Finding]] = []
    unproven: list[Unproven] = []
    invariants: dict[str, bool] = {"schema": True}
    with services.store.snapshot(code) as unit:
        for name, check in checks.items():
            all_found = list(_carried_out(name, check, services, unit))
            unproven += [each for each in all_found if isinstance(each, Unproven)]
            found = [each for each in all_found if not isinstance(each, Unproven)]
            invariants[name] = not found
            findings.extend((name, finding) for finding in found)
        gone = destroyed(references(unit)).filter(pl.col("reference").is_in(["file", "paper"]))
        by_kind = gone["kind"].value_counts().sort("kind")
    return Verification(invariants, tuple(findings), dict(by_kind.iter_rows()), tuple(unproven))


def _carried_out(name: str, check: Check, services: Services, unit: Unit) -> Iterator[Finding]:
    """The findings of *check*; what is stored may be such that it cannot be carried out."""
    try:
        yield from check(services, unit)
    except RecuperoError as error:
        yield Finding(error.where or name, error.what)
    except (KeyError, ValueError, TypeError, pl.exceptions.PolarsError) as error:
        yield Finding(name, f"the check cannot be carried out: {type(error).__name__}")


def _reread(services: Services, unit: Unit) -> Iterator[Finding]:
    """The deep check: whatever one part of it stumbles over, the others are carried out."""
    for part in PARTS:
        yield from _carried_out("inputs", part, services, unit)


def _anchors(services: Services, unit: Unit) -> Iterator[Finding]:
    """Heads of the chain that documents printed; a cut or rewritten chain lacks them."""
    heads = set(rows_of(unit, recording)["head"])
    for document in outgoing.documents(unit):
        if document.kind not in PRINTED_HEADS:
            continue
        try:
            content = services.vault.get(unit.institution, document.address)
        except (VaultDamaged, NotFound):
            continue  # the vault's own check names it, or its proof, which a later anchor holds
        if not heads.issuperset(PRINTED_HEADS[document.kind](content)):
            yield Finding(f"document {document.name}", "the chain lacks a head it printed")


def _published(_services: Services, unit: Unit) -> Iterator[Finding]:
    """What overviews are told of a day is what the chain has of it."""
    summaries = rows_of(unit, recording, recording.c.kind == "summary")
    recorded = {
        (day, stage_of(json.loads(counts)["version"])): json.loads(counts)
        for day, counts in summaries.select("business_date", "counts").iter_rows()
    }
    told = {(one.business_date, one.stage): one.totals for one in published_by(unit)}
    for day, stage in sorted(recorded.keys() | told.keys()):
        if recorded.get((day, stage)) != told.get((day, stage)):
            yield Finding(f"published total {day} {stage}", "is not what the summary recorded")


def _rows(_services: Services, unit: Unit) -> Iterator[Finding]:
    """I1: rows read = booked + unchanged + held + rejected + duplicate, rejects counted anew."""
    rejected = rows_of(unit, reject)
    lines = dict(rejected.group_by("receipt_id").agg(pl.col("line_number").n_unique()).iter_rows())
    for row in manifest.outcomes(unit).iter_rows(named=True):
        parts = sum(
            row[f"rows_{part}"] for part in ("booked", "unchanged", "held", "rejected", "duplicate")
        )
        if parts != row["rows_read"]:
            yield Finding(f"receipt {row['receipt_id']}", f"{row['rows_read']} read, {parts} kept")
        if lines.get(row["receipt_id"], 0) != row["rows_rejected"]:
            yield Finding(f"receipt {row['receipt_id']}", "its reject rows are not all there")


def _roll_forward(_services: Services, unit: Unit) -> Iterator[Finding]:
    """I2, every day something was recorded: opening and movements make the closing balance.

    All three are sums of the same rows, so these rows are held against the money received too.
    """
    days = sorted(set(rows_of(unit, journal)["recorded_on"]))
    for name in ("claim", "memorandum"):
        opening = ledger.balances(unit, ledger=name).clear()
        for day in days:
            closing = ledger.balances(unit, known_on=day, ledger=name)
            moved = ledger.movements(unit, day, day).filter(pl.col("ledger") == name)
            forward = roll_forward(moved, opening, closing)
            if not forward.explained:
                yield Finding(f"{name} ledger {day}", f"{forward.unexplained_minor} unexplained")
            opening = closing
    yield from _against_contra(unit)
    entries, rows = rows_of(unit, money_entry), rows_of(unit, journal)
    booked = [
        *misposted(rows_of(unit, match), entries, rows),
        *miscounted(entries, rows, restated_when_posted(unit)),
    ]
    for entry_id, why in booked:
        yield Finding(f"money_entry entry_id={entry_id}", why)
    for adjustment_id in misadjusted(rows_of(unit, adjustment), rows)["adjustment_id"]:
        what = "its journal rows are not what was stated"
        yield Finding(f"adjustment adjustment_id={adjustment_id}", what)


def _against_contra(unit: Unit) -> Iterator[Finding]:
    """Account rows and contra rows are two books of the same events: they must cancel."""
    rows = rows_of(unit, journal)
    book = ["ledger", "event", "currency"]
    sums = rows.group_by(book).agg(pl.col(COLUMNS).sum()).sort(book)
    for row in sums.filter(pl.any_horizontal(pl.col(COLUMNS) != 0)).iter_rows(named=True):
        yield Finding(f"journal {row['event']} {row['currency']}", "accounts and contra differ")


def _received(_services: Services, unit: Unit) -> Iterator[Finding]:
    """I8: what was received is the sum over the classes, per source, to the cent."""
    summary = received_summary(money.classed(unit), money.decided(unit))
    for row in summary.filter(pl.col("difference_minor") != 0).iter_rows(named=True):
        yield Finding(
            f"received {row['source']} {row['currency']}", f"{row['difference_minor']} unclassed"
        )
    yield from _decided_once(unit)


def _decided_once(unit: Unit) -> Iterator[Finding]:
    """A settlement decides about every entry there is: those before the last have one match."""
    position = pl.col("position")
    settled = rows_of(unit, recording).filter(
        position < position.filter(pl.col("kind") == "settlement").max()
    )
    matches = rows_of(unit, match).group_by("entry_id").len("matches")
    entries = (
        rows_of(unit, money_entry)
        .join(settled, on="recording_id", how="semi")
        .join(matches, on="entry_id", how="left")
        .with_columns(pl.col("matches").fill_null(0))
    )
    for row in entries.filter(pl.col("matches") != 1).sort("entry_id").iter_rows(named=True):
        yield Finding(f"money_entry entry_id={row['entry_id']}", f"has {row['matches']} matches")


def _contacts(services: Services, unit: Unit) -> Iterator[Finding]:
    """I5: every contact decided again, and every letter stands on a permission released, unless
    it was withheld or lost: then on none."""
    released = as_released(unit).filter("allowed").select("permission_id", "account_id")
    never_came = outgoing.ended_in(outgoing.TOO_LATE) | outgoing.ended_in(outgoing.LOST)
    unsent = rows_of(unit, delivery, never_came)
    letters = rows_of(unit, letter).join(
        released.with_columns(released=True), on=["permission_id", "account_id"], how="left"
    )
    stopped = pl.col("document_id").is_in(unsent["document_id"].implode())
    stands = pl.col("released").is_not_null()
    for letter_id in letters.filter(~stopped & ~stands)["letter_id"].sort():
        yield Finding(f"letter {letter_id}", "no permission allowed it")
    for letter_id in letters.filter(stopped & stands)["letter_id"].sort():
        yield Finding(f"letter {letter_id}", "withheld or lost, yet its permission stands")
    yield from repeat(services, unit, CONTACTS)


def _retention(services: Services, unit: Unit) -> Iterator[Finding]:
    """What was destroyed was to be: past its time, or named by nothing."""
    yield from repeat(services, unit, ERASURES)
    yield from check_cleared(services, unit)


def _opinions(services: Services, unit: Unit) -> Iterator[Finding]:
    """I6: no opinion is met with an unmet condition, and each met one names evidence; given anew,
    they are the same."""
    yield from repeat(services, unit, OPINIONS)
    met = rows_of(unit, opinion).filter("met").select("opinion_id")
    conditions = rows_of(unit, opinion_condition)
    for opinion_id in met.join(conditions, on="opinion_id", how="anti")["opinion_id"].sort():
        yield Finding(f"opinion {opinion_id}", "met, yet it has no conditions")
    of_met = conditions.join(met, on="opinion_id", how="semi").sort("opinion_id", "number")
    for row in of_met.iter_rows(named=True):
        if row["state"] not in {"met", "not_applicable"}:
            yield Finding(
                f"opinion {row['opinion_id']}", f"met, yet {row['condition']} is {row['state']}"
            )
        if row["state"] == "met" and not json.loads(row["evidence"]):
            yield Finding(f"opinion {row['opinion_id']}", f"{row['condition']} names no evidence")
