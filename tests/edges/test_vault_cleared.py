"""What a killed pull left in the vault without a receipt: it goes where somebody decides so."""

from __future__ import annotations

import itertools
import os
import signal
import threading
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from recupero import durable
from recupero.errors import LeaseTaken, Refused
from recupero.profiles.load import parse_profile
from recupero.steps import clear as clearing
from recupero.steps.clear import clear, foresee_clearing
from recupero.steps.lease import leased
from recupero.steps.pull import Pulled, pull
from recupero.steps.retain import destroy_recorded
from recupero.steps.verify import Verification, verify
from recupero.store.embedded import Addresses
from recupero.store.recordings import Draft, append, take_turn
from recupero.store.tables import erasure, receipt, recording
from tests.edges.killing import Killed, end, observed
from tests.edges.one_bank import DAYS, Bank, profile_text, services_for

MON, TUE, *_ = DAYS
SENT = "T1;A;1,00;payment;;2026-11-23"
_NUMBERS = itertools.count(1)


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path) -> Bank:
    code = f"suelta-{next(_NUMBERS)}"
    return Bank(services_for(tmp_path, migrated, code), code)


@pytest.fixture
def orphan(bank: Bank) -> str:
    """The address of a file that was placed by a process killed before its receipt was committed,
    and that its sender has taken back since."""
    bank.pay(MON, ("T9", "A", 100))
    inbox(bank, "payment_1").write_text(SENT)

    def kill_before_the_receipt(point: str) -> None:
        placed.append(point)
        if point == "before store.commit" and "after vault.place" in placed:
            os.kill(os.getpid(), signal.SIGKILL)

    placed: list[str] = []
    child = os.fork()
    if not child:
        durable.observe(kill_before_the_receipt)
        try:
            pull(bank.services, bank.code, MON)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    inbox(bank, "payment_1").unlink()
    assert pull(bank.services, bank.code, MON) == Pulled(0, 0, 0)
    [left] = there(bank) - set(bank.stored(receipt)["address"]) - named_by_papers(bank)
    return left


def inbox(bank: Bank, name: str) -> Path:
    return bank.services.settings.home / "remote" / bank.code / "inbox" / name


def there(bank: Bank) -> set[str]:
    return set(bank.services.vault.addresses(bank.code))


def named_by_papers(bank: Bank) -> set[str]:
    with bank.services.store.snapshot(bank.code) as unit:
        return there(bank) - set(clearing.unnamed(bank.services, unit))


def said(found: Verification) -> list[tuple[str, str]]:
    return [(one.object, one.what) for _, one in found.findings]


def test_what_nothing_names_goes_when_somebody_decided_it_with_proof(
    bank: Bank, orphan: str
) -> None:
    services, code = bank.services, bank.code
    named = [(f"vault object {orphan}", "no receipt or document names it")]
    assert said(verify(services, code)) == named
    assert destroy_recorded(services, code) == 0, "no night takes it away by itself"
    before = there(bank)
    assert foresee_clearing(services, code, MON) == [orphan]
    assert said(verify(services, code)) == named

    assert clear(services, code, MON, "Ana") == [orphan]
    assert there(bank) == before - {orphan}
    bank.check()
    [row] = bank.stored(erasure).to_dicts()
    assert (row["address"], row["rule"], row["business_date"]) == (orphan, "unnamed", MON)
    [kept] = bank.stored(recording).filter(pl.col("kind") == "clearing")["counts"]
    assert kept == '{"decided_by":"Ana","objects":1,"version":1}'
    assert clear(services, code, MON, "Ana") == []
    assert bank.stored(erasure).height == 1
    assert verify(services, code).past_retention == {}

    inbox(bank, "payment_1").write_text(SENT)
    assert pull(services, code, MON) == Pulled(1, 0, 0)
    assert destroy_recorded(services, code) == 0, "received since, it is kept"
    bank.check()


@pytest.mark.parametrize("by", ["the night", "the next who decides"])
def test_killed_between_the_record_and_the_deed(bank: Bank, orphan: str, by: str) -> None:
    killing = observed(lambda point: end() if point == "before vault.remove" else None)
    with killing, pytest.raises(Killed):
        clear(bank.services, bank.code, MON, "Ana")
    found = [(f"vault object {orphan}", "recorded as destroyed, yet it is there")]
    assert said(verify(bank.services, bank.code)) == found
    if by == "the night":
        assert destroy_recorded(bank.services, bank.code) == 1
    else:
        assert clear(bank.services, bank.code, MON, "Ana") == [orphan]
    assert bank.stored(erasure).height == 1
    bank.check()


def test_what_is_being_placed_by_a_pull_is_not_taken(bank: Bank) -> None:
    """Its bytes lie in the vault, its receipt is not committed: the pull has the inbox."""
    bank.pay(MON, ("T9", "A", 100))
    before, refused = there(bank), list[str]()

    def decide(point: str) -> None:
        if point == "after vault.place" and there(bank) > before and not refused:
            with pytest.raises(LeaseTaken):
                clear(bank.services, bank.code, MON, "Ana")
            refused.append(point)

    inbox(bank, "payment_1").write_text(SENT)
    with observed(decide):
        assert pull(bank.services, bank.code, MON) == Pulled(1, 0, 0)
    assert refused
    bank.check()


def test_what_a_step_is_writing_is_not_taken(bank: Bank) -> None:
    """Its transaction has the turn: who decides waits for its end, and looks only then."""
    bank.pay(MON, ("T1", "A", 100))
    cleared: list[list[str]] = []
    other = threading.Thread(
        target=lambda: cleared.append(clear(bank.services, bank.code, MON, "Ana"))
    )
    with bank.services.store.unit(bank.code) as unit:
        take_turn(unit)
        content = b"a paper"
        address = bank.services.vault.put(bank.code, content)
        other.start()
        other.join(0.5)
        assert other.is_alive()
        row = {
            "receipt_id": 1, "name": "payment_x", "address": address, "size_bytes": len(content),
            "business_date": MON, "sequence": 9,
        }  # fmt: skip
        append(unit, Draft("receipt", "receipt:1", MON, {}, frames={receipt: pl.DataFrame([row])}))
    other.join()
    assert (cleared, address in there(bank)) == ([[]], True)


def test_who_lost_the_inbox_records_no_receipt_of_what_was_taken(bank: Bank) -> None:
    """A pull that was taken for dead between object and receipt: its bytes are cleared away, and
    it is refused; the file is still in the inbox."""
    bank.pay(MON, ("T9", "A", 100))
    before = there(bank)
    inbox(bank, "payment_1").write_text(SENT)

    def taken_over(point: str) -> None:
        if point == "after vault.place" and there(bank) > before:
            durable.observe(None)
            with bank.services.store.unit(bank.code) as unit:
                unit.connection.exec_driver_sql(
                    "UPDATE exchange_lease SET expires_at = clock_timestamp()"
                )
            assert len(clear(bank.services, bank.code, MON, "Ana")) == 1

    with observed(taken_over), pytest.raises(LeaseTaken):
        pull(bank.services, bank.code, MON)
    assert pull(bank.services, bank.code, MON) == Pulled(1, 0, 0)
    bank.check()


def test_a_legal_hold_keeps_what_it_may_cover(bank: Bank, orphan: str) -> None:
    held = profile_text(bank.code) + (
        "[[retention.hold]]\nfrom = 2026-11-23\nkinds = ['files.payment']\nreason = 'oficio 12'\n"
    )
    profile = parse_profile(held.encode(), f"{bank.code}.toml")
    services = replace(bank.services, profiles={**bank.services.profiles, bank.code: profile})
    for decide in (foresee_clearing, lambda *asked: clear(*asked, "Ana")):
        with pytest.raises(Refused, match="on hold: oficio 12"):
            decide(services, bank.code, MON)
    with leased(services, bank.code, "inbox"):
        assert orphan in there(bank)


def test_a_proof_that_names_what_had_a_name_is_named(bank: Bank) -> None:
    bank.pay(MON, ("T1", "A", 100))
    [paid] = bank.stored(receipt)["address"]
    row = {
        "number": 1, "address": paid, "rule": "unnamed", "months": 0,
        "kept_from": MON, "business_date": MON,
    }  # fmt: skip
    with bank.services.store.unit(bank.code) as unit:
        frames = {erasure: pl.DataFrame([row])}
        append(unit, Draft("clearing", f"clearing:{MON}:1", MON, {}, frames=frames))
    what = "cleared away, yet something recorded before named it"
    assert said(verify(bank.services, bank.code)) == [(f"vault object {paid}", what)]
