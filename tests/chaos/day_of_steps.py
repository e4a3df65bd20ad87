"""One business day in plain steps, without Prefect: the order of DESIGN.md, written once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from recupero.steps.assess import assess
from recupero.steps.deliver import deliver_documents
from recupero.steps.exhaust import give_opinions
from recupero.steps.intake import pending, take_in
from recupero.steps.letters import write_letters
from recupero.steps.plan import plan
from recupero.steps.pull import pull
from recupero.steps.reconcile import reconcile
from recupero.steps.services import AGENCY, Services, prepare
from recupero.steps.settle import settle
from recupero.steps.share_capacity import share_capacity
from recupero.steps.slots import grant_slots
from recupero.steps.worklists import write_worklists
from recupero.steps.write_off import decide_instructions

#: When letters are released: before the first contact of the day, in the debtor's local time.
_RELEASED_AT = time(5)


def found(services: Services, _day: date) -> None:
    """What comes before the first day: the schema, the institutions and a key for each."""
    prepare(services)
    for code in sorted(services.profiles):
        services.identity_key(code)


def play(services: Services, day: date) -> None:
    """The three beats of *day* for every institution there is a profile of."""
    codes = services.institutions()
    _receive(services, AGENCY, day)
    share_capacity(services, day)
    deliver_documents(services, AGENCY, day)
    for code in codes:
        _receive(services, code, day)
        settle(services, code, day)
        reconcile(services, code, day)
        assess(services, code, day)
    for country, together in _by_country(services, codes).items():
        grant_slots(services, country, together, day)
    for code in codes:
        _treat_and_close(services, code, day)


def _receive(services: Services, code: str, day: date) -> None:
    pull(services, code, day)
    for receipt_id in pending(services, code, day):
        take_in(services, code, receipt_id, day)


def _treat_and_close(services: Services, code: str, day: date) -> None:
    plan(services, code, day)
    write_letters(services, code, day, datetime.combine(day, _RELEASED_AT))
    write_worklists(services, code, day)
    give_opinions(services, code, day)
    decide_instructions(services, code, day)
    reconcile(services, code, day)
    deliver_documents(services, code, day)


def _by_country(services: Services, codes: Sequence[str]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for code in codes:
        grouped.setdefault(services.profile(code).institution.country, []).append(code)
    return grouped
