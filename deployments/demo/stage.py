"""The demo's stage: profiles, keys, connections and the SFTP server the institutions drop into."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from deployments.demo.facts import Upload
from recupero.exchange.connect import connect
from recupero.exchange.connection import load_connection
from recupero.exchange.remote import Remote
from recupero.exchange.server import GATEWAY_PREFIX, SftpServer, generate_key
from recupero.profiles.side_file import SIDE_SUFFIX

_PART = ".part"


class Stage:
    """A home folder with the example institutions and their SFTP accounts.

    ``<home>/institutions`` holds the profiles, ``<home>/sftp/<code>`` what an institution sees,
    ``<home>/connections`` how Recupero reaches each, ``<home>/senders`` how an institution does.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.institutions = home / "institutions"
        self._server: SftpServer | None = None

    def prepare(self) -> list[str]:
        """Copy the example profiles into the home; returns the codes."""
        self.institutions.mkdir(parents=True, exist_ok=True)
        for item in resources.files("deployments").joinpath("institutions").iterdir():
            target = self.institutions / item.name
            if item.name.endswith(".toml") and not target.exists():
                target.write_bytes(item.read_bytes())
        return sorted(path.stem for path in self.institutions.glob("*.toml"))

    @contextmanager
    def serving(self) -> Iterator[SftpServer]:
        """The SFTP server, with a connection file for both sides of every account."""
        codes = self.prepare()
        users = {
            name: generate_key(self._key(name))
            for code in codes
            for name in (code, f"{GATEWAY_PREFIX}{code}")
        }
        server = SftpServer(self.home / "sftp", users, self.home / "keys" / "host")
        with server:
            for code in codes:
                self._connection(server, "connections", code, f"{GATEWAY_PREFIX}{code}")
                self._connection(server, "senders", code, code)
            yield server

    def upload(self, uploads: tuple[Upload, ...]) -> None:
        """Drop files as the institutions would: their own accounts, a real SFTP client.

        Whole files are written under a temporary name and renamed into place; a partial one
        stays as an interrupted sender leaves it. What an interrupted demo left is dropped anew,
        and so is, on a home where these days were played, all but what was answered with a refusal.
        """
        for code in sorted({upload.institution for upload in uploads}):
            remote = connect(load_connection(self.home / "senders" / f"{code}.toml"))
            try:
                answers = [file.name for file in remote.list("outbox")]
                for upload in uploads:
                    if upload.institution == code and not _answered(upload, answers):
                        _drop(remote, upload)
            finally:
                remote.close()

    def _key(self, name: str) -> Path:
        return self.home / "keys" / name

    def _connection(self, server: SftpServer, folder: str, code: str, user: str) -> None:
        path = self.home / folder / f"{code}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f'host = "127.0.0.1"\nport = {server.port}\nuser = "{user}"\n'
            f'key_file = "../keys/{user}"\nfingerprints = ["{server.fingerprint}"]\n'
        )


def _answered(upload: Upload, answers: list[str]) -> bool:
    """Whether *upload* was refused before, by the names of the acknowledgements."""
    stem = Path(upload.name.removesuffix(SIDE_SUFFIX)).stem
    answer = re.compile(rf"ACUSE_{re.escape(stem)}_[0-9a-f]{{12}}\.csv")
    return upload.refused and any(answer.fullmatch(name) for name in answers)


def _drop(remote: Remote, upload: Upload) -> None:
    working = upload.name if upload.partial else upload.name + _PART
    remote.write("inbox", working, upload.content)
    if not upload.partial:
        if remote.stat("inbox", upload.name) is not None:
            remote.remove("inbox", upload.name)
        remote.rename("inbox", working, "inbox", upload.name)
