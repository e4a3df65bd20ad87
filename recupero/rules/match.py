"""Entries of payment files and bank statements to accounts, by exact keys, one class each.

Every entry gets exactly one class, so what was received is the sum of the classes per source (I8):

=========== ========================================================================================
matched     ``exact_reference``: the reference is an account of ours; posted. ``same_transaction``,
            detail ``corroborates``: another source has posted this receipt; posts nothing
duplicate   the same source has stated this transaction before; the first one received stands
reversal    undoes the entry it names, which keeps its class; posts the opposite where that posted
not_ours    the reference belongs to somebody else, says the policy
suspended   everything else, with a reason
=========== ========================================================================================

When an id comes again on the same side (receipts, debits, reversals) of a source, it is a matter
of who gave it. An institution's transaction id is given once and lasts. A bank's reference lasts a
day: its counters begin anew, and then the same reference is another payment.

=================================== =================================== ==========================
the same id with                    payment file                        statement
=================================== =================================== ==========================
same amount, currency and date      duplicate                           duplicate
the same, within one file           duplicate                           transaction_id_reused
another amount or currency          transaction_id_reused               transaction_id_reused
another date                        transaction_id_reused               another payment
=================================== =================================== ==========================

``transaction_id_reused`` suspends: listed, neither lost nor posted twice. A statement adds up to
its balances, so what it states twice came twice, or it fills in one reference for all.

Two sources state one receipt when id, amount and currency are the same and the dates lie within
``corroboration_days``: the nearest pair, and each receipt is confirmed once per source. Further
apart it is suspended, because nobody can tell a late confirmation from another payment.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from recupero.errors import Fault
from recupero.rules.match_confirm import corroborations
from recupero.rules.match_links import ARRIVAL, repeats, reversals

#: Columns of a result; ``account_id`` has the type the accounts give it. ``undoes_entry_id`` is the
#: entry whose posting a posting reversal takes back; ``linked_entry_id`` may be the bank's credit
#: that only confirmed it.
RESULT = (
    "entry_id",
    "source",
    "class",
    "detail",
    "stage",
    "account_id",
    "amount_minor",
    "currency",
    "booked_on",
    "linked_entry_id",
    "reason",
    "posts",
    "undoes_entry_id",
)

#: What ``known`` needs besides ``account_id``: the entries of earlier days with their results.
KNOWN_SCHEMA = {
    "entry_id": pl.Int64(),
    "sequence": pl.Int64(),
    "line_number": pl.Int64(),
    "source": pl.String(),
    "kind": pl.String(),
    "transaction_id": pl.String(),
    "reverses": pl.String(),
    "amount_minor": pl.Int64(),
    "currency": pl.String(),
    "booked_on": pl.Date(),
    "class": pl.String(),
    "detail": pl.String(),
    "linked_entry_id": pl.Int64(),
    "posts": pl.Boolean(),
}


@dataclass(frozen=True)
class MatchPolicy:
    """``sources``: who posts when several state one receipt on the same day, first wins.

    ``lasting_ids``: sources whose transaction ids never stand for a second transaction.
    ``corroboration_days``: how far apart two sources may date one receipt.
    ``foreign_references``: regular expressions of references that are not ours (full match).
    ``empty_references``: what banks write where they have no reference.
    """

    sources: tuple[str, ...] = ("payment_file", "statement")
    lasting_ids: tuple[str, ...] = ("payment_file",)
    corroboration_days: int = 10
    foreign_references: tuple[str, ...] = ()
    empty_references: tuple[str, ...] = ("", "NONREF", "NOTPROVIDED")
    version: str = "2026-03"


def empty_known(account_id: pl.DataType) -> pl.DataFrame:
    """``known`` of an institution's first day."""
    return pl.DataFrame(schema={**KNOWN_SCHEMA, "account_id": account_id})


def match(
    entries: pl.DataFrame,
    accounts: pl.DataFrame,
    known: pl.DataFrame,
    policy: MatchPolicy,
) -> pl.DataFrame:
    """One row (columns ``RESULT``) per entry, in the order received.

    *entries*: ``entry_id`` (Int64, unique), ``sequence`` (of the file, in the order received) and
    ``line_number``, ``source``, ``kind`` (payment,
    reversal, credit, debit), ``transaction_id`` (for a statement the bank's reference),
    ``reverses`` (transaction_id undone), ``account_number`` (the reference given), ``amount_minor``
    (credits positive, debits negative), ``currency``, ``booked_on``. *accounts*: ``account_id``,
    ``account_number``, ``currency``, ``recalled`` (no longer ours: money that names it is kept
    apart). *known*: ``KNOWN_SCHEMA`` and ``account_id``; rows of *entries* themselves are ignored,
    so a rerun gives the same.

    Reasons of suspension: amount_zero, sign_differs_from_kind, transaction_id_reused,
    reversal_without_original, reversal_amount_differs, already_reversed,
    corroborates_other_account, corroborates_far_apart, debit, no_reference, unknown_reference,
    ambiguous_reference, account_recalled, currency_differs. The first that applies, in this order.
    """
    if entries["entry_id"].n_unique() != entries.height:
        raise Fault("an entry id occurs twice")
    before = _prepared(known, policy).join(entries, on="entry_id", how="anti")
    work = _referenced(_prepared(entries, policy), accounts, policy)
    stated = before.filter(pl.col("class") != "duplicate", pl.col("amount_minor") != 0)
    work = repeats(work, stated, policy.lasting_ids)
    work = corroborations(work, before, policy.sources, policy.corroboration_days)
    work = work.with_columns(_verdict()).with_columns(_consequences())
    return reversals(work, before, policy.lasting_ids).sort(ARRIVAL).select(RESULT)


def _prepared(frame: pl.DataFrame, policy: MatchPolicy) -> pl.DataFrame:
    """*frame* with clean ids and its ``side``: receipt, debit or reversal."""
    undoes = (pl.col("kind") == "reversal") | (
        (pl.col("kind") == "debit") & pl.col("reverses").is_not_null()
    )
    receipt = pl.col("kind").is_in(["payment", "credit"])
    return frame.with_columns(
        _clean("transaction_id", policy), _clean("reverses", policy)
    ).with_columns(
        pl.when(undoes)
        .then(pl.lit("reversal"))
        .when(receipt)
        .then(pl.lit("receipt"))
        .otherwise(pl.lit("debit"))
        .alias("side")
    )


def _clean(column: str, policy: MatchPolicy) -> pl.Expr:
    text = pl.col(column).cast(pl.String).str.strip_chars()
    empty = text.str.to_uppercase().is_in(list(policy.empty_references))
    return pl.when(~empty).then(text).alias(column)


def _referenced(entries: pl.DataFrame, accounts: pl.DataFrame, policy: MatchPolicy) -> pl.DataFrame:
    """*entries* with ``faulty`` (amounts that are no money), ``own_account`` and ``own_reason``;
    ``named_account`` is the one they name, though it be recalled.
    """
    book = (
        accounts.with_columns(pl.col("account_number").str.strip_chars())
        .group_by("account_number")
        .agg(
            pl.col("account_id").first().alias("own_account"),
            pl.col("currency").first().alias("own_currency"),
            pl.col("recalled").first(),
            pl.len().alias("owners"),
        )
    )
    reason = (
        pl.when(pl.col("account_number").is_null())
        .then(pl.lit("no_reference"))
        .when(pl.col("owners") > 1)
        .then(pl.lit("ambiguous_reference"))
        .when("recalled")
        .then(pl.lit("account_recalled"))
        .when(pl.col("own_currency") != pl.col("currency"))
        .then(pl.lit("currency_differs"))
        .when(pl.col("own_account").is_null() & ~_foreign(policy))
        .then(pl.lit("unknown_reference"))
    )
    faulty = (
        pl.when(pl.col("amount_minor") == 0)
        .then(pl.lit("amount_zero"))
        .when((pl.col("side") == "receipt") & (pl.col("amount_minor") < 0))
        .then(pl.lit("sign_differs_from_kind"))
        .when((pl.col("kind") == "debit") & (pl.col("amount_minor") > 0))
        .then(pl.lit("sign_differs_from_kind"))
    )
    return (
        entries.with_columns(_clean("account_number", policy), faulty.alias("faulty"))
        .join(book, on="account_number", how="left", validate="m:1")
        .with_columns(reason.alias("own_reason"), _foreign(policy).alias("foreign"))
        .with_columns(
            pl.when(pl.col("own_reason").is_null()).then("own_account").name.keep(),
            pl.when(pl.col("own_reason").fill_null("account_recalled") == "account_recalled")
            .then("own_account")
            .alias("named_account"),
        )
    )


def _foreign(policy: MatchPolicy) -> pl.Expr:
    """The reference is declared foreign, and no account of ours carries it."""
    patterns = [f"(?:{pattern})" for pattern in policy.foreign_references]
    if not patterns:
        return pl.lit(False)
    declared = pl.col("account_number").str.contains(f"^(?:{'|'.join(patterns)})$")
    return (declared & pl.col("owners").is_null()).fill_null(False)


def _verdict() -> pl.Expr:
    """``verdict``: a class, or the reason of a suspension, for all but reversals that stand."""
    other = pl.col("named_account") != pl.col("told_account")
    return (
        pl.when(pl.col("faulty").is_not_null())
        .then(pl.col("faulty"))
        .when(pl.col("same_as").is_not_null())
        .then(pl.lit("duplicate"))
        .when("id_taken")
        .then(pl.lit("transaction_id_reused"))
        .when(pl.col("side") == "reversal")
        .then(pl.lit("reversal"))
        .when(pl.col("told_by").is_not_null() & other)
        .then(pl.lit("corroborates_other_account"))
        .when("far_apart")
        .then(pl.lit("corroborates_far_apart"))
        .when(pl.col("told_by").is_not_null())
        .then(pl.lit("corroborates"))
        .when("foreign")
        .then(pl.lit("not_ours"))
        .when(pl.col("side") == "debit")
        .then(pl.lit("debit"))
        .otherwise(pl.col("own_reason").fill_null("matched"))
        .alias("verdict")
    )


def _consequences() -> list[pl.Expr]:
    """The result columns a verdict implies; reversals get theirs later."""
    verdict = pl.col("verdict")
    corroborates = verdict == "corroborates"
    posts = verdict == "matched"
    same = verdict == "duplicate"
    known_class = (
        pl.when(corroborates)
        .then(pl.lit("matched"))
        .when(verdict.is_in(["matched", "duplicate", "reversal", "not_ours"]))
        .then(verdict)
        .otherwise(pl.lit("suspended"))
        .alias("class")
    )
    stage = (
        pl.when(posts)
        .then(pl.lit("exact_reference"))
        .when(corroborates)
        .then(pl.lit("same_transaction"))
    )
    reason = (
        pl.when(same)
        .then(pl.lit("same_transaction_id"))
        .when(verdict == "not_ours")
        .then(pl.lit("foreign_reference"))
        .when(~verdict.is_in(["matched", "corroborates", "reversal"]))
        .then(verdict)
    )
    linked = pl.when(same).then("same_as").when(corroborates).then("told_by")
    account = pl.when(posts).then("own_account").when(corroborates).then("told_account")
    return [
        known_class,
        pl.when(corroborates).then(verdict).alias("detail"),
        stage.alias("stage"),
        account.alias("account_id"),
        linked.alias("linked_entry_id"),
        reason.alias("reason"),
        posts.alias("posts"),
        pl.lit(None, dtype=pl.Int64).alias("undoes_entry_id"),
    ]
