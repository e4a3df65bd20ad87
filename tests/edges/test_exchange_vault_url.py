"""A vault on an object store: in pieces, whole or not at all, never over what is there."""

from __future__ import annotations

import tracemalloc
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fsspec.implementations.local import LocalFileSystem
from fsspec.spec import AbstractFileSystem

from recupero.exchange import vault as module
from recupero.exchange.objects import UrlObjects
from recupero.exchange.vault import Vault

CODE = "banco-uno"
MIB = 1 << 20


class Store(LocalFileSystem):
    """A backend with fsspec's own way to put a file: read in blocks, written as they come."""

    protocol = "store"
    cachable = False
    #: In a block longer than this the wire is cut; what came before stays there.
    bytes_max: int | None = None
    put_file = AbstractFileSystem.put_file

    def open(self, path: str, mode: str = "rb", **options: Any) -> Any:
        file = super().open(path, mode, **options)
        if "w" in mode and self.bytes_max is not None:
            write, room = file.write, self.bytes_max

            def cut(data: bytes) -> None:
                write(data[:room])
                if len(data) > room:
                    raise ConnectionError("cut")

            file.write = cut
        return file


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def vault(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vault:
    objects = UrlObjects(store, str(tmp_path / "bucket"), tmp_path / "home")
    monkeypatch.setattr(module, "objects_at", lambda _url, _home: objects)
    return Vault("store://bucket", b"k" * 32)


def test_a_large_object_goes_there_and_back_in_pieces(vault: Vault, tmp_path: Path) -> None:
    def through(mib: int) -> None:
        pieces = (bytes([number]) * MIB for number in range(mib))
        with closing(vault.receive(CODE, pieces)) as arrival:
            vault.check(CODE, vault.place(arrival))

    through(1)
    tracemalloc.start()
    try:
        through(64)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 16 * MIB
    assert list((tmp_path / "home" / "_arriving").iterdir()) == []


def test_an_object_that_breaks_off_is_none_and_comes_again(
    vault: Vault, store: Store, tmp_path: Path
) -> None:
    content = bytes(6 * MIB)
    vault.put(CODE, b"so that the institution has its key")
    with closing(vault.receive(CODE, [content])) as arrival:
        for store.bytes_max in (10, MIB):  # within the key, then within the object
            with pytest.raises(ConnectionError, match="cut"):
                vault.place(arrival)
        store.bytes_max = None
        place = tmp_path / "bucket" / CODE / "objects" / arrival.address[:2]
        assert [path.name for path in place.iterdir()] == [f"{arrival.address}.key"]
        assert vault.get(CODE, vault.place(arrival)) == content


def test_what_is_there_is_not_written_over(vault: Vault, tmp_path: Path) -> None:
    objects = vault._objects
    for content in (b"first", b"second"):
        with closing(objects.begin()) as spool:
            spool.write(content)
            assert objects.place(spool, "a/b") is (content == b"first")
    assert (tmp_path / "bucket" / "a" / "b").read_bytes() == b"first"
