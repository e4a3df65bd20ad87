"""The one door to a server: whatever a connection names, a session with it."""

from __future__ import annotations

from pathlib import Path

from recupero.exchange.connection import FOLDER_SCHEME, Connection
from recupero.exchange.folder import FolderRemote
from recupero.exchange.named_secret import NamedSecrets
from recupero.exchange.remote import Remote


def connect(connection: Connection, secrets: NamedSecrets | None = None) -> Remote:
    """Open a session; without *secrets*, those that are named are looked for in the environment.

    Raises RemoteUnavailable, RemoteRefused (our key or password is not accepted, no common
    algorithm), HostKeyMismatch before any authentication, SettingsError for our own key file and
    secrets.
    """
    if connection.host.startswith(FOLDER_SCHEME):
        return FolderRemote(Path(connection.host.removeprefix(FOLDER_SCHEME)))
    from recupero.exchange.sftp import connect_sftp  # paramiko: 0.2 s that most commands save

    return connect_sftp(connection, secrets or NamedSecrets())
