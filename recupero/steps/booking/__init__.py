"""How the rows of each kind of file become facts, events and journal rows.

``book`` accounts for every accepted row of a case: booked, unchanged, held or rejected.
``state`` gives what the file says, whatever was known before: rereading a file must give the
rows stored from it again, which is how the deep check proves them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from recupero.steps.booking.case import Booking, Case
from recupero.steps.booking.closing import (
    book_attestations,
    book_instructions,
    state_attestations,
    state_instructions,
)
from recupero.steps.booking.contact import (
    book_consents,
    book_efforts,
    state_consents,
    state_efforts,
)
from recupero.steps.booking.money import book_money, state_money
from recupero.steps.booking.placement import book_placement, state_placement
from recupero.steps.booking.roster import book_roster, state_roster
from recupero.store.rows import Table

__all__ = ["KINDS", "Booking", "Case", "Kind"]


@dataclass(frozen=True)
class Kind:
    """What is done with one kind of file."""

    book: Callable[[Case], Booking]
    state: Callable[[Case], dict[Table, pl.DataFrame]]


#: In the order a day's files are taken: accounts before the events that name them.
KINDS = {
    "roster": Kind(book_roster, state_roster),
    "placement": Kind(book_placement, state_placement),
    "consent": Kind(book_consents, state_consents),
    "effort": Kind(book_efforts, state_efforts),
    "attestation": Kind(book_attestations, state_attestations),
    "payment": Kind(book_money, state_money),
    "statement": Kind(book_money, state_money),
    "write_off": Kind(book_instructions, state_instructions),
}
