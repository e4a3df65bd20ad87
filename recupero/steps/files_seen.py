"""Every file that a date's pulls saw, one row each, with what became of it.

These rows are shown where debtors' data must not be. A name is told where a layout declares it: any
other may be a debtor's, and stands as the receipt's id or as a keyed hash.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from recupero.exchange.pickup import TEMPORARY_SUFFIXES
from recupero.exchange.remote import escape_name
from recupero.profiles.profile import Profile
from recupero.profiles.sealed import plain_name
from recupero.profiles.side_file import SIDE_SUFFIX
from recupero.steps.documents import folio
from recupero.steps.notices import SENT_AGAIN
from recupero.steps.services import Services
from recupero.store import manifest, sightings
from recupero.store.canonical import identity
from recupero.store.session import Unit

#: A file that came again under its name and was taken, or decided about, before.
SEEN_BEFORE = "seen_before"
#: What lies in the inbox, and what lay there in an earlier pull of the date.
LEFT, GONE = "left", "gone"
#: A receipt nothing was decided about yet.
PENDING = "pending"

#: A page that can be looked through, and a table that the conductor's database can hold.
ROWS_MAX = 200

#: Beyond every receipt in the order of arrival.
_NEWEST = 2**31
_PROBLEMS = frozenset({LEFT, PENDING, SENT_AGAIN, *manifest.NOT_TAKEN})
_ROWS = ("read", "booked", "unchanged", "held", "rejected", "duplicate")
_BLANK: dict[str, Any] = dict.fromkeys(
    ("file", "state", "rule", "kind", *_ROWS, "receipt", "size_bytes", "address"), ""
)


def files_seen(services: Services, code: str, business_date: date) -> list[dict[str, Any]]:
    """A row for each file taken, seen again or left, what needs somebody first, then the newest.

    ``rule`` says why, ``address`` is the beginning of the file's keyed digest. Not more than
    ``ROWS_MAX``; the last row has the totals of all.
    """
    profile, key = services.profile(code), services.identity_key(code)
    with services.store.snapshot(code) as unit:
        taken = list(_taken(unit, business_date))
        seen = sightings.of_day(unit, business_date)
        names = manifest.names_of(unit, seen["receipt_id"].drop_nulls().to_list())
    came = {entry_of(key, escape_name(row["name"])) for row in taken}
    rows = [
        *(_shown(profile, row) for row in taken),
        *(_shown(profile, row) for row in _not_taken(seen, names, came)),
    ]
    rows.sort(key=lambda row: (row["state"] not in _PROBLEMS, -row.pop("order"), row["file"]))
    return [*rows[:ROWS_MAX], _totals(rows)]


def declared(profile: Profile, name: str) -> str | None:
    """*name* where a layout of the profile declares it, or else None; a side file, an unfinished
    upload and a sealed file are called like the file.
    """
    bare = name.removesuffix(SIDE_SUFFIX)
    for suffix in TEMPORARY_SUFFIXES:
        bare = bare.removesuffix(suffix)
    bare = plain_name(bare)
    return name if any(layout.matches(bare) for layout in profile.layouts) else None


def entry_of(key: bytes, name_escaped: str) -> int:
    """The keyed hash that stands for an entry of the inbox."""
    return identity(key, "left", name_escaped)


def _taken(unit: Unit, business_date: date) -> Iterator[dict[str, Any]]:
    """What the date decided about, and what it received and nobody did, or a later date."""
    outcomes = manifest.outcomes(unit, business_date)
    for row in outcomes.iter_rows(named=True):
        yield row | {name: row[f"rows_{name}"] for name in _ROWS} | {"order": row["sequence"]}
    decided = set(outcomes["receipt_id"])
    received = manifest.receipts_of(unit, business_date)
    became = manifest.states(unit, received)
    for one in received:
        if one.receipt_id not in decided:
            state = became.get(one.receipt_id, PENDING)
            yield {**vars(one), "state": state, "order": one.sequence}


def _not_taken(
    seen: pl.DataFrame, names: dict[int, str], came: set[int]
) -> Iterator[dict[str, Any]]:
    """What was seen again, and what was left; not what was left at first and *came* later."""
    for row in seen.iter_rows(named=True):
        if row["receipt_id"] is not None:
            yield {**row, "name": names.get(row["receipt_id"]), "state": row["reason"], "order": 0}
        elif row["there"] or row["entry"] not in came:
            state = LEFT if row["there"] else GONE
            yield {**row, "state": state, "rule": row["reason"], "order": _NEWEST}


def _shown(profile: Profile, row: dict[str, Any]) -> dict[str, Any]:
    """*row* as it is told; of what is not known nothing."""
    receipt = "" if row["receipt_id"] is None else folio(row["receipt_id"])
    told = None if row["name"] is None else declared(profile, row["name"])
    known = {name: value for name in _BLANK if (value := row.get(name)) is not None}
    return _BLANK | known | {
        "file": told or receipt or f"#{folio(row['entry'])[:8]}",
        "receipt": receipt,
        "address": row.get("address", "")[:12],
        "order": row["order"],
    }  # fmt: skip


def _totals(rows: list[dict[str, Any]]) -> dict[str, Any]:
    states = Counter(row["state"] for row in rows)
    shown = f"{len(rows)} files" + (f", {ROWS_MAX} shown" if len(rows) > ROWS_MAX else "")
    sums = {name: sum(row[name] or 0 for row in rows) for name in ("size_bytes", *_ROWS)}
    return _BLANK | sums | {
        "file": shown,
        "state": ", ".join(f"{count} {state}" for state, count in sorted(states.items())),
    }  # fmt: skip
