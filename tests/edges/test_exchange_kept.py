"""An object of the vault is read when it is asked for, once, and its digest tells of all of it."""

import hashlib
import tracemalloc

import pytest

from recupero.errors import VaultDamaged
from recupero.exchange.kept import Kept
from recupero.exchange.vault import Vault

ONE = "banco-andino"
CONTENT = bytes(range(256)) * 64 * 1024  # 16 MiB
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "vault"


@pytest.fixture
def kept(folder):
    vault = Vault(str(folder), bytes(range(32)))
    return Kept(vault, ONE, vault.put(ONE, CONTENT))


def test_tells_its_beginning_its_digest_and_its_content(kept):
    assert kept.head(100) == CONTENT[:100]
    assert kept.digest == DIGEST
    assert kept.content == CONTENT


def test_is_read_once(kept, folder):
    assert kept.content == CONTENT
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()
    assert kept.content == CONTENT
    assert kept.digest == DIGEST


def test_its_digest_alone_holds_nothing(kept):
    tracemalloc.start()
    try:
        assert kept.digest == DIGEST
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < len(CONTENT) / 2


@pytest.mark.parametrize("asked", ["content", "digest"])
def test_damage_at_its_end_is_found(kept, folder, asked):
    (path,) = (one for one in folder.rglob("objects/*/*") if one.suffix != ".key")
    stored = bytearray(path.read_bytes())
    stored[-1] ^= 1
    path.write_bytes(stored)
    assert kept.head(100) == CONTENT[:100]
    with pytest.raises(VaultDamaged):
        getattr(kept, asked)
