"""Where an institution's PGP keys and certificates lie: the table `pgp` of its connection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from recupero.errors import SettingsError
from recupero.exchange.beside import beside
from recupero.exchange.keys import private_bytes
from recupero.exchange.named_secret import SECRET_NAME, NamedSecrets
from recupero.exchange.pgp import PgpKeys
from recupero.exchange.pgp_recipients import Recipients, recipients

_KEYS = {"key_files", "passphrase", "certificates"}


@dataclass(frozen=True)
class PgpFiles:
    """Files with our private keys, of mode 0600, and with the institution's certificates.

    Several of either while one is being replaced. ``passphrase`` is the name of a secret. Without
    private keys nothing comes encrypted; papers may leave so.
    """

    key_files: tuple[Path, ...]
    passphrase: str = ""
    certificates: tuple[Path, ...] = ()

    def keys(self, secrets: NamedSecrets, *, signed: bool) -> PgpKeys:
        """What the files hold. Raises SettingsError naming the file that is missing or wrong."""
        if signed and not self.certificates:
            raise SettingsError(
                "the profile demands a signature, and no certificate says whose",
                "pgp.certificates",
                "name the institution's in the connection file",
            )
        certificates = tuple(_armored(path, b"PUBLIC KEY") for path in self.certificates)
        return PgpKeys(
            tuple(SecretStr(_private(path)) for path in self.key_files),
            secrets.value(self.passphrase) if self.passphrase else None,
            certificates if signed else None,
        )

    def recipients(self, today: date) -> Recipients:
        """Whom papers are encrypted for on *today*. Raises SettingsError naming file or key."""
        return recipients((_armored(path, b"PUBLIC KEY") for path in self.certificates), today)


def pgp_files(given: Any, connection: Path) -> PgpFiles | None:
    """The table ``pgp`` of the file *connection*, to whose folder its paths are relative.

    Raises SettingsError naming file and key.
    """
    if given is None:
        return None
    if not isinstance(given, dict):
        raise SettingsError("must be a table", f"{connection}: pgp")
    if unknown := sorted(given.keys() - _KEYS):
        raise SettingsError("is not a setting of PGP", f"{connection}: pgp.{unknown[0]}")
    passphrase = given.get("passphrase", "")
    if "passphrase" in given and not (
        isinstance(passphrase, str) and SECRET_NAME.fullmatch(passphrase)
    ):
        raise SettingsError(
            "must be the NAME of a secret (capital letters, digits, _), never the secret itself",
            f"{connection}: pgp.passphrase",
        )
    return PgpFiles(
        _paths(given, "key_files", connection) if given.keys() != {"certificates"} else (),
        passphrase,
        _paths(given, "certificates", connection) if "certificates" in given else (),
    )


def _paths(given: dict[str, Any], key: str, connection: Path) -> tuple[Path, ...]:
    value = given.get(key)
    if not isinstance(value, list) or not value or not all(_is_name(name) for name in value):
        raise SettingsError("must list files", f"{connection}: pgp.{key}")
    return tuple(beside(connection, name, f"pgp.{key}") for name in value)


def _is_name(name: object) -> bool:
    return isinstance(name, str) and bool(name)


def _private(path: Path) -> str:
    content = private_bytes(path, "PGP key")
    if content is None:
        raise SettingsError("there is no such PGP key file", str(path))
    return _text(content, path, b"PRIVATE KEY")


def _armored(path: Path, what: bytes) -> str:
    try:
        return _text(path.read_bytes(), path, what)
    except OSError as error:
        raise SettingsError(f"cannot be read: {error.strerror}", str(path)) from None


def _text(content: bytes, path: Path, what: bytes) -> str:
    """The armored text; what is inside is judged when it is used."""
    if b"-----BEGIN PGP " + what + b" BLOCK-----" not in content or not content.isascii():
        raise SettingsError(f"is no armored PGP {what.decode().lower()}", str(path))
    return content.decode("ascii")
