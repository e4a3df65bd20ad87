"""Persons, who answers for which account, and how they may be reached, from a portfolio's rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from recupero.profiles.layout import Layout
from recupero.rules.contact_points import COLUMN, SAME, WIDTH, numbered
from recupero.steps.booking.case import Case
from recupero.steps.booking.familiar import Concerned
from recupero.steps.booking.repaired_people import of_other_lines, told_since
from recupero.store import facts, manifest
from recupero.store.introductions import PLACE, POINTS
from recupero.store.rows import Table
from recupero.store.tables import contact_point_version, party_version, person_version

_POINT = {
    "person_id": pl.Int64, "line_number": pl.Int64, "channel": pl.String, "column": pl.Int64,
    "value": pl.String, "city": pl.String, "region": pl.String,
}  # fmt: skip
#: Kinds of files that state points of people whom no portfolio need name.
_ABOUT_PEOPLE = ("related_person", "debtor_update")
_POINT_ID = facts.identity_columns(contact_point_version)


@dataclass(frozen=True)
class Known:
    """The versions in force of people: who answers for accounts, their names, their points."""

    parties: pl.DataFrame
    persons: pl.DataFrame
    points: pl.DataFrame


@dataclass(frozen=True)
class People:
    """Versions of what changed about people, and the lines that said so.

    ``replaced`` are the accounts whose debtor is another now; ``points_ended`` counts contact
    points that are no longer stated.
    """

    frames: dict[Table, pl.DataFrame]
    lines: set[int]
    replaced: tuple[str, ...]
    points_ended: int


def known_people(case: Case, asked: Concerned) -> Known:
    """What is known of the accounts and persons *asked* for."""
    unit, today = case.unit, case.business_date
    return Known(
        parties=facts.current(unit, party_version, today, of=asked.accounts),
        persons=facts.current(unit, person_version, today, of=asked.persons),
        points=facts.current(unit, contact_point_version, today, of=asked.persons),
    )


def people(
    case: Case,
    rows: pl.DataFrame,
    ours: pl.DataFrame,
    elsewhere: Sequence[int],
    known: Known,
) -> People:
    """What *rows* change about the people behind the accounts *ours*; a person stands once.

    A row that names a person states all the contact points of the person that its layout can
    state, and a full portfolio those of everybody: what is stated no longer is ended. Points that
    the receipts *elsewhere* stated are another portfolio's to end, and what a row that was
    rejected or names nobody may have stated stays. Rows that come back repaired end nothing that
    other lines may state, and say nothing of people of whom later files told.
    """
    debtors = rows.filter(pl.col("person_id").is_not_null())
    named = debtors.filter(~pl.col("person_id").is_in(told_since(case).implode()))
    persons = facts.compare(person_version, case.version(_persons(named)), known.persons)
    parties = facts.compare(party_version, case.version(_parties(debtors)), known.parties)
    replaced = _replaced(case, parties)
    kept = pl.concat(
        [
            _unnamed(case, named, ours, parties.before),
            of_other_lines(case, named, ours, parties.before),
        ]
    )
    own = _its_own(case, known.points, named, ours, parties.before)
    before = _before(own, named, case.layout, kept, elsewhere)
    stated = case.version(_numbered(_stated(named, case.layout), before, named)).drop("column")
    points = facts.compare(contact_point_version, stated, known.points)
    gone = before.filter(~pl.col("stays")).join(stated, on=_POINT_ID, how="anti")
    ended = _ended(case, gone).select(points.told.columns)
    frames: dict[Table, pl.DataFrame] = {
        person_version: persons.told,
        party_version: pl.concat([parties.told, replaced], how="vertical"),
        contact_point_version: pl.concat([points.told, ended], how="vertical"),
    }
    accounts = debtors.join(replaced, on="account_id", how="semi")["account_number"]
    return People(
        frames=frames,
        lines=set().union(*(frame["line_number"] for frame in frames.values())),
        replaced=tuple(sorted(set(accounts))),
        points_ended=ended.height,
    )


def _persons(named: pl.DataFrame) -> pl.DataFrame:
    """Each person as the row of its first account has it: the order of lines decides nothing."""
    first = named.sort("account_number").unique("person_id", keep="first", maintain_order=True)
    return first.select(
        "person_id", "line_number",
        pl.col("debtor_id_type").alias("id_type"),
        pl.col("debtor_id_number").alias("id_number"),
        pl.col("debtor_name").alias("name"),
    )  # fmt: skip


def _parties(named: pl.DataFrame) -> pl.DataFrame:
    return named.select("account_id", "person_id", "line_number", pl.lit("debtor").alias("role"))


def _replaced(case: Case, parties: facts.Changes) -> pl.DataFrame:
    """Versions ending the debtors whom the file names no longer: their debt is another's now."""
    named = parties.told.select("account_id", "line_number", pl.col("person_id").alias("named"))
    gone = (
        parties.before.drop("line_number")
        .filter(pl.col("role") == "debtor")
        .join(named, on="account_id", how="inner")
        .filter(pl.col("person_id") != pl.col("named"))
    )
    return _ended(case, gone).select(parties.told.columns)


def _ended(case: Case, versions: pl.DataFrame) -> pl.DataFrame:
    return case.version(versions).with_columns(pl.lit(case.business_date).alias("effective_until"))


def _unnamed(
    case: Case, named: pl.DataFrame, ours: pl.DataFrame, parties: pl.DataFrame
) -> pl.Series:
    """The persons of accounts that the file names in rows that name no person to us: rejected, or
    without the debtor's id.
    """
    keys = case.screened.readable_keys.alias("account_number").to_frame()
    silent = ours.join(keys, on="account_number", how="semi").join(
        named, on="account_id", how="anti"
    )
    return parties.join(silent, on="account_id", how="semi")["person_id"].unique()


def _its_own(
    case: Case, known: pl.DataFrame, named: pl.DataFrame, ours: pl.DataFrame, parties: pl.DataFrame
) -> pl.DataFrame:
    """*known* points without those that files about people stated of nobody in the portfolio."""
    about_people = manifest.outcomes(case.unit).filter(pl.col("kind").is_in(_ABOUT_PEOPLE))
    if about_people.is_empty():
        return known
    debtors = parties.filter(pl.col("role") == "debtor").join(ours, on="account_id", how="semi")
    persons = pl.concat([debtors["person_id"], named["person_id"]]).unique()
    apart = pl.col("receipt_id").is_in(about_people["receipt_id"].implode())
    return known.filter(~apart | pl.col("person_id").is_in(persons.implode()))


def _stated(named: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """The points the rows state, each once a person; several rows in the order of their accounts.

    The order of a file's lines says nothing, so it decides nothing.
    """
    several = pl.col("person_id").is_duplicated()
    return pl.concat(
        [
            unfolded(named.filter(~several), layout),
            unfolded(named.filter(several).sort("account_number"), layout).unique(
                SAME, keep="first", maintain_order=True
            ),
        ]
    )


def unfolded(rows: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """A row per cell with a contact point; city and region are an address's alone."""
    points = [pl.DataFrame(schema=_POINT)]
    for channel, column, name in _contacts(layout):
        lies = (pl.col(c) if channel == "address" else pl.lit(None, pl.String) for c in PLACE)
        points.append(
            rows.filter(pl.col(name).is_not_null()).select(
                "person_id", "line_number",
                pl.lit(channel).alias("channel"),
                pl.lit(column, pl.Int64).alias("column"),
                pl.col(name).alias("value"),
                *(place.alias(c) for c, place in zip(PLACE, lies, strict=True)),
            )
        )  # fmt: skip
    return pl.concat(points)


def _contacts(layout: Layout) -> list[tuple[str, int, str]]:
    """The contact columns a file of *layout* can fill."""
    return [one for one in POINTS if one[2] in layout.declared]


def _before(
    known: pl.DataFrame,
    named: pl.DataFrame,
    layout: Layout,
    kept: pl.Series,
    elsewhere: Sequence[int],
) -> pl.DataFrame:
    """The *known* points that the file could have stated again: in its columns, of the persons it
    names or, where it is full, of everybody.

    ``line_number`` is that of the person's first account, 0 for a person it does not name; see
    ``numbered`` for ``own`` and ``stays``.
    """
    lines = named.sort("account_number").unique("person_id", keep="first", maintain_order=True)
    columns = pl.DataFrame(
        [one[:2] for one in _contacts(layout)],
        schema={"channel": pl.String, "column": pl.Int64},
        orient="row",
    )
    own = ~pl.col("receipt_id").is_in(list(elsewhere))
    return (
        known.drop("line_number")
        .join(
            lines.select("person_id", "line_number"),
            on="person_id",
            how="left" if layout.snapshot == "full" else "inner",
        )
        .with_columns(pl.col("line_number").fill_null(0))
        .with_columns(COLUMN.alias("column"))
        .join(columns, on=["channel", "column"], how="semi")
        .with_columns(own.alias("own"), (~own | pl.col("person_id").is_in(kept)).alias("stays"))
    )


def _numbered(stated: pl.DataFrame, before: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """*stated* with ordinals: a column's own, unless a person has several points in one."""
    several = named.filter(pl.col("person_id").is_duplicated())["person_id"]
    crowded = before.filter(pl.col("stays") | (pl.col("ordinal") > WIDTH))["person_id"]
    persons = pl.concat([several, crowded]).unique()
    apart = pl.col("person_id").is_in(persons)
    plain = stated.filter(~apart).with_columns(pl.col("column").alias("ordinal"))
    return pl.concat([plain, numbered(stated.filter(apart), before.filter(apart))], how="diagonal")
