"""What portfolios said of accounts, and until when: what ``recupero.rules.stated`` judges by."""

from __future__ import annotations

import polars as pl
from sqlalchemy import ColumnElement, func, select

from recupero.rules.stated import SAID
from recupero.store import bulk
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import (
    account_cut_off,
    account_version,
    journal,
    receipt_outcome,
    recording,
)

#: The place in the chain from which nothing is known yet.
NOW = 2**31 - 1


def portfolios(unit: Unit) -> pl.DataFrame:
    """The portfolios booked: receipt_id, position, cut_off, portfolio (empty where an institution
    has one) and whether it is ``full``; in the order in which they were taken in, and with them the
    files of recalls, which have neither cut-off nor portfolio.
    """
    query = (
        select(
            receipt_outcome.c.receipt_id,
            recording.c.position,
            receipt_outcome.c.cut_off,
            receipt_outcome.c.control,
        )
        .join_from(
            receipt_outcome,
            recording,
            (recording.c.institution == receipt_outcome.c.institution)
            & (recording.c.recording_id == receipt_outcome.c.recording_id),
        )
        .where(
            receipt_outcome.c.institution == unit.institution,
            receipt_outcome.c.kind.in_(["placement", "recall"]),
            receipt_outcome.c.state == "booked",
        )
        .order_by(recording.c.position)
    )
    control = pl.col("control").str
    return bulk.read(unit.connection, query).select(
        "receipt_id",
        "position",
        "cut_off",
        control.json_path_match("$.portfolio").fill_null("").alias("portfolio"),
        (control.json_path_match("$.snapshot") == "full").fill_null(False).alias("full"),
    )


def said(unit: Unit, versions: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    """What each of the *files* said of an account by itself (``SAID``).

    *versions* are rows of ``account_version``: the newest ones suffice for what is known now.
    """
    by_file = files.select("receipt_id", "position", "portfolio", pl.col("cut_off").alias("drawn"))
    told = versions.join(by_file, on="receipt_id", how="inner").with_columns(
        pl.when(pl.col("state") == "placed")
        .then("effective_from")
        .otherwise(pl.coalesce("drawn", "effective_from"))
        .alias("cut_off")
    )
    apart = rows_of(unit, account_cut_off).join(by_file, on="receipt_id", how="inner")
    return pl.concat(
        [told.select(SAID), apart.with_columns(pl.lit(None, pl.String).alias("state")).select(SAID)]
    )


def written_off_at(unit: Unit) -> pl.DataFrame:
    """account_id and ``gone_at``, the place in the chain where its memorandum begins."""
    query = (
        select(journal.c.account_id, func.min(recording.c.position).label("gone_at"))
        .join_from(
            journal,
            recording,
            (recording.c.institution == journal.c.institution)
            & (recording.c.recording_id == journal.c.recording_id),
        )
        .where(*_in_memorandum(unit))
        .group_by(journal.c.account_id)
        .order_by(journal.c.account_id)
    )
    return bulk.read(unit.connection, query)


def is_written_off(unit: Unit) -> ColumnElement[bool]:
    """Holds of the rows of ``account_version`` whose accounts have a memorandum."""
    return account_version.c.account_id.in_(
        select(journal.c.account_id).where(*_in_memorandum(unit))
    )


def _in_memorandum(unit: Unit) -> tuple[ColumnElement[bool], ...]:
    return (
        journal.c.institution == unit.institution,
        journal.c.ledger == "memorandum",
        journal.c.account_id.is_not(None),
    )
