"""A paper that cannot be put in place keeps back no other; the night hears of it until it is."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path

import pytest

from recupero.errors import DeliveryConflict, RecuperoError, RemoteUnavailable, VaultDamaged
from recupero.steps.deliver import Delivered, deliver_documents
from recupero.steps.standing import standing
from recupero.steps.verify import verify
from recupero.store import outgoing
from recupero.store.embedded import Addresses
from recupero.store.outgoing import Document
from recupero.store.tables import delivery
from tests.edges.one_bank import DAYS, Bank, services_for

MON = DAYS[0]
NIGHT = datetime.combine(MON, time(22))
_NUMBERS = itertools.count(1)


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path) -> Bank:
    """Two files answered, so that four papers wait for the institution."""
    code = f"entrega-{next(_NUMBERS)}"
    bank = Bank(services_for(tmp_path, migrated, code), code)
    bank.place(MON, {"A": (1000,)})
    bank.pay(MON, ("T1", "A", 10))
    return bank


def waiting(bank: Bank) -> list[Document]:
    with bank.services.store.unit(bank.code) as unit:
        return outgoing.undelivered(unit)


def outbox(bank: Bank) -> Path:
    return bank.services.settings.home / "remote" / bank.code / "outbox"


def deliver(bank: Bank) -> Delivered:
    return deliver_documents(bank.services, bank.code, MON, NIGHT)


def name_taken(bank: Bank, paper: Document) -> Callable[[], object]:
    path = outbox(bank) / paper.name
    path.write_bytes(b"theirs")
    return path.unlink


def object_damaged(bank: Bank, paper: Document) -> Callable[[], object]:
    address = paper.address
    path = bank.services.settings.home / "vault" / bank.code / "objects" / address[:2] / address
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    return lambda: path.write_bytes(whole)


@pytest.mark.parametrize(
    ("spoil", "error"), [(name_taken, DeliveryConflict), (object_damaged, VaultDamaged)]
)
def test_the_first_paper_fails_and_the_others_arrive(
    bank: Bank,
    spoil: Callable[[Bank, Document], Callable[[], object]],
    error: type[RecuperoError],
) -> None:
    first, *others = waiting(bank)
    assert len(others) == 3
    mend = spoil(bank, first)
    for _night in range(2):
        with pytest.raises(error):
            deliver(bank)
        there = {path.name for path in outbox(bank).iterdir()} - {first.name}
        assert there == {other.name for other in others}
        assert bank.stored(delivery).height == len(others)
        assert standing(bank.services, bank.code).undelivered == [first.name]
    mend()
    assert deliver(bank) == Delivered(sent=1, already=0, too_late=0)
    assert waiting(bank) == []
    assert verify(bank.services, bank.code).findings == ()


def test_what_may_pass_is_raised_first_because_it_is_tried_again(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, *_ = waiting(bank)
    name_taken(bank, first)
    cut = RemoteUnavailable("the connection was lost")
    get = bank.services.vault.get

    def losing(code: str, address: str) -> bytes:
        if address == second.address:
            raise cut
        return get(code, address)

    monkeypatch.setattr(bank.services.vault, "get", losing)
    with pytest.raises(RemoteUnavailable):
        deliver(bank)
    assert bank.stored(delivery).is_empty(), "without a session nothing else of it is tried"
