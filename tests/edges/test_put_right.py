"""A pull that ended between a move to the archive and the look at what was moved is put right."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest

from recupero import durable
from recupero.errors import RemoteRefused, RemoteUnavailable
from recupero.exchange.folder import FolderRemote
from recupero.steps.pull import Pulled, pull
from recupero.store.embedded import Addresses
from recupero.store.tables import receipt
from tests.edges.one_bank import DAYS, Bank, services_for
from tests.edges.waiting_papers import Killed

MON, TUE, *_ = DAYS
_NUMBERS = itertools.count(1)


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path) -> Bank:
    code = f"repone-{next(_NUMBERS)}"
    return Bank(services_for(tmp_path, migrated, code), code)


def folder(bank: Bank, name: str) -> dict[str, str]:
    place = bank.services.settings.home / "remote" / bank.code / name
    return {path.name: path.read_text() for path in place.iterdir()}


def put(bank: Bank, name: str, content: str, time: int) -> None:
    path = bank.services.settings.home / "remote" / bank.code / "inbox" / name
    path.write_text(content)
    os.utime(path, (time, time))


@pytest.mark.parametrize("ends", [Killed(), RemoteUnavailable("the connection was lost")])
@pytest.mark.parametrize("second", ["T2;A;2,00", "T1;A;1,99"], ids=["longer or not", "as long"])
def test_a_version_moved_away_unread_comes_back_and_is_taken(
    bank: Bank, ends: BaseException, second: str
) -> None:
    put(bank, "payment_1", "T1;A;1,00", 1_000)

    def replaced_then_ends(point: str) -> None:
        if point == "before folder.rename":
            put(bank, "payment_1", second, 2_000)
        if point == "after folder.rename":
            raise ends

    durable.observe(replaced_then_ends)
    try:
        with pytest.raises(type(ends)):
            pull(bank.services, bank.code, MON)
    finally:
        durable.observe(None)
    assert list(folder(bank, "archive").values()) == [second], "archived as what it is not"
    assert pull(bank.services, bank.code, TUE) == Pulled(1, 0, 0)
    assert folder(bank, "inbox") == {}
    kept = {
        bank.services.vault.get(bank.code, at).decode() for at in bank.stored(receipt)["address"]
    }
    assert kept == {"T1;A;1,00", second}
    assert list(folder(bank, "archive").values()) == [second]


def test_after_a_pull_that_ended_well_nothing_is_looked_for(bank: Bank) -> None:
    put(bank, "payment_1", "T1;A;1,00", 1_000)
    pull(bank.services, bank.code, MON)
    [archived] = folder(bank, "archive")
    (bank.services.settings.home / "remote" / bank.code / "archive" / archived).write_text("ours")
    assert pull(bank.services, bank.code, TUE) == Pulled(0, 0, 0)
    assert folder(bank, "archive") == {archived: "ours"}


def test_one_that_may_not_go_back_is_told_every_time(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(bank, "payment_1", "T1;A;1,00", 1_000)
    rename = FolderRemote.rename

    def one_way(remote: FolderRemote, folder: str, name: str, to: str, to_name: str) -> None:
        if to == "inbox":
            raise RemoteRefused("permission denied", f"{to}/{to_name}")
        put(bank, "payment_1", "T2;A;2,00", 2_000)
        rename(remote, folder, name, to, to_name)

    monkeypatch.setattr(FolderRemote, "rename", one_way)
    for _night in range(2):
        with pytest.raises(RemoteRefused, match="may not be moved back unread") as told:
            pull(bank.services, bank.code, MON)
        assert "payment" not in str(told.value)
    monkeypatch.setattr(FolderRemote, "rename", rename)
    assert pull(bank.services, bank.code, MON) == Pulled(1, 0, 0)
    assert list(folder(bank, "archive").values()) == ["T2;A;2,00"]
