"""Letters and work lists leave on their own date or never; and a date must have begun."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import polars as pl
import pytest

from recupero.errors import ExchangeError, Fault, Refused
from recupero.steps import deliver as delivering
from recupero.steps.assess import assess
from recupero.steps.clock import refuse_future
from recupero.steps.day_figures import documents_of_day
from recupero.steps.decide_delivery import Decided, decide_delivery, uncertain_papers
from recupero.steps.deliver import Delivered, deliver_answers, deliver_documents
from recupero.steps.documents import folio
from recupero.steps.letters import write_letters
from recupero.steps.plan import plan
from recupero.steps.services import AGENCY, Services
from recupero.steps.slots import grant_slots
from recupero.steps.standing import standing
from recupero.steps.summarise import summarise
from recupero.steps.totals import totals
from recupero.steps.tracing import trace
from recupero.steps.verify import verify
from recupero.steps.worklists import write_worklists
from recupero.store import contacts, outgoing
from recupero.store.embedded import Addresses
from recupero.store.outgoing import Document
from recupero.store.recordings import Draft, append
from recupero.store.tables import (
    collector_quota,
    delivery,
    delivery_decision,
    letter,
    release_refusal,
)
from tests.edges import one_bank
from tests.edges.one_bank import DAYS, Bank, services_for

_CODES = (f"tarde-{number}" for number in itertools.count(1))
MON, TUE = DAYS[:2]
DAWN = datetime.combine(MON, time(5))


@dataclass
class Office:
    """A bank with two letters and two calls permitted on Monday, and the agency's own folders."""

    bank: Bank
    agency: Path

    @property
    def papers(self) -> set[str]:
        """What Monday's letters and work list are called."""
        code = self.bank.code
        return {f"CARTAS_{code}_{MON}.pdf", f"TRABAJO_{code}_{MON}.xlsx"}

    def arrived(self, folder: Path | None = None) -> set[str]:
        return {path.name for path in ((folder or self.agency) / "outbox").iterdir()}

    def write(self, worklists_at: datetime = DAWN) -> None:
        """Monday's letters, made at dawn, and its work list."""
        write_letters(self.bank.services, self.bank.code, MON, DAWN)
        write_worklists(self.bank.services, self.bank.code, MON, worklists_at)

    def letters(self, *, surely: bool = True) -> int:
        with self.bank.services.store.unit(self.bank.code) as unit:
            return contacts.letters(unit, TUE, surely=surely).height

    def refused(self) -> list[tuple[date, str, str, int]]:
        """Date, channel, rule and how many, of what was refused at release."""
        rows = self.bank.stored(release_refusal).group_by("business_date", "channel", "rule")
        return rows.agg(pl.len()).sort("business_date", "channel", "rule").rows()


@pytest.fixture
def office(migrated: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    placement = one_bank.LAYOUTS["placement"] + "address = 8\nphone = 9\n"
    monkeypatch.setitem(one_bank.LAYOUTS, "placement", placement)
    code = next(_CODES)
    bank = Bank(services_for(tmp_path, migrated, code), code)
    Bank(bank.services, AGENCY)
    ways = {"A": "Calle 1;", "B": "Calle 2;", "C": ";3001234567", "D": ";3007654321"}
    lines = [
        f"{number};{code}{number};Ana;{MON};2026-09-01;90000000,00;0;0;{way}"
        for number, way in ways.items()
    ]
    assert bank.take(MON, "placement", *lines).state == "booked"
    consented = [
        f"{code}{number};{channel};S;{MON - timedelta(days=1)}"
        for number in ways
        for channel in ("letter", "call")
    ]
    assert bank.take(MON, "consent", *consented).state == "booked"
    desk = {"business_date": MON, "collector_code": "G1", "skills": "", "capacity": 9}
    with bank.services.store.unit(code) as unit:
        frames = {collector_quota: pl.DataFrame([desk])}
        append(unit, Draft("quota", f"quota:{MON}:1", MON, {"capacity": 9}, frames=frames))
    assess(bank.services, code, MON)
    grant_slots(bank.services, "CO", [code], MON)
    assert plan(bank.services, code, MON)["channels"] == {"call": 2, "letter": 2}
    return Office(bank, tmp_path / "remote" / AGENCY)


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
    def killed(*_: object) -> None:
        raise Fault("killed")

    office.write()
    services = office.bank.services
    with monkeypatch.context() as patch:
        patch.setattr(delivering, "_mark", killed)
        with pytest.raises(Fault):
            deliver_documents(services, office.bank.code, MON, DAWN)
    (sent,) = office.papers & office.arrived()
    assert sent.startswith("CARTAS")
    told = deliver_answers(services, office.bank.code, TUE)
    assert told.too_late == 1
    assert office.refused() == [(TUE, "call", "instant_passed", 2)]
    assert office.letters() == 2


@pytest.fixture
def doubted(office: Office, monkeypatch: pytest.MonkeyPatch) -> Document:
    """Monday's letters, of which nobody can tell on Tuesday; the work list was withheld."""

    def killed(*_: object) -> None:
        raise Fault("killed")

    office.write()
    services = office.bank.services
    with monkeypatch.context() as patch:
        patch.setattr(delivering, "_mark", killed)
        with pytest.raises(Fault):
            deliver_documents(services, office.bank.code, MON, DAWN)
    (sent,) = office.papers & office.arrived()
    (office.agency / "outbox" / sent).unlink()
    told = deliver_answers(services, office.bank.code, TUE)
    assert (told.too_late, told.uncertain) == (1, 1)
    [paper] = uncertain_papers(services, office.bank.code, sent)
    return paper


def test_letters_of_which_nobody_can_tell_count_as_contacts_and_prove_no_effort(
    office: Office, doubted: Document
) -> None:
    services, sent = office.bank.services, doubted.name
    assert office.refused() == [(TUE, "call", "instant_passed", 2)], "the letters' stand"
    assert (office.letters(surely=True), office.letters(surely=False)) == (0, 2)
    assert totals(services, office.bank.code)["letters"] == 0
    stands = standing(services, office.bank.code)
    assert (stands.uncertain, sent in stands.withheld) == ([sent], False)
    assert verify(services, office.bank.code).findings == ()


def test_letters_that_never_came_are_no_contacts_from_then_on(
    office: Office, doubted: Document
) -> None:
    services, code = office.bank.services, office.bank.code
    assess(services, code, TUE)
    for fresh in (True, False):
        decided = decide_delivery(services, code, doubted, "lost", "Ana", MON, DAWN)
        assert decided == Decided(doubted, "lost", fresh)
    assert office.refused() == [(TUE, "call", "instant_passed", 2),
                                (TUE, "letter", "instant_passed", 2)]  # fmt: skip
    assert (office.letters(surely=True), office.letters(surely=False)) == (0, 0)
    assert standing(services, code).uncertain == []
    permitted = totals(services, code)
    assert (permitted["letters"], permitted["contacts_allowed"]) == (0, 0)
    [page, *_] = office.bank.stored(letter)["letter_id"]
    [traced] = trace(services, code, folio(page))
    assert traced.sections["decision"][0]["decision"] == "lost"
    assert verify(services, code).findings == (), "Tuesday's assessment knew the letters"
    grant_slots(services, "CO", [code], TUE)
    plan(services, code, TUE)
    assert verify(services, code).findings == ()


def test_a_work_list_that_never_came_permits_no_call(office: Office) -> None:
    office.write()
    services, code = office.bank.services, office.bank.code
    with services.store.unit(code) as unit:
        [paper] = [one for one in outgoing.undelivered(unit) if one.kind == "worklist"]
        outgoing.attempt(unit, paper)
    assert deliver_answers(services, code, TUE).uncertain == 1
    assert office.refused() == [(TUE, "letter", "instant_passed", 2)]
    decide_delivery(services, code, paper, "lost", "Ana", TUE, DAWN + timedelta(days=1))
    assert (TUE, "call", "instant_passed", 2) in office.refused()
    assert verify(services, code).findings == ()


def test_a_lost_letter_whose_permission_stands_is_named(office: Office, doubted: Document) -> None:
    row = {"document_id": doubted.document_id, "business_date": TUE, "decision": "lost"}
    with office.bank.services.store.unit(office.bank.code) as unit:
        frames = {delivery_decision: pl.DataFrame([row | {"decided_by": "Eva"}])}
        append(unit, Draft("delivery_decision", "up", TUE, {}, frames=frames))
    found = verify(office.bank.services, office.bank.code).findings
    assert [one.what for _, one in found] == ["withheld or lost, yet its permission stands"] * 2


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
    code = next(_CODES)
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
