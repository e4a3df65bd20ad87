"""Secrets in files: ours alone (mode 0600), made whole or not at all."""

from __future__ import annotations

import io
import os
import re
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from recupero.durable import effect
from recupero.errors import SettingsError
from recupero.exchange.room import needing

if TYPE_CHECKING:
    import paramiko
    from pydantic import SecretStr

PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey | RSAPrivateKey

MASTER_KEY_BYTES = 32
_HEX = re.compile(r"[0-9a-fA-F]{64}")


def load_master_key(path: Path) -> bytes:
    """The 32 bytes all other keys hang on, written as 64 hexadecimal digits.

    Raises SettingsError where the file is missing, readable by others or something else.
    """
    content = _needed_bytes(path, "master key")
    if not content.isascii():
        raise SettingsError("is not a master key", str(path))
    text = content.decode("ascii").strip()
    if not _HEX.fullmatch(text):
        raise SettingsError("must hold 64 hexadecimal digits", str(path))
    return bytes.fromhex(text)


def make_master_key(path: Path) -> bytes:
    """A new master key at *path*; one already there is loaded, never replaced.

    Raises SettingsError where none can be made, or as :func:`load_master_key` does.
    """
    try:
        write_private(path, secrets.token_hex(MASTER_KEY_BYTES).encode("ascii") + b"\n")
    except OSError as error:
        raise SettingsError(f"cannot be written: {error.strerror}", str(path)) from None
    return load_master_key(path)


def generate_key(path: Path) -> str:
    """A new ed25519 key in OpenSSH format at *path*, unless one is there.

    Returns the public key as a line of ``authorized_keys``.
    """
    if not path.exists():
        key = Ed25519PrivateKey.generate()
        write_private(path, _openssh(key))
    loaded = load_client_key(path)
    return f"{loaded.get_name()} {loaded.get_base64()}"


def load_client_key(path: Path, passphrase: SecretStr | None = None) -> paramiko.PKey:
    """An ed25519, ECDSA or RSA private key as OpenSSH and OpenSSL write them.

    Raises SettingsError where it is missing, readable by others, something else, or encrypted and
    not opened by *passphrase*; also where a passphrase is given and none is needed.
    """
    import paramiko  # late: the master key needs none of it

    key = _opened(path, passphrase)
    kind: type[paramiko.PKey]
    if isinstance(key, Ed25519PrivateKey):
        kind = paramiko.Ed25519Key
    elif isinstance(key, EllipticCurvePrivateKey):
        kind = paramiko.ECDSAKey
    elif isinstance(key, RSAPrivateKey):
        kind = paramiko.RSAKey
    else:
        raise SettingsError("is neither an ed25519 nor an ECDSA nor an RSA key", str(path))
    # By way of OpenSSH's format: paramiko itself reads fewer than the cryptography library.
    return kind.from_private_key(io.StringIO(_openssh(key).decode("ascii")))


def private_bytes(path: Path, what: str) -> bytes | None:
    """The content of a file that is ours alone; None where there is none.

    Raises SettingsError where others may read it, or it is no file.
    """
    try:
        with open(path, "rb", opener=_at_once) as file:
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode):
                raise SettingsError(f"this {what} is not a file", str(path))
            if mode & 0o077:
                raise SettingsError(f"this {what} can be read by others", str(path), "chmod 600")
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SettingsError(f"cannot be read: {error.strerror}", str(path)) from None


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
        with effect("keys.link"), needing("hard links", path.parent):
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


def make_folder(folder: Path) -> None:
    """Create missing folders one by one, 0700 each, and make them survive a power cut."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    with suppress(FileExistsError):  # another process made it meanwhile
        folder.mkdir(mode=0o700)
    sync_folder(folder.parent)


def _needed_bytes(path: Path, what: str) -> bytes:
    content = private_bytes(path, what)
    if content is None:
        raise SettingsError(f"there is no such {what} file", str(path))
    return content


def _opened(path: Path, passphrase: SecretStr | None) -> object:
    """The private key in a file, of any kind."""
    content = _needed_bytes(path, "private key")
    word = None if passphrase is None else passphrase.get_secret_value().encode("utf-8")
    for load in (serialization.load_ssh_private_key, serialization.load_pem_private_key):
        try:
            return load(content, word)
        except TypeError:  # a passphrase is missing, or is one too many
            if word is None:
                mend = "name its secret: passphrase in the connection file"
                raise SettingsError("needs a passphrase", str(path), mend) from None
            raise SettingsError("is not encrypted, but a passphrase is named", str(path)) from None
        except (ValueError, UnsupportedAlgorithm):  # of another format, or does not open
            continue
    if word is None:
        raise SettingsError("is not a private key", str(path))
    raise SettingsError("is not a private key that its passphrase opens", str(path))


def _openssh(key: PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    )


def _at_once(path: str, flags: int) -> int:
    """A pipe in the place of a file would keep us waiting for a writer."""
    return os.open(path, flags | os.O_NONBLOCK)
