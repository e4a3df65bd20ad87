"""Two workers never take one inbox, nor bring one institution's papers out."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from recupero.errors import LeaseTaken, RemoteRefused, RemoteUnavailable
from recupero.exchange.vault import Arrival, Vault
from recupero.exchange.worker import is_gone, this_worker
from recupero.steps import lease as leasing
from recupero.steps.deliver import Delivered, deliver_documents
from recupero.steps.lease import leased
from recupero.steps.pull import Pulled, pull
from recupero.store import lease, outgoing
from recupero.store.embedded import Addresses
from recupero.store.lease import Lease, Side
from recupero.store.session import Unit
from recupero.store.tables import delivery, receipt
from tests.edges.one_bank import DAYS, Bank, services_for

MON = DAYS[0]
_NUMBERS = itertools.count(1)


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path) -> Bank:
    code = f"turno-{next(_NUMBERS)}"
    return Bank(services_for(tmp_path, migrated, code), code)


def taken(bank: Bank, who: str, seconds: float = 60, side: Side = "inbox", **how: str) -> Lease:
    with bank.services.store.unit(bank.code) as unit:
        return lease.take(unit, side, who, seconds, **how)


def inbox(bank: Bank) -> Path:
    return bank.services.settings.home / "remote" / bank.code / "inbox"


# --- the lease itself ---


def test_who_comes_second_is_refused_until_it_is_given_back(bank: Bank) -> None:
    first = taken(bank, "one")
    with pytest.raises(LeaseTaken, match=f"{bank.code}: another worker is at its inbox"):
        taken(bank, "two")
    with bank.services.store.unit(bank.code) as unit:
        lease.give_back(unit, first)
    assert taken(bank, "two").token > first.token


def test_the_two_sides_of_a_server_are_two_leases(bank: Bank) -> None:
    taken(bank, "one", side="inbox")
    taken(bank, "two", side="outbox")


def test_a_lease_that_nobody_keeps_ends_by_itself(bank: Bank) -> None:
    taken(bank, "one", seconds=0.2)
    time.sleep(0.3)
    taken(bank, "two")


def test_a_lease_kept_lasts_on(bank: Bank) -> None:
    first = taken(bank, "one", seconds=0.2)
    with bank.services.store.unit(bank.code) as unit:
        lease.keep(unit, first, 60)
    time.sleep(0.3)
    with pytest.raises(LeaseTaken):
        taken(bank, "two")


def test_an_old_token_is_refused_and_ends_nothing(bank: Bank) -> None:
    """Whoever slept through its lease cannot record, and cannot give back what is another's."""
    asleep = taken(bank, "one", seconds=0)
    awake = taken(bank, "two")
    with pytest.raises(LeaseTaken), bank.services.store.unit(bank.code) as unit:
        lease.keep(unit, asleep, 60)
    with bank.services.store.unit(bank.code) as unit:
        lease.give_back(unit, asleep)
        lease.keep(unit, awake, 60)


def test_a_lease_confirmed_cannot_be_taken_before_its_transaction_ends(bank: Bank) -> None:
    """Though it ends at once: otherwise two workers could record, one after the other's check."""
    first = taken(bank, "one")
    others: list[Lease] = []
    with bank.services.store.unit(bank.code) as unit:
        lease.keep(unit, first, 0)
        second = threading.Thread(target=lambda: others.append(taken(bank, "two")))
        second.start()
        second.join(0.5)
        assert others == []
    second.join(10)
    assert [one.token for one in others] == [first.token + 1]


def test_a_lease_is_taken_over_from_who_is_gone_and_from_nobody_else(bank: Bank) -> None:
    taken(bank, "one")
    with pytest.raises(LeaseTaken):
        taken(bank, "two", instead_of="three")
    taken(bank, "two", instead_of="one")


def test_nobody_sees_or_ends_the_lease_of_another_institution(
    bank: Bank, migrated: Addresses, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    code = f"turno-{next(_NUMBERS)}"
    other = Bank(services_for(tmp_path / "other", migrated, code), code)
    first = taken(bank, "one")
    with other.services.store.unit(code) as unit:
        seen = unit.connection.execute(text("SELECT count(*) FROM exchange_lease"))
        ended = unit.connection.execute(text("UPDATE exchange_lease SET token = 9"))
        assert (seen.scalar_one(), ended.rowcount) == (0, 0)
    assert taken(other, "two").token == first.token


# --- who is gone ---


def test_a_process_that_ended_on_this_machine_is_gone() -> None:
    program = "from recupero.exchange.worker import this_worker; print(this_worker())"
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert is_gone(ended)
    assert not is_gone(this_worker())


@pytest.mark.parametrize(
    ("part", "value", "gone"),
    [
        (0, "another-machine", False),
        (0, "", False),
        (1, "pid:[1]", False),  # of another container nobody sees the processes
        (2, "x", False),
        (3, "1", True),  # the number is used again, by a process that began at another time
        (3, "", False),
    ],
)
def test_only_what_is_certain_is_gone(part: int, value: str, gone: bool) -> None:
    parts = this_worker().split("/")
    parts[part] = value
    assert is_gone("/".join(parts)) is gone


@pytest.mark.parametrize("refusal", [PermissionError, FileNotFoundError, OSError])
def test_a_process_that_the_system_hides_is_not_gone(
    refusal: type[OSError], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As /proc does, mounted for one's own processes only, or when no more files may be open."""
    hidden = this_worker()

    def hide(_process: int) -> str:
        raise refusal

    monkeypatch.setattr("recupero.exchange.worker._started", hide)
    assert not is_gone(hidden)


@pytest.mark.parametrize("worker", ["", "x", "////", "a/b/c/d/e"])
def test_an_unknown_writing_is_not_gone(worker: str) -> None:
    assert not is_gone(worker)


# --- in the steps ---


def test_a_pull_beside_another_reads_nothing_and_is_worth_another_try(bank: Bank) -> None:
    (inbox(bank) / "payment_1").write_text("x")
    with leased(bank.services, bank.code, "inbox"):
        with pytest.raises(RemoteUnavailable, match="another worker is at its inbox"):
            pull(bank.services, bank.code, MON)
        assert bank.stored(receipt).is_empty()
    assert pull(bank.services, bank.code, MON) == Pulled(1, 0, 0)


def test_the_lease_is_given_back_also_when_the_work_fails(bank: Bank) -> None:
    inbox(bank).rename(inbox(bank).with_name("elsewhere"))
    for _again in range(2):
        with pytest.raises(RemoteRefused, match="no such file or folder"):
            pull(bank.services, bank.code, MON)


def test_a_lease_lasts_as_long_as_the_work(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long one transfer takes, nobody else begins meanwhile."""
    monkeypatch.setattr(leasing, "LEASE_SECONDS", 0.6)
    with leased(bank.services, bank.code, "inbox"):
        for _ in range(20):
            time.sleep(0.1)
            with pytest.raises(LeaseTaken):
                taken(bank, "other")
    taken(bank, "other")
    assert [one.name for one in threading.enumerate() if one.name.startswith("lease")] == []


def test_a_database_lost_as_the_lease_is_given_back_undoes_no_finished_work(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(unit: Unit, _lease: Lease, **_how: bool) -> None:
        unit.connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    (inbox(bank) / "payment_1").write_text("x")
    with monkeypatch.context() as patch:
        patch.setattr(lease, "give_back", lost)
        assert pull(bank.services, bank.code, MON) == Pulled(1, 0, 0)
    assert bank.stored(receipt).height == 1


class _Overtaken(Vault):
    """A vault so slow that meanwhile somebody else takes the lease."""

    def __init__(self, bank: Bank, side: Side) -> None:
        super().__init__(bank.services.vault.url, b"k" * 32)
        self._bank = bank
        self._side: Side = side

    def _overtake(self) -> None:
        taken(self._bank, "other", side=self._side, instead_of=this_worker())

    def place(self, arrival: Arrival) -> str:
        if self._side == "inbox":
            self._overtake()
        return super().place(arrival)

    def get(self, institution: str, address: str) -> bytes:
        if self._side == "outbox":
            self._overtake()
        return super().get(institution, address)


def test_a_worker_overtaken_while_it_reads_receipts_nothing_and_moves_nothing(bank: Bank) -> None:
    (inbox(bank) / "payment_1").write_text("x")
    slow = replace(bank.services, vault=_Overtaken(bank, "inbox"))
    with pytest.raises(LeaseTaken):
        pull(slow, bank.code, MON)
    assert bank.stored(receipt).is_empty()
    assert [path.name for path in inbox(bank).iterdir()] == ["payment_1"]


def test_a_worker_overtaken_while_it_brings_a_paper_neither_shows_nor_marks_it(bank: Bank) -> None:
    """The other one may have found it too late to leave."""
    bank.pay(MON, ("T1", "A", 10))
    slow = replace(bank.services, vault=_Overtaken(bank, "outbox"))
    night = datetime(2026, 11, 23, 22)
    with pytest.raises(LeaseTaken):
        deliver_documents(slow, bank.code, MON, night)
    assert bank.stored(delivery).is_empty()
    outbox = inbox(bank).with_name("outbox")
    assert [path.name for path in outbox.iterdir() if not path.name.startswith(".")] == []
    with bank.services.store.unit(bank.code) as unit:
        waiting = outgoing.undelivered(unit)
    with pytest.raises(LeaseTaken):
        deliver_documents(bank.services, bank.code, MON, night)
    taken(bank, "one", seconds=0, side="outbox", instead_of="other")
    found = deliver_documents(bank.services, bank.code, MON, night)
    assert found == Delivered(sent=len(waiting), already=0, too_late=0)
