"""A portfolio: facts about accounts and people as versions, openings and adjustments as entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from recupero.rules import post
from recupero.rules.components import COLUMNS
from recupero.steps.booking import jumps, recall
from recupero.steps.booking.adjustment import moved_after
from recupero.steps.booking.case import (
    NO_REJECTS,
    NOTHING_ENDED,
    Booking,
    Case,
    Ended,
    Hold,
    by_currency,
)
from recupero.steps.booking.cut_off import split_bookable, stated_apart, unnamed_since
from recupero.steps.booking.expected_balance import excess, expected_balance
from recupero.steps.booking.familiar import concerned, due_date, remember
from recupero.steps.booking.parts import of_other_parts
from recupero.steps.booking.people import Known, People, known_people, people
from recupero.steps.booking.strangers import are_strangers, introduced
from recupero.steps.stated import known_cut_offs
from recupero.store import facts, ledger
from recupero.store.tables import account_cut_off, account_version, introduction, journal
from reports.compared import Compared


def book_placement(case: Case) -> Booking:
    """Versions of what changed, ``placed`` for new accounts, ``adjusted`` where the institution's
    figures moved, ``recalled`` for accounts a full snapshot no longer names.

    A file older than one booked is held, and one that would recall more, or comes to another
    total, than the policy allows. A row older than what is booked of its account, or in another
    currency, is rejected; one that does not follow from what was known is told or rejected, or
    holds the file, as the policy says.
    A row that repeats known facts and still moves the ledger, since payments came between, is
    booked.
    """
    accepted = case.screened.rows
    elsewhere = case.elsewhere()
    older = recall.outdated(case, elsewhere)
    if older is not None:
        return Booking(frames={}, held=accepted.height, hold=older)
    asked = concerned(case)
    before = facts.current(case.unit, account_version, case.business_date, of=asked.accounts)
    known = known_cut_offs(case.unit, before)
    since = unnamed_since(case, elsewhere)
    rows, refused = split_bookable(_accounts(asked.rows), known, since)
    ours = recall.placed(before, elsewhere)
    balances = ledger.balances(case.unit, of=asked.accounts)
    gone = recall.vanished(case, ours)
    recalled = recall.taken_back(gone, balances)
    hold = recall.excess(case, ours.height + asked.familiar.height, recalled)
    if hold is not None:
        return _held(case, hold, refused, ended=Ended(recalled))
    of_people = known_people(case, asked)
    said = _said(case, rows, before, gone, balances, elsewhere, asked.accounts, of_people)
    found = jumps.by_policy(
        case, rows, before, said.accounts.told, said.entries, said.people.replaced
    )
    hold = jumps.hold(case, found["hold"])
    if hold is not None:
        return _held(case, hold, refused, pl.concat([found["hold"], found["accept"]]))
    if found["reject"].height:  # as if these rows had not been accepted
        refused = pl.concat([refused, found["reject"].unique("line_number", keep="first")])
        rows = rows.join(found["reject"], on="line_number", how="anti", maintain_order="left")
        said = _said(case, rows, before, gone, balances, elsewhere, asked.accounts, of_people)
    stated = _without(case.screened.rows, refused)
    expected = expected_balance(case, stated, said.entries, ours, gone, balances)
    hold = excess(case, expected)
    if hold is not None:
        return replace(_held(case, hold, refused), expected=expected)
    remember(case, asked, ours, gone, refused)
    return replace(
        _booked(case, rows, stated, said, gone, known, before),
        rejects=refused.sort("line_number"),
        warnings=found["accept"].join(found["reject"], on="line_number", how="anti"),
        expected=expected,
        ended=Ended(recalled, said.people.replaced, said.people.points_ended),
    )


def _without(rows: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(~pl.col("line_number").is_in(lines["line_number"].implode()))


def _held(
    case: Case,
    hold: Hold,
    refused: pl.DataFrame,
    warnings: pl.DataFrame = NO_REJECTS,
    ended: Ended = NOTHING_ENDED,
) -> Booking:
    """Nothing is booked: every row waits that is not rejected anyhow."""
    waiting = _without(case.screened.rows, refused).height
    return Booking({}, held=waiting, rejects=refused, warnings=warnings, hold=hold, ended=ended)


@dataclass(frozen=True)
class _Said:
    """What rows say that was not known: of whom nothing was, of accounts, of people, and what it
    moves."""

    introduced: pl.DataFrame
    accounts: facts.Changes
    people: People
    entries: pl.DataFrame


def _said(
    case: Case, rows: pl.DataFrame, before: pl.DataFrame, gone: pl.DataFrame,
    balances: pl.DataFrame, elsewhere: Sequence[int], asked: pl.Series | None, known: Known,
) -> _Said:  # fmt: skip
    ours = recall.placed(before, elsewhere)
    strange = are_strangers(case, rows, before, known)
    others = rows.filter(~strange)
    return _Said(
        introduced=introduced(case, rows.filter(strange)),
        accounts=facts.compare(
            account_version, case.version(others, pl.col("cut_off")), before, elsewhere
        ),
        people=people(case, others, ours, [*elsewhere, *of_other_parts(case)], known),
        entries=_journal(case, _credit_known(rows, before), gone, balances, asked),
    )


def _booked(
    case: Case, rows: pl.DataFrame, stated: pl.DataFrame, said: _Said, gone: pl.DataFrame,
    known: pl.DataFrame, before: pl.DataFrame,
) -> Booking:  # fmt: skip
    """What is recorded of *rows*: one that says or moves something is booked. *stated* are all."""
    accounts, changed, entries = said.accounts, said.people, said.entries
    lines = [said.introduced["line_number"], accounts.told["line_number"], entries["line_number"]]
    told = pl.concat([*lines, pl.Series(sorted(changed.lines), dtype=pl.Int64)])
    booked = rows.filter(pl.col("line_number").is_in(told.drop_nulls().implode()))
    unchanged = _without(stated, booked)
    return Booking(
        frames={
            introduction: said.introduced,
            account_version: pl.concat([accounts.told.select(gone.columns), gone]),
            account_cut_off: stated_apart(case, known, rows, accounts.told, gone),
            journal: entries,
            **changed.frames,
        },
        booked=booked.height,
        unchanged=unchanged.height,
        compared=_compared(said, before, booked.height, unchanged.height, gone.height),
        booked_minor=by_currency(booked, *post.STATED),
        unchanged_minor=by_currency(unchanged, *post.STATED),
    )


def _compared(
    said: _Said, before: pl.DataFrame, booked: int, unchanged: int, vanished: int
) -> Compared:
    """How many accounts are new, changed and so on; of whoever is new or returns it is *said*."""
    told = said.accounts.told
    known = told.join(before.select("account_id", was="state"), on="account_id", how="inner")
    new = said.introduced.height + told.height - known.height
    returned = known.filter(pl.col("was") != "placed").height
    return Compared(new, booked - new - returned, unchanged, returned, vanished)


def _accounts(rows: pl.DataFrame) -> pl.DataFrame:
    """*rows* as they state their accounts."""
    return rows.with_columns(due_date(), pl.lit("placed").alias("state"))


def _credit_known(rows: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """*rows* with the principal that the institution stated of each account before."""
    stated = before.select("account_id", pl.col("principal_minor").alias("known_principal_minor"))
    return rows.join(stated, on="account_id", how="left", maintain_order="left")


def _journal(
    case: Case,
    rows: pl.DataFrame,
    gone: pl.DataFrame,
    balances: pl.DataFrame,
    asked: pl.Series | None,
) -> pl.DataFrame:
    """Openings, adjustments and recalls; a claim written off stays in the memorandum ledger."""
    ours = balances.select("account_id")
    written_off = ledger.balances(case.unit, ledger="memorandum", of=asked).select("account_id")
    effective = rows.join(
        written_off, on="account_id", how="anti", maintain_order="left"
    ).with_columns(pl.col("cut_off").alias("effective_on"))
    returned = gone.select("account_id").join(balances, on="account_id", how="inner")
    parts = [
        post.opening(effective.join(ours, on="account_id", how="anti")),
        post.adjustment(effective, _at_cut_off(case, effective, balances, asked)),
        post.closing_out(returned, "recalled").with_columns(
            pl.lit(case.business_date).alias("effective_on"),
            pl.lit(None, dtype=pl.Int64).alias("line_number"),
        ),
    ]
    columns = ["account_id", "ledger", "event", "currency", "effective_on", "line_number", *COLUMNS]
    entries = pl.concat([part.select(columns) for part in parts]).with_columns(
        pl.lit(case.business_date).alias("recorded_on"),
        pl.lit(case.receipt.receipt_id).alias("receipt_id"),
    )
    return post.batch(entries.filter(pl.any_horizontal(pl.col(COLUMNS) != 0)))


def _at_cut_off(
    case: Case, rows: pl.DataFrame, balances: pl.DataFrame, asked: pl.Series | None
) -> pl.DataFrame:
    """*balances* without what money and adjustments moved after each row's cut-off, which it does
    not contain.

    Otherwise a portfolio drawn before a payment would take the payment back, and one drawn before
    a reversal, whose row keeps the date of what it undoes, would undo the reversal.
    """
    first = rows["cut_off"].min()
    if not isinstance(first, date):
        return balances
    paid = (
        ledger.paid_after(case.unit, first, asked)
        .join(rows.select("account_id", "cut_off"), on="account_id", how="inner")
        .filter(pl.col("booked_on") > pl.col("cut_off"))
        .select("account_id", *COLUMNS)
    )
    later = (
        pl.concat([paid, moved_after(case, rows)])
        .group_by("account_id")
        .agg(pl.col(COLUMNS).sum().name.prefix("later_"))
    )
    known = balances.join(later, on="account_id", how="left", maintain_order="left")
    return known.select(
        "account_id", *(pl.col(c) - pl.col(f"later_{c}").fill_null(0) for c in COLUMNS)
    )
