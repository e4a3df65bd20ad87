"""How the rows of each kind of file become facts, events and journal rows.

Each function accounts for every accepted row of a case: booked, unchanged, held or rejected. What
it records follows from the file and what was known before it alone, so that the deep check can
run it again.
"""

from collections.abc import Callable
from dataclasses import replace

from recupero.steps.booking.account_facts import book_account_facts
from recupero.steps.booking.adjustment import book_adjustments
from recupero.steps.booking.agency import book_stated
from recupero.steps.booking.case import Booking, Case
from recupero.steps.booking.closing import book_attestations, book_instructions
from recupero.steps.booking.contact import book_consents, book_efforts
from recupero.steps.booking.control import book_control
from recupero.steps.booking.money import book_money
from recupero.steps.booking.persons import book_debtor_updates, book_related_persons
from recupero.steps.booking.placement import book_placement
from recupero.steps.booking.roster import book_roster
from recupero.steps.booking.taken_back import book_recalls
from recupero.store.canonical import row_hashes
from recupero.store.tables import PERSONAL, absence, effort_cost, goal, unit_value

__all__ = ["RANK", "Booking", "Case", "book"]

#: In the order a day's files are taken: accounts before the events that name them.
_KINDS: dict[str, Callable[[Case], Booking]] = {
    "roster": book_roster,
    "absence": book_stated(absence),
    "cost": book_stated(effort_cost),
    "goal": book_stated(goal),
    "unit_value": book_stated(unit_value),
    "control": book_control,
    "placement": book_placement,
    "instalment": book_account_facts,
    "guarantee": book_account_facts,
    "document_index": book_account_facts,
    "related_person": book_related_persons,
    "debtor_update": book_debtor_updates,
    "hold": book_account_facts,
    "dispute": book_account_facts,
    "judicial_event": book_account_facts,
    "recall": book_recalls,
    "consent": book_consents,
    "effort": book_efforts,
    "attestation": book_attestations,
    "adjustment": book_adjustments,
    "payment": book_money,
    "statement": book_money,
    "write_off": book_instructions,
}

#: A recall and a portfolio both say whether an account is placed: these are taken as they came.
RANK = {kind: rank for rank, kind in enumerate(_KINDS)} | {
    "recall": list(_KINDS).index("placement")
}


def book(case: Case) -> Booking:
    """What is to be recorded of *case*; personal facts with their keyed ``row_hash``."""
    booking = _KINDS[case.layout.kind](case)
    hashed = {
        table: rows.with_columns(row_hashes(rows, table, case.row_key))
        for table, rows in booking.frames.items()
        if table in PERSONAL
    }
    return replace(booking, frames={**booking.frames, **hashed})
