"""Contact slots of people several institutions know: asked by all, granted without favour.

The only step that looks at more than one institution. It holds keyed person hashes, never a
name or number, and no institution learns who else asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from recupero.packs.load import load_pack
from recupero.rules.slots import SlotLimit, grant
from recupero.steps.propose import propose
from recupero.steps.roll_call import in_country
from recupero.steps.services import Services
from recupero.store.canonical import keyed_hashes
from recupero.store.contacts import claim_slot
from recupero.store.recordings import Draft, append, begin, find, height, is_closed
from recupero.store.session import Unit
from recupero.store.tables import contact_grant

#: House rule: one contact a day and person from the agency, whoever the creditor. No norm read
#: counts contacts across creditors, and none allows more for having several.
LIMIT = SlotLimit(per_day=1)
#: The input that says how high the institution's chain was when its wishes were read: it may grow
#: until the slots are recorded, for all wishes are read before any is granted.
WISHED_AT = "wished_at"
NO_COUNTS = pl.DataFrame(
    schema={"person_hash": pl.String, "channel": pl.String, "day": pl.Date, "count": pl.Int64}
)


def grant_slots(
    services: Services, country: str, codes: Sequence[str], business_date: date
) -> dict[str, int]:
    """Grant or refuse every contact the *codes* propose; returns refusals per institution.

    Asked again, the same grants stand. Without a pack for the country nothing is granted,
    because nothing may be contacted. Who is past the date without having asked contacts nobody
    on it any more and takes no part.
    """
    if load_pack(country) is None:
        return dict.fromkeys(codes, 0)
    codes = [code for code in codes if _takes_part(services, code, business_date)]
    heights: dict[str, int] = {}
    asked_for = []
    for code in sorted(codes):
        with services.store.snapshot(code) as unit:
            heights[code] = height(unit)
            asked_for.append(wishes(services, unit, business_date))
    asked = grant(pl.concat(asked_for), NO_COUNTS, LIMIT) if asked_for else None
    refused: dict[str, int] = {}
    who = _who(codes, in_country(services, country))
    for code in sorted(codes):
        assert asked is not None
        mine = asked.filter(pl.col("institution") == code)
        inputs = {**who, WISHED_AT: str(heights[code])}
        refused[code] = _record(services, code, mine, inputs, business_date)
    return refused


def _takes_part(services: Services, code: str, business_date: date) -> bool:
    with services.store.unit(code) as unit:
        asked = find(unit, f"slots:{business_date}") is not None
        return asked or not is_closed(unit, business_date)


def _who(codes: Sequence[str], enrolled: Sequence[str]) -> dict[str, str]:
    """Who took part, and which others of the country did not, whatever kept them."""
    absent = sorted(set(enrolled).difference(codes))
    took_part = {"took_part": ",".join(sorted(codes))}
    return {**took_part, "absent": ",".join(absent)} if absent else took_part


def wishes(services: Services, unit: Unit, business_date: date) -> pl.DataFrame:
    """The contacts *unit* proposes, as :func:`~recupero.rules.slots.grant` takes them."""
    rows = propose(unit, business_date).filter(pl.col("id_number").is_not_null())
    key = services.vault.agency_key("person")
    stated = pl.concat_str(pl.col("id_type").fill_null(""), "id_number", separator="\x1f")
    people = rows.select(stated).to_series()
    hashes = [f"{value & (2**64 - 1):016x}" for value in keyed_hashes(people, key)]
    return rows.select(
        pl.lit(unit.institution).alias("institution"),
        pl.Series("person_hash", hashes, dtype=pl.String),
        "channel",
        pl.lit(business_date).alias("day"),
        "rank",
        "account_id",
    )


def _record(
    services: Services, code: str, asked: pl.DataFrame, inputs: dict[str, str], business_date: date
) -> int:
    subject = f"slots:{business_date}"
    with services.store.unit(code) as unit:
        already = begin(unit, subject, business_date)  # else slots claimed twice would be lost
        if already is not None:
            return int(already.counts["refused"])
        asked = asked.sort("person_hash", "account_id")  # one order for all: no deadlock
        granted = _claim(unit, asked)
        rows = asked.select(
            "account_id", "channel", pl.lit(business_date).alias("business_date")
        ).with_columns(pl.Series("granted", granted, dtype=pl.Boolean))
        refused = granted.count(False)
        append(
            unit,
            Draft(
                kind="slots",
                subject=subject,
                business_date=business_date,
                counts={"asked": len(granted), "refused": refused},
                inputs=inputs,
                frames={contact_grant: rows},
            ),
        )
        return refused


def _claim(unit: Unit, asked: pl.DataFrame) -> list[bool]:
    """Take each granted slot from the shared count; one that is gone by now is refused."""
    claimed: list[bool] = []
    for row in asked.iter_rows(named=True):
        taken = 0
        if row["granted"]:
            taken = claim_slot(unit, row["person_hash"], row["day"], LIMIT.per_day or 0)
        claimed.append(bool(taken))
    return claimed
