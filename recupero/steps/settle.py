"""Settlement: money received is matched, allocated and posted; the rest is suspended and listed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

import polars as pl

from recupero.packs.load import load_pack
from recupero.profiles.profile import Profile
from recupero.rules import post
from recupero.rules.allocate import AllocationOrder, allocate
from recupero.rules.components import COLUMNS
from recupero.rules.match import MatchPolicy, match
from recupero.rules.stated import contained
from recupero.steps.inputs import keep_inputs
from recupero.steps.services import Services
from recupero.steps.stated import restated_now
from recupero.store import facts, ledger, money
from recupero.store.recordings import (
    Draft,
    append,
    is_closed,
    recording_identity,
    take_turn,
)
from recupero.store.session import Unit
from recupero.store.tables import account_version, journal
from recupero.store.tables import match as match_table

#: What neither contract nor law orders comes first: every norm read puts principal last.
_HOUSE_ORDER = ("expenses", "fees", "default_interest", "interest", "principal")

#: What of an account says which money is its own, and until when it is stated.
_OF_ACCOUNT = ("account_id", "account_number", "currency", "state", "effective_from", "receipt_id")


@dataclass(frozen=True)
class Settled:
    """Entries decided in one settlement, by class."""

    entries: int
    classes: dict[str, int]


def settle(services: Services, code: str, business_date: date) -> Settled:
    """Decide about every entry no settlement has looked at; nothing to decide changes nothing.

    On a closed date nothing is decided: what waits is the open one's.
    """
    profile = services.profile(code)
    with services.store.unit(code) as unit:
        take_turn(unit)
        entries = money.undecided(unit)
        if entries.is_empty() or is_closed(unit, business_date):
            return Settled(0, {})
        accounts = _accounts(unit, business_date)
        known = money.decided(unit)
        results = match(entries, accounts, known, MatchPolicy())
        subject = f"settlement:{business_date}:{_fingerprint(entries)}"
        order = allocation_order(profile, business_date)
        stated = restated_now(unit, accounts)
        rows = _entries(unit, results, entries, stated, order, subject, business_date)
        known_before = contained(rows, entries, stated)
        counted = post.counted_in(known_before)
        adjusted = post.batch(counted, first=rows.height + 1)
        beside = rows.join(known_before, on="entry_number", how="anti", maintain_order="left")
        first = rows.height + adjusted.height + 1
        ended = _ended_again(unit, beside, accounts, business_date, first)
        classes = {
            str(name): count
            for name, count in results["class"].value_counts().sort("class").iter_rows()
        }
        inputs = keep_inputs(services, unit, business_date)
        append(
            unit,
            Draft(
                kind="settlement",
                subject=subject,
                business_date=business_date,
                counts={"entries": entries.height, **classes},
                inputs={**inputs, "match": MatchPolicy().version},
                frames={
                    match_table: results.with_columns(pl.lit(business_date).alias("business_date")),
                    journal: pl.concat([rows, adjusted, ended]),
                },
            ),
        )
    return Settled(entries.height, classes)


def _accounts(unit: Unit, business_date: date) -> pl.DataFrame:
    """Accounts as last stated; ``recalled`` are no longer ours, unless they were written off:
    what is recovered of those goes to the memorandum.
    """
    written_off = ledger.balances(unit, ledger="memorandum")["account_id"]
    kept = (pl.col("state") == "placed") | pl.col("account_id").is_in(written_off.to_list())
    accounts = facts.current(unit, account_version, business_date, names=_OF_ACCOUNT)
    return accounts.with_columns((~kept).alias("recalled"))


def _ended_again(
    unit: Unit, rows: pl.DataFrame, accounts: pl.DataFrame, business_date: date, first: int
) -> pl.DataFrame:
    """Journal rows that take away what *rows* put back on claims that had ended.

    A payment reversed after the recall revives a claim that is the institution's, not ours; one
    reversed after the write-off was not recovered, and is written off with the rest. *rows* are
    without the money that stated figures contain, which moves nothing.
    """
    recalled = accounts.filter("recalled")
    written_off = ledger.balances(unit, ledger="memorandum")
    ended = pl.concat(
        [
            post.closing_out(_left(unit, rows, recalled), "recalled"),
            post.to_memorandum(_left(unit, rows, written_off)),
        ]
    )
    today = pl.lit(business_date)
    dated = ended.with_columns(today.alias("effective_on"), today.alias("recorded_on"))
    return post.batch(dated, first)


def _left(unit: Unit, rows: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """The claims of those *accounts* that *rows* move, as these leave them."""
    of_these = accounts.select("account_id")
    moved = rows.filter(pl.col("ledger") == "claim").join(of_these, on="account_id", how="semi")
    before = ledger.balances(unit, of=moved["account_id"].unique())
    columns = ["account_id", "currency", *COLUMNS]
    after = pl.concat([before.select(columns), moved.select(columns)])
    return after.group_by("account_id", "currency").agg(pl.col(COLUMNS).sum())


def allocation_order(profile: Profile, business_date: date) -> AllocationOrder:
    """The contract's order where it gives one, else the law's, else the house's.

    Components the law does not name are settled before those it does.
    """
    if profile.policy.allocation_order:
        return AllocationOrder(profile.policy.allocation_order, "contract", "contract")
    pack = load_pack(profile.institution.country)
    lawful = (pack.allocation_order(business_date) if pack else None) or ()
    unnamed = tuple(name for name in _HOUSE_ORDER if name not in lawful)
    return AllocationOrder((*unnamed, *lawful), "pack" if lawful else "house rule", "pack")


def _entries(
    unit: Unit,
    results: pl.DataFrame,
    entries: pl.DataFrame,
    stated: pl.DataFrame,
    order: AllocationOrder,
    subject: str,
    business_date: date,
) -> pl.DataFrame:
    """The journal rows of what posts: payments allocated, then reversals of what they undo."""
    posting = results.filter(pl.col("posts")).join(
        entries.select("entry_id", "receipt_id", "sequence", "line_number"), on="entry_id"
    )
    paid = posting.filter(pl.col("class") == "matched").with_columns(
        pl.col("booked_on").alias("effective_on"), pl.lit(business_date).alias("recorded_on")
    )
    payments = post.batch(_payments(unit, paid, stated, order))
    undone = posting.filter(pl.col("class") == "reversal").select(
        "receipt_id", "line_number", "entry_id", "undoes_entry_id"
    )
    originals = _originals(unit, payments, undone, recording_identity(unit.institution, subject))
    reversals = (
        post.reversal(originals.drop("receipt_id", "line_number"))
        .rename({"entry_id": "undoes_entry_id"})
        .join(undone, on="undoes_entry_id")
        .with_columns(pl.lit(business_date).alias("recorded_on"))
    )
    return pl.concat([payments, post.batch(reversals, first=payments.height + 1)])


def _payments(
    unit: Unit, paid: pl.DataFrame, stated: pl.DataFrame, order: AllocationOrder
) -> pl.DataFrame:
    """Payments allocated to the claim or, once it is written off, to the memorandum of it.

    Those that the figures *stated* contain leave the others what these figures say is owed.
    """
    payers = paid["account_id"].unique()
    owed = ledger.balances(unit, of=payers)
    kept = ledger.balances(unit, ledger="memorandum", of=payers)
    cut_offs = paid.join(stated, on="account_id", how="left", maintain_order="left")
    in_figures = (cut_offs["booked_on"] <= cut_offs["cut_off"]).fill_null(False)
    beside = paid.filter(~in_figures)
    written_off = pl.col("account_id").is_in(kept["account_id"].to_list())
    payments = pl.concat(
        [
            post.payment(allocate(beside.filter(~written_off), owed, order)),
            post.payment(allocate(beside.filter(written_off), kept, order)),
            post.payment(post.unallocated(paid.filter(in_figures))),
        ]
    )
    where = pl.when(written_off).then(pl.lit("memorandum")).otherwise("ledger")
    return payments.with_columns(where.alias("ledger"))


def _originals(
    unit: Unit, payments: pl.DataFrame, undone: pl.DataFrame, recording_id: int
) -> pl.DataFrame:
    """The account rows to be undone: recorded before, or in this very settlement."""
    entry_ids = undone["undoes_entry_id"].drop_nulls().to_list()
    recorded = ledger.rows_of_entries(unit, entry_ids).drop("institution")
    now = payments.filter(
        pl.col("account_id").is_not_null() & pl.col("entry_id").is_in(entry_ids)
    ).with_columns(pl.lit(recording_id).alias("recording_id"))
    return pl.concat([recorded, now.select(recorded.columns)])


def _fingerprint(entries: pl.DataFrame) -> str:
    """Names the set of entries, so that the same set is settled once."""
    joined = "\n".join(str(entry_id) for entry_id in sorted(entries["entry_id"]))
    return hashlib.sha256(joined.encode()).hexdigest()[:16]
