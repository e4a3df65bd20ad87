"""How a file was read when it was taken in: by the profile of then, whatever it says today."""

from __future__ import annotations

import json

from recupero.profiles.identify import identify
from recupero.profiles.layout import Layout
from recupero.profiles.profile import Profile
from recupero.steps.booking.case import Original
from recupero.steps.inputs import profile_used
from recupero.steps.services import Services
from recupero.store import manifest
from recupero.store.manifest import Receipt
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import receipt_outcome, recording

_HEAD_BYTES = 65_536


def taken_in(unit: Unit, receipt: Receipt) -> Original:
    """*receipt*, decided about, with its dates."""
    outcome = rows_of(unit, receipt_outcome, receipt_outcome.c.receipt_id == receipt.receipt_id)
    return Original(receipt, *outcome.select("business_date", "cut_off").row(0))


def layout_then(
    services: Services, unit: Unit, profile: Profile, original: Original, file: bytes
) -> Layout:
    """The layout that *original*, whose bytes are *file*, was read by."""
    then = _profile_then(services, unit, profile, original.receipt)
    return identify(then, original.receipt.name, file[:_HEAD_BYTES], original.business_date)


def full_since(
    services: Services, unit: Unit, profile: Profile, kind: str, receipt: Receipt
) -> bool:
    """Whether a full list of *kind* was booked after *receipt*; lines that came back are none."""
    later = manifest.booked_since(unit, kind, receipt.sequence)
    versions = {
        known_by: row["layout_version"]
        for known_by, row in manifest.outcomes_of(unit, later).items()
    }
    return any(
        layout.snapshot == "full"
        for one in later
        for layout in _profile_then(services, unit, profile, one).layouts
        if (layout.kind, layout.version) == (kind, versions[one.receipt_id])
        and layout.matches(one.name)  # layouts of files called otherwise may share a version
    )


def _profile_then(services: Services, unit: Unit, profile: Profile, receipt: Receipt) -> Profile:
    """The profile *receipt* was taken in with; *profile* is today's."""
    intake = rows_of(
        unit, recording, recording.c.subject == manifest.subject_of(receipt.receipt_id)
    )
    digest = json.loads(intake["inputs"][0])["profile"]
    return profile if digest == profile.digest else profile_used(services, unit, digest)
