"""What no chain holds is held against what the chains say: slots, register, deliveries attempted.

A chain says of each contact asked for whether it was granted. The shared table says how many were
granted to a person, never by whom: an institution can see that its own are among them, and the
agency that there are no others.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date

import polars as pl

from recupero.profiles.profile import Profile
from recupero.rules.slots import grant
from recupero.steps.inputs import profile_used
from recupero.steps.services import AGENCY, Services
from recupero.steps.slots import LIMIT, NO_COUNTS, WISHED_AT, wishes
from recupero.store.enrolled import register
from recupero.store.outgoing import UNCERTAIN
from recupero.store.outside import slots_by_day, slots_of
from recupero.store.past import past_of
from recupero.store.proof import Finding
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import (
    contact_grant,
    delivery,
    delivery_attempt,
    delivery_decision,
    document,
    encrypted_document,
    recording,
    run_input,
)

_ASKED = ["account_id", "channel"]


def check_slots(services: Services, unit: Unit) -> Iterator[Finding]:
    """Grants that do not follow from the institution's own wishes, or that nobody counted.

    Of who else asked nothing is known here, so a refusal cannot be decided again.
    """
    if unit.institution == AGENCY:
        yield from _granted_by_all(services, unit)
        return
    granted = rows_of(unit, recording, recording.c.kind == "slots").sort("position")
    if granted.is_empty():
        return
    with past_of(unit) as past:
        for position, day, inputs in granted.select(
            "position", "business_date", "inputs"
        ).iter_rows():
            wished_at = int(json.loads(inputs).get(WISHED_AT, position - 1))
            past.go_to(min(wished_at + 1, position))
            with past.unit(unit.institution) as then:
                asked = wishes(services, then, day)
            past.go_to(position + 1)
            there = rows_of(unit, contact_grant, contact_grant.c.business_date == day)
            yield from _of_day(services, grant(asked, NO_COUNTS, LIMIT), there, day)


def _of_day(
    services: Services, alone: pl.DataFrame, there: pl.DataFrame, day: date
) -> Iterator[Finding]:
    """*alone* is what the wishes would be granted without anybody else, *there* what they were."""
    wished = alone.select(*_ASKED, "person_hash", pl.col("granted").alias("room"))
    both = there.select(*_ASKED, "granted").join(wished, on=_ASKED, how="full", coalesce=True)
    people = alone["person_hash"].unique().sort().to_list()
    taken = slots_of(services.owner_url, day, people)
    counted = both.join(taken, on="person_hash", how="left").with_columns(
        pl.col("taken").fill_null(0), pl.col("granted").sum().over("person_hash").alias("own")
    )
    for row in counted.sort(_ASKED).iter_rows(named=True):
        where = f"contact_grant {day} account_id={row['account_id']} channel={row['channel']}"
        if row["room"] is None:
            yield Finding(where, "nobody asked for it")
        elif row["granted"] is None:
            yield Finding(where, "was asked for and is missing")
        elif row["granted"] and not row["room"]:
            yield Finding(where, "granted beyond the person's limit")
        elif row["granted"] and row["taken"] < row["own"]:
            yield Finding(where, "granted, yet contact_slot does not count it")
        elif row["taken"] > (LIMIT.per_day or 0):
            yield Finding(where, "contact_slot counts more than the person's limit")


def _granted_by_all(services: Services, unit: Unit) -> Iterator[Finding]:
    """Days whose count of granted contacts is not the sum of what the institutions recorded.

    Only counts are read. Grants made meanwhile are no finding: the sum lies between the counts.
    """
    before = slots_by_day(services.owner_url)
    recorded: Counter[date] = Counter()
    for code in [each.code for each in register(unit) if each.code != AGENCY]:
        with services.store.snapshot(code) as one:
            rows = rows_of(one, recording, recording.c.kind == "slots")
        for day, counts in rows.select("business_date", "counts").iter_rows():
            told = json.loads(counts)
            recorded[day] += told["asked"] - told["refused"]
    after = slots_by_day(services.owner_url)
    for day in sorted({*recorded, *after}):
        if not before.get(day, 0) <= recorded[day] <= after.get(day, 0):
            what = f"counts {after.get(day, 0)} contacts, {recorded[day]} were granted"
            yield Finding(f"contact_slot {day}", what)


def check_register(services: Services, unit: Unit) -> Iterator[Finding]:
    """A country or currency in the register that no profile of the institution ever had.

    Names are not compared: one may change, and nothing is decided by it.
    """
    (row,) = [each for each in register(unit) if each.code == unit.institution]
    for profile in _profiles(services, unit):
        stated = profile.institution
        if (stated.country, stated.currency) == (row.country, row.currency):
            return
    what = f"{row.country} {row.currency} is in none of its profiles"
    yield Finding(f"institution {row.code}", what)


def _profiles(services: Services, unit: Unit) -> Iterator[Profile]:
    """Today's where there is one, then all that runs were made with."""
    if unit.institution in services.profiles:
        yield services.profile(unit.institution)
    kept = rows_of(unit, run_input, run_input.c.kind == "profile")
    for digest in kept["digest"]:
        yield profile_used(services, unit, digest)


def check_attempts(_services: Services, unit: Unit) -> Iterator[Finding]:
    """Attempts to bring other bytes than the paper's, in plain or as it was encrypted, deliveries
    uncertain without one, and decisions about one that was not."""
    tried = rows_of(unit, delivery_attempt)
    own = ["document_id", "address"]
    forms = (rows_of(unit, table).select(own) for table in (document, encrypted_document))
    other = tried.join(pl.concat(forms), on=own, how="anti")
    for document_id in other["document_id"]:
        yield Finding(f"delivery_attempt {document_id}", "names other bytes than the document")
    ended = rows_of(unit, delivery, delivery.c.outcome == UNCERTAIN)
    for document_id in ended.join(tried, on="document_id", how="anti")["document_id"]:
        yield Finding(f"delivery {document_id}", "uncertain, yet nobody attempted it")
    decided = rows_of(unit, delivery_decision)
    for document_id in decided.join(ended, on="document_id", how="anti")["document_id"]:
        yield Finding(f"delivery_decision {document_id}", "its delivery was not uncertain")
