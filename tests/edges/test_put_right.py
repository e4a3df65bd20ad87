"""A pull that ended between a move to the archive and the look at what was moved is put right."""

from __future__ import annotations

import itertools
import os
from hashlib import sha256
from pathlib import Path

import pytest

from recupero import durable
from recupero.errors import RemoteRefused, RemoteUnavailable
from recupero.exchange.folder import FolderRemote
from recupero.exchange.remote import Remote, RemoteFile
from recupero.steps import pull as pulling
from recupero.steps.files_seen import files_seen
from recupero.steps.incident import open_incidents
from recupero.steps.intake import pending, take_in
from recupero.steps.lease import leased
from recupero.steps.notices import noticed
from recupero.steps.pull import Pulled, pull
from recupero.store import archiving
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


def ends_over_another(bank: Bank, content: str, ends: BaseException) -> None:
    """A pull that moves *content* away instead of the ``payment_1`` it read, and ends there."""

    def replaced_then_ends(point: str) -> None:
        if point == "before folder.rename":
            put(bank, "payment_1", content, 2_000)
        if point == "after folder.rename":
            raise ends

    durable.observe(replaced_then_ends)
    try:
        with pytest.raises(type(ends)):
            pull(bank.services, bank.code, MON)
    finally:
        durable.observe(None)


@pytest.mark.parametrize("ends", [Killed(), RemoteUnavailable("the connection was lost")])
@pytest.mark.parametrize("second", ["T2;A;2,00", "T1;A;1,99"], ids=["longer or not", "as long"])
def test_a_version_moved_away_unread_comes_back_and_is_taken(
    bank: Bank, ends: BaseException, second: str
) -> None:
    put(bank, "payment_1", "T1;A;1,00", 1_000)
    ends_over_another(bank, second, ends)
    assert list(folder(bank, "archive").values()) == [second], "archived as what it is not"
    assert pull(bank.services, bank.code, TUE) == Pulled(1, 0, 0)
    assert folder(bank, "inbox") == {}
    kept = {
        bank.services.vault.get(bank.code, at).decode() for at in bank.stored(receipt)["address"]
    }
    assert kept == {"T1;A;1,00", second}
    assert list(folder(bank, "archive").values()) == [second]


def test_a_version_moved_away_unread_waits_for_its_name_which_the_next_file_has(
    bank: Bank,
) -> None:
    """Its sender saw it go, and has sent the next one under the same name."""
    put(bank, "payment_1", "T1;A;1,00", 1_000)

    ends_over_another(bank, "T2;A;2,00", Killed())
    put(bank, "payment_1", "T3;A;3,00", 3_000)
    assert [pull(bank.services, bank.code, TUE).received for _ in range(3)] == [1, 1, 0]
    addresses = bank.stored(receipt)["address"]
    kept = sorted(bank.services.vault.get(bank.code, at).decode() for at in addresses)
    assert kept == ["T1;A;1,00", "T2;A;2,00", "T3;A;3,00"]
    assert places(bank) == []


def test_after_a_pull_that_ended_well_nothing_is_looked_for(bank: Bank) -> None:
    put(bank, "payment_1", "T1;A;1,00", 1_000)
    pull(bank.services, bank.code, MON)
    [archived] = folder(bank, "archive")
    (bank.services.settings.home / "remote" / bank.code / "archive" / archived).write_text("ours")
    assert pull(bank.services, bank.code, TUE) == Pulled(0, 0, 0)
    assert folder(bank, "archive") == {archived: "ours"}


def test_one_seen_again_is_looked_after_as_one_received(bank: Bank) -> None:
    """Though another was received since, and the inbox has been somebody else's meanwhile."""
    put(bank, "payment_1", "T1;A;1,00", 1_000)
    put(bank, "payment_2", "T2;A;2,00", 1_000)
    assert pull(bank.services, bank.code, MON) == Pulled(2, 0, 0)
    put(bank, "payment_1", "T1;A;1,00", 1_000)

    ends_over_another(bank, "T3;A;3,00", Killed())
    with leased(bank.services, bank.code, "inbox"):
        pass
    assert pull(bank.services, bank.code, TUE) == Pulled(1, 0, 0)
    kept = sorted(folder(bank, "archive").values())
    assert kept == ["T1;A;1,00", "T2;A;2,00", "T3;A;3,00"]
    assert bank.stored(receipt).height == 3


def open_ones(bank: Bank) -> list[tuple[str, str, int]]:
    with bank.services.store.unit(bank.code) as unit:
        return [(one["kind"], one["detail"], one["times"]) for one in open_incidents(unit)]


def test_one_that_may_not_go_back_is_told_every_time_and_keeps_no_other(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(bank, "payment_1", "T1;A;1,00", 1_000)
    rename, unread = FolderRemote.rename, "T2;A;2,00"

    def one_way(remote: FolderRemote, folder: str, name: str, to: str, to_name: str) -> None:
        if to == "inbox":
            raise RemoteRefused("permission denied", f"{to}/{to_name}")
        if name == "payment_1":
            put(bank, name, unread, 2_000)
        rename(remote, folder, name, to, to_name)

    monkeypatch.setattr(FolderRemote, "rename", one_way)
    why = "a file replaced as it was archived may not be moved back unread"
    for night in (1, 2):
        put(bank, f"payment_{night}", f"T{night};A;1,00", 1_000)
        assert pull(bank.services, bank.code, MON) == Pulled(1, 0, 1)
        assert open_ones(bank) == [("refused", why, night)]
        assert told(bank)[0] == ("payment_1", "left", "not_moved")
    monkeypatch.setattr(FolderRemote, "rename", rename)
    assert pull(bank.services, bank.code, MON) == Pulled(1, 0, 0)
    assert open_ones(bank) == []
    assert sorted(folder(bank, "archive").values()) == ["T2;A;1,00", unread]


def told(bank: Bank) -> list[tuple[str, str, str]]:
    """The table of the day's files, without its totals."""
    rows = files_seen(bank.services, bank.code, MON)[:-1]
    return [(row["file"], row["state"], row["rule"]) for row in rows]


def test_what_may_not_be_moved_is_taken_and_told_once_and_the_others_go_on(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also a file nothing is taken of: that it lies there still makes it none sent again."""
    rename = FolderRemote.rename

    def fixed(remote: FolderRemote, folder: str, name: str, to: str, to_name: str) -> None:
        if name in ("consent_1", "payment_1", "payment_3.sha256"):
            raise RemoteRefused("permission denied", f"{to}/{to_name}")
        rename(remote, folder, name, to, to_name)

    monkeypatch.setattr(FolderRemote, "rename", fixed)
    put(bank, "consent_1", "nothing", 1_000)
    for number in (1, 2, 3):
        put(bank, f"payment_{number}", f"T{number};A;1,00;payment;;{MON}", 1_000)
    put(bank, "payment_3.sha256", sha256(f"T3;A;1,00;payment;;{MON}".encode()).hexdigest(), 1_000)
    for day, pulled in ((MON, Pulled(4, 0, 3)), (MON, Pulled(0, 2, 3)), (TUE, Pulled(0, 2, 3))):
        assert pull(bank.services, bank.code, day) == pulled
        for waiting in pending(bank.services, bank.code, day):
            take_in(bank.services, bank.code, waiting, day)
        with bank.services.store.unit(bank.code) as unit:
            assert noticed(unit, day) == {"not_moved": 3}
        left = {name: rule for name, state, rule in told(bank) if state == "left"}
        assert left.items() >= {"consent_1": "not_moved", "payment_1": "not_moved"}.items()
    assert sorted(folder(bank, "inbox")) == ["consent_1", "payment_1", "payment_3.sha256"]
    monkeypatch.setattr(FolderRemote, "rename", rename)
    assert pull(bank.services, bank.code, TUE) == Pulled(0, 2, 0)
    assert (folder(bank, "inbox"), open_ones(bank)) == ({}, [])
    assert len(folder(bank, "archive")) == 5
    bank.check()


def test_a_refused_move_does_not_keep_another_incident_open(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else nobody would be told of the server's next silence."""
    rename, connect = FolderRemote.rename, pulling.connect

    def fixed(remote: FolderRemote, folder: str, name: str, to: str, to_name: str) -> None:
        if name == "payment_1":
            raise RemoteRefused("permission denied", f"{to}/{to_name}")
        rename(remote, folder, name, to, to_name)

    def silent(*_asked: object) -> Remote:
        raise RemoteUnavailable("cannot be reached")

    why = "permission denied"
    monkeypatch.setattr(FolderRemote, "rename", fixed)
    put(bank, "payment_1", "T1;A;1,00", 1_000)
    assert pull(bank.services, bank.code, MON).skipped == 1
    monkeypatch.setattr(pulling, "connect", silent)
    with pytest.raises(RemoteUnavailable):
        pull(bank.services, bank.code, MON)
    assert open_ones(bank) == [("refused", why, 1), ("unreachable", "cannot be reached", 1)]
    monkeypatch.setattr(pulling, "connect", connect)
    assert pull(bank.services, bank.code, MON).skipped == 1
    assert open_ones(bank) == [("refused", why, 2)]


def test_moves_that_cannot_be_looked_after_are_kept_once_a_date(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The archive may not be looked into: however often it is tried, no more is to be done."""
    stat, may = FolderRemote.stat, {"look": False}

    def closed(remote: FolderRemote, folder: str, name: str) -> RemoteFile | None:
        if folder == "archive" and not may["look"]:
            raise RemoteRefused("permission denied", f"{folder}/{name}")
        return stat(remote, folder, name)

    monkeypatch.setattr(FolderRemote, "stat", closed)
    moved = {name: f"{name};A;1,00" for name in ("payment_1", "payment_2")}
    for name, content in moved.items():
        put(bank, name, content, 1_000)
    for received in (2, 0, 0):
        assert pull(bank.services, bank.code, MON) == Pulled(received, 0, 2)
        assert places(bank) == [1, 2]
    put(bank, "payment_1", moved["payment_1"], 1_000)
    assert pull(bank.services, bank.code, MON) == Pulled(0, 1, 2)
    assert places(bank) == [1, 2]
    may["look"] = True
    assert pull(bank.services, bank.code, TUE) == Pulled(0, 1, 0)
    assert (places(bank), folder(bank, "inbox")) == ([], {})


def places(bank: Bank) -> list[int]:
    with bank.services.store.unit(bank.code) as unit:
        return [each.place for each in archiving.not_ended(unit)]
