"""Bytes and names that came before: what is a repetition, and what says something all the same."""

from __future__ import annotations

from recupero.errors import FileRefused
from recupero.profiles.fields import LISTS, NEVER_WHOLE
from recupero.profiles.layout import Layout
from recupero.profiles.profile import Profile
from recupero.steps.booking.control import repeated
from recupero.store import manifest
from recupero.store.manifest import Receipt
from recupero.store.session import Unit


def booked_before(
    unit: Unit, profile: Profile, receipt: Receipt, layout: Layout | FileRefused
) -> Receipt | None:
    """The receipt of the same bytes that was booked, as the same kind where this one has a kind.

    Bytes that were refused or held are no repetition: sent again under another name, as their
    acknowledgement asks, they are taken. Neither is what states facts after another of its kind:
    it may say that everything is again as it was. Of recalls each row is judged by itself: an
    account may have come back meanwhile. Control files of two files may say the same.
    """
    kind = layout.kind if isinstance(layout, Layout) else None
    if kind == "control":
        return repeated(unit, profile, receipt)
    if kind == "recall":
        return None
    booked = manifest.booked_receipt(unit, receipt.address, kind)
    return None if booked is None or is_news(unit, receipt, kind) else booked


def is_news(unit: Unit, receipt: Receipt, kind: str | None) -> bool:
    """Whether these bytes would say something though they came before: another came between."""
    if kind is None or kind not in {"placement", *LISTS, *NEVER_WHOLE}:
        return False
    last = manifest.last_booked(unit, kind)
    return last is None or last.address != receipt.address


def is_another_of_its_name(unit: Unit, receipt: Receipt) -> bool:
    """Whether an earlier receipt has this name and other bytes, and might be the valid one.

    One that was refused is not: under its name comes what mends it.
    """
    others = [
        earlier
        for earlier in manifest.receipts_named(unit, receipt.name)
        if earlier.sequence < receipt.sequence and earlier.address != receipt.address
    ]
    became = manifest.states(unit, others)
    return any(became.get(one.receipt_id) not in manifest.REFUSED for one in others)
