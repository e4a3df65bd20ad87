"""Until when portfolios stated the accounts, now and when money was posted to them."""

from __future__ import annotations

import polars as pl

from recupero.rules.stated import last_stated
from recupero.store import stated
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import account_version, journal, recording


def known_cut_offs(unit: Unit, versions: pl.DataFrame) -> pl.DataFrame:
    """*versions*, the current ones, with ``portfolio`` and the last stated ``cut_off``."""
    asked = versions.drop("state").with_columns(pl.lit(stated.NOW, pl.Int64).alias("position"))
    return _stated(unit, asked, versions).drop("position")


def restated_now(unit: Unit, accounts: pl.DataFrame) -> pl.DataFrame:
    """account_id and ``cut_off``: until when *accounts*, current versions, are stated."""
    asked = accounts.select("account_id", pl.lit(stated.NOW, pl.Int64).alias("position"))
    earlier = rows_of(unit, account_version, stated.is_written_off(unit))
    current = accounts.join(earlier, on="account_id", how="anti")
    versions = pl.concat([current, earlier], how="diagonal")
    return _restated(unit, asked, versions).select("account_id", "cut_off")


def restated_when_posted(unit: Unit) -> pl.DataFrame:
    """recording_id, account_id and ``cut_off``: until when the accounts were stated to which each
    recording posted money.
    """
    posted = rows_of(unit, journal, journal.c.event == "paid", journal.c.account_id.is_not(None))
    asked = (
        posted.select("recording_id", "account_id")
        .unique(maintain_order=True)
        .join(rows_of(unit, recording).select("recording_id", "position"), on="recording_id")
    )
    found = _restated(unit, asked, rows_of(unit, account_version))
    return found.select("recording_id", "account_id", "cut_off")


def _restated(unit: Unit, asked: pl.DataFrame, versions: pl.DataFrame) -> pl.DataFrame:
    """Those *asked* that were not recalled; what was written off is stated until then for good."""
    written_off = stated.written_off_at(unit)
    until = asked.join(written_off, on="account_id", how="left", maintain_order="left")
    frozen = until.with_columns(pl.min_horizontal("position", "gone_at").alias("position"))
    return _stated(unit, frozen, versions).filter(pl.col("state") == "placed")


def _stated(unit: Unit, asked: pl.DataFrame, versions: pl.DataFrame) -> pl.DataFrame:
    files = stated.portfolios(unit)
    full = files.filter("full").drop_nulls("cut_off")
    return last_stated(asked, stated.said(unit, versions, files), full)
