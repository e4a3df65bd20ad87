"""Every byte received or sent, kept encrypted under an address that is a hash of its plaintext.

::

    <url>/<institution>/institution.key              the institution's keys, wrapped by the master
    <url>/<institution>/objects/ab/<address>         an object
    <url>/<institution>/objects/ab/<address>.key     its own key, wrapped by the institution's
    <url>/_master_key                                as which file the master key was made
    <url>/_arriving/, _rotating                      files without a place yet, and the rotation's
                                                     lock; of an object store under the home
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from recupero.errors import NotFound, SettingsError, VaultDamaged
from recupero.exchange import seal
from recupero.exchange.keyring import ADDRESS, AGENCY, Keyring, checked, key_path, object_path
from recupero.exchange.keys import MASTER_KEY_BYTES, load_master_key, make_master_key
from recupero.exchange.objects import LocalObjects, create, objects_at
from recupero.exchange.rotation import made_as, not_opened, rotate_master_key, rotate_wrapping_key
from recupero.exchange.spool import Spool

__all__ = ["Arrival", "Vault", "keys_at", "load_master_key", "make_master_key"]


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
    """One vault for all institutions; each institution's objects hang on keys of its own.

    *url* is a local path or an fsspec address; what goes to the latter rests under *home* while it
    arrives. An institution's keys are made when they are first needed for writing or deriving,
    never while objects say that there were others.
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
        self._keyring = Keyring(self._objects, master_key)

    def put(self, institution: str, content: bytes) -> str:
        """Keep *content*; returns its address. What is there already is not written again."""
        root = self._keyring.root_made(institution)
        address = _address(root, hashlib.sha256(content))
        if self._writes and not self._is_kept(institution, address):
            with closing(self.receive(institution, [content])) as arrival:
                self.place(arrival)
        return address

    def put_pieces(self, institution: str, pieces: Iterable[bytes]) -> str:
        """As :meth:`put`, of a content too large to hold."""
        with closing(self.receive(institution, pieces)) as arrival:
            return self.place(arrival) if self._writes else arrival.address

    def receive(self, institution: str, pieces: Iterable[bytes]) -> Arrival:
        """Seal a content that may be too large to hold, piece by piece, without keeping it yet.

        Raises what *pieces* raises, and DiskFull; nothing of it is left then.
        """
        root = self._keyring.root_made(institution)
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
        path = object_path(institution, address)
        if self._objects.exists(path) and not self._objects.exists(key_path(institution, address)):
            self._objects.remove(path)  # its key was destroyed: a new one would not open it
        stands = self._keyring.settle(institution, address, arrival.key)
        if stands == arrival.key:
            self._objects.place(arrival.spool, path)
        else:
            with closing(arrival.spool.read()) as stored:
                chunks = seal.opened(stored, arrival.key, address)
                create(self._objects, path, seal.sealed(chunks, stands))
        return address

    def read_only(self) -> Vault:
        """The same vault, in which :meth:`put` only tells the address."""
        return Vault(self.url, self._master_key, writes=False)

    def get(self, institution: str, address: str) -> bytes:
        """The content at *address*.

        Raises VaultDamaged naming the address, NotFound where there is no such object.
        """
        return self.get_hashed(institution, address)[0]

    def get_hashed(self, institution: str, address: str) -> tuple[bytes, str]:
        """The content and its SHA-256, hexadecimal; raises as :meth:`get` does."""
        hasher = hashlib.sha256()
        content = b"".join(self._verified(institution, address, hasher))
        return content, hasher.hexdigest()

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

    def digest(self, institution: str, address: str) -> str:
        """The content's SHA-256, hexadecimal, without holding it; raises as :meth:`get` does."""
        hasher = hashlib.sha256()
        for _ in self._verified(institution, address, hasher):
            pass
        return hasher.hexdigest()

    def check(self, institution: str, address: str) -> None:
        """Read the object through without keeping it; raises as :meth:`get` does."""
        self.digest(institution, address)

    def destroy(self, institution: str, address: str) -> None:
        """Make the object unreadable for ever: its key goes first, then the object itself.

        The key once more, because it may have been wrapped again meanwhile.
        """
        path, key = object_path(institution, address), key_path(institution, address)
        for each in (key, path, key):
            self._objects.remove(each)

    def addresses(self, institution: str) -> list[str]:
        """Every object of the institution, sorted."""
        folder = f"{checked(institution)}/objects"
        return [
            name
            for prefix in self._objects.names(folder)
            for name in self._objects.names(f"{folder}/{prefix}")
            if ADDRESS.fullmatch(name)
        ]

    def remains(self, institution: str) -> list[str]:
        """Every address with an object or a key, sorted: what was destroyed has neither.

        A rotation killed beside a destruction may leave a key alone.
        """
        keys = self._keyring.keys_of(institution)
        return sorted({*self.addresses(institution), *keys})

    def institutions(self) -> list[str]:
        """Every institution that has a key here, sorted."""
        return self._keyring.institutions()

    def unlock(self) -> None:
        """Refuse a master key that opens no institution's key here; any opens an empty vault.

        Raises SettingsError. One key that is damaged is its institution's affair. What a killed
        run was writing is removed.
        """
        self._objects.sweep()
        known = self.institutions()
        for institution in known:
            try:
                self._keyring.root(institution)
            except VaultDamaged:
                continue
            return
        if known:
            raise SettingsError(
                "is not the key this vault was sealed with",
                "the master key",
                "after a rotation it is the new one; else restore it from the backup",
            )

    def count_keys(self, institution: str) -> int:
        """How many objects' keys the institution has."""
        return sum(1 for _ in self._keyring.keys_of(institution))

    def rotate(self, institution: str) -> int:
        """See :func:`~recupero.exchange.rotation.rotate_wrapping_key`."""
        with self._objects.rotating():
            return rotate_wrapping_key(self._keyring, institution)

    def rotate_master(self, new_master_key: bytes, file: Path) -> list[str]:
        """See :func:`~recupero.exchange.rotation.rotate_master_key`."""
        with self._objects.rotating():
            return rotate_master_key(self._objects, self._master_key, new_master_key, file)

    def holds(self, file: Path) -> bool:
        """Whether *file*, which has no links in its path, lies, or would lie, in the vault."""
        root = self._objects.root if isinstance(self._objects, LocalObjects) else None
        return root is not None and file.is_relative_to(root.resolve())

    def made_as(self, file: Path) -> bool:
        """See :func:`~recupero.exchange.rotation.made_as`."""
        return made_as(self._objects, self._master_key, file)

    def not_opened(self) -> list[str]:
        """See :func:`~recupero.exchange.rotation.not_opened`."""
        return not_opened(self._objects, self._master_key)

    def derive_key(self, institution: str, purpose: str) -> bytes:
        """32 bytes of this institution's for one purpose, the same at every call."""
        return seal.derived(self._keyring.root_made(institution), f"purpose/{purpose}")

    def agency_key(self, purpose: str) -> bytes:
        """32 bytes of the agency's, for what spans institutions (person hashes)."""
        return seal.derived(self._keyring.root_made(AGENCY), f"agency/{purpose}")

    def _verified(self, institution: str, address: str, hasher: hashlib._Hash) -> Iterator[bytes]:
        """The plaintext in pieces, hashed by *hasher*; its address is proven at the end."""
        for piece in self._opened(institution, address):
            hasher.update(piece)
            yield piece
        if _address(self._keyring.root(institution), hasher) != address:
            raise VaultDamaged("does not hash to its address", address)

    def _opened(self, institution: str, address: str) -> Generator[bytes]:
        """The plaintext in pieces, each authentic."""
        path = object_path(institution, address)
        if not self._objects.exists(path):
            raise NotFound("there is no such object in the vault", f"{institution}/{address}")
        key = self._keyring.object_key(institution, address)
        with closing(self._objects.open(path)) as stored:
            yield from seal.opened(stored, key, address)

    def _is_kept(self, institution: str, address: str) -> bool:
        paths = key_path(institution, address), object_path(institution, address)
        return all(self._objects.exists(path) for path in paths)


def keys_at(url: str) -> list[str]:
    """Whose keys a vault at *url* holds, sorted; any means that there was a master key."""
    return Vault(url, bytes(MASTER_KEY_BYTES), writes=False).institutions()


def _address(root: bytes, hasher: hashlib._Hash) -> str:
    return seal.address_of(hasher.digest(), seal.derived(root, "address"))


def _hashed(chunks: Iterator[bytearray], hasher: hashlib._Hash) -> Iterator[bytearray]:
    for chunk in chunks:
        hasher.update(chunk)
        yield chunk
