"""Which accounts the holds that were told are of, and which judicial events are holds.

An insolvency stops contacts everywhere, for the claim is then a matter of its proceeding. A suit
does where the law in force says so; elsewhere what happens in it is kept as evidence alone.
"""

from __future__ import annotations

import polars as pl

from recupero.rules.law import ContactLaw

#: By kind of hold, the events that show it and those that end it. Whoever is sentenced was served;
#: goods may be seized before anybody is.
_PROCEEDINGS = {
    "insolvency": (("insolvency_opened",), ("insolvency_ended",)),
    "lawsuit": (("demand_served", "judgment", "auction"), ("proceeding_ended",)),
}
#: Kinds of hold that are about the debtor, whatever account they were told of.
_OF_PERSON = ("insolvency", "deceased", "protected")
_EVERYWHERE = frozenset({"insolvency"})


def judicial_holds(events: pl.DataFrame, law: ContactLaw | None) -> pl.DataFrame:
    """*events* (account_id, event, occurred_on, reference) as holds: account_id, kind, from_date,
    until_date.

    A hold lasts through the day of the first event after its beginning that ends it; ``until_date``
    is the day after, null while it lasts. Of several proceedings of an account, told apart by their
    reference, each ends for itself, and one that was begun or ended without a reference never.
    """
    by_law = frozenset[str]().union(*(stop.holds for stop in law.stops)) if law else frozenset()
    return pl.concat(
        _spans(events, kind, *_PROCEEDINGS[kind])
        for kind in sorted(_PROCEEDINGS.keys() & (_EVERYWHERE | by_law))
    )


def with_other_accounts(
    holds: pl.DataFrame, debtors: pl.DataFrame, ever: pl.DataFrame
) -> pl.DataFrame:
    """*holds*, those about a person on each account of the person: *debtors* (account_id,
    person_id). Nobody is insolvent or dead for one account alone.

    *ever*, with ``effective_until``, says who was debtor of an account at any time: what was told
    of it is about whoever was so from then on, wherever its debt has gone since.
    """
    since = pl.col("effective_until").is_null() | (pl.col("effective_until") > pl.col("from_date"))
    also = debtors.select("person_id", pl.col("account_id").alias("also"))
    others = (
        holds.filter(pl.col("kind").is_in(_OF_PERSON))
        .join(ever.select("account_id", "person_id", "effective_until"), on="account_id")
        .filter(since)
        .join(also, on="person_id")
        .select(pl.col("also").alias("account_id"), *holds.columns[1:])
    )
    return pl.concat([holds, others]).unique(maintain_order=True)


def _spans(
    events: pl.DataFrame, kind: str, begins: tuple[str, ...], ends: tuple[str, ...]
) -> pl.DataFrame:
    day, reference = pl.col("occurred_on"), pl.col("reference")
    told = events.filter(pl.col("event").is_in([*begins, *ends])).with_columns(
        several=(reference.drop_nulls().n_unique() > 1).over("account_id")
    )
    begun = told.filter(pl.col("event").is_in(begins)).select(
        "account_id", "reference", "several", from_date=day
    )
    over = told.filter(pl.col("event").is_in(ends)).select(
        "account_id", pl.col("reference").alias("of"), ended_on=day
    )
    same = (pl.col("reference") == pl.col("of")).fill_null(False)
    began = ["account_id", "reference", "from_date"]
    ended = (
        begun.join(over, on="account_id")
        .filter(pl.col("ended_on") > pl.col("from_date"), ~pl.col("several") | same)
        .group_by(began)
        .agg(until_date=pl.col("ended_on").min().dt.offset_by("1d"))
    )
    return begun.join(ended, on=began, how="left", maintain_order="left", nulls_equal=True).select(
        "account_id", pl.lit(kind).alias("kind"), "from_date", "until_date"
    )
