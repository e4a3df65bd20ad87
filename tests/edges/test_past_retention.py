"""What was kept as long as was agreed is destroyed with proof, and everything else still holds."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import polars as pl
import pytest

from deployments.cli.verify import _lines
from recupero.errors import LeaseTaken
from recupero.profiles.load import parse_profile
from recupero.steps.anchor import anchor
from recupero.steps.assess import assess
from recupero.steps.decide_delivery import Decision, decide_delivery
from recupero.steps.deliver import deliver_documents
from recupero.steps.lease import leased
from recupero.steps.letters import write_letters
from recupero.steps.plan import plan
from recupero.steps.retain import Retained, destroy_if_free, foresee, record_due, retain
from recupero.steps.services import AGENCY
from recupero.steps.slots import grant_slots
from recupero.steps.tracing import trace
from recupero.steps.verify import verify
from recupero.store import outgoing
from recupero.store.embedded import Addresses
from recupero.store.tables import (
    document,
    erasure,
    letter,
    person_version,
    receipt,
    recording,
    run_input,
)
from tests.edges import one_bank
from tests.edges.killing import Killed, end, observed
from tests.edges.one_bank import DAYS, Bank, profile_text, services_for

MON, TUE, *_ = DAYS
SUN = MON - timedelta(days=1)
#: The first day on which what came on Monday, kept for a month, is past it.
LATER = date(2026, 12, 24)
PERIODS = """
[retention.files]
placement = 1
refused = 1
[retention.papers]
letters = 1
acknowledgement = 1
"""
HOLD = """
[[retention.hold]]
from = 2026-12-01
until = 2026-12-31
kinds = ["files.placement"]
reason = "oficio 12"
"""
_NUMBERS = itertools.count(1)


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bank:
    """Monday: a portfolio and a payment; the night's end is ``close``."""
    placement = one_bank.LAYOUTS["placement"] + "address = 8\n"
    monkeypatch.setitem(one_bank.LAYOUTS, "placement", placement)
    number = next(_NUMBERS)
    code = f"guarda-{number}"
    services = services_for(tmp_path, migrated, code, text=profile_text(code) + PERIODS)
    bank = Bank(services, code)
    lines = [f"{n};{number}0{n};Ana;{SUN};2026-09-01;10,00;0;0;Calle 1" for n in "AB"]
    assert bank.take(MON, "placement", *lines).state == "booked"
    bank.pay(MON, ("T1", "A", 100))
    bank.settle(MON)
    return bank


@pytest.fixture
def closed(bank: Bank) -> Bank:
    """Monday is over."""
    close(bank, MON)
    return bank


def write(bank: Bank) -> None:
    """Two letters, to the agency's own folders."""
    Bank(bank.services, AGENCY)
    debtors = bank.stored(person_version)["id_number"]
    bank.take(MON, "consent", *(f"{debtor};letter;S;{SUN}" for debtor in debtors))
    assess(bank.services, bank.code, MON)
    grant_slots(bank.services, "CO", [bank.code], MON)
    plan(bank.services, bank.code, MON)
    assert write_letters(bank.services, bank.code, MON, night(MON))["letters"] == 2


def close(bank: Bank, day: date) -> Retained:
    told = retain(bank.services, bank.code, day)
    anchor(bank.services, bank.code, day)
    deliver_documents(bank.services, bank.code, day, night(day))
    return told


def night(day: date) -> datetime:
    return datetime.combine(day, time(5))


def declare(bank: Bank, retention: str) -> None:
    """From now on the profile says *retention*."""
    content = (profile_text(bank.code) + retention).encode()
    profile = parse_profile(content, f"{bank.code}.toml")
    bank.services = replace(bank.services, profiles={**bank.services.profiles, bank.code: profile})


def there(bank: Bank) -> set[str]:
    return set(bank.services.vault.addresses(bank.code))


def lines_of(bank: Bank, address: str) -> list[str]:
    return bank.services.vault.get(bank.code, address).decode().split("\n")


def addresses(bank: Bank, *kinds: str) -> set[str]:
    """Where files whose names begin, and papers whose kinds begin, as *kinds* say lie."""
    files = bank.stored(receipt).select("address", pl.col("name").alias("kind"))
    papers = bank.stored(document).select("address", "kind")
    wanted = pl.any_horizontal(*(pl.col("kind").str.starts_with(kind) for kind in kinds))
    return set(pl.concat([files, papers]).filter(wanted)["address"])


def test_nothing_goes_before_its_time_under_a_hold_or_undeclared(closed: Bank) -> None:
    before = there(closed)
    assert retain(closed.services, closed.code, LATER - timedelta(days=1)) == Retained()
    declare(closed, PERIODS + HOLD)
    seen = foresee(closed.services, closed.code, LATER)
    assert seen.held == {"oficio 12": {"files.placement": 1}}
    assert seen.due == {"papers.acknowledgement": 4}
    declare(closed, "")
    assert retain(closed.services, closed.code, date(2040, 1, 1)) == Retained()
    assert (there(closed), closed.stored(erasure).height) == (before, 0)

    declare(closed, PERIODS + HOLD)
    assert "files.placement" not in close(closed, LATER).due
    assert addresses(closed, "placement") <= there(closed)
    assert verify(closed.services, closed.code).findings == ()
    assert close(closed, date(2027, 1, 1)).due["files.placement"] == 1
    assert not addresses(closed, "placement") & there(closed)
    closed.check()


def test_a_portfolio_and_letters_past_their_time_go_with_proof(bank: Bank) -> None:
    write(bank)
    assert bank.take(MON, "consent", "no consent", name="consent_bad").state == "refused"
    close(bank, MON)
    goes = addresses(bank, "placement", "letters", "acknowledgement", "consent_bad")
    stays = there(bank) - goes
    kinds = {
        "files.placement": 1, "files.refused": 1,
        "papers.acknowledgement": 8, "papers.letters": 1,
    }  # fmt: skip
    assert foresee(bank.services, bank.code, LATER).due == kinds
    assert close(bank, LATER) == Retained(due=kinds, objects=len(goes))
    assert there(bank) >= stays >= set(bank.stored(run_input)["address"])
    assert not there(bank) & goes

    rows = bank.stored(erasure)
    assert set(rows.select("address", "kept_from", "months", "business_date").iter_rows()) == {
        (address, MON, 1, LATER) for address in goes
    }
    assert set(rows["rule"]) == {f"retention.{kind}" for kind in kinds}
    letters = bank.stored(letter)["document_id"].unique()
    assert rows.filter(pl.col("rule") == "retention.papers.letters")["document_id"].equals(letters)
    proof = verify(bank.services, bank.code, deep=True)
    assert (proof.findings, proof.past_retention) == ((), kinds)
    assert _lines(bank.code, proof)[1:] == [
        f"{bank.code}: past retention, destroyed with proof and not read again: 1 files.placement, "
        "1 files.refused, 8 papers.acknowledgement, 1 papers.letters"
    ]

    before, objects = bank.stored(recording), there(bank)
    assert close(bank, LATER) == Retained(due=kinds), "again changes nothing and tells the same"
    assert retain(bank.services, bank.code, MON) == Retained(), "a closed date takes nothing up"
    assert (bank.stored(recording).equals(before), there(bank)) == (True, objects)

    [file] = trace(bank.services, bank.code, "placement_1")
    [told] = file.sections["destroyed"]
    [address] = addresses(bank, "placement_1")
    [position] = before.filter(pl.col("kind") == "retention")["position"]
    assert told == {
        "business_date": LATER, "rule": "retention.files.placement", "months": 1,
        "kept_from": MON, "address": address, "position": position,
    }  # fmt: skip
    assert [row["position"] for row in file.sections["recordings"]] == [position]
    [paper] = trace(bank.services, bank.code, f"CARTAS_{bank.code}_{MON}.pdf")
    assert paper.sections["destroyed"][0]["rule"] == "retention.papers.letters"


def test_what_waits_stays_however_old(bank: Bank) -> None:
    """What no anchor has told yet, papers not delivered, files undecided or held."""
    far = date(2030, 1, 1)
    deliver_documents(bank.services, bank.code, MON, night(MON))
    assert foresee(bank.services, bank.code, far) == Retained()
    anchor(bank.services, bank.code, MON)
    bank.take(TUE, "placement", "y", name="placement_1")  # same name, other content: held
    bank.drop(TUE, "placement", "x", name="placement_waits")
    before = there(bank)
    told = retain(bank.services, bank.code, far)
    assert told == Retained(due={"files.placement": 1, "papers.acknowledgement": 4}, objects=5)
    assert len(before - there(bank)) == told.objects
    names = dict(bank.stored(receipt).select("address", "name").iter_rows())
    left = sorted(names[one] for one in names.keys() & there(bank))
    assert left == ["payment_2", "placement_1", "placement_waits"]
    assert verify(bank.services, bank.code, deep=True).findings == ()


@pytest.mark.parametrize("decision", ["arrived", "lost"])
def test_an_uncertain_paper_stays_until_somebody_decided(bank: Bank, decision: Decision) -> None:
    services, code = bank.services, bank.code
    with services.store.unit(code) as unit:
        [paper, *_] = [one for one in outgoing.undelivered(unit) if "acknowledgement" in one.kind]
        outgoing.attempt(unit, paper)
    deliver_documents(services, code, MON, night(MON))
    anchor(services, code, MON)
    before = foresee(services, code, LATER).due
    decide_delivery(services, code, paper, decision, "Ana", MON, night(MON))
    after = foresee(services, code, LATER).due
    assert after == before | {"papers.acknowledgement": before["papers.acknowledgement"] + 1}


def test_an_object_lives_while_any_receipt_of_its_bytes_needs_it(closed: Bank) -> None:
    [again] = addresses(closed, "placement")
    lines = lines_of(closed, again)
    assert closed.take(TUE, "placement", *lines, name="placement_again").state == "duplicate"
    close(closed, TUE)
    assert foresee(closed.services, closed.code, LATER).shared == {"files.placement": 1}
    assert "files.placement" not in close(closed, LATER).due
    assert again in there(closed)
    friday = LATER + timedelta(days=1)
    assert close(closed, friday).due["files.placement"] == 2

    # Under its own name it is no new receipt: what the pull put into the vault goes again.
    closed.drop(friday, "placement", *lines, name="placement_1")
    assert again in there(closed)
    assert verify(closed.services, closed.code).findings == ()
    assert close(closed, friday).objects == 1
    assert again not in there(closed)

    # Under another name it is one, with a period of its own; what it is, its bytes tell.
    assert closed.take(friday, "placement", *lines, name="unagreed").state == "duplicate"
    assert verify(closed.services, closed.code, deep=True).findings == ()
    close(closed, friday)
    assert again in there(closed)
    assert close(closed, date(2027, 1, 26)).due["files.placement"] == 1
    assert verify(closed.services, closed.code).past_retention["files.placement"] == 3


def test_what_came_again_after_its_end_waits_for_the_end_of_its_night_alone(closed: Bank) -> None:
    [again] = addresses(closed, "placement")
    lines = lines_of(closed, again)
    friday, monday = LATER + timedelta(days=1), LATER + timedelta(days=4)
    close(closed, LATER)
    closed.services.vault.put(closed.code, "\n".join(lines).encode())
    assert len(verify(closed.services, closed.code).findings) == 1, "nobody sent it"
    closed.drop(friday, "placement", *lines, name="placement_1")
    assert verify(closed.services, closed.code).findings == ()
    closed.pay(monday, ("T2", "A", 100))
    assert len(verify(closed.services, closed.code).findings) == 1
    assert retain(closed.services, closed.code, monday).objects == 1


def test_killed_between_the_proof_and_the_deed(closed: Bank) -> None:
    """And again while an object goes: the rerun ends in the same state, and records nothing."""
    goes = addresses(closed, "placement", "acknowledgement")

    due = record_due(closed.services, closed.code, LATER)
    assert due == {"files.placement": 1, "papers.acknowledgement": 4}
    assert goes <= there(closed)
    found = verify(closed.services, closed.code).findings
    assert {one.what for _, one in found} == {"recorded as destroyed, yet it is there"}
    assert len(found) == len(goes)
    with leased(closed.services, closed.code, "inbox"), pytest.raises(LeaseTaken):
        retain(closed.services, closed.code, LATER)  # somebody may have found the bytes there
    with leased(closed.services, closed.code, "inbox"):
        assert destroy_if_free(closed.services, closed.code) == 0, "the next night's"
    killing = observed(lambda point: end() if point == "after vault.remove" else None)
    with killing, pytest.raises(Killed):
        retain(closed.services, closed.code, LATER)
    assert goes <= there(closed), "of the first the key alone is gone"
    assert retain(closed.services, closed.code, LATER) == Retained(due=due, objects=len(goes))
    assert not goes & there(closed)
    assert closed.stored(recording).filter(pl.col("kind") == "retention").height == 1
