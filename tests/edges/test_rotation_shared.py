"""Rotations from two machines: one at a time, and no key is lost where both came through."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from recupero.errors import NotFound, RecuperoError, Refused, StoreRefused
from recupero.exchange.keyring import Ring
from recupero.exchange.vault import Vault, make_master_key
from recupero.settings import Settings
from recupero.steps.rotation import rotate, rotate_master
from recupero.store.embedded import Addresses
from recupero.store.session import Store
from tests.edges.killing import at, observed

CODE = "banco-andino"
OLD, NEW = bytes(range(32)), bytes(range(32, 64))
FILE = Path("new.key")
CONTENTS = [b"one", b"two", b"three"]


def machine(place: Path, name: str) -> Vault:
    """The vault in an object store, as a machine with a home of its own has it."""
    return Vault(f"memory://{place}", OLD, home=place / name)


@pytest.fixture
def contents(tmp_path: Path) -> dict[str, bytes]:
    return {machine(tmp_path, "first").put(CODE, content): content for content in CONTENTS}


def test_one_rotation_at_a_time_of_all_that_share_a_database(
    migrated: Addresses, tmp_path: Path
) -> None:
    def settings(name: str) -> Settings:
        home = tmp_path / name
        return Settings(
            home=home, database_url=migrated.database_url, owner_url=migrated.owner_url,
            vault_url=f"memory://{tmp_path}", master_key_file=tmp_path / "key",
        )  # fmt: skip

    vault = Vault(f"memory://{tmp_path}", make_master_key(tmp_path / "key"), home=tmp_path)
    address = vault.put(CODE, b"content")

    def second() -> None:
        for other in (
            lambda: rotate(settings("second"), None, dry_run=False),
            lambda: rotate_master(settings("second"), tmp_path / "new", dry_run=False),
        ):
            with pytest.raises(StoreRefused, match="another rotation of keys is under way"):
                other()
        assert rotate(settings("second"), CODE, dry_run=True) == {CODE: 1}

    heard: list[str] = []
    for number in (1, 5):
        with observed(at(number, lambda: heard.append("second") or second())):
            assert rotate(settings("first"), CODE, dry_run=False) == {CODE: 1}
    assert heard == ["second", "second"]
    assert rotate_master(settings("second"), tmp_path / "new", dry_run=False) == ["_agency", CODE]
    assert Vault(vault.url, make_master_key(tmp_path / "new")).get(CODE, address) == b"content"


def test_who_is_alone_is_so_until_its_end_and_under_one_name(migrated: Addresses) -> None:
    one, two = Store(migrated.database_url), Store(migrated.database_url)
    refused = pytest.raises(StoreRefused, match="another this is under way")
    with one.alone("this"), two.alone("that"), refused, two.alone("this"):
        raise AssertionError("two at once")
    with pytest.raises(ZeroDivisionError), one.alone("this"):
        raise ZeroDivisionError
    with two.alone("this"):
        pass


@pytest.mark.parametrize("wrapped_before", range(len(CONTENTS) + 1))
def test_no_key_is_lost_where_two_rotations_began_from_one_ring(
    tmp_path: Path, contents: dict[str, bytes], wrapped_before: int
) -> None:
    """The second stores its ring over the first's, which has wrapped some keys, and goes on."""
    first, second = machine(tmp_path, "first"), machine(tmp_path, "second")
    has_read, may_store = threading.Event(), threading.Event()
    keep_ring, told = second._keyring.keep_ring, []

    def held_up(institution: str, ring: Ring) -> None:
        has_read.set()
        may_store.wait(10)
        keep_ring(institution, ring)

    def rotating() -> None:
        try:
            second.rotate(CODE)
        except RecuperoError as error:
            told.append(type(error).__name__)

    thread = threading.Thread(target=rotating)

    def overtake() -> None:
        may_store.set()
        thread.join()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(second._keyring, "keep_ring", held_up)
        thread.start()
        assert has_read.wait(10)
        with (
            observed(at(1 + 2 * wrapped_before, overtake)),
            pytest.raises(Refused, match=f"{CODE}: another rotation changed its keys"),
        ):
            first.rotate(CODE)
    assert told == ([] if wrapped_before == 0 else ["VaultDamaged"])  # and drops nothing
    later = machine(tmp_path, "third")
    assert {each: later.get(CODE, each) for each in contents} == contents
    later.rotate(CODE)
    later = machine(tmp_path, "third")
    assert {each: later.get(CODE, each) for each in contents} == contents
    assert len(later._keyring.ring(CODE).wrapping) == 1


@pytest.mark.parametrize(
    "other", [lambda vault: vault.rotate(CODE), lambda vault: vault.rotate_master(bytes(32), FILE)]
)
def test_a_master_key_drops_nothing_that_another_rotation_made(
    tmp_path: Path, contents: dict[str, bytes], other: Callable[[Vault], object]
) -> None:
    """The other one goes on and ends while this one is at the agency's keys."""
    first, second = machine(tmp_path, "first"), machine(tmp_path, "second")
    with (
        observed(at(2, lambda: other(second))),
        pytest.raises(Refused, match=f"{CODE}: another rotation changed its keys"),
    ):
        first.rotate_master(NEW, FILE)
    found = {}
    for master in (OLD, bytes(32)):
        vault = Vault(f"memory://{tmp_path}", master)
        for each in contents:
            try:
                found[each] = vault.get(CODE, each)
            except RecuperoError:
                continue
    assert found == contents


def test_who_has_no_key_has_none_to_rotate(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="holds no key"):
        machine(tmp_path, "first").rotate(CODE)
