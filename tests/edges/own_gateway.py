"""A gateway of our own on this machine, for as long as a test file lasts: accounts and all.

Needs root: it makes system accounts of names nobody has, and removes them afterwards.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import paramiko
import pytest

from recupero.exchange.connection import Connection
from recupero.exchange.keys import generate_key, load_client_key

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "127.0.0.1"
SFTP_ONLY = b"This service allows sftp connections only.\n"
PROFILE = """
[institution]
code = "{code}"
name = "Un Banco S.A."
country = "CO"
currency = "COP"
timezone = "America/Bogota"
[exchange]
{exchange}
"""

_NO_SUCH_ACCOUNT = 6  # of userdel
_MADE = re.compile(r"(?:gw-)?(t[0-9a-f]{8}[a-z])")


class OwnGateway:
    """Profiles, keys and folders under *home*, which only root can change; sshd if started."""

    def __init__(self, home: Path, sshd: Path) -> None:
        self.home = home
        self.root, self.folder = home / "root", home / "folder"
        self.keys, self.profiles = home / "keys", home / "profiles"
        for folder in (self.keys, self.profiles, home / "private"):
            folder.mkdir(mode=0o700)
        with socket.create_server((ADDRESS, 0)) as free:
            self.port = free.getsockname()[1]
        self.sshd = sshd
        self.process: subprocess.Popen[bytes] | None = None
        self.codes: list[str] = []

    def institution(self, letter: str) -> str:
        """Profile and keys of a new one; its code."""
        code = f"t{secrets.token_hex(4)}{letter}"
        self.codes.append(code)
        self.write_profile(code)
        for account in (code, f"gw-{code}"):
            self.new_key(account)
        return code

    def write_profile(self, code: str, inbox: str = "inbox") -> None:
        (self.profiles / f"{code}.toml").write_text(
            PROFILE.format(code=code, exchange=f'inbox = "{inbox}"')
        )

    def new_key(self, account: str) -> None:
        """A key in place of the one before."""
        private = self.key(account)
        private.unlink(missing_ok=True)
        (self.keys / f"{account}.pub").write_text(generate_key(private) + f" {account}@there\n")

    def key(self, account: str) -> Path:
        return self.home / "private" / account

    def arguments(self, *more: str) -> list[str]:
        places = {"keys": self.keys, "institutions": self.profiles, "root": self.root}
        given = [f"--{name}={path}" for name, path in (places | {"folder": self.folder}).items()]
        return [f"--listen={ADDRESS}:{self.port}", *given, *more]

    def apply(self, *more: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "deployments.gateway", *self.arguments(*more)], cwd=ROOT,
            env={**os.environ, **environment}, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def start(self) -> None:
        """By absolute paths: sshd runs itself again for each session."""
        log, configuration = self.home / "sshd.log", self.folder / "sshd_config"
        arguments = [str(self.sshd), "-f", str(configuration)]
        # From 9.8 on sshd shuts out for a while whoever failed: here that is what is tried.
        lenient = ["-o", "PerSourcePenalties=no"]
        knows = subprocess.run([*arguments, *lenient, "-t"], capture_output=True, check=False)
        more = lenient if knows.returncode == 0 else []
        self.process = subprocess.Popen([*arguments, *more, "-D", "-E", str(log)])
        self.await_listening()

    def await_listening(self) -> None:
        for _ in range(600):
            with suppress(OSError), socket.create_connection((ADDRESS, self.port)) as wire:
                if wire.recv(4) == b"SSH-":  # one that is about to end listens, and says nothing
                    return
            time.sleep(0.05)
        raise AssertionError((self.home / "sshd.log").read_text())

    def connection(self, account: str, key_of: str | None = None) -> Connection:
        return Connection(
            host=ADDRESS,
            port=self.port,
            user=account,
            key_file=self.key(key_of or account),
            fingerprints=(load_client_key(self.folder / "host_ed25519_key").fingerprint,),
        )

    def options(self, account: str, key_of: str | None = None) -> list[str]:
        """For OpenSSH's own programs: this key, and no question asked."""
        said = {
            "Port": self.port, "BatchMode": "yes", "IdentitiesOnly": "yes",
            "UserKnownHostsFile": "/dev/null", "StrictHostKeyChecking": "no",
        }  # fmt: skip
        named = [part for name, value in said.items() for part in ("-o", f"{name}={value}")]
        return ["-F", "/dev/null", "-i", str(self.key(key_of or account)), *named]

    @contextmanager
    def session(self, account: str) -> Iterator[paramiko.Transport]:
        """A bare session, to ask for what our own client never would."""
        with paramiko.Transport((ADDRESS, self.port)) as transport:
            transport.start_client(timeout=30)
            transport.auth_publickey(account, load_client_key(self.key(account)))
            yield transport

    @contextmanager
    def files(self, account: str) -> Iterator[paramiko.SFTPClient]:
        with self.session(account) as transport:
            client = paramiko.SFTPClient.from_transport(transport)
            assert client is not None
            yield client

    def tree(self) -> dict[str, tuple[int, int, int, bytes]]:
        """All there is below the root: mode, owner, group, content."""
        found = {}
        for path in sorted(self.root.rglob("*")):
            about = path.lstat()
            content = path.read_bytes() if path.is_file() else b""
            place = str(path.relative_to(self.root))
            found[place] = (about.st_mode, about.st_uid, about.st_gid, content)
        return found

    def stop(self) -> None:
        """By its own number, and the accounts by their own names."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
        left = [
            account
            for code in self.codes
            for account in (f"gw-{code}", code)
            if not _removed(account)
        ]
        shutil.rmtree(self.home)
        assert left == []


def accounts(ours: Collection[str] = ()) -> list[str]:
    """The machine's accounts and groups as its files have them, without those of other tests.

    Gateways of other test workers make and remove theirs meanwhile; *ours* are codes of this one.
    """

    def is_anothers(name: str) -> bool:
        made = _MADE.fullmatch(name)
        return made is not None and made[1] not in ours

    found = []
    for file in ("/etc/passwd", "/etc/group"):
        for line in Path(file).read_text().splitlines():
            start, _, members = line.rpartition(":")
            left = [each for each in members.split(",") if not is_anothers(each)]
            if not is_anothers(line.partition(":")[0]):
                found.append(f"{file} {start}:{','.join(left)}")
    return found


def _removed(account: str) -> bool:
    """Account and group; a session that is just ending is waited for."""
    for _ in range(200):
        done = subprocess.run(["userdel", account], capture_output=True, check=False)
        if done.returncode in (0, _NO_SUCH_ACCOUNT):
            # Most systems remove the group with the account.
            subprocess.run(["groupdel", account], capture_output=True, check=False)
            return True
        time.sleep(0.05)
    return False


@pytest.fixture(scope="module")
def gateway(program) -> Iterator[OwnGateway]:
    """Nothing made yet but places; everything is removed afterwards."""
    if os.geteuid() != 0:
        pytest.skip("needs root")  # only root makes accounts and confines a session to a folder
    sshd, _ = program("sshd"), program("useradd")
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # made by the service, not in a container
    home = Path(tempfile.mkdtemp(prefix="recupero-gateway-", dir="/var/lib"))
    home.chmod(0o755)
    made = OwnGateway(home, sshd)
    try:
        yield made
    finally:
        made.stop()
