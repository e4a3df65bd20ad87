"""How an object is encrypted. No files here; how keys hang together, `keyring` says.

An object is ``RCPSEAL2`` and then chunks: each up to 1 MiB of plaintext under the object's own
key, 16 bytes of tag, the chunk's index as nonce, and index and "last" flag as associated data, so
that chunks cannot be swapped or cut off. A key encrypts one plaintext only, which is why counting
nonces are safe, why sealing again gives equal bytes, and why a chunk opens in no other object. The
wrapped key is bound to the address, which is an HMAC of the plaintext's SHA-256.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Iterator
from typing import BinaryIO, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from recupero.errors import VaultDamaged

#: Either, but one iterator gives one kind.
Chunk = TypeVar("Chunk", bytes, bytearray)

MAGIC = b"RCPSEAL2"
KEY_BYTES = 32
CHUNK_BYTES = 1 << 20
TAG_BYTES = 16
NONCE_BYTES = 12


def new_key() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(KEY_BYTES)


def derived(key: bytes, purpose: str) -> bytes:
    """An independent 32-byte key for one purpose."""
    info = b"recupero/1/" + purpose.encode("utf-8")
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(key)


def address_of(digest: bytes, address_key: bytes) -> str:
    """64 digits that name a content of that SHA-256, and tell nothing without the key."""
    return hmac.digest(address_key, digest, "sha256").hex()


def wrapped(key: bytes, under: bytes, bound_to: str) -> bytes:
    """*key*, or several, encrypted *under* another one, for one place only."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(under).encrypt(nonce, key, bound_to.encode("utf-8"))


def unwrapped(stored: bytes, under: bytes, bound_to: str) -> bytes:
    """The key that :func:`wrapped` was given; VaultDamaged naming *bound_to* otherwise."""
    nonce, ciphertext = stored[:NONCE_BYTES], stored[NONCE_BYTES:]
    try:
        return AESGCM(under).decrypt(nonce, ciphertext, bound_to.encode("utf-8"))
    except (InvalidTag, ValueError):
        raise VaultDamaged("the key does not open with the key above it", bound_to) from None


def chunked(content: Iterable[bytes]) -> Iterator[bytearray]:
    """*content*, however it is cut, in chunks that are all full but the last; at least one."""
    chunk = bytearray()
    for piece in content:
        view = memoryview(piece)
        while len(view) > (room := CHUNK_BYTES - len(chunk)):
            chunk += view[:room]
            yield chunk
            chunk, view = bytearray(), view[room:]
        chunk += view
    yield chunk


def sealed(chunks: Iterator[Chunk], key: bytes) -> Iterator[bytes]:
    """The stored form of a content that is cut as :func:`chunked` cuts it."""
    yield MAGIC
    cipher = AESGCM(key)
    chunk, index = next(chunks), 0
    for following in chunks:
        yield cipher.encrypt(_nonce(index), chunk, _bound(index, last=False))
        chunk, index = following, index + 1
    yield cipher.encrypt(_nonce(index), chunk, _bound(index, last=True))


def opened(stored: BinaryIO, key: bytes, address: str) -> Iterator[bytes]:
    """The plaintext of a stored object, piece by piece; VaultDamaged naming the address."""
    if stored.read(len(MAGIC)) != MAGIC:
        raise VaultDamaged("does not begin like an object", address)
    cipher = AESGCM(key)
    index = 0
    chunk = stored.read(CHUNK_BYTES + TAG_BYTES)
    while True:
        following = stored.read(CHUNK_BYTES + TAG_BYTES)
        try:
            plain = cipher.decrypt(_nonce(index), chunk, _bound(index, last=not following))
        except (InvalidTag, ValueError):
            raise VaultDamaged(f"chunk {index} does not open", address) from None
        yield plain
        if not following:
            return
        index, chunk = index + 1, following


def _nonce(index: int) -> bytes:
    return index.to_bytes(NONCE_BYTES, "big")


def _bound(index: int, *, last: bool) -> bytes:
    return index.to_bytes(8, "big") + (b"\1" if last else b"\0")
