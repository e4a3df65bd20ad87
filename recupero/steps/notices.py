"""Notices: what a pull did not take up and why, by reason, for the people who run the day."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date

import polars as pl

from recupero.store.recordings import Draft, append, take_turn
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import recording

#: A file sent again after it was not taken, of which nobody can tell whether it is the old one.
SENT_AGAIN = "sent_again"


def notice_left(unit: Unit, business_date: date, names: int, reasons: Mapping[str, int]) -> None:
    """Record what lies in the inbox by reason; *names* stands for the files, by a keyed hash.

    What the day's last notice says already is not noticed again. An inbox found clean since is:
    the last notice is what is left.
    """
    take_turn(unit)
    earlier = _left(_notices(unit, business_date), business_date)["subject"].to_list()
    if earlier[-1].endswith(f":{names}") if earlier else not reasons:
        return
    subject = f"notice:{business_date}:left:{len(earlier) + 1}:{names}"
    append(unit, Draft("notice", subject, business_date, dict(sorted(reasons.items()))))


def notice_sent_again(unit: Unit, business_date: date, receipt_id: int) -> None:
    """Record that the file of a receipt came again and is not looked at again; once a day."""
    subject = f"{_again(business_date)}{receipt_id}"
    append(unit, Draft("notice", subject, business_date, {SENT_AGAIN: 1}))


def noticed(unit: Unit, business_date: date) -> dict[str, int]:
    """Files of the day that were not taken up, by reason: left since, or sent again."""
    notices = _notices(unit, business_date)
    left = _left(notices, business_date)
    counts = Counter(json.loads(left["counts"][-1]) if left.height else {})
    counts[SENT_AGAIN] += notices.height - left.height
    return {reason: count for reason, count in sorted(counts.items()) if count}


def _notices(unit: Unit, business_date: date) -> pl.DataFrame:
    of_day = (recording.c.kind == "notice", recording.c.business_date == business_date)
    return rows_of(unit, recording, *of_day).sort("position")


def _left(notices: pl.DataFrame, business_date: date) -> pl.DataFrame:
    return notices.filter(~pl.col("subject").str.starts_with(_again(business_date)))


def _again(business_date: date) -> str:
    return f"notice:{business_date}:again:"
