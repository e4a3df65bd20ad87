"""Control files and the files they speak of, whichever comes first.

A file is judged with the newest control file of its name with which no other was booked, or with
an older one of the same bytes. One that was refused for want of it, or because it disagreed, is
brought again by the next: as another receipt of its bytes, which came with the control file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from recupero.profiles.identify import named
from recupero.profiles.layout import Layout
from recupero.profiles.profile import Profile
from recupero.steps.booking.case import Booking, Case, Hold
from recupero.store import manifest
from recupero.store.manifest import Receipt
from recupero.store.rows import Table, rows_of
from recupero.store.session import Unit
from recupero.store.tables import erasure, member, receipt
from schemas.control import Declared
from schemas.spoken import MISSING, said_by

#: Why a control file is held: its file did not come. Of a file see ``MISSING``.
ALONE = "control_file_alone"
#: After these another control file may bring the file again.
_JUDGED = frozenset({"control_total", MISSING})
_UNPAIRED = Hold(
    ALONE,
    "no llegó el archivo del que habla, o ya se decidió sobre él; se usa con el que llegue",
    "envíe el archivo; el control no hace falta enviarlo otra vez",
)


@dataclass(frozen=True)
class Told:
    """A control file, the date it was taken in on, and what became of it."""

    receipt: Receipt
    taken_on: date
    state: str


def is_control(profile: Profile, file_name: str, day: date) -> bool:
    """Whether a control file is called so."""
    return any(layout.kind == "control" for layout in named(profile, file_name, day))


def control_of(unit: Unit, layout: Layout, file: Receipt) -> Told | None:
    """The control file with which *file*, of *layout*, is to be judged, if any: of the same bytes
    sent again the one they were booked with."""
    if layout.control_file is None:
        return None
    at_hand = _at_hand(unit, layout.control_file.of(file.name), file)
    return at_hand[-1] if at_hand else None


def _at_hand(unit: Unit, control_name: str, file: Receipt) -> list[Told]:
    """The control files so called that say what the newest says, oldest first; those left with
    which no other than *file* was booked."""
    taken = _taken(unit, control_name)
    named_so = manifest.receipts_named(unit, file.name)
    others = manifest.outcomes_of(unit, [one for one in named_so if one.address != file.address])
    used = {manifest.control_file(row) for row in others.values() if row["state"] == "booked"}
    newest = taken[-1].receipt.address if taken else ""
    return [
        one for one in taken if one.receipt.address == newest and one.receipt.receipt_id not in used
    ]


def _taken(unit: Unit, control_name: str) -> list[Told]:
    """The control files so called that files are judged with, oldest first."""
    called = manifest.receipts_named(unit, control_name)
    became, gone = manifest.outcomes_of(unit, called), _destroyed(unit, called)
    return [
        Told(one, became[one.receipt_id]["business_date"], became[one.receipt_id]["state"])
        for one in called
        if _counts(became.get(one.receipt_id)) and one.receipt_id not in gone
    ]


def waited(profile: Profile, one: Receipt, business_date: date) -> bool:
    """Whether *one* is no longer to wait for the other of the two."""
    return (business_date - one.business_date).days >= profile.policy.control_wait_days_max


def waits(unit: Unit, profile: Profile, one: Receipt, business_date: date) -> bool:
    """Whether *one* is left for later: a control file, or a file whose control file may come."""
    layouts = named(profile, one.name, business_date)
    if any(layout.kind == "control" for layout in layouts):
        return True  # `recupero.steps.control_files` takes them in
    told = [layout for layout in layouts if layout.control_file is not None]
    if not told or waited(profile, one, business_date):
        return False
    return all(control_of(unit, layout, one) is None for layout in told)


def stated_in(
    told: Told | None,
    profile: Profile,
    layout: Layout,
    file_name: str,
    content_of: Callable[[str], bytes],
) -> Declared | None:
    """What the control file says of the file, of a layout that has one; *content_of* gives the
    bytes at an address. Raises ``FileRefused`` where it did not come."""
    if layout.control_file is None:
        return None
    name = layout.control_file.of(file_name)
    if told is None:
        return said_by(name, None, profile, layout, file_name, date.min)
    content = content_of(told.receipt.address)
    return said_by(name, content, profile, layout, file_name, told.taken_on)


def repeated(unit: Unit, profile: Profile, control: Receipt) -> Receipt | None:
    """The control file that *control* repeats: the newest of its name, if that was booked and says
    the same; unless more files are to be judged than such control files are at hand.
    """
    taken = _taken(unit, control.name)
    if not taken or (taken[-1].state, taken[-1].receipt.address) != ("booked", control.address):
        return None
    files = _to_judge(unit, profile, control.name)
    if files and len(_at_hand(unit, control.name, files[-1])) < len(files):
        return None
    return taken[-1].receipt


def _to_judge(unit: Unit, profile: Profile, control_name: str) -> list[Receipt]:
    """The files that *control_name* speaks of and that wait, or may be brought again; of the same
    bytes one, and none where these were booked."""
    spoken = _spoken(unit, profile, control_name)
    became, newest = manifest.states(unit, spoken), spoken_of(unit, profile, control_name)
    booked = {one.address for one in spoken if became.get(one.receipt_id) == "booked"}
    left = [one for one in spoken if one.receipt_id not in became or one == newest]
    return list({one.address: one for one in left if one.address not in booked}.values())


def spoken_of(unit: Unit, profile: Profile, control_name: str) -> Receipt | None:
    """The newest file that *control_name* speaks of, where it waits or may be brought again."""
    spoken = _spoken(unit, profile, control_name)
    if not spoken or _destroyed(unit, spoken[-1:]):
        return None
    newest = spoken[-1]
    became = manifest.outcomes_of(unit, [newest]).get(newest.receipt_id)
    return newest if became is None or became["rule"] in _JUDGED else None


def _spoken(unit: Unit, profile: Profile, control_name: str) -> list[Receipt]:
    """The files that *control_name* speaks of, in order of arrival."""
    found: dict[int, Receipt] = {}
    for layout in profile.layouts:
        told = layout.control_file
        begins = told.speaks_of(control_name) if told else ""
        if told is None or not begins:
            continue
        for one in manifest.receipts_beginning(unit, begins):
            if layout.matches(one.name) and told.of(one.name) == control_name:
                found[one.sequence] = one
    return [found[sequence] for sequence in sorted(found)]


def book_control(case: Case) -> Booking:
    """Nothing of the ledger; the file it speaks of again, if that was refused for its control."""
    rows = case.screened.rows.height
    spoken = spoken_of(case.unit, case.profile, case.receipt.name)
    if spoken is None:
        return Booking({}, held=rows, hold=_UNPAIRED)
    again = manifest.outcomes_of(case.unit, [spoken])
    return Booking(_brought(case, spoken) if again else {}, booked=rows)


def _brought(case: Case, spoken: Receipt) -> dict[Table, pl.DataFrame]:
    first, *_ = manifest.receipts_at(case.unit, spoken.address)
    receipt_id = manifest.member_identity(
        case.identity_key, case.receipt.receipt_id, spoken.address, spoken.name
    )
    row = {
        "receipt_id": receipt_id,
        "name": spoken.name,
        "address": spoken.address,
        "size_bytes": spoken.size_bytes,
        "side_digest": spoken.side_digest,
        "business_date": case.business_date,
        "sequence": manifest.next_sequence(case.unit),
        "duplicate_of": first.receipt_id,
    }
    inside = {"receipt_id": receipt_id, "container_id": case.receipt.receipt_id}
    return {
        receipt: pl.DataFrame([row], schema_overrides={"side_digest": pl.String}),
        member: pl.DataFrame([inside]),
    }


def _destroyed(unit: Unit, receipts: list[Receipt]) -> set[int]:
    """Ids of those *receipts* whose bytes are past retention."""
    ids = [one.receipt_id for one in receipts]
    return set(rows_of(unit, erasure, erasure.c.receipt_id.in_(ids))["receipt_id"])


def _counts(became: dict[str, Any] | None) -> bool:
    """Whether a receipt is a control file that files are judged with."""
    if became is None or became["kind"] != "control":
        return False
    return bool(became["state"] == "booked" or became["rule"] == ALONE)
