"""Who answers for an account besides its debtor, and what changed about a person we know."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from recupero.rules.contact_points import COLUMN
from recupero.steps.booking.account_facts import ROLES_STATED, as_stored, overtaken, sort_out
from recupero.steps.booking.case import Booking, Case, Ended, rejects
from recupero.steps.booking.people import unfolded
from recupero.store import facts, manifest
from recupero.store.rows import Table
from recupero.store.tables import contact_point_version, party_version, person_version


@dataclass(frozen=True)
class Told:
    """Versions by table of what rows say anew of people, and the lines that said so.

    ``outdated`` are lines that say something older than what is known; nothing of them is taken.
    """

    frames: dict[Table, pl.DataFrame]
    lines: set[int]
    outdated: set[int]


def book_related_persons(case: Case) -> Booking:
    """Who answers for our accounts as co-debtor, guarantor or representative.

    Somebody who is a debtor too is the same person, whose name and contact points the portfolio
    states; of somebody in several rows the first account's row does. A row that says otherwise
    gets a warning.
    """
    rows, unknown = case.split_known(case.screened.rows)
    rows = rows.with_columns(case.person_ids(rows).alias("person_id"))
    roles = sort_out(case, ROLES_STATED, rows, also_stated=rows.clear())
    sure = _without(rows, set(roles.outdated["line_number"]))
    parties = facts.current(case.unit, party_version, case.business_date)
    debtors = parties.filter(pl.col("role") == "debtor").join(
        case.known_accounts(), on="account_id", how="semi"
    )
    others = sure.join(debtors, on="person_id", how="anti", maintain_order="left")
    first = others.sort("account_number").unique("person_id", keep="first", maintain_order=True)
    people = _news(case, first)
    refused = {*roles.outdated["line_number"], *people.outdated}
    told = _without(roles.told, people.outdated)
    lines = {*told["line_number"], *people.lines}
    kept = _without(sure, people.outdated)
    return Booking(
        frames={party_version: pl.concat([told, roles.ended]), **people.frames},
        booked=len(lines),
        unchanged=rows.height - len(lines) - len(refused),
        rejects=pl.concat([unknown, _refused(rows, refused)]).sort("line_number"),
        warnings=rejects(_otherwise(case, kept, first), "person_otherwise", "debtor_id_number"),
        ended=Ended(facts_count=roles.ended.height),
    )


def book_debtor_updates(case: Case) -> Booking:
    """New names and contact points of people we know; what a row leaves empty stays as it is."""
    stated = case.screened.rows.with_columns(case.person_ids(case.screened.rows).alias("person_id"))
    known = facts.last_told(case.unit, person_version, case.business_date)
    rows = stated.join(known, on="person_id", how="semi", maintain_order="left")
    strangers = stated.join(known, on="person_id", how="anti", maintain_order="left")
    people = _news(case, rows)
    refused = [
        case.not_known(strangers, "person_not_known", "debtor_id_number"),
        _refused(rows, people.outdated),
    ]
    return Booking(
        frames=people.frames,
        booked=len(people.lines),
        unchanged=rows.height - len(people.lines) - len(people.outdated),
        rejects=pl.concat(refused).sort("line_number"),
    )


def _news(case: Case, rows: pl.DataFrame) -> Told:
    """What *rows*, one a person, say anew of the name and of each column of contact points."""
    drawn = pl.col("stated_on") if "stated_on" in rows.columns else pl.lit(None, pl.Date)
    dated = rows.with_columns(drawn.fill_null(case.said_on).alias("first"))
    stated = {
        person_version: _persons(case, dated),
        contact_point_version: _points(case, dated),
    }
    fresh = {table: _fresh(case, table, versions) for table, versions in stated.items()}
    outdated = {
        line for frame in fresh.values() for line in frame.filter("outdated")["line_number"]
    }
    frames = {
        table: _without(frame, outdated).select(facts.told_columns(table))
        for table, frame in fresh.items()
    }
    points = frames[contact_point_version]
    lines = set().union(*(frame["line_number"] for frame in frames.values()))
    frames[contact_point_version] = pl.concat([points, _again_elsewhere(case, points)])
    return Told(frames, lines, outdated)


def _fresh(case: Case, table: Table, stated: pl.DataFrame) -> pl.DataFrame:
    """Versions of *stated* that are not known, each ``outdated`` or not."""
    versions = as_stored(table, case.version(stated, pl.col("first")))
    known = _as_drawn(case, facts.last_told(case.unit, table, case.business_date))
    before = facts.known_beside(table, known)
    joined = versions.join(
        before, on=facts.identity_columns(table), how="left", maintain_order="left"
    )
    ended = (pl.col("known_effective_until") <= case.business_date).fill_null(False)
    repeated = pl.col("known").fill_null(False) & facts.says_the_same(table) & ~ended
    return joined.filter(~repeated).with_columns(overtaken(case).alias("outdated"))


def _as_drawn(case: Case, known: pl.DataFrame) -> pl.DataFrame:
    """*known* dated by the cut-off of the portfolio that said it, where one did."""
    drawn = manifest.outcomes(case.unit).select("receipt_id", "cut_off")
    return known.join(drawn, on="receipt_id", how="left", maintain_order="left").with_columns(
        pl.min_horizontal("effective_from", "cut_off").alias("effective_from")
    )


def _persons(case: Case, rows: pl.DataFrame) -> pl.DataFrame:
    """Each person with the name the row gives, else the one known."""
    known = facts.last_told(case.unit, person_version, case.business_date)
    named = known.select("person_id", pl.col("name").alias("known_name"))
    return rows.join(named, on="person_id", how="left", maintain_order="left").select(
        "person_id", "line_number", "first",
        pl.col("debtor_id_type").alias("id_type"),
        pl.col("debtor_id_number").alias("id_number"),
        pl.coalesce("debtor_name", "known_name").alias("name"),
    )  # fmt: skip


def _points(case: Case, rows: pl.DataFrame) -> pl.DataFrame:
    """Each point the rows state, in the place of its column; of the same address the city stays."""
    known = facts.current(case.unit, contact_point_version, case.business_date).select(
        "person_id", "channel", pl.col("ordinal").cast(pl.Int64), "value",
        pl.col("city").alias("known_city"), pl.col("region").alias("known_region"),
    )  # fmt: skip
    stated = unfolded(rows, case.layout).with_columns(pl.col("column").alias("ordinal"))
    return (
        stated.join(known, on=["person_id", "channel", "ordinal", "value"], how="left",
                    maintain_order="left")
        .with_columns(pl.coalesce(c, f"known_{c}").alias(c) for c in ("city", "region"))
        .join(rows.select("line_number", "first"), on="line_number", how="left",
              maintain_order="left")
        .drop("known_city", "known_region", "column")
    )  # fmt: skip


def _again_elsewhere(case: Case, points: pl.DataFrame) -> pl.DataFrame:
    """Versions that end what *points* say now in first place where it stood in a later one."""
    known = facts.current(case.unit, contact_point_version, case.business_date)
    first = points.select("person_id", "channel", "value", pl.col("ordinal").alias("_first"))
    again = known.join(first, on=["person_id", "channel", "value"], how="inner").filter(
        pl.col("ordinal") != pl.col("_first"), pl.col("_first") == COLUMN
    )
    ended = case.version(again).with_columns(
        pl.lit(case.business_date).alias("effective_until"), pl.lit(0).alias("line_number")
    )
    return as_stored(contact_point_version, ended.select(points.columns))


def _otherwise(case: Case, rows: pl.DataFrame, taken: pl.DataFrame) -> pl.DataFrame:
    """*rows* with a name or a contact point that is neither in *taken* nor known of a debtor."""
    today = case.business_date
    words = ["person_id", "channel", "value"]
    points = facts.current(case.unit, contact_point_version, today).select(words)
    names = facts.current(case.unit, person_version, today).select(
        "person_id", pl.lit("name").alias("channel"), pl.col("name").alias("value")
    )
    known = pl.concat([points, names]).join(taken, on="person_id", how="anti")
    right = pl.concat([known, _cells(case, taken).select(words)])
    wrong = _cells(case, rows).join(right, on=words, how="anti")
    return rows.join(wrong, on="line_number", how="semi", maintain_order="left")


def _cells(case: Case, rows: pl.DataFrame) -> pl.DataFrame:
    """The names and contact points of *rows*, a row each."""
    columns = ["line_number", "person_id", "channel", "value"]
    names = rows.filter(pl.col("debtor_name").is_not_null()).with_columns(
        pl.lit("name").alias("channel"), pl.col("debtor_name").alias("value")
    )
    return pl.concat([names.select(columns), unfolded(rows, case.layout).select(columns)])


def _refused(rows: pl.DataFrame, lines: set[int]) -> pl.DataFrame:
    older = rows.filter(pl.col("line_number").is_in(sorted(lines)))
    return rejects(older, "outdated_fact", "debtor_id_number")


def _without(rows: pl.DataFrame, lines: set[int]) -> pl.DataFrame:
    return rows.filter(~pl.col("line_number").is_in(sorted(lines)))
