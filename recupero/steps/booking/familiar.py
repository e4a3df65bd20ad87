"""The rows of a full portfolio that say again what stands, and all that is left to look at.

An institution states its whole portfolio every day, and hardly anything of it changes. A row is
familiar where it is, but for its cut-off, the one booked last, names a person, and nothing else was
told of its account or person since. Booking works account by account and person by person, so
whoever is concerned by what is not familiar is looked at whole, and the rest cannot differ from
what stands. Where nothing is remembered, everything is looked at: that is the meaning, this only
saves its work.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

import polars as pl

from recupero.steps.booking.case import Case
from recupero.store import fingerprints
from recupero.store.bulk import among
from recupero.store.fingerprints import ROWS, Fingerprints
from recupero.store.rows import rows_of
from recupero.store.tables import party_version

#: Raise it whenever booking begins to make something else of the same rows.
_BOOKED_AS = 1
#: Kinds of files that tell no facts about accounts and persons.
_SILENT = frozenset(
    {
        "payment", "statement", "effort", "consent", "attestation", "write_off", "roster",
        "instalment", "guarantee", "document_index", "hold", "dispute", "judicial_event",
        "adjustment",
    }
)  # fmt: skip
#: Above this share of the accounts, looking at each costs more than looking at all.
_SHARE_MAX = 0.25
_PRINTS = ("account_key", "row_low", "row_high")


@dataclass(frozen=True)
class Concerned:
    """What is to be looked at: ``None`` is everything.

    ``rows`` are accepted rows with ``account_id``, ``person_id`` and their fingerprint;
    ``familiar`` the fingerprints of all others, and of accounts that they state.
    """

    rows: pl.DataFrame
    accounts: pl.Series | None
    persons: pl.Series | None
    familiar: pl.DataFrame


def concerned(case: Case) -> Concerned:
    """Tell the familiar rows of *case* from those to be looked at."""
    rows = case.screened.rows
    prints = _fingerprints(case, rows)
    known = _known(case)
    if known is not None:
        found = _told_apart(case, prints, known)
        if found is not None:
            return found
    return _everything(case, prints)


def remember(
    case: Case, looked_at: Concerned, ours: pl.DataFrame, gone: pl.DataFrame, refused: pl.DataFrame
) -> None:
    """Keep the fingerprints of what *case* states now.

    *ours* are the accounts it had among those looked at, *gone* those it no longer states,
    *refused* the lines that were rejected after all: they are strangers the next time too.
    """
    stated = looked_at.rows.join(refused, on="line_number", how="anti")
    # Of those that are familiar the file's cut-off is the newest of all.
    drawn = (stated if looked_at.familiar.is_empty() else case.screened.rows)["cut_off"].max()
    if not _is_memorable(case) or not isinstance(drawn, date):
        return
    # One cut-off is remembered: a row of another may contain less money than it seems to.
    of_then = pl.when(pl.col("cut_off") == drawn)
    accepted = stated.with_columns(
        of_then.then(name).alias(name) for name in ("row_low", "row_high")
    ).select(ROWS.names())
    still = ours.join(gone, on="account_id", how="anti").join(accepted, on="account_id", how="anti")
    silent = still.select(
        _key(case).alias("account_key"),
        pl.lit(None, pl.UInt64).alias("row_low"),
        pl.lit(None, pl.UInt64).alias("row_high"),
        "account_id",
        pl.lit(None, pl.Int64).alias("person_id"),
    )
    rows = pl.concat([looked_at.familiar, accepted, silent])
    if rows["account_key"].is_duplicated().any():
        return  # what is remembered of an earlier file stays true, with what was told since
    made = Fingerprints(case.receipt.receipt_id, drawn, _made_as(case), rows)
    fingerprints.keep(case.unit, case.layout.portfolio or "", made)


def _is_memorable(case: Case) -> bool:
    """A rehearsal proves what was recorded, and takes nothing from memory."""
    whole = case.layout.snapshot == "full" and not case.layout.parts
    return whole and case.unit.rehearsed is None


def _known(case: Case) -> Fingerprints | None:
    if not _is_memorable(case):
        return None
    return fingerprints.last(case.unit, case.layout.portfolio or "", _made_as(case))


def _made_as(case: Case) -> str:
    """All that the fingerprints of the same rows depend on."""
    layout = hashlib.sha256(case.layout.model_dump_json().encode()).hexdigest()
    return f"{_BOOKED_AS} polars-{pl.__version__} {layout}"


def _seed(case: Case, use: str) -> int:
    digest = hashlib.blake2b(use.encode(), digest_size=8, key=case.row_key).digest()
    return int.from_bytes(digest, "big")


def _key(case: Case) -> pl.Expr:
    return pl.col("account_number").hash(_seed(case, "account"))


def _fingerprints(case: Case, rows: pl.DataFrame) -> pl.DataFrame:
    """``line_number``, the fingerprints and what else decides; in the order of *rows*.

    The cut-off is everybody's. Days past due count from it: what they imply is the due date.
    """
    stated = rows.select(
        pl.exclude("line_number", "cut_off", "days_past_due", "due_date"), due_date(),
    )  # fmt: skip
    low, high = (stated.hash_rows(_seed(case, use)) for use in ("low", "high"))
    return rows.select(
        "line_number", "cut_off", "debtor_id_number", _key(case).alias("account_key"),
        row_low=low, row_high=high,
    )  # fmt: skip


def due_date() -> pl.Expr:
    """The due date, or the one that a row's days past due imply.

    Days past due age by themselves; the due date does not, so a repeated row stays a
    repetition. Zero days imply no overdue date.
    """
    overdue_since = pl.when(pl.col("days_past_due") > 0).then(
        pl.col("cut_off") - pl.duration(days=pl.col("days_past_due"))
    )
    return pl.coalesce("due_date", overdue_since).alias("due_date")


def _everything(case: Case, prints: pl.DataFrame) -> Concerned:
    rows = _identified(case, case.screened.rows.with_columns(prints.select(_PRINTS)))
    return Concerned(rows, None, None, pl.DataFrame(schema=ROWS))


def _identified(case: Case, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        case.account_ids(rows).alias("account_id"), case.person_ids(rows).alias("person_id")
    )


def _told_apart(case: Case, prints: pl.DataFrame, known: Fingerprints) -> Concerned | None:
    """None where too much is concerned, or two account numbers have one key."""
    before = known.rows.rename({"row_low": "known_low", "row_high": "known_high"})
    again = prints.join(before, on="account_key", how="left", maintain_order="left")
    same = (
        (pl.col("row_low") == pl.col("known_low"))
        & (pl.col("row_high") == pl.col("known_high"))
        & (pl.col("cut_off") == pl.col("cut_off").max())
        & pl.col("debtor_id_number").is_not_null()
    )
    again = again.with_columns(same.fill_null(False).alias("same"))
    told = fingerprints.told_since(case.unit, known, _SILENT)
    strange = _identified(
        case,
        case.screened.rows.with_columns(prints.select(_PRINTS)).filter(~again["same"]),
    )
    others = known.rows.join(again.filter("same"), on="account_key", how="anti")
    accounts = pl.concat([strange["account_id"], others["account_id"], told.accounts]).unique()
    parties = rows_of(case.unit, party_version, among(party_version.c.account_id, accounts))
    persons = (
        pl.concat([strange["person_id"], others["person_id"], told.persons, parties["person_id"]])
        .drop_nulls()
        .unique()
    )
    drawn_in = again["same"] & (
        again["account_id"].is_in(accounts.implode()) | again["person_id"].is_in(persons.implode())
    )
    neighbours = pl.concat(
        [
            case.screened.rows.filter(drawn_in),
            again.filter(drawn_in).select(*_PRINTS, "account_id", "person_id"),
        ],
        how="horizontal",
    )
    rows = pl.concat([strange, neighbours.select(strange.columns)]).sort("line_number")
    accounts = pl.concat([accounts, neighbours["account_id"]]).unique().sort()
    if accounts.len() > _SHARE_MAX * known.rows.height or _collide(strange, known.rows):
        return None
    familiar = again.filter(pl.col("same") & ~drawn_in).select(ROWS.names())
    return Concerned(rows, accounts, persons.sort(), familiar)


def _collide(rows: pl.DataFrame, known: pl.DataFrame) -> bool:
    """Whether a key stands for another account than it did."""
    pairs = rows.join(known, on="account_key", how="inner", suffix="_known")
    return (
        not pairs.filter(pl.col("account_id") != pl.col("account_id_known")).is_empty()
        or rows["account_key"].n_unique() != rows.height
    )
