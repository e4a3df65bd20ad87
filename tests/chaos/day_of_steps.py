"""One business day in plain steps, without Prefect, in the order of ``flows.night``.

Each function plays the day from its beginning up to and including its own part, because that is
what a rerun does: it does not know where it was killed.
"""

from __future__ import annotations

from datetime import date, datetime, time

from recupero.errors import IntegrityError
from recupero.steps.anchor import anchor
from recupero.steps.assess import assess
from recupero.steps.control_files import heed
from recupero.steps.deliver import deliver_answers, deliver_documents
from recupero.steps.exhaust import give_opinions
from recupero.steps.finish import finish
from recupero.steps.intake import pending, take_in
from recupero.steps.letters import write_letters
from recupero.steps.plan import plan
from recupero.steps.prepare import prepare
from recupero.steps.pull import pull
from recupero.steps.reconcile import reconcile
from recupero.steps.retain import destroy_if_free, record_due
from recupero.steps.roll_call import by_country
from recupero.steps.services import AGENCY, Services
from recupero.steps.settle import settle
from recupero.steps.slots import grant_slots
from recupero.steps.summarise import summarise
from recupero.steps.unseal import unseal
from recupero.steps.verify import verify
from recupero.steps.worklists import write_worklists
from recupero.steps.write_off import decide_instructions

#: When letters are released, in the debtor's local time: the first contacts' instants have passed.
_RELEASED_AT = time(9, 10)


def found(services: Services, _day: date) -> None:
    """What comes before the first day: the schema, the institutions and a key for each."""
    prepare(services)
    for code in sorted(services.profiles):
        services.identity_key(code)


def receiving(services: Services, day: date) -> None:
    """First beat: files, capacity, money, answers, and how every account stands."""
    _receive(services, AGENCY, day)
    for code in services.institutions():
        finish(services, code, day)
        _receive(services, code, day)
        settle(services, code, day)
        reconcile(services, code, day)
        deliver_answers(services, code, day)
    for code in services.institutions():
        assess(services, code, day)


def treating(services: Services, day: date) -> None:
    """And then the second beat and the third's contacts."""
    receiving(services, day)
    for country, codes in by_country(services, services.institutions()).items():
        grant_slots(services, country, codes, day)
    for code in services.institutions():
        plan(services, code, day)
        write_letters(services, code, day, _released_at(day))
        write_worklists(services, code, day, _released_at(day))


def closing(services: Services, day: date) -> None:
    """And then opinions, write-offs, and the reconciliation again where they moved money."""
    treating(services, day)
    for code in services.institutions():
        give_opinions(services, code, day)
        decide_instructions(services, code, day)
        reconcile(services, code, day)
        summarise(services, code, day)
        record_due(services, code, day)
        anchor(services, code, day)


def delivering(services: Services, day: date) -> None:
    """And then the outbox, and the agency's own papers: the whole day."""
    closing(services, day)
    for code in services.institutions():
        deliver_documents(services, code, day, _released_at(day))
        destroy_if_free(services, code)
    record_due(services, AGENCY, day)
    anchor(services, AGENCY, day)
    deliver_documents(services, AGENCY, day, _released_at(day))
    destroy_if_free(services, AGENCY)


def verifying(services: Services, _day: date) -> None:
    """``recupero verify --deep`` of every institution; raises the first finding."""
    for code in sorted(services.profiles):
        for invariant, finding in verify(services, code, deep=True).findings:
            raise IntegrityError(f"{invariant}: {finding.what}", f"{code} {finding.object}")


def _released_at(day: date) -> datetime:
    return datetime.combine(day, _RELEASED_AT)


def _receive(services: Services, code: str, day: date) -> None:
    pull(services, code, day)
    unseal(services, code, day)
    heed(services, code, day)
    for receipt_id in pending(services, code, day):
        take_in(services, code, receipt_id, day)
