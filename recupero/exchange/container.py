"""What a sealed file holds: opened layer by layer in memory, whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from recupero.errors import FileRefused
from recupero.exchange.inflate import Allowance, Gunzipped, refused
from recupero.exchange.pgp import Decrypted, PgpKeys
from recupero.exchange.zip_archive import ZipMember, members_of
from recupero.profiles.sealed import outermost, without_outermost
from recupero.profiles.side_file import SIDE_BYTES_MAX, SIDE_SUFFIX, stated_digest

#: A container is held in memory while it is open.
CONTAINER_BYTES_MAX = 256 << 20
#: ``.csv.gz.pgp`` has two.
LAYERS_MAX = 3


@dataclass(frozen=True)
class Member:
    """A plain file that came out; ``pieces`` can be gone through as often as wanted.

    ``digest`` is the SHA-256 of the content, hexadecimal. ``side_digest`` is what a ``NAME.sha256``
    beside it in the container states.
    """

    name: str
    pieces: Iterable[bytes]
    size_bytes: int
    digest: str
    side_digest: str | None = None

    def vouched(self, *, by_container: bool) -> str | None:
        """The digest stated of it: beside it, or by a side file that is right about the whole."""
        return self.digest if by_container and self.side_digest is None else self.side_digest


@dataclass(frozen=True)
class Opened:
    """The plain files of a container, in order of name, and who signed them, by fingerprint."""

    members: tuple[Member, ...]
    signers: tuple[str, ...] = ()


def open_container(name: str, content: bytes, keys: PgpKeys | None = None) -> Opened:
    """What is in a sealed file called *name*; without *keys* nothing encrypted was agreed on.

    All of it has been read through, counted and checked. Raises FileRefused with rule, reason and
    what to do where anything of it cannot be taken.
    """
    refuse_too_large(len(content))
    allowance = Allowance(len(content))
    signers: list[str] = []
    for _ in range(LAYERS_MAX):
        seal = outermost(name)
        if seal == "zip":
            members = _with_sides([_member(one, allowance) for one in members_of(content)])
            return Opened(tuple(members), tuple(signers))
        name = without_outermost(name)
        inside: Iterable[bytes] = Gunzipped(content)
        if seal == "pgp":
            decrypted = _decrypted(content, keys, allowance)
            inside = [decrypted.content]
            signers += [decrypted.signer] if decrypted.signer else []
        if outermost(name) is None:
            return Opened((_member(ZipMember(name, inside), allowance),), tuple(signers))
        content = _held(allowance.counted(inside))
    what = f"está comprimido o cifrado más de {LAYERS_MAX} veces"
    raise refused(what, "comprímalo una sola vez", "nested_container")


def _decrypted(content: bytes, keys: PgpKeys | None, allowance: Allowance) -> Decrypted:
    """The content of a PGP message, held in memory."""
    if keys is None:
        mend = "envíelo sin cifrar (el canal ya va cifrado) o acuerde antes las claves"
        raise refused("está cifrado con PGP, y no se acordó", mend, "pgp_not_agreed")
    try:
        return keys.decrypted(content, min(allowance.bytes_left, CONTAINER_BYTES_MAX))
    except FileRefused as refusal:
        if refusal.rule == "expands_too_far" and allowance.bytes_left > CONTAINER_BYTES_MAX:
            refuse_too_large(CONTAINER_BYTES_MAX + 1)  # it is not the growth that is too much
        raise


def _held(pieces: Iterable[bytes]) -> bytes:
    """What is still sealed, in memory: of the size a container may have."""
    held = bytearray()
    for piece in pieces:
        held += piece
        refuse_too_large(len(held))
    return bytes(held)


def refuse_too_large(size_bytes: int) -> None:
    """Raise FileRefused ``container_too_large``: it would not be held in memory."""
    if size_bytes > CONTAINER_BYTES_MAX:
        limit = f"{CONTAINER_BYTES_MAX >> 20} MiB"
        what = f"pasa de {limit}, lo más que se admite comprimido o cifrado"
        raise refused(what, "envíe los datos en varios archivos", "container_too_large")


def _member(found: ZipMember, allowance: Allowance) -> Member:
    """Read through once: from here on nothing of it can fail."""
    hasher, size = hashlib.sha256(), 0
    for piece in allowance.counted(found.pieces):
        hasher.update(piece)
        size += len(piece)
    return Member(found.name, found.pieces, size, hasher.hexdigest())


def _with_sides(members: list[Member]) -> list[Member]:
    """The members, each with what the side file beside it in the container states."""
    names = {member.name for member in members}
    stated: dict[str, str] = {}
    files: list[Member] = []
    for member in members:
        beside = member.name.removesuffix(SIDE_SUFFIX)
        if beside == member.name or beside not in names:
            files.append(member)
        elif member.size_bytes <= SIDE_BYTES_MAX:
            stated[beside] = stated_digest(b"".join(member.pieces))
        else:
            stated[beside] = ""
    return [replace(file, side_digest=stated.get(file.name)) for file in files]
