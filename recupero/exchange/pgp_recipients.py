"""OpenPGP: whom a paper that leaves is encrypted for. The library does not ask whether a key is
expired or revoked, so that is asked here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from recupero.errors import SettingsError

if TYPE_CHECKING:  # late below: most commands need none of it
    from pysequoia import Cert
    from pysequoia.packet import Packet


@dataclass(frozen=True)
class Recipients:
    """Certificates in force, binary, and their fingerprints; each one's owner can open alone."""

    certificates: tuple[bytes, ...]
    fingerprints: tuple[str, ...]

    def encrypted(self, content: bytes) -> bytes:
        """*content* for them, binary; not the same bytes twice."""
        from pysequoia import Cert, encrypt

        recipients = [Cert.from_bytes(one) for one in self.certificates]
        made: bytes = encrypt(content, recipients=recipients, armor=False)
        return made


def recipients(certificates: Iterable[str], today: date) -> Recipients:
    """Those of the armored *certificates* that are in force beyond *today*, by fingerprint.

    Of the others, and of encryption keys that are not, nothing is used. Raises SettingsError where
    a certificate is none, or none is in force.
    """
    from pysequoia import Cert

    try:
        given = [Cert.from_bytes(one.encode()) for one in certificates]
    except RuntimeError:
        raise SettingsError("a certificate is none", "pgp.certificates") from None
    in_force = {one.fingerprint: bytes(one) for each in given for one in _in_force(each, today)}
    if not in_force:
        raise SettingsError(
            "papers are to be encrypted, and no certificate with an encryption key is in force",
            "pgp.certificates",
            "ask the institution for its new one; until then its papers wait",
        )
    return Recipients(tuple(in_force[one] for one in sorted(in_force)), tuple(sorted(in_force)))


def _in_force(certificate: Cert, today: date) -> Iterator[Cert]:
    """The certificate with those of its keys that are in force, if one of them encrypts."""
    from pysequoia import Cert, encrypt

    try:
        if certificate.is_revoked or _is_over(certificate.expiration, today):
            return
        primary, *subkeys = _keys(certificate)
        lasting = [key for key in subkeys if _lasts(key, today)]
        kept = Cert.from_packets([packet for key in (primary, *lasting) for packet in key])
        encrypt(b"", recipients=[kept])
    except RuntimeError:  # it has no such key, or hangs on an algorithm that is no longer safe
        return
    yield kept


def _keys(certificate: Cert) -> list[list[Packet]]:
    """The packets of the primary key, and of each subkey with its signatures."""
    from pysequoia.packet import PacketPile, Tag

    keys: list[list[Packet]] = [[]]
    for packet in PacketPile.from_bytes(bytes(certificate)):
        if packet.tag == Tag.PublicSubkey:
            keys.append([])
        keys[-1].append(packet)
    return keys


def _lasts(key: list[Packet], today: date) -> bool:
    """Whether a subkey is not revoked, and in force by the last signature that binds it."""
    from pysequoia.packet import SignatureType, Tag

    subkey, *others = key
    signatures = [one for one in others if one.tag == Tag.Signature]
    if any(one.signature_type == SignatureType.SubkeyRevocation for one in signatures):
        return False
    bindings = [
        (one.signature_created, one.key_validity_period)
        for one in signatures
        if one.signature_type == SignatureType.SubkeyBinding and one.signature_created is not None
    ]
    if not bindings or subkey.key_created is None:
        return False
    _, period = max(bindings, key=lambda binding: binding[0])
    return not _is_over(None if period is None else subkey.key_created + period, today)


def _is_over(end: datetime | None, today: date) -> bool:
    return end is not None and end.date() <= today
