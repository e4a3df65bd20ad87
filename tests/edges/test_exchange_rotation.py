"""New keys: what was kept stays kept under its address, killed anywhere or beside other work."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from recupero import durable
from recupero.errors import Refused, SettingsError, VaultDamaged
from recupero.exchange import rotation
from recupero.exchange.keyring import AGENCY
from recupero.exchange.objects import MADE, create
from recupero.exchange.spool import Spool
from recupero.exchange.vault import Vault
from tests.edges.killing import Killed, at, end, observed, points_of

CODE = "banco-andino"
OLD, NEW = bytes(range(32)), bytes(range(32, 64))
FILE = Path("new.key")
CONTENTS = [b"one", b"two", b"three"]


@pytest.fixture(params=["folder", "memory"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[object], str]:
    """A place for another vault each time."""
    scheme = {"folder": "", "memory": "memory://"}[request.param]
    return lambda number: f"{scheme}{tmp_path}/{number}"


@pytest.fixture(autouse=True)
def successive(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrapping keys are numbered one by one, so that a test can name them."""
    monkeypatch.setattr(rotation, "_NUMBERS_APART", 1)


def filled(url: str, master: bytes = OLD) -> tuple[Vault, dict[str, bytes]]:
    vault = Vault(url, master)
    return vault, {vault.put(CODE, content): content for content in CONTENTS}


def kept(url: str, master: bytes = OLD) -> dict[str, bytes]:
    vault = Vault(url, master)
    return {address: vault.get(CODE, address) for address in vault.addresses(CODE)}


def names(vault: Vault) -> tuple[bytes, bytes]:
    return vault.derive_key(CODE, "identity"), vault.agency_key("person")


def wrapping(url: str, master: bytes = OLD) -> list[int]:
    return sorted(Vault(url, master)._keyring.ring(CODE).wrapping)


def test_a_new_wrapping_key_changes_no_address_and_no_id(place: Callable[[object], str]) -> None:
    vault, contents = filled(place(0))
    before, old = names(vault), vault._keyring.ring(CODE).wrapping[1]
    assert vault.rotate(CODE) == len(CONTENTS)
    assert wrapping(place(0)) == [2]
    assert vault._keyring.ring(CODE).wrapping[2] != old
    assert kept(place(0)) == contents
    assert names(Vault(place(0), OLD)) == before
    assert {vault.put(CODE, content) for content in CONTENTS} == set(contents)


def test_killed_anywhere_all_can_be_read_and_the_rotation_is_taken_up(
    place: Callable[[object], str],
) -> None:
    vault, _ = filled(place("whole"))
    points = points_of(lambda: vault.rotate(CODE))
    assert points == 2 * (1 + len(CONTENTS) + 1)
    for number in range(points):
        url = place(number)
        vault, contents = filled(url)
        with pytest.raises(Killed), observed(at(number, end)):
            vault.rotate(CODE)
        assert kept(url) == contents
        Vault(url, OLD).rotate(CODE)
        assert (kept(url), wrapping(url)) == (contents, [3 if number == points - 1 else 2])


def test_a_rotation_beside_a_writer_loses_nothing(place: Callable[[object], str]) -> None:
    """At each point of the writer's work a whole rotation, or two, go on and end."""
    points = points_of(lambda: filled(place("whole")))
    for number in range(1, points):
        for rotations in (1, 2):
            url = place(f"{number}-{rotations}")
            Vault(url, OLD).put(CODE, b"there before")

            def rotate(url: str = url, rotations: int = rotations) -> None:
                for _ in range(rotations):
                    Vault(url, OLD).rotate(CODE)

            with observed(at(number, rotate)):
                filled(url)
            assert sorted(kept(url).values()) == sorted([b"there before", *CONTENTS])


def test_a_writer_beside_a_rotation_loses_nothing(place: Callable[[object], str]) -> None:
    for number in range(2 * (1 + len(CONTENTS) + 1)):
        url = place(number)
        vault, contents = filled(url)
        working = Vault(url, OLD)
        first = next(iter(contents))
        working.get(CODE, first)  # it holds the old keys from here on

        read: list[bytes] = []

        def work(working: Vault = working, first: str = first, read: list[bytes] = read) -> None:
            working.put(CODE, b"meanwhile")
            read.append(working.get(CODE, first))

        with observed(at(number, work)):
            vault.rotate(CODE)
        assert read == [contents[first]]
        assert sorted(kept(url).values()) == sorted([*CONTENTS, b"meanwhile"])
        assert all(working.get(CODE, address) == contents[address] for address in contents)


def test_a_writer_killed_before_a_rotation_is_made_good_by_its_rerun(
    place: Callable[[object], str],
) -> None:
    Vault(place("whole"), OLD).put(CODE, b"before")
    points = points_of(lambda: Vault(place("whole"), OLD).put(CODE, b"content"))
    for number in range(points):
        url = place(number)
        Vault(url, OLD).put(CODE, b"before")
        with pytest.raises(Killed), observed(at(number, end)):
            Vault(url, OLD).put(CODE, b"content")
        for _ in range(2):
            Vault(url, OLD).rotate(CODE)
        Vault(url, OLD).put(CODE, b"content")
        assert sorted(kept(url).values()) == [b"before", b"content"]


def test_what_is_destroyed_meanwhile_is_not_revived(place: Callable[[object], str]) -> None:
    for number in range(2 * (1 + len(CONTENTS) + 1)):
        url = place(number)
        vault, contents = filled(url)
        gone = sorted(contents)[1]
        with observed(at(number, lambda url=url, gone=gone: Vault(url, OLD).destroy(CODE, gone))):
            vault.rotate(CODE)
        assert gone not in kept(url)
        assert gone not in vault._keyring.keys_of(CODE)


def test_a_key_of_a_dropped_number_without_an_object_hinders_nobody(
    place: Callable[[object], str],
) -> None:
    """Its writer was killed while a rotation overtook it."""
    url = place(0)
    vault, contents = filled(url)
    acts = iter([lambda: Vault(url, OLD).rotate(CODE), end])  # before its key is there, and after

    def observer(_point: str) -> None:
        durable.observe(None)
        next(acts)()
        durable.observe(observer)

    with pytest.raises(Killed), observed(observer):
        vault.put(CODE, b"content")
    assert Vault(url, OLD).rotate(CODE) == len(CONTENTS)
    address = Vault(url, OLD).put(CODE, b"content")
    assert kept(url) == {**contents, address: b"content"}


def test_a_reader_overtaken_by_a_rotation_reads_again(place: Callable[[object], str]) -> None:
    """Between the object's key and the key above it."""
    _, contents = filled(place(0))
    address = next(iter(contents))
    reader = Vault(place(0), OLD)
    really = reader._keyring._read

    def overtaken(path: str) -> bytes | None:
        stored = really(path)
        if path.endswith(f"{address}.key") and wrapping(place(0)) == [1]:
            Vault(place(0), OLD).rotate(CODE)
        return stored

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reader._keyring, "_read", overtaken)
        assert reader.get(CODE, address) == contents[address]
    assert wrapping(place(0)) == [2]


def test_a_key_wrapped_again_while_it_is_destroyed_is_gone_in_the_end(
    place: Callable[[object], str],
) -> None:
    """The rotation read it before, and writes it back between the end of the key and the object."""
    vault, contents = filled(place(0))
    gone = sorted(contents)[1]
    path = f"{CODE}/objects/{gone[:2]}/{gone}.key"
    destroyer = Vault(place(0), OLD)
    has_read, may_write = threading.Event(), threading.Event()
    replace, remove = vault._objects.replace, destroyer._objects.remove
    rotating = threading.Thread(target=lambda: vault.rotate(CODE))

    def held_up(spool: Spool, at: str) -> None:
        if at == path:
            has_read.set()
            may_write.wait(10)
        replace(spool, at)

    def remove_then_wait(at: str) -> None:
        remove(at)
        may_write.set()
        rotating.join()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(vault._objects, "replace", held_up)
        patched.setattr(destroyer._objects, "remove", remove_then_wait)
        rotating.start()
        assert has_read.wait(10)
        destroyer.destroy(CODE, gone)
    assert gone not in kept(place(0))
    assert gone not in vault._keyring.keys_of(CODE)


def test_a_key_that_does_not_open_keeps_the_old_wrapping_key(tmp_path: Path) -> None:
    vault, contents = filled(str(tmp_path))
    damaged = sorted(contents)[0]
    path = tmp_path / CODE / "objects" / damaged[:2] / f"{damaged}.key"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(VaultDamaged, match=f"{CODE}: the keys of 1 objects.*{damaged}"):
        vault.rotate(CODE)
    assert wrapping(str(tmp_path)) == [1, 2]
    path.write_bytes(whole)  # from the backup
    assert vault.rotate(CODE) == 1
    assert (kept(str(tmp_path)), wrapping(str(tmp_path))) == (contents, [2])


def test_a_key_that_is_missing_keeps_the_old_wrapping_key(place: Callable[[object], str]) -> None:
    """Its copy in a backup opens under that one alone."""
    vault, contents = filled(place(0))
    lost = sorted(contents)[1]
    path = f"{CODE}/objects/{lost[:2]}/{lost}.key"
    copy = vault._keyring._read(path) or b""
    vault._objects.remove(path)
    with pytest.raises(VaultDamaged, match=f"{CODE}: the keys of 1 objects.*{lost}"):
        vault.rotate(CODE)
    create(vault._objects, path, [copy])
    assert (vault.rotate(CODE), kept(place(0)), wrapping(place(0))) == (1, contents, [2])


def test_a_new_master_key_opens_everything_and_the_old_one_nothing(
    place: Callable[[object], str],
) -> None:
    vault, contents = filled(place(0))
    before = names(vault)
    assert vault.rotate_master(NEW, FILE) == [AGENCY, CODE]
    assert vault.rotate_master(NEW, FILE) == []
    renewed = Vault(place(0), NEW)
    renewed.unlock()
    assert (kept(place(0), NEW), names(renewed)) == (contents, before)
    with pytest.raises(SettingsError, match="not the key"):
        Vault(place(0), OLD).unlock()


def test_killed_anywhere_each_key_opens_with_one_of_both(place: Callable[[object], str]) -> None:
    def opens(url: str, master: bytes, institution: str) -> bool:
        return institution not in Vault(url, master).not_opened()

    for number in range(6):
        url = place(number)
        vault, contents = filled(url)
        with pytest.raises(Killed), observed(at(number, end)):
            vault.rotate_master(NEW, FILE)
        for institution in (AGENCY, CODE):
            assert opens(url, OLD, institution) is not opens(url, NEW, institution)
        Vault(url, OLD).rotate_master(NEW, FILE)
        assert kept(url, NEW) == contents


def test_a_master_key_is_not_changed_where_one_key_opens_with_neither(tmp_path: Path) -> None:
    vault, contents = filled(str(tmp_path))
    Vault(str(tmp_path / "elsewhere"), bytes(32)).put("credisol", b"theirs")
    (tmp_path / "elsewhere" / "credisol").rename(tmp_path / "credisol")
    with pytest.raises(SettingsError, match="credisol"):
        vault.rotate_master(NEW, FILE)
    assert (kept(str(tmp_path)), (tmp_path / MADE).exists()) == (contents, False)
    assert vault.rotate(CODE) == len(CONTENTS)


def test_two_rotations_at_once_are_one(place: Callable[[object], str]) -> None:
    """The second would drop keys that the first has just used."""
    vault, contents = filled(place(0))

    def second() -> None:
        other = Vault(place(0), OLD)
        for rotate in (lambda: other.rotate(CODE), lambda: vault.rotate_master(NEW, FILE)):
            with pytest.raises(Refused, match="another rotation"):
                rotate()

    with observed(at(3, second)):
        vault.rotate(CODE)
    assert (kept(place(0)), wrapping(place(0))) == (contents, [2])
