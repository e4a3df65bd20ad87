"""New keys for what is kept: addresses, ids and objects stay as they are.

Both ways can be killed anywhere and run again: each file is exchanged for another in one act, and
at every moment it opens with one of the two keys that are known meanwhile. Two at once would drop
each other's keys: the caller is the only one (`Objects.rotating`).
"""

from __future__ import annotations

from recupero.errors import SettingsError, VaultDamaged
from recupero.exchange.keyring import Keyring, Ring
from recupero.exchange.objects import Objects
from recupero.exchange.seal import new_key


def rotate_wrapping_key(keyring: Keyring, institution: str) -> int:
    """Wrap every object's key of the institution with a new wrapping key, and drop the old one.

    A rotation that was killed is taken up. Returns how many keys were wrapped again. Raises
    NotFound where the institution has no key; VaultDamaged, the old wrapping key left there, where
    an object's is missing or does not open: the backup's would not open without it.
    May go on beside any other work (`recupero.exchange.keyring`).
    """
    ring = keyring.ring(institution)
    if len(ring.wrapping) == 1:
        ring = Ring(ring.root, {**ring.wrapping, ring.newest + 1: new_key()})
        keyring.keep_ring(institution, ring)
    again, damaged = 0, []
    for address in keyring.keys_of(institution):
        try:
            again += keyring.rewrap(institution, address)
        except VaultDamaged:
            if keyring.opens_an_object(institution, address):
                damaged.append(address)
    damaged += keyring.objects_without_key(institution)
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


def rotate_master_key(objects: Objects, old: bytes, new: bytes) -> list[str]:
    """Wrap every institution's keys with the *new* master key; returns whose were wrapped again.

    Whoever works with the *old* one meanwhile finds keys that do not open. Raises SettingsError
    where a key opens with neither: then nothing was changed.
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
    for institution, ring in waiting.items():
        of_old.keep_ring(institution, ring, new)
    return list(waiting)


def _opens(keyring: Keyring, institution: str) -> bool:
    try:
        keyring.ring(institution)
    except VaultDamaged:
        return False
    return True
