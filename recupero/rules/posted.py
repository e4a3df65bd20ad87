"""Does the journal hold of each money entry what its match posts, and nothing else?"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from recupero.rules.components import COLUMNS
from recupero.rules.post import counted_in
from recupero.rules.stated import contained

_UNDONE = ("reverses_recording_id", "reverses_entry_number")
_POSTED = ("entry_id", "account_id", "currency", "amount_minor")


def misposted(
    matches: pl.DataFrame, entries: pl.DataFrame, journal: pl.DataFrame
) -> Iterator[tuple[int, str]]:
    """Entries whose journal rows are not those their match posts, and why; in order of entry.

    *matches*: ``entry_id``, ``class``, ``account_id``, ``posts``; *entries*: ``entry_id``,
    ``amount_minor``, ``currency``; *journal*: whole rows. What posts takes its amount off its
    account; a reversal, whose amount is negative, gives back component by component what the
    row it undoes took, and a row is undone once.
    """
    rows = journal.filter(pl.col("entry_id").is_not_null(), pl.col("event") != "adjusted")
    faults = {
        "its journal rows are not what its match posts": _not_its_amount(matches, entries, rows),
        "its journal rows are not the opposite of what it undoes": _not_undoing(matches, rows),
    }
    found = {(entry_id, why) for why, frame in faults.items() for entry_id in frame["entry_id"]}
    yield from sorted(found)


def miscounted(
    entries: pl.DataFrame, journal: pl.DataFrame, stated: pl.DataFrame
) -> Iterator[tuple[int, str]]:
    """Entries that stated figures contain and that count beside them, or the other way round.

    *entries*: ``entry_id``, ``booked_on``; *journal*: whole rows; *stated*: ``recording_id``,
    ``account_id`` and the ``cut_off`` until which the account was stated when the recording posted.
    """
    rows = journal.filter(pl.col("entry_id").is_not_null())
    money = contained(rows.filter(pl.col("event") != "adjusted"), entries, stated)
    wanted = _moved(counted_in(money))
    there = _moved(rows.filter(pl.col("event") == "adjusted"))
    off = pl.concat(
        [
            wanted.join(there, on=there.columns, how="anti", nulls_equal=True),
            there.join(wanted, on=there.columns, how="anti", nulls_equal=True),
        ]
    )
    why = "what the figures stated contain of it is not what was taken away again"
    yield from sorted((entry_id, why) for entry_id in set(off["entry_id"]))


def _moved(rows: pl.DataFrame) -> pl.DataFrame:
    """What *rows* move per recording, entry and whatever else must be alike."""
    alike = ["recording_id", "entry_id", "account_id", "ledger", "currency", "effective_on",
             "recorded_on", "receipt_id", "line_number"]  # fmt: skip
    return rows.group_by(alike).agg(pl.col(COLUMNS).sum())


def _not_its_amount(
    matches: pl.DataFrame, entries: pl.DataFrame, rows: pl.DataFrame
) -> pl.DataFrame:
    wanted = (
        matches.filter("posts")
        .join(entries.select("entry_id", "amount_minor", "currency"), on="entry_id")
        .select(*_POSTED[:-1], -pl.col("amount_minor"))
    )
    posted = (
        rows.group_by(_POSTED[:-1])
        .agg(pl.sum_horizontal(COLUMNS).sum().alias("amount_minor"))
        .select(_POSTED)
    )
    missing = wanted.join(posted, on=_POSTED, how="anti", nulls_equal=True)
    strange = posted.join(wanted, on=_POSTED, how="anti", nulls_equal=True)
    return pl.concat([missing, strange])


def _not_undoing(matches: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    same = ["ledger", "account_id", "currency"]
    undone = rows.select(
        pl.col("recording_id", "entry_number").name.prefix("reverses_"),
        *(pl.col(name).alias(f"undone_{name}") for name in (*same, *COLUMNS)),
    )
    opposite = pl.all_horizontal(
        *(pl.col(name) == pl.col(f"undone_{name}") for name in same),
        *(pl.col(name) == -pl.col(f"undone_{name}") for name in COLUMNS),
    )
    reverses = pl.col("reverses_recording_id").is_not_null()
    once = pl.struct(_UNDONE).is_unique()
    return (
        rows.join(matches.select("entry_id", "class"), on="entry_id")
        .join(undone, on=_UNDONE, how="left")
        .with_columns((pl.col("class") == "reversal").alias("undoes"))
        .filter(
            (pl.col("undoes") != reverses)
            | (pl.col("undoes") & ~(opposite.fill_null(False) & once))
        )
    )
