"""The public keys an operator hands to the gateway: ``keys/CODE.pub`` and ``keys/gw-CODE.pub``.

Each holds lines as ``authorized_keys`` knows them, without options: an old and a new key stand
side by side while one is replaced.
"""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Mapping
from pathlib import Path

from deployments.gateway.configuration import KEY_TYPES
from recupero.errors import SettingsError

RSA_BITS_MIN = 3072
KEYS_MAX = 5
FILE_BYTES_MAX = 64 * 1024

_ED25519_BYTES = 32
_POINT_BYTES = {"nistp256": 65, "nistp384": 97, "nistp521": 133}  # uncompressed


def load_keys(folder: Path) -> dict[str, str]:
    """Account name to its text of ``authorized_keys``, of every ``*.pub`` in *folder*.

    Raises SettingsError naming file and line, also for a key that opens two accounts.
    """
    if not folder.is_dir():
        raise SettingsError("there is no such folder of public keys", str(folder))
    texts = {path.stem: _text(path) for path in sorted(folder.glob("*.pub"))}
    return authorized_keys(texts)


def authorized_keys(texts: Mapping[str, str]) -> dict[str, str]:
    """The texts checked, with type and key alone: comments often name persons."""
    owners: dict[str, str] = {}
    checked: dict[str, str] = {}
    for account, text in sorted(texts.items()):
        keys = []
        for number, line in enumerate(text.splitlines(), start=1):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            where = f"{account}.pub line {number}"
            key = _key(line, where)
            if owners.setdefault(key, account) != account:
                raise SettingsError(f"is also the key of {owners[key]}", where, "one key each")
            keys.append(key)
        if not 1 <= len(keys) <= KEYS_MAX:
            raise SettingsError(f"must hold 1 to {KEYS_MAX} keys", f"{account}.pub")
        checked[account] = "".join(f"{key}\n" for key in dict.fromkeys(keys))
    return checked


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(FILE_BYTES_MAX + 1)
        if len(content) > FILE_BYTES_MAX:
            raise SettingsError("is too large for public keys", str(path))
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise SettingsError("is not text", str(path)) from None
    except OSError as error:
        raise SettingsError(f"cannot be read: {error.strerror}", str(path)) from None


def _key(line: str, where: str) -> str:
    """``type base64`` of a line whose key is one we accept."""
    kind, encoded, *_ = [*line.split(None, 2), ""]
    if kind not in KEY_TYPES:
        raise SettingsError(
            f"must begin with one of {', '.join(KEY_TYPES)}", where, "options are not taken"
        )
    try:
        parts = _parts(base64.b64decode(encoded, validate=True))
    except (binascii.Error, struct.error, ValueError):
        parts = []
    if not parts or parts[0] != kind.encode() or not _sound(kind, parts[1:]):
        raise SettingsError(f"is no {kind} key", where)
    if kind == "ssh-rsa":
        bits = int.from_bytes(parts[2], "big").bit_length()
        if bits < RSA_BITS_MIN:
            raise SettingsError(f"has {bits} bits, at least {RSA_BITS_MIN} are needed", where)
    return f"{kind} {encoded}"


def _parts(blob: bytes) -> list[bytes]:
    """The strings a key's blob is made of (RFC 4253, section 5: length, then bytes)."""
    parts = []
    while blob:
        (length,) = struct.unpack(">I", blob[:4])
        if length > len(blob) - 4:
            raise ValueError("cut off")
        parts.append(blob[4 : 4 + length])
        blob = blob[4 + length :]
    return parts


def _sound(kind: str, parts: list[bytes]) -> bool:
    """Whether the parts after the type have the number and size of their kind."""
    if kind == "ssh-ed25519":
        return [len(part) for part in parts] == [_ED25519_BYTES]
    if kind == "ssh-rsa":
        return len(parts) == 2
    curve = kind.removeprefix("ecdsa-sha2-")
    return len(parts) == 2 and parts[0] == curve.encode() and len(parts[1]) == _POINT_BYTES[curve]
