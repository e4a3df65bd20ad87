"""The keys of a vault: which are there, what they open, and how they are exchanged for new ones.

::

    master key (file, 32 bytes)
      └─ AES-256-GCM wraps each <institution>/institution.key, which holds
           ├─ the root, which never changes, because names hang on it:
           │    ├─ HKDF "address"             addresses of objects
           │    ├─ HKDF "purpose/<purpose>"   surrogate ids and the like
           │    └─ HKDF "agency/<purpose>"    of _agency alone: what spans institutions
           └─ wrapping keys by number; the newest wraps each objects/ab/<address>.key

An object's key file is the number of its wrapping key (4 bytes) and the object's key, wrapped. Two
wrapping keys are there only while a rotation goes on. Readers that meet a key file of a number they
do not know read again. A writer looks whether its number is still the newest once its key file is
there, and wraps it again where it is not: so a rotation may begin and end beside any other work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from recupero.errors import NotFound, StoreRefused, VaultDamaged
from recupero.exchange import seal
from recupero.exchange.objects import Objects, create, replace

AGENCY = "_agency"
INSTITUTION = re.compile(rf"{AGENCY}|[a-z][a-z0-9-]{{1,30}}")
ADDRESS = re.compile(r"[0-9a-f]{64}")
_NUMBER_BYTES = 4
_ENTRY_BYTES = _NUMBER_BYTES + seal.KEY_BYTES


@dataclass(frozen=True)
class Ring:
    """What an ``institution.key`` holds."""

    root: bytes
    wrapping: dict[int, bytes]

    @property
    def newest(self) -> int:
        """The number of the key that new object keys are wrapped under."""
        return max(self.wrapping)

    def packed(self) -> bytes:
        """As :func:`_unpacked` reads it."""
        entries = (_number(number) + key for number, key in sorted(self.wrapping.items()))
        return self.root + b"".join(entries)


class Keyring:
    """The keys of one vault under one master key; those of institutions are held once opened."""

    def __init__(self, objects: Objects, master_key: bytes) -> None:
        self._objects = objects
        self._master_key = master_key
        self._rings: dict[str, Ring] = {}

    def institutions(self) -> list[str]:
        """Every institution that has a key here, sorted."""
        return [
            name
            for name in self._objects.names("")
            if INSTITUTION.fullmatch(name) and self._objects.exists(_ring_path(name))
        ]

    def root(self, institution: str) -> bytes:
        """The root of what is there; NotFound where there is none, else VaultDamaged."""
        return (self._rings.get(institution) or self.ring(institution)).root

    def root_made(self, institution: str) -> bytes:
        """As :meth:`root`, made where nothing says that there was one.

        The agency's comes before any other: one that is missing was lost.
        """
        path = _ring_path(institution)
        if institution not in self._rings and not self._objects.exists(path):
            kept = self._objects.names(f"{institution}/objects")
            if kept and not self._objects.exists(path):  # another writer's key comes before objects
                raise VaultDamaged("institution.key is missing but objects are there", institution)
            others = self.institutions()
            if others and not self._objects.exists(_ring_path(AGENCY)):
                raise VaultDamaged("institution.key is missing but others have theirs", AGENCY)
            if institution != AGENCY:
                self.root_made(AGENCY)
            ring = Ring(seal.new_key(), {1: seal.new_key()})
            create(self._objects, path, [self._sealed(institution, ring)])
        return self.root(institution)

    def ring(self, institution: str) -> Ring:
        """What lies there now, and the wrapping keys that lay there before."""
        path = _ring_path(institution)
        stored = self._read(path)
        if stored is None:
            raise NotFound("the vault holds no key of this institution", institution)
        found = _unpacked(seal.unwrapped(stored, self._master_key, path), path)
        known = self._rings.get(institution, found)
        self._rings[institution] = Ring(found.root, {**known.wrapping, **found.wrapping})
        return found

    def keep_ring(self, institution: str, ring: Ring, master_key: bytes | None = None) -> None:
        """Put *ring* in the place of the one there, under *master_key* or our own."""
        replace(
            self._objects, _ring_path(institution), [self._sealed(institution, ring, master_key)]
        )

    def object_key(self, institution: str, address: str) -> bytes:
        """The object's key; VaultDamaged naming the address where none is there or opens."""
        path = key_path(institution, address)
        while True:
            stored = self._read(path)
            if stored is None:
                raise VaultDamaged("its key is missing or was destroyed", address)
            try:
                return self._opened(institution, address, stored)
            except VaultDamaged:
                if self._read(path) == stored:  # not wrapped again meanwhile
                    raise

    def settle(self, institution: str, address: str, key: bytes) -> bytes:
        """The key that stands at an address without object: *key*, or one that came before it.

        One that opens no more was wrapped by a run that was killed before a rotation ended.
        Nothing hangs on it.
        """
        path = key_path(institution, address)
        wrapped = self._wrapped(institution, address, key)
        if not create(self._objects, path, [wrapped]):
            try:
                self.object_key(institution, address)
            except VaultDamaged:
                self._objects.remove(path)
                create(self._objects, path, [wrapped])
        self.rewrap(institution, address)
        return self.object_key(institution, address)

    def rewrap(self, institution: str, address: str) -> bool:
        """Wrap the object's key with the newest wrapping key; whether it was another."""
        path = key_path(institution, address)
        kept = self.opens_an_object(institution, address)
        stored = self._read(path)
        newest = self.ring(institution).newest
        if stored is None or stored[:_NUMBER_BYTES] == _number(newest):
            return False
        key = self._opened(institution, address, stored)
        replace(self._objects, path, [self._wrapped(institution, address, key)])
        if kept and not self.opens_an_object(institution, address):
            self._objects.remove(path)  # destroyed meanwhile, and not to be revived
        return True

    def opens_an_object(self, institution: str, address: str) -> bool:
        """Whether there is an object at the address, so that something hangs on its key."""
        return self._objects.exists(object_path(institution, address))

    def keys_of(self, institution: str) -> Iterator[str]:
        """The address of each key file there is, in order; some have no object yet."""
        folder = f"{checked(institution)}/objects"
        for prefix in self._objects.names(folder):
            for name in self._objects.names(f"{folder}/{prefix}"):
                address = name.removesuffix(".key")
                if name != address and ADDRESS.fullmatch(address):
                    yield address

    def objects_without_key(self, institution: str) -> list[str]:
        """The address of each object whose key file is missing, in order.

        Lost, or a destruction was cut off; one that goes on ends before the second look.
        """
        folder = f"{checked(institution)}/objects"
        lacking = []
        for prefix in self._objects.names(folder):
            names = set(self._objects.names(f"{folder}/{prefix}"))
            lacking += [each for each in sorted(names) if f"{each}.key" not in names]
        return [
            address
            for address in lacking
            if ADDRESS.fullmatch(address)
            and self.opens_an_object(institution, address)
            and not self._objects.exists(key_path(institution, address))
        ]

    def _wrapped(self, institution: str, address: str, key: bytes) -> bytes:
        ring = self.ring(institution)
        bound = f"{institution}/{address}"
        return _number(ring.newest) + seal.wrapped(key, ring.wrapping[ring.newest], bound)

    def _opened(self, institution: str, address: str, stored: bytes) -> bytes:
        number = int.from_bytes(stored[:_NUMBER_BYTES], "big")
        if institution not in self._rings or number not in self._rings[institution].wrapping:
            self.ring(institution)
        under = self._rings[institution].wrapping.get(number)
        if under is None:
            raise VaultDamaged("the key above its key is not there", f"{institution}/{address}")
        return seal.unwrapped(stored[_NUMBER_BYTES:], under, f"{institution}/{address}")

    def _sealed(self, institution: str, ring: Ring, master_key: bytes | None = None) -> bytes:
        under = self._master_key if master_key is None else master_key
        return seal.wrapped(ring.packed(), under, _ring_path(institution))

    def _read(self, path: str) -> bytes | None:
        try:
            with closing(self._objects.open(path)) as file:
                return file.read()
        except FileNotFoundError:
            return None


def object_path(institution: str, address: str) -> str:
    """Where an object lies; NotFound where *address* is none."""
    if not ADDRESS.fullmatch(address):
        raise NotFound("is not an address of the vault", repr(address[:80]))
    return f"{checked(institution)}/objects/{address[:2]}/{address}"


def key_path(institution: str, address: str) -> str:
    """Where the object's key lies."""
    return f"{object_path(institution, address)}.key"


def checked(institution: str) -> str:
    """The institution becomes part of a path: only codes are let through."""
    if not INSTITUTION.fullmatch(institution):
        raise StoreRefused("is not an institution's code", repr(institution[:80]))
    return institution


def _ring_path(institution: str) -> str:
    return f"{checked(institution)}/institution.key"


def _unpacked(content: bytes, where: str) -> Ring:
    root, rest = content[: seal.KEY_BYTES], content[seal.KEY_BYTES :]
    entries = [rest[at : at + _ENTRY_BYTES] for at in range(0, len(rest), _ENTRY_BYTES)]
    if not entries or len(entries[-1]) != _ENTRY_BYTES:
        raise VaultDamaged("does not hold an institution's keys", where)
    return Ring(
        root,
        {int.from_bytes(e[:_NUMBER_BYTES], "big"): e[_NUMBER_BYTES:] for e in entries},
    )


def _number(number: int) -> bytes:
    return number.to_bytes(_NUMBER_BYTES, "big")
