"""Where an institution's files are and which keys prove it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recupero.errors import SettingsError
from recupero.exchange.folder import FolderRemote
from recupero.exchange.remote import Remote

FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
FOLDER_SCHEME = "folder://"
READS_UNDER_WAY = 64
SESSIONS_MAX = 4
_KEYS = {
    *("host", "port", "user", "key_file", "fingerprints"),
    *("deadline_seconds", "reads_under_way", "sessions"),
}


@dataclass(frozen=True)
class Connection:
    """One institution's SFTP account, as seen from the agency.

    ``host`` may be ``folder:///a/path``: a plain directory, for tests and for a mounted share;
    the other fields are then not used. ``fingerprints`` are those of ``ssh-keygen -lf``
    (``SHA256:...``), several while a host key is being replaced. ``deadline_seconds`` bounds
    connecting, and every wait afterwards. ``reads_under_way`` is the number of 32 KiB requests
    kept in flight: raise it on links with a long round trip. ``sessions`` is how many may be open
    at once, for many small files; servers cap them.
    """

    host: str
    user: str = ""
    key_file: Path = Path()
    fingerprints: tuple[str, ...] = ()
    port: int = 22
    deadline_seconds: float = 30.0
    reads_under_way: int = READS_UNDER_WAY
    sessions: int = 1


def folder_connection(path: Path) -> Connection:
    """A connection to a directory of this machine."""
    return Connection(host=f"{FOLDER_SCHEME}{path.absolute()}")


def load_connection(path: Path) -> Connection:
    """The connection a TOML file describes; ``key_file`` is relative to the file's folder.

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
    if host.startswith(FOLDER_SCHEME):
        return Connection(host=host)
    return Connection(
        host=host,
        user=_text(given, "user", path),
        key_file=path.absolute().parent / Path(_text(given, "key_file", path)).expanduser(),
        fingerprints=_fingerprints(given, path),
        port=int(_number(given, "port", 22, 1, 65535, path)),
        deadline_seconds=_number(given, "deadline_seconds", 30.0, 0.1, 3600, path),
        reads_under_way=int(_number(given, "reads_under_way", READS_UNDER_WAY, 1, 4096, path)),
        sessions=int(_number(given, "sessions", 1, 1, SESSIONS_MAX, path)),
    )


def connect(connection: Connection) -> Remote:
    """Open a session.

    Raises RemoteUnavailable, RemoteRefused (our key is not accepted, no common algorithm),
    HostKeyMismatch before any authentication, SettingsError for our own key file.
    """
    if connection.host.startswith(FOLDER_SCHEME):
        return FolderRemote(Path(connection.host.removeprefix(FOLDER_SCHEME)))
    from recupero.exchange.sftp import connect_sftp  # paramiko: 0.3 s that most commands save

    return connect_sftp(connection)


def _text(given: dict[str, Any], key: str, path: Path) -> str:
    value = given.get(key)
    if not isinstance(value, str) or not value:
        raise SettingsError("must be a text", f"{path}: {key}")
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
