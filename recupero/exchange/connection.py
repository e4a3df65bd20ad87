"""Where an institution's files are, which keys prove it, and how we prove ourselves."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recupero.errors import SettingsError
from recupero.exchange.beside import beside
from recupero.exchange.named_secret import SECRET_NAME
from recupero.exchange.pgp_files import PgpFiles, pgp_files

FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
FOLDER_SCHEME = "folder://"
READS_UNDER_WAY = 64
SESSIONS_MAX = 4
METHODS = ("publickey", "password", "keyboard-interactive")
_PROVES = {
    "key_file": {"publickey"},
    "passphrase": {"publickey"},
    "password": {"password", "keyboard-interactive"},
}
_KEYS = {
    "host", "port", "user", "key_file", "passphrase", "password", "authentication",
    "fingerprints", "deadline_seconds", "reads_under_way", "sessions", "pgp",
}  # fmt: skip


@dataclass(frozen=True)
class Connection:
    """One institution's SFTP account, as seen from the agency.

    ``host`` may be ``folder:///a/path``: a plain directory, for tests and for a mounted share;
    the other fields are then not used. ``authentication`` lists what the server asks for, in its
    order and by SSH's names: the key alone, a password alone, or one after the other.
    ``passphrase`` and ``password`` are the names of secrets, never secrets. ``fingerprints`` are
    those of ``ssh-keygen -lf`` (``SHA256:...``), several while a host key is being replaced.
    ``deadline_seconds`` bounds connecting, and every wait afterwards. ``reads_under_way`` is
    how much is kept in flight, in requests of 32 KiB: raise it on links with a long round trip.
    ``sessions`` above 1 is how many may be open, for many small files, beside the one that lists
    and archives. ``pgp`` is there where files are exchanged encrypted.
    """

    host: str
    user: str = ""
    key_file: Path = Path()
    passphrase: str = ""
    password: str = ""
    authentication: tuple[str, ...] = METHODS[:1]
    fingerprints: tuple[str, ...] = ()
    port: int = 22
    deadline_seconds: float = 30.0
    reads_under_way: int = READS_UNDER_WAY
    sessions: int = 1
    pgp: PgpFiles | None = None


def folder_connection(path: Path) -> Connection:
    """A connection to a directory of this machine."""
    return Connection(host=f"{FOLDER_SCHEME}{path.absolute()}")


def load_connection(path: Path) -> Connection:
    """The connection a TOML file describes; paths in it are relative to the file's folder.

    Raises SettingsError naming the file and the key.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError("there is no such connection file", str(path)) from None
    except (OSError, ValueError) as error:
        raise SettingsError(f"cannot be read as TOML: {error}", str(path)) from None
    unknown = sorted(given.keys() - _KEYS)
    if unknown:
        raise SettingsError("is not a setting of a connection", f"{path}: {unknown[0]}")
    host = _text(given, "host", path)
    pgp = pgp_files(given.get("pgp"), path)
    if host.startswith(FOLDER_SCHEME):
        return Connection(host=host, pgp=pgp)
    authentication = _authentication(given, path)
    by_key = "publickey" in authentication
    by_password = bool(_PROVES["password"].intersection(authentication))
    return Connection(
        host=host,
        user=_text(given, "user", path),
        key_file=beside(path, _text(given, "key_file", path), "key_file") if by_key else Path(),
        passphrase=_secret_name(given, "passphrase", path) if "passphrase" in given else "",
        password=_secret_name(given, "password", path) if by_password else "",
        authentication=authentication,
        fingerprints=_fingerprints(given, path),
        port=int(_number(given, "port", 22, 1, 65535, path)),
        deadline_seconds=_number(given, "deadline_seconds", 30.0, 0.1, 3600, path),
        reads_under_way=int(_number(given, "reads_under_way", READS_UNDER_WAY, 1, 4096, path)),
        sessions=int(_number(given, "sessions", 1, 1, SESSIONS_MAX, path)),
        pgp=pgp,
    )


def _text(given: dict[str, Any], key: str, path: Path) -> str:
    value = given.get(key)
    if not isinstance(value, str) or not value.strip():
        raise SettingsError("must be a text", f"{path}: {key}")
    return value


def _authentication(given: dict[str, Any], path: Path) -> tuple[str, ...]:
    """The methods in their order; whatever proves something must be asked for."""
    value = given.get("authentication", ["publickey"])
    if (
        not isinstance(value, list)
        or not value
        or any(method not in METHODS for method in value)
        or any(value.count(method) > 1 for method in METHODS)
        or _PROVES["password"].issubset(value)
    ):
        raise SettingsError(
            "must list, in the server's order, publickey, password or keyboard-interactive; "
            "each once, and one of the last two",
            f"{path}: authentication",
        )
    for key, methods in _PROVES.items():
        if key in given and methods.isdisjoint(value):
            raise SettingsError("is given, but authentication lists no use of it", f"{path}: {key}")
    return tuple(value)


def _secret_name(given: dict[str, Any], key: str, path: Path) -> str:
    """The name; a value that cannot be one may be the secret itself and is not repeated."""
    value = given.get(key)
    if not isinstance(value, str) or not SECRET_NAME.fullmatch(value):
        raise SettingsError(
            "must be the NAME of a secret (capital letters, digits, _), never the secret itself",
            f"{path}: {key}",
        )
    return value


def _number(
    given: dict[str, Any], key: str, default: float, least: float, most: float, path: Path
) -> float:
    value = given.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise SettingsError(f"must be a number from {least} to {most}", f"{path}: {key}")
    return value


def _fingerprints(given: dict[str, Any], path: Path) -> tuple[str, ...]:
    """At least one pinned key: an unknown server is never trusted on first use."""
    value = given.get("fingerprints")
    if not isinstance(value, list) or not value:
        raise SettingsError("must list the server's key", f"{path}: fingerprints")
    for entry in value:
        if not isinstance(entry, str) or not FINGERPRINT.fullmatch(entry):
            raise SettingsError(
                "must look like SHA256:... (43 characters)", f"{path}: fingerprints"
            )
    return tuple(value)
