"""A day run again after the next has begun: it repeats itself, takes nothing up, loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from recupero.errors import Refused, RemoteUnavailable
from recupero.exchange.connect import connect
from recupero.steps import deliver
from recupero.steps.anchor import anchor
from recupero.steps.assess import assess
from recupero.steps.deliver import deliver_documents
from recupero.steps.exhaust import give_opinions
from recupero.steps.finish import finish
from recupero.steps.intake import pending, take_in
from recupero.steps.letters import write_letters
from recupero.steps.plan import plan
from recupero.steps.pull import pull
from recupero.steps.reconcile import reconcile
from recupero.steps.settle import settle
from recupero.steps.slots import grant_slots
from recupero.steps.standing import standing
from recupero.steps.summarise import summarise
from recupero.steps.verify import verify
from recupero.steps.worklists import write_worklists
from recupero.steps.write_off import decide_instructions
from recupero.store.embedded import EmbeddedPostgres
from tests.journeys.card_office import CODE, Office, opened

MONDAY = date(2024, 12, 30)
TUESDAY = MONDAY + timedelta(days=1)
HEADER = "ID,BILL_AMT1,PAY_0,PAY_AMT1\n"
PORTFOLIO = (HEADER + "1,100,0,0\n2,200,1,0\n").encode()


def paid(amount: int) -> bytes:
    return (HEADER + f"1,100,0,{amount}\n").encode()


@pytest.fixture
def office(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    with opened(postgres, tmp_path_factory.mktemp("closed")) as office:
        office.drop({"UCI_Credit_Card.csv": PORTFOLIO, "UCI_pagos_20241230.csv": paid(10)})
        yield office
        assert verify(office.services, CODE, deep=True).findings == ()


def beats(office: Office, day: date) -> list[Any]:
    """An institution's whole day; what each step reported."""
    services = office.services
    country = services.profile(CODE).institution.country
    told: list[Any] = [pull(services, CODE, day)]
    told += [take_in(services, CODE, one, day) for one in pending(services, CODE, day)]
    told += [step(services, CODE, day) for step in (settle, reconcile, assess)]
    grant_slots(services, country, [CODE], day)
    told += [plan(services, CODE, day)]
    now = datetime.combine(day, time(5))
    told += [step(services, CODE, day, now) for step in (write_letters, write_worklists)]
    rest = (give_opinions, decide_instructions, reconcile, summarise)
    told += [step(services, CODE, day) for step in rest]
    return [*told, deliver_documents(services, CODE, day, now)]


def dated(office: Office, day: date) -> int:
    return int(office.select("SELECT count(*) FROM recording WHERE business_date = %s", day)[0][0])


def test_yesterday_again_repeats_itself_and_leaves_new_files_to_today(office: Office) -> None:
    first = beats(office, MONDAY)
    beats(office, TUESDAY)
    before = dated(office, MONDAY), dated(office, TUESDAY)
    office.drop({"UCI_pagos_20241231.csv": paid(20)})
    again = beats(office, MONDAY)
    assert (dated(office, MONDAY), dated(office, TUESDAY)) == before
    assert again[0].closed
    steps = len(again) - 1 - again.index(reconcile(office.services, CODE, MONDAY))
    assert again[-steps - 1 : -1] == first[-steps - 1 : -1]
    assert set(office.outside("inbox")) == {"UCI_pagos_20241231.csv"}
    beats(office, TUESDAY)
    assert office.outside("inbox") == {}
    assert dated(office, MONDAY) == before[0]
    received = office.select("SELECT sum(amount_minor)::int FROM money_entry")
    assert received == [(30_00,)]
    assert "CONCILIACION_tarjeta-real_2024-12-31_v2.pdf" in office.outside("outbox")


def test_yesterday_takes_up_nothing_that_today_left_half_done(office: Office) -> None:
    beats(office, MONDAY)
    office.drop({"UCI_pagos_20241231.csv": paid(20), "UCI_pagos_20250102.csv": paid(30)})
    assert pull(office.services, CODE, TUESDAY).received == 2
    taken, _waits = pending(office.services, CODE, TUESDAY)
    take_in(office.services, CODE, taken, TUESDAY)
    before = dated(office, MONDAY)
    beats(office, MONDAY)
    assert dated(office, MONDAY) == before
    stands = standing(office.services, CODE)
    assert (stands.files["pending"], stands.undecided_entries) == (1, 1)
    beats(office, TUESDAY)
    decided = "SELECT business_date, count(*) FROM match GROUP BY 1 ORDER BY 1"
    assert office.select(decided) == [(MONDAY, 1), (TUESDAY, 2)]


def begun(office: Office, day: date) -> None:
    """A night that dies after the money was settled."""
    pull(office.services, CODE, day)
    for receipt_id in pending(office.services, CODE, day):
        take_in(office.services, CODE, receipt_id, day)
    settle(office.services, CODE, day)


def test_a_date_cut_off_is_reported_before_the_next_begins(office: Office) -> None:
    begun(office, MONDAY)
    assert finish(office.services, CODE, TUESDAY) == MONDAY
    made = [name for (name,) in office.select("SELECT name FROM document ORDER BY name")]
    day = "tarjeta-real_2024-12-30"
    for paper in (f"CADENA_{day}.csv", f"CONCILIACION_{day}.pdf", f"RESUMEN_{day}.pdf"):
        assert paper in made
    before = dated(office, MONDAY)
    assert finish(office.services, CODE, TUESDAY) == MONDAY
    assert dated(office, MONDAY) == before
    beats(office, TUESDAY)
    assert finish(office.services, CODE, TUESDAY) is None


def test_what_a_closed_date_refuses_leaves_nothing_behind(office: Office) -> None:
    begun(office, MONDAY)
    office.drop({"UCI_pagos_20241231.csv": paid(20)})
    begun(office, TUESDAY)
    vaulted = office.services.vault.addresses(CODE)
    for step in (reconcile, assess, plan, summarise, anchor):
        with pytest.raises(Refused, match="2024-12-30 is closed: 2024-12-31 has begun"):
            step(office.services, CODE, MONDAY)
    assert office.services.vault.addresses(CODE) == vaulted


def test_a_paper_that_did_not_arrive_yesterday_may_arrive_later(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_: object) -> None:
        raise RemoteUnavailable("does not answer")

    with monkeypatch.context() as cut:
        cut.setattr(deliver, "connect", unreachable)
        with pytest.raises(RemoteUnavailable):
            beats(office, MONDAY)
    pull(office.services, CODE, TUESDAY)
    office.drop({"UCI_pagos_20241231.csv": paid(20)})
    pull(office.services, CODE, TUESDAY)
    assert deliver.connect is connect
    assert beats(office, MONDAY)[-1].sent > 0
    assert "CONCILIACION_tarjeta-real_2024-12-30.pdf" in office.outside("outbox")
    arrived = office.select("SELECT DISTINCT business_date FROM delivery")
    assert arrived == [(TUESDAY,)]
    made = office.select("SELECT DISTINCT business_date FROM document")
    assert made == [(MONDAY,)]
