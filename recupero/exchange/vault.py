"""Every byte received or sent, kept encrypted under an address that is a hash of its plaintext.

::

    <url>/<institution>/institution.key              the institution's key, wrapped by the master
    <url>/<institution>/objects/ab/<address>         an object
    <url>/<institution>/objects/ab/<address>.key     its own key, wrapped by the institution's
    <url>/_arriving/                                 files that have no place yet (local vaults)
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from recupero.errors import NotFound, SettingsError, StoreRefused, VaultDamaged
from recupero.exchange import seal
from recupero.exchange.keys import MASTER_KEY_BYTES, load_master_key, make_master_key
from recupero.exchange.objects import objects_at
from recupero.exchange.spool import Spool

__all__ = ["Arrival", "Vault", "keys_at", "load_master_key", "make_master_key"]

INSTITUTION = re.compile(r"_agency|[a-z][a-z0-9-]{1,30}")
ADDRESS = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Arrival:
    """A content on its way into the vault: sealed under a *key* that is nowhere else yet.

    ``digest`` is the content's SHA-256, hexadecimal. Close it after use: what was not placed is
    gone then.
    """

    institution: str
    address: str
    digest: str
    key: bytes = field(repr=False)
    spool: Spool

    def close(self) -> None:
        """Give the disk back."""
        self.spool.close()


class Vault:
    """One vault for all institutions; each institution's objects hang on a key of its own.

    *url* is a local path or an fsspec address; what goes to the latter rests under *home* while it
    arrives. An institution's key is made when it is first
    needed for writing or deriving, never while objects say that there was another one.
    """

    def __init__(
        self, url: str, master_key: bytes, *, home: Path | None = None, writes: bool = True
    ) -> None:
        if len(master_key) != MASTER_KEY_BYTES:
            raise SettingsError("must have 32 bytes", "the master key")
        self.url = url
        self._master_key = master_key
        self._writes = writes
        self._objects = objects_at(url, home)
        self._institution_keys: dict[str, bytes] = {}

    def put(self, institution: str, content: bytes) -> str:
        """Keep *content*; returns its address. What is there already is not written again."""
        root = self._key_for_writing(institution)
        address = _address(root, hashlib.sha256(content))
        if self._writes and not self._is_kept(institution, address):
            with closing(self.receive(institution, [content])) as arrival:
                self.place(arrival)
        return address

    def receive(self, institution: str, pieces: Iterable[bytes]) -> Arrival:
        """Seal a content that may be too large to hold, piece by piece, without keeping it yet.

        Raises what *pieces* raises, and DiskFull; nothing of it is left then.
        """
        root = self._key_for_writing(institution)
        key, hasher, spool = seal.new_key(), hashlib.sha256(), self._objects.begin()
        try:
            for piece in seal.sealed(_hashed(seal.chunked(pieces), hasher), key):
                spool.write(piece)
        except BaseException:
            spool.close()
            raise
        return Arrival(institution, _address(root, hasher), hasher.hexdigest(), key, spool)

    def place(self, arrival: Arrival) -> str:
        """Keep what was received; returns its address. What is there already is not replaced.

        The key goes before the object, and the first key stands: a run that was killed between the
        two, and another that places the same content now, both end with an object under it.
        """
        institution, address = arrival.institution, arrival.address
        if self._is_kept(institution, address):
            return address
        path = _object_path(institution, address)
        if self._objects.exists(path) and not self._objects.exists(f"{path}.key"):
            self._objects.remove(path)  # its key was destroyed: a new one would not open it
        under = seal.derived(self._key_of(institution), "wrap")
        ours = seal.wrapped(arrival.key, under, _bound(institution, address))
        if self._create(f"{path}.key", [ours]):
            self._objects.place(arrival.spool, path)
        else:
            first = self._object_key(institution, address)
            with closing(arrival.spool.read()) as stored:
                self._create(path, seal.sealed(seal.opened(stored, arrival.key, address), first))
        return address

    def read_only(self) -> Vault:
        """The same vault, in which :meth:`put` only tells the address."""
        return Vault(self.url, self._master_key, writes=False)

    def get(self, institution: str, address: str) -> bytes:
        """The content at *address*.

        Raises VaultDamaged naming the address, NotFound where there is no such object.
        """
        return b"".join(self._verified(institution, address))

    def head(self, institution: str, address: str, size_bytes: int) -> bytes:
        """The first *size_bytes* of the object, or all of it; raises as :meth:`get` does.

        Chunks are authentic one by one and bound to the address. That the whole hashes to it, only
        :meth:`get` and :meth:`check` know.
        """
        found = b""
        with closing(self._opened(institution, address)) as pieces:
            for piece in pieces:
                found += piece
                if len(found) >= size_bytes:
                    break
        return found[:size_bytes]

    def check(self, institution: str, address: str) -> None:
        """Read the object through without keeping it; raises as :meth:`get` does."""
        for _ in self._verified(institution, address):
            pass

    def destroy(self, institution: str, address: str) -> None:
        """Make the object unreadable for ever: its key goes first, then the object itself."""
        path = _object_path(institution, address)
        self._objects.remove(f"{path}.key")
        self._objects.remove(path)

    def addresses(self, institution: str) -> list[str]:
        """Every object of the institution, sorted."""
        folder = f"{_checked(institution)}/objects"
        return [
            name
            for prefix in self._objects.names(folder)
            for name in self._objects.names(f"{folder}/{prefix}")
            if ADDRESS.fullmatch(name)
        ]

    def institutions(self) -> list[str]:
        """Every institution that has a key here, sorted."""
        return [
            name
            for name in self._objects.names("")
            if INSTITUTION.fullmatch(name) and self._objects.exists(f"{name}/institution.key")
        ]

    def unlock(self) -> None:
        """Refuse a master key that opens no institution's key here; any opens an empty vault.

        Raises SettingsError. One key that is damaged is its institution's affair.
        """
        known = self.institutions()
        for institution in known:
            try:
                self._key_of(institution)
            except VaultDamaged:
                continue
            return
        if known:
            raise SettingsError(
                "is not the key this vault was sealed with",
                "the master key",
                "restore the right one from the backup",
            )

    def derive_key(self, institution: str, purpose: str) -> bytes:
        """32 bytes of this institution's for one purpose, the same at every call."""
        return seal.derived(self._key_for_writing(institution), f"purpose/{purpose}")

    def agency_key(self, purpose: str) -> bytes:
        """32 bytes of the agency's, for what spans institutions (person hashes)."""
        return seal.derived(self._master_key, f"agency/{purpose}")

    def _verified(self, institution: str, address: str) -> Iterator[bytes]:
        """The plaintext in pieces; that it hashes to its address is known at the end."""
        hasher = hashlib.sha256()
        for piece in self._opened(institution, address):
            hasher.update(piece)
            yield piece
        if _address(self._key_of(institution), hasher) != address:
            raise VaultDamaged("does not hash to its address", address)

    def _opened(self, institution: str, address: str) -> Generator[bytes]:
        """The plaintext in pieces, each authentic."""
        path = _object_path(institution, address)
        if not self._objects.exists(path):
            raise NotFound("there is no such object in the vault", f"{institution}/{address}")
        key = self._object_key(institution, address)
        with closing(self._objects.open(path)) as stored:
            yield from seal.opened(stored, key, address)

    def _object_key(self, institution: str, address: str) -> bytes:
        under = seal.derived(self._key_of(institution), "wrap")
        stored = self._read(f"{_object_path(institution, address)}.key")
        if stored is None:
            raise VaultDamaged("its key is missing or was destroyed", address)
        return seal.unwrapped(stored, under, _bound(institution, address))

    def _key_for_writing(self, institution: str) -> bytes:
        path = f"{_checked(institution)}/institution.key"
        if institution not in self._institution_keys and not self._objects.exists(path):
            if self._objects.names(f"{institution}/objects"):
                raise VaultDamaged("institution.key is missing but objects are there", institution)
            made = seal.wrapped(seal.new_key(), self._master_key, _bound(institution))
            self._create(path, [made])
        return self._key_of(institution)

    def _key_of(self, institution: str) -> bytes:
        if institution not in self._institution_keys:
            stored = self._read(f"{_checked(institution)}/institution.key")
            if stored is None:
                raise NotFound("the vault holds no key of this institution", institution)
            opened = seal.unwrapped(stored, self._master_key, _bound(institution))
            self._institution_keys[institution] = opened
        return self._institution_keys[institution]

    def _is_kept(self, institution: str, address: str) -> bool:
        path = _object_path(institution, address)
        return self._objects.exists(f"{path}.key") and self._objects.exists(path)

    def _create(self, path: str, pieces: Iterable[bytes]) -> bool:
        """Write a new file; ``False``, and nothing written, where there is one."""
        with closing(self._objects.begin()) as spool:
            for piece in pieces:
                spool.write(piece)
            return self._objects.place(spool, path)

    def _read(self, path: str) -> bytes | None:
        try:
            with closing(self._objects.open(path)) as file:
                return file.read()
        except FileNotFoundError:
            return None


def keys_at(url: str) -> list[str]:
    """Whose keys a vault at *url* holds, sorted; any means that there was a master key."""
    return Vault(url, bytes(MASTER_KEY_BYTES), writes=False).institutions()


def _address(root: bytes, hasher: hashlib._Hash) -> str:
    return seal.address_of(hasher.digest(), seal.derived(root, "address"))


def _hashed(chunks: Iterator[bytearray], hasher: hashlib._Hash) -> Iterator[bytearray]:
    for chunk in chunks:
        hasher.update(chunk)
        yield chunk


def _object_path(institution: str, address: str) -> str:
    if not ADDRESS.fullmatch(address):
        raise NotFound("is not an address of the vault", repr(address[:80]))
    return f"{_checked(institution)}/objects/{address[:2]}/{address}"


def _checked(institution: str) -> str:
    """The institution becomes part of a path: only codes are let through."""
    if not INSTITUTION.fullmatch(institution):
        raise StoreRefused("is not an institution's code", repr(institution[:80]))
    return institution


def _bound(institution: str, address: str | None = None) -> str:
    """What a wrapped key is for; it opens for nothing else."""
    return f"{institution}/{address or 'institution.key'}"
