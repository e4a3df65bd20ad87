"""New keys for what is kept: addresses, ids and objects stay as they are.

Both ways can be killed anywhere and run again: each file is exchanged for another in one act, and
at every moment it opens with one of the two keys that are known meanwhile. Two at once would drop
each other's keys: the caller is the only one (`recupero.steps.rotation`). Should two come together
all the same, no key is dropped by whoever does not find what it wrote.
"""

from __future__ import annotations

import os
import secrets
from contextlib import closing
from pathlib import Path

from recupero.errors import Refused, SettingsError, VaultDamaged
from recupero.exchange import seal
from recupero.exchange.keyring import Keyring, Ring
from recupero.exchange.objects import MADE, Objects, replace

#: Two rotations that begin from one ring must not give one number to two keys.
_NUMBERS_APART = 1 << 20


def rotate_wrapping_key(keyring: Keyring, institution: str) -> int:
    """Wrap every object's key of the institution with a new wrapping key, and drop the old one.

    A rotation that was killed is taken up. Returns how many keys were wrapped again. Raises
    NotFound where the institution has no key; VaultDamaged, the old wrapping key left there, where
    an object's is missing or does not open: the backup's would not open without it; Refused,
    likewise, where another rotation came between. May go on beside any other work
    (`recupero.exchange.keyring`).
    """
    ring = keyring.ring(institution)
    if len(ring.wrapping) == 1:
        number = ring.newest + 1 + secrets.randbelow(_NUMBERS_APART)
        ring = Ring(ring.root, {**ring.wrapping, number: seal.new_key()})
        keyring.keep_ring(institution, ring)
    again, damaged = _wrap_all(keyring, institution)
    damaged += keyring.objects_without_key(institution)
    if keyring.ring(institution) != ring:
        _wrap_all(keyring, institution)  # out of our key, which may be known to nobody else
        raise _overtaken(institution)
    if damaged:
        raise VaultDamaged(
            f"the keys of {len(damaged)} objects are missing or do not open, the first of "
            f"{damaged[0]}",
            institution,
            "restore them from the backup, or end with retain what was being destroyed, and run "
            "it again",
        )
    keyring.keep_ring(institution, Ring(ring.root, {ring.newest: ring.wrapping[ring.newest]}))
    return again


def rotate_master_key(objects: Objects, old: bytes, new: bytes, file: Path) -> list[str]:
    """Wrap every institution's keys with the *new* master key; returns whose were wrapped again.

    Whoever works with the *old* one meanwhile finds keys that do not open. Beside the keys stands
    from then on that the new one was made as *file*. Raises SettingsError where a key opens with
    neither: then nothing was changed. Refused where another rotation changed an institution's keys
    meanwhile: those stay as it left them.
    """
    of_old, of_new = Keyring(objects, old), Keyring(objects, new)
    waiting: dict[str, Ring] = {}
    for institution in of_old.institutions():
        if not _opens(of_new, institution):
            if not _opens(of_old, institution):
                raise SettingsError(
                    f"opens no key of {institution}, nor does the new one",
                    "the master key",
                    "restore the institution's key from the backup",
                )
            waiting[institution] = of_old.ring(institution)
    replace(objects, MADE, [seal.wrapped(os.fsencode(file), new, MADE)])
    for institution, ring in waiting.items():
        if not _opens(of_old, institution) or of_old.ring(institution) != ring:
            raise _overtaken(institution)
        of_old.keep_ring(institution, ring, new)
    return list(waiting)


def made_as(objects: Objects, master_key: bytes, file: Path) -> bool:
    """Whether the last rotation of the master key, finished or not, made this one as *file*."""
    try:
        with closing(objects.open(MADE)) as stored:
            return seal.unwrapped(stored.read(), master_key, MADE) == os.fsencode(file)
    except (FileNotFoundError, VaultDamaged):
        return False


def not_opened(objects: Objects, master_key: bytes) -> list[str]:
    """The institutions whose keys the master key does not open, sorted."""
    keyring = Keyring(objects, master_key)
    return [each for each in keyring.institutions() if not _opens(keyring, each)]


def _wrap_all(keyring: Keyring, institution: str) -> tuple[int, list[str]]:
    """Wrap with the newest wrapping key; how many keys were not, and objects whose do not open."""
    again, damaged = 0, []
    for address in keyring.keys_of(institution):
        try:
            again += keyring.rewrap(institution, address)
        except VaultDamaged:
            if keyring.opens_an_object(institution, address):
                damaged.append(address)
    return again, damaged


def _overtaken(institution: str) -> Refused:
    return Refused(
        "another rotation changed its keys meanwhile: none was dropped",
        institution,
        "let it end and run it again",
    )


def _opens(keyring: Keyring, institution: str) -> bool:
    try:
        keyring.ring(institution)
    except VaultDamaged:
        return False
    return True
