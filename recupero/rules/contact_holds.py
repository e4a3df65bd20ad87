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
    """*events* (account_id, event, occurred_on) as holds: account_id, kind, from_date, until_date.

    A hold lasts through the day of the first event after its beginning that ends it; ``until_date``
    is the day after, null while it lasts.
    """
    by_law = frozenset[str]().union(*(stop.holds for stop in law.stops)) if law else frozenset()
    return pl.concat(
        _spans(events, kind, *_PROCEEDINGS[kind])
        for kind in sorted(_PROCEEDINGS.keys() & (_EVERYWHERE | by_law))
    )


def with_other_accounts(holds: pl.DataFrame, debtors: pl.DataFrame) -> pl.DataFrame:
    """*holds*, those about a person on each account of the person: *debtors* (account_id,
    person_id). Nobody is insolvent or dead for one account alone.
    """
    also = debtors.select("person_id", pl.col("account_id").alias("also"))
    others = (
        holds.filter(pl.col("kind").is_in(_OF_PERSON))
        .join(debtors.select("account_id", "person_id"), on="account_id")
        .join(also, on="person_id")
        .select(pl.col("also").alias("account_id"), *holds.columns[1:])
    )
    return pl.concat([holds, others]).unique(maintain_order=True)


def _spans(
    events: pl.DataFrame, kind: str, begins: tuple[str, ...], ends: tuple[str, ...]
) -> pl.DataFrame:
    day = pl.col("occurred_on")
    begun = events.filter(pl.col("event").is_in(begins)).select("account_id", from_date=day)
    over = events.filter(pl.col("event").is_in(ends)).select("account_id", ended_on=day)
    ended = (
        begun.join(over, on="account_id")
        .filter(pl.col("ended_on") > pl.col("from_date"))
        .group_by("account_id", "from_date")
        .agg(until_date=pl.col("ended_on").min().dt.offset_by("1d"))
    )
    return begun.join(
        ended, on=["account_id", "from_date"], how="left", maintain_order="left"
    ).select("account_id", pl.lit(kind).alias("kind"), "from_date", "until_date")
