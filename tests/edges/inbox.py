"""An inbox as the other side has it, over SFTP or in a plain folder, and what is taken from it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from recupero.exchange.connect import connect
from recupero.exchange.connection import Connection, folder_connection
from recupero.exchange.pickup import Fetched, Skipped, fetch_each
from recupero.exchange.remote import Remote
from recupero.exchange.rooted import RootedFiles
from recupero.exchange.server import SftpServer, generate_key
from recupero.exchange.sessions import Sessions
from recupero.exchange.vault import Arrival, Vault

CODE = "banco-andino"
_VAULT = Vault("memory://inbox", b"k" * 32)


@contextmanager
def opened(
    wire: str, home: Path, files: type[RootedFiles] = RootedFiles
) -> Iterator[tuple[Remote, Path]]:
    """A session over *wire* (``sftp`` or ``folder``), and the folder on disk behind it.

    *files* is how the server treats them.
    """
    root = home / "root" / CODE
    users = {f"gw-{CODE}": generate_key(home / "key")}
    server = SftpServer(home / "root", users, home / "host.key")
    server.files = files
    with server:
        connection = Connection(
            host="127.0.0.1",
            port=server.port,
            user=f"gw-{CODE}",
            key_file=home / "key",
            fingerprints=(server.fingerprint,),
        )
        with closing(connect(connection if wire == "sftp" else folder_connection(root))) as remote:
            yield remote, root


def put(root: Path, name: str | bytes, content: bytes = b"x", mtime: int = 1_000) -> Path:
    path = root / "inbox" / os.fsdecode(name)
    path.write_bytes(content)
    os.utime(path, (mtime, mtime))
    return path


def side(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def fetch_all(remote: Remote, folder: str = "inbox", **options: Any) -> list[Any]:
    """All at once, with contents that outlast the next file."""
    found = fetch_each(Sessions(remote), folder, receive, **{"poll_seconds": 0} | options)
    return [
        replace(item, content=content_of(item)) if isinstance(item, Fetched) else item
        for item in found
    ]


def receive(pieces: Iterable[bytes]) -> Arrival:
    return _VAULT.receive(CODE, pieces)


def content_of(found: Fetched) -> bytes:
    return _VAULT.get(CODE, _VAULT.place(found.content))


def fetched(found: list[Fetched | Skipped]) -> dict[str, Fetched]:
    return {item.name: item for item in found if isinstance(item, Fetched)}


def skipped(found: list[Fetched | Skipped]) -> dict[str, str]:
    return {item.name_escaped: item.reason for item in found if isinstance(item, Skipped)}
