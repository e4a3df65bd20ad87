"""Expected files: what an institution agreed to send on a date and did not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from recupero.dates import is_business_day
from recupero.errors import FileMissing
from recupero.profiles.layout import Layout
from recupero.profiles.profile import Profile
from recupero.profiles.sealed import outermost, plain_name
from recupero.rules.public_holidays import calendar_of
from recupero.steps.booking.control import ALONE
from recupero.steps.brought_back import original_of
from recupero.steps.incident import note
from recupero.steps.services import Services
from recupero.store import manifest
from recupero.store.recordings import is_closed
from recupero.store.session import Unit
from schemas.spoken import MISSING


@dataclass(frozen=True)
class Missing:
    """A file that did not come, or the ``parts`` of it."""

    kind: str
    version: str
    parts: tuple[str, ...]

    def __str__(self) -> str:
        of_parts = f" part {', '.join(self.parts)}" if any(self.parts) else ""
        return f"{self.kind} {self.version}{of_parts}"


def note_missing(services: Services, code: str, business_date: date) -> int:
    """Open or go on with an incident for the files that did not come, or end it; how many.

    Once the date's inbox was taken in: whatever came is there. Of a closed date nothing is said:
    what comes for it now comes under the open one.
    """
    with services.store.unit(code) as unit:
        if is_closed(unit, business_date):
            return 0
        missing = [
            *map(str, missing_files(unit, services.profile(code), business_date)),
            *unpaired(unit, business_date),
        ]
    told = "; ".join(missing)
    failures = [FileMissing(f"did not come on {business_date}: {told}")] if missing else []
    note(services, code, "files", failures)
    return len(missing)


def missing_files(unit: Unit, profile: Profile, business_date: date) -> list[Missing]:
    """What was expected on the date and did not come, a file or some of its parts for each name.

    One that was refused, held or is not opened yet did come: that is told by itself. One that a
    control file brought again came before. Lines that come back repaired are no such file, whatever
    names its layout allows.
    """
    received = manifest.receipts_of(unit, business_date)
    inside = manifest.names_of(unit, [one.container_id for one in received if one.container_id])
    came = [
        plain_name(one.name)
        for one in received
        if one.container_id is None or outermost(inside[one.container_id])
        if original_of(unit, one) is None
    ]
    expected = {one.name: one for one in profile.layouts if _is_due(one, profile, business_date)}
    found = [(one, {one.part_of(name) for name in came if one.matches(name)})
             for one in expected.values()]  # fmt: skip
    absent = [(one, tuple(part for part in one.parts or ("",) if part not in parts))
              for one, parts in found]  # fmt: skip
    return [Missing(one.kind, one.version, parts) for one, parts in absent if parts]


def unpaired(unit: Unit, business_date: date) -> list[str]:
    """Files without their control file, and control files without theirs, that were waited for
    until the date; what came on it all the same is not among them."""
    decided = manifest.outcomes(unit, business_date).sort("sequence")
    last = decided.unique("name", keep="last", maintain_order=True)
    paired = {manifest.control_file(row) for row in last.iter_rows(named=True)}
    return [
        f"control file of {name}" if rule == MISSING else f"file of {name}"
        for receipt_id, name, rule in last.select("receipt_id", "name", "rule").iter_rows()
        if rule in (MISSING, ALONE) and receipt_id not in paired
    ]


def _is_due(layout: Layout, profile: Profile, day: date) -> bool:
    if layout.expected == "never" or not layout.in_force(day):
        return False
    holidays = calendar_of(profile.institution.country, day).days
    return layout.expected == "daily" or is_business_day(day, holidays)
