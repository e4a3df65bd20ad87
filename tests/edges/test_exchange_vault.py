"""The vault: what goes in comes out, to the right institution, or says what is damaged."""

import errno
import random
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from recupero.errors import NotFound, SettingsError, StoreRefused, VaultDamaged
from recupero.exchange import seal
from recupero.exchange.vault import Vault

ONE, OTHER = "banco-andino", "_agency"
MASTER = bytes(range(32))
MIB = 1 << 20


@pytest.fixture(params=["folder", "file", "memory"])
def url(request, tmp_path):
    return {
        "folder": str(tmp_path / "vault"),
        "file": f"file://{tmp_path}/vault",
        "memory": f"memory://{tmp_path}/vault",
    }[request.param]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "vault"


@pytest.fixture
def vault(folder):
    return Vault(str(folder), MASTER)


@pytest.mark.parametrize("size", [0, 1, MIB - 1, MIB, MIB + 1, 3 * MIB])
def test_what_goes_in_comes_out(url, size):
    content = random.Random(size).randbytes(size)
    vault = Vault(url, MASTER)
    address = vault.put(ONE, content)
    assert vault.put(ONE, content) == address
    again = Vault(url, MASTER)
    assert again.get(ONE, address) == content
    again.check(ONE, address)
    assert again.addresses(ONE) == [address]
    assert again.institutions() == [OTHER, ONE]


@pytest.mark.parametrize("size", [0, 5, MIB, 2 * MIB + 7])
def test_a_head_is_read_without_the_rest(vault, folder, size):
    content = random.Random(size).randbytes(size)
    address = vault.put(ONE, content)
    for length in (1, 64, MIB + 1, 4 * MIB):
        assert vault.head(ONE, address, length) == content[:length]
    path = folder / ONE / "objects" / address[:2] / address
    stored = bytearray(path.read_bytes())
    stored[-1] ^= 1
    path.write_bytes(stored)
    if size > MIB:  # damage behind what was asked for is the full reading's to find
        assert vault.head(ONE, address, 64) == content[:64]
    with pytest.raises(VaultDamaged):
        vault.head(ONE, address, 4 * MIB)


def test_addresses_say_nothing_about_content_across_institutions_or_vaults(url, tmp_path):
    vault = Vault(url, MASTER)
    addresses = {vault.put(ONE, b"same"), vault.put(OTHER, b"same")}
    addresses.add(Vault(str(tmp_path / "second"), MASTER).put(ONE, b"same"))
    assert len(addresses) == 3
    assert vault.institutions() == [OTHER, ONE]


def test_one_institution_does_not_open_another_ones_object(vault, folder):
    address = vault.put(ONE, b"content")
    vault.put(OTHER, b"theirs")
    with pytest.raises(NotFound):
        vault.get(OTHER, address)
    place = folder / OTHER / "objects" / address[:2]
    place.mkdir(exist_ok=True)
    for suffix in ("", ".key"):
        source = folder / ONE / "objects" / address[:2] / f"{address}{suffix}"
        (place / source.name).write_bytes(source.read_bytes())
    with pytest.raises(VaultDamaged):
        vault.get(OTHER, address)


def test_files_and_folders_are_ours_alone_and_tell_nothing(vault, folder):
    address = vault.put(ONE, b"the debtor's name" * 100)
    kept = sorted(path for path in folder.rglob("*") if path.is_file())
    base = folder / ONE / "objects" / address[:2]
    keys = [folder / OTHER / "institution.key", folder / ONE / "institution.key"]
    assert kept == [*keys, base / address, base / f"{address}.key"]
    for path in folder.rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)
    assert all(b"debtor" not in path.read_bytes() for path in kept)


def flip(path, position):
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("position", [0, 8, 9, 100, MIB + 24, -1])
def test_one_changed_byte_of_an_object_is_found(vault, folder, position):
    address = vault.put(ONE, bytes(2 * MIB))
    flip(folder / ONE / "objects" / address[:2] / address, position)
    for read in (vault.get, vault.check):
        with pytest.raises(VaultDamaged, match=address):
            read(ONE, address)


@pytest.mark.parametrize("position", [0, 12, 30, -1])
@pytest.mark.parametrize("which", ["object", "institution"])
def test_one_changed_byte_of_a_key_is_found(vault, folder, which, position):
    address = vault.put(ONE, b"content")
    keys = {
        "object": folder / ONE / "objects" / address[:2] / f"{address}.key",
        "institution": folder / ONE / "institution.key",
    }
    flip(keys[which], position)
    with pytest.raises(VaultDamaged, match=ONE):
        Vault(str(folder), MASTER).get(ONE, address)


@pytest.mark.parametrize(
    "cut",
    [
        lambda data: data[:-1],
        lambda data: data[: 8 + MIB + 16],
        lambda data: data[:8] + data[8 + MIB + 16 :] + data[8 : 8 + MIB + 16],
        lambda data: data + data[8 : 8 + MIB + 16],
        lambda data: data[:8],
        lambda data: b"",
    ],
    ids=["last byte", "last chunk", "chunks swapped", "chunk added", "no chunk", "empty"],
)
def test_an_object_cut_or_rearranged_is_found(vault, folder, cut):
    address = vault.put(ONE, random.Random(5).randbytes(2 * MIB))
    path = folder / ONE / "objects" / address[:2] / address
    path.write_bytes(cut(path.read_bytes()))
    with pytest.raises(VaultDamaged, match=address):
        vault.check(ONE, address)


def test_objects_that_changed_places_are_found(vault, folder):
    first, second = vault.put(ONE, b"first"), vault.put(ONE, b"second")
    paths = [folder / ONE / "objects" / address[:2] / address for address in (first, second)]
    for suffix in ("", ".key"):
        one, two = (path.with_name(path.name + suffix) for path in paths)
        held = one.read_bytes()
        one.write_bytes(two.read_bytes())
        two.write_bytes(held)
    for address in (first, second):
        with pytest.raises(VaultDamaged, match=address):
            vault.get(ONE, address)


def test_a_validly_sealed_object_under_a_wrong_address_is_found(vault, folder):
    address = vault.put(ONE, b"content")
    key = vault._keyring.object_key(ONE, address)
    forged = b"".join(seal.sealed(iter([b"forged!"]), key))
    (folder / ONE / "objects" / address[:2] / address).write_bytes(forged)
    with pytest.raises(VaultDamaged, match="does not hash"):
        vault.get(ONE, address)


def test_another_master_key_opens_nothing(url):
    address = Vault(url, MASTER).put(ONE, b"content")
    stranger = Vault(url, bytes(32))
    for act in (lambda: stranger.get(ONE, address), lambda: stranger.put(ONE, b"more")):
        with pytest.raises(VaultDamaged, match=r"institution\.key"):
            act()


def test_a_lost_institution_key_is_not_replaced(vault, folder):
    vault.put(ONE, b"content")
    (folder / ONE / "institution.key").unlink()
    fresh = Vault(str(folder), MASTER)
    for act in (lambda: fresh.put(ONE, b"more"), lambda: fresh.derive_key(ONE, "ids")):
        with pytest.raises(VaultDamaged, match="missing"):
            act()


def test_a_lost_agency_key_is_not_replaced(vault, folder):
    """Who was contacted, over all institutions, is known by hashes that hang on it."""
    vault.put(ONE, b"content")
    (folder / OTHER / "institution.key").unlink()
    fresh = Vault(str(folder), MASTER)
    for act in (lambda: fresh.agency_key("person"), lambda: fresh.put("banco-nuevo", b"x")):
        with pytest.raises(VaultDamaged, match=r"_agency: institution\.key is missing"):
            act()


def test_what_is_not_there_or_not_a_name(url):
    vault = Vault(url, MASTER)
    assert (vault.addresses(ONE), vault.institutions()) == ([], [])
    for address in ("0" * 64, "../../etc", "", "A" * 64):
        with pytest.raises(NotFound):
            vault.get(ONE, address)
    for institution in ("", "..", "a/b", "Banco", "a\n"):
        for act in (lambda code: vault.put(code, b"x"), vault.addresses):
            with pytest.raises(StoreRefused):
                act(institution)


def test_destroying_the_key_is_the_end_and_the_same_bytes_may_come_again(url):
    vault = Vault(url, MASTER)
    address = vault.put(ONE, b"content")
    vault.destroy(ONE, address)
    vault.destroy(ONE, address)
    assert vault.addresses(ONE) == []
    with pytest.raises(NotFound):
        vault.get(ONE, address)
    assert vault.put(ONE, b"content") == address
    assert vault.get(ONE, address) == b"content"


def test_a_store_that_refuses_to_delete_is_one_clear_line(url, monkeypatch):
    def refuse(*_at):
        raise PermissionError(errno.EACCES, "Permission denied", "the path")

    vault = Vault(url, MASTER)
    address = vault.put(ONE, b"content")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        patch.setattr(MemoryFileSystem, "rm_file", refuse)
        with pytest.raises(SettingsError, match="the vault does not let us delete: Permission den"):
            vault.destroy(ONE, address)
    assert vault.get(ONE, address) == b"content"
    vault.destroy(ONE, address)
    assert vault.addresses(ONE) == []


def test_an_object_whose_key_is_gone_is_damaged_until_its_bytes_come_again(vault, folder):
    address = vault.put(ONE, b"content")
    (folder / ONE / "objects" / address[:2] / f"{address}.key").unlink()
    with pytest.raises(VaultDamaged, match=address):
        vault.get(ONE, address)
    assert vault.put(ONE, b"content") == address
    assert vault.get(ONE, address) == b"content"


def test_derived_keys_are_stable_and_independent(url):
    vault = Vault(url, MASTER)
    keys = [
        vault.derive_key(ONE, "ids"),
        vault.derive_key(ONE, "lines"),
        vault.derive_key(OTHER, "ids"),
        vault.agency_key("ids"),
        vault.agency_key("person"),
    ]
    assert len(set(keys)) == 5
    assert all(len(key) == 32 for key in keys)
    again = Vault(url, MASTER)
    assert (again.derive_key(ONE, "ids"), again.agency_key("person")) == (keys[0], keys[4])


def test_a_vault_somewhere_unknown_is_a_wrong_setting():
    with pytest.raises(SettingsError, match="nowhere://x"):
        Vault("nowhere://x", MASTER)
    with pytest.raises(SettingsError, match="32 bytes"):
        Vault("memory://x", b"short")
