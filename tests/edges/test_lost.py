"""Letters and work lists of which nobody can tell, and what counts once they are lost."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from recupero.steps.assess import assess
from recupero.steps.decide_delivery import Decided, decide_delivery, uncertain_papers
from recupero.steps.deliver import deliver_answers
from recupero.steps.documents import folio
from recupero.steps.plan import plan
from recupero.steps.slots import grant_slots
from recupero.steps.standing import standing
from recupero.steps.totals import totals
from recupero.steps.tracing import trace
from recupero.steps.verify import verify
from recupero.store import outgoing
from recupero.store.embedded import Addresses
from recupero.store.outgoing import Document
from recupero.store.recordings import Draft, append
from recupero.store.tables import delivery_decision, letter
from tests.edges.late_office import DAWN, MON, TUE, Office, late_office


@pytest.fixture
def office(migrated: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    return late_office(migrated, tmp_path, monkeypatch)


@pytest.fixture
def doubted(office: Office, monkeypatch: pytest.MonkeyPatch) -> Document:
    """Monday's letters, of which nobody can tell on Tuesday; the work list was withheld."""
    services, sent = office.bank.services, office.send_and_die(monkeypatch)
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
