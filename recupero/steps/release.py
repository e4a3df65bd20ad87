"""Release: whoever was planned is asked about once more, just before anybody acts on it.

What is refused here is a row with its rule, like every contact withheld.
"""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from recupero.rules.contact import still_lawful
from recupero.rules.contact_reasons import INSTANT_PASSED
from recupero.rules.contact_release import withdrawn
from recupero.steps.plan import known_on
from recupero.store.outgoing import Document
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import letter, permission, release_refusal

_ANSWER = ("allowed", "rule", "norm", "confidence", "lawful_from")


def release(
    unit: Unit, country: str, channel: str, proposed: pl.DataFrame, business_date: date,
    now: datetime,
) -> pl.DataFrame:  # fmt: skip
    """The day's allowed permissions of *channel*, answered anew; ``allowed`` is what is released.

    *proposed* is :func:`~recupero.steps.propose.propose` of now; *now* is the debtor's local
    time: a planned instant before it is refused.
    """
    planned = rows_of(
        unit, permission, permission.c.business_date == business_date,
        permission.c.channel == channel, permission.c.allowed,
    )  # fmt: skip
    known = known_on(unit, country, business_date)
    return still_lawful(
        withdrawn(planned, proposed), known.history, known.consents, known.holds, known.law,
        known.calendar.days, business_date, now,
    )  # fmt: skip


def refusals(released: pl.DataFrame) -> pl.DataFrame:
    """The rows for the table ``release_refusal``: what was planned and does not leave."""
    return released.filter(~pl.col("allowed")).select(
        "permission_id", "business_date", "channel", *_ANSWER[1:]
    )


def too_late(unit: Unit, document: Document, on: date) -> pl.DataFrame:
    """The rows for ``release_refusal`` dated *on*: contacts that *document* would have made.

    It was withheld, or lost on its way: its time is over, and it is not sent again.
    """
    released = as_released(unit, document.business_date).filter("allowed")
    if document.kind == "letters":
        pages = rows_of(unit, letter, letter.c.document_id == document.document_id)
        stopped = released.join(pages, on="permission_id", how="semi")
    else:
        stopped = released.filter(pl.col("channel") == "call")
    return stopped.select(
        "permission_id", pl.lit(on).alias("business_date"), "channel",
        pl.lit(INSTANT_PASSED.code).alias("rule"),
    )  # fmt: skip


def as_released(unit: Unit, business_date: date | None = None) -> pl.DataFrame:
    """Permissions of a date or of all, as they stand after what was refused at release."""
    of_day = () if business_date is None else (permission.c.business_date == business_date,)
    refused = rows_of(unit, release_refusal).select(
        "permission_id", pl.lit(True).alias("_refused"),
        *(pl.col(name).alias(f"_{name}") for name in _ANSWER[1:]),
    )  # fmt: skip
    rows = rows_of(unit, permission, *of_day).join(
        refused, on="permission_id", how="left", maintain_order="left"
    )
    gone = pl.col("_refused").fill_null(False)
    return rows.with_columns(
        (pl.col("allowed") & ~gone).alias("allowed"),
        *(
            pl.when(gone).then(pl.col(f"_{name}")).otherwise(pl.col(name)).alias(name)
            for name in _ANSWER[1:]
        ),
    ).drop(pl.selectors.starts_with("_"))
