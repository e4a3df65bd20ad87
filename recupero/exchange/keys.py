"""Secrets in files: ours alone (mode 0600), made whole or not at all."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from recupero.durable import effect
from recupero.errors import SettingsError

if TYPE_CHECKING:
    import paramiko

MASTER_KEY_BYTES = 32
_HEX = re.compile(r"[0-9a-fA-F]{64}")


def load_master_key(path: Path) -> bytes:
    """The 32 bytes all other keys hang on, written as 64 hexadecimal digits.

    Raises SettingsError where the file is missing, readable by others or something else.
    """
    text = _private_text(path, "master key").strip()
    if not _HEX.fullmatch(text):
        raise SettingsError("must hold 64 hexadecimal digits", str(path))
    return bytes.fromhex(text)


def make_master_key(path: Path) -> bytes:
    """A new master key at *path*; one already there is loaded, never replaced."""
    write_private(path, secrets.token_hex(MASTER_KEY_BYTES).encode("ascii") + b"\n")
    return load_master_key(path)


def generate_key(path: Path) -> str:
    """A new ed25519 key in OpenSSH format at *path*, unless one is there.

    Returns the public key as a line of ``authorized_keys``.
    """
    if not path.exists():
        key = Ed25519PrivateKey.generate()
        written = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.OpenSSH,
            serialization.NoEncryption(),
        )
        write_private(path, written)
    loaded = load_client_key(path)
    return f"{loaded.get_name()} {loaded.get_base64()}"


def load_client_key(path: Path) -> paramiko.PKey:
    """A private key without passphrase.

    Raises SettingsError where it is missing, readable by others, encrypted or something else.
    """
    import paramiko  # late: the master key needs none of it

    _private_text(path, "private key")
    try:
        return paramiko.PKey.from_path(path)
    except (ValueError, TypeError, paramiko.SSHException, paramiko.pkey.UnknownKeyType):
        raise SettingsError("is not a private key without passphrase", str(path)) from None


def write_private(path: Path, content: bytes) -> bool:
    """Create *path* with mode 0600, whole and synced, or leave what is there.

    Returns whether it was created.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with effect("keys.link"):
            os.link(temporary, path)  # unlike a rename, refuses where the name is taken
    except FileExistsError:
        return False
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)
    return True


def sync_folder(folder: Path) -> None:
    """Make the folder's entries survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _private_text(path: Path, what: str) -> str:
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        raise SettingsError(f"there is no such {what} file", str(path)) from None
    except UnicodeDecodeError:
        raise SettingsError(f"is not a {what}", str(path)) from None
    except OSError as error:
        raise SettingsError(f"cannot be read: {error.strerror}", str(path)) from None
    if mode & 0o077:
        raise SettingsError(f"this {what} can be read by others", str(path), "chmod 600")
    return text
