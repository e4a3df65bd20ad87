"""Letters and work lists leave on their own date or never; and a date must have begun."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from recupero.errors import ExchangeError, Refused
from recupero.steps.assess import assess
from recupero.steps.clock import refuse_future
from recupero.steps.day_figures import documents_of_day
from recupero.steps.deliver import Delivered, deliver_answers, deliver_documents
from recupero.steps.services import AGENCY, Services
from recupero.steps.standing import standing
from recupero.steps.summarise import summarise
from recupero.steps.totals import totals
from recupero.steps.verify import verify
from recupero.steps.worklists import write_worklists
from recupero.store.embedded import Addresses
from recupero.store.tables import delivery
from tests.edges.late_office import CODES, DAWN, MON, TUE, Office, late_office
from tests.edges.one_bank import services_for


@pytest.fixture
def office(migrated: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    return late_office(migrated, tmp_path, monkeypatch)


def test_on_their_date_they_leave_and_the_letters_count(office: Office) -> None:
    office.write()
    deliver_documents(office.bank.services, office.bank.code, MON, DAWN)
    assert office.arrived() >= office.papers
    assert office.refused() == []
    assert (office.letters(), totals(office.bank.services, office.bank.code)["letters"]) == (2, 2)
    assert standing(office.bank.services, office.bank.code).withheld == []
    assert verify(office.bank.services, office.bank.code).findings == ()


def test_what_a_dead_night_left_is_withheld_before_the_next_day_counts(office: Office) -> None:
    office.write()
    services = office.bank.services
    assert deliver_answers(services, office.bank.code, TUE).too_late == 2
    assert office.arrived().isdisjoint(office.papers)
    assert office.refused() == [(TUE, "call", "instant_passed", 2),
                                (TUE, "letter", "instant_passed", 2)]  # fmt: skip
    outcomes = office.bank.stored(delivery)["outcome"].value_counts()
    assert dict(outcomes.rows())["too_late"] == 2
    assert (office.letters(), totals(services, office.bank.code)["letters"]) == (0, 0)
    assess(services, office.bank.code, TUE)
    assert summarise(services, office.bank.code, TUE)["attention"] == 1
    stands = standing(services, office.bank.code)
    assert (set(stands.withheld), office.papers & set(stands.undelivered)) == (office.papers, set())
    told = {row["kind"]: row for row in documents_of_day(services, office.bank.code, MON)}
    assert (told["letters"]["made"], told["letters"]["in_place"]) == (1, 0)
    assert verify(services, office.bank.code).findings == ()
    again = deliver_documents(services, office.bank.code, MON, DAWN)
    assert (again.too_late, office.arrived().isdisjoint(office.papers)) == (0, True)


def test_a_day_delivered_on_a_later_one_withholds_though_none_has_begun(office: Office) -> None:
    office.write()
    late = deliver_documents(office.bank.services, office.bank.code, MON, DAWN + timedelta(days=1))
    assert late.too_late == 2
    assert {day for day, *_rest in office.refused()} == {MON}
    assert office.arrived().isdisjoint(office.papers)


def test_what_a_killed_night_had_sent_has_arrived(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    services, sent = office.bank.services, office.send_and_die(monkeypatch)
    assert sent.startswith("CARTAS")
    told = deliver_answers(services, office.bank.code, TUE)
    assert told.too_late == 1
    assert office.refused() == [(TUE, "call", "instant_passed", 2)]
    assert office.letters() == 2


def test_other_content_under_the_name_is_not_ours_arrived(office: Office) -> None:
    office.write()
    for name in office.papers:
        (office.agency / "outbox" / name).write_text("somebody else's")
    assert deliver_answers(office.bank.services, office.bank.code, TUE).too_late == 2
    assert office.letters() == 0


def test_a_destination_out_of_reach_keeps_nothing_from_the_other(office: Office) -> None:
    office.write()
    services = office.bank.services
    services.connection_file(AGENCY).write_text('host = "folder:///nowhere/at/all"\n')
    with pytest.raises(ExchangeError):
        deliver_documents(services, office.bank.code, MON, DAWN)
    outside = office.arrived(office.agency.parent / office.bank.code)
    assert {name.split("_")[0] for name in outside} == {"ACUSE"}
    assert office.papers <= set(standing(services, office.bank.code).undelivered)


@pytest.mark.parametrize(
    ("made_at", "items"),
    [
        (DAWN, 2),
        (datetime.combine(MON, time(23, 59)), 2),
        (datetime.combine(TUE, time()), 0),
        (DAWN + timedelta(days=3), 0),
    ],
)
def test_a_work_list_made_after_its_date_hands_out_no_call(
    office: Office, made_at: datetime, items: int
) -> None:
    office.write(made_at)
    assert sum(many for *_rest, many in office.refused()) == 2 - items
    assert {rule for _day, _channel, rule, _many in office.refused()} <= {"instant_passed"}
    assert write_worklists(office.bank.services, office.bank.code, MON, DAWN)["work_items"] == items
    assert verify(office.bank.services, office.bank.code).findings == ()


@pytest.fixture(scope="module")
def clock(migrated: Addresses, tmp_path_factory: pytest.TempPathFactory) -> tuple[Services, str]:
    """An institution in Bogotá, which looks at its clock and stores nothing."""
    code = next(CODES)
    return services_for(tmp_path_factory.mktemp("clock"), migrated, code), code


@pytest.mark.parametrize(
    ("day", "instant", "begun"),
    [
        (MON, DAWN, True),
        (TUE, DAWN, False),
        (MON - timedelta(days=9), DAWN, True),
        (TUE, datetime(2026, 11, 24, 4, 59, tzinfo=UTC), False),  # a minute to midnight in Bogotá
        (TUE, datetime(2026, 11, 24, 5, tzinfo=UTC), True),
    ],
)
def test_a_date_that_has_not_begun_there_is_refused(
    clock: tuple[Services, str], day: date, instant: datetime, begun: bool
) -> None:
    services, code = clock
    if begun:
        refuse_future(services, code, day, instant)
    else:
        with pytest.raises(Refused, match=f"{code}: {TUE} has not begun: it is {MON} there"):
            refuse_future(services, code, day, instant)


def test_nothing_to_deliver_is_nothing(office: Office) -> None:
    deliver_answers(office.bank.services, office.bank.code, MON)
    assert deliver_documents(office.bank.services, office.bank.code, MON, DAWN) == Delivered(
        4, 0, 0
    )
