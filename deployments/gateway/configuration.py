"""Profiles in; out come the text of sshd's configuration and the accounts and folders behind it.

Nothing here looks at the machine. Each institution CODE gets two accounts that see nothing but
ROOT/CODE: CODE is theirs and ``gw-CODE`` ours, so one session of the gateway never sees a second
institution and paths are the same for both. What OpenSSH cannot say stands in the modes of the
folders, which root owns where both write: neither can close, move or give away an inbox.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path, PurePosixPath

from recupero.errors import ProfileError, SettingsError
from recupero.exchange.server import GATEWAY_PREFIX
from recupero.profiles.profile import Profile

__all__ = [
    "GATEWAY_PREFIX",
    "KEY_TYPES",
    "Account",
    "Folder",
    "Gateway",
    "Plan",
    "plan",
    "sshd_configuration",
]

ACCOUNT_NAME_MAX = 32  # of Linux
KEY_TYPES = (
    "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa",
)  # fmt: skip

_PATH = re.compile(r"(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)+")  # sshd expands % and splits at spaces
_FOLDER = re.compile(r"/?[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*/?")

# Requests that sshd refuses to both. No links: they would lead elsewhere. No posix-rename: it
# replaces what is there. No folders of their own: nobody looks into them. Setting times and modes
# (setstat) is left: clients that preserve times call an upload failed without it, and it reaches
# only files of one's own.
DENIED_REQUESTS = ("symlink", "hardlink", "posix-rename", "mkdir", "rmdir")

_FIXED = f"""\
AuthenticationMethods publickey
PubkeyAuthentication yes
PasswordAuthentication no
KbdInteractiveAuthentication no
HostbasedAuthentication no
PermitEmptyPasswords no
PermitRootLogin no
UsePAM no
StrictModes yes

HostKeyAlgorithms ssh-ed25519
PubkeyAcceptedAlgorithms ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,\
rsa-sha2-512,rsa-sha2-256
KexAlgorithms sntrup761x25519-sha512@openssh.com,curve25519-sha256,curve25519-sha256@libssh.org,\
ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,\
diffie-hellman-group16-sha512,diffie-hellman-group18-sha512
Ciphers aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes256-ctr
MACs hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256

LoginGraceTime 20
MaxAuthTries 3
MaxStartups 20:50:60
ClientAliveInterval 30
ClientAliveCountMax 4
RekeyLimit 1G 1h
UseDNS no
LogLevel VERBOSE

DisableForwarding yes
PermitTTY no
PermitTunnel no
PermitUserEnvironment no
PermitUserRC no
PrintMotd no
Subsystem sftp internal-sftp
ForceCommand internal-sftp -l INFO -u 0027 -P {",".join(DENIED_REQUESTS)}
"""


@dataclass(frozen=True)
class Gateway:
    """Where it listens (``192.0.2.10:22``, ``[2001:db8::10]:22``) and where its things lie.

    ``root`` holds the institutions' folders, ``folder`` what sshd reads. Raises SettingsError.
    """

    listen: tuple[str, ...]
    root: Path = Path("/srv/recupero-gateway")
    folder: Path = Path("/etc/recupero-gateway")

    def __post_init__(self) -> None:
        if not self.listen:
            raise SettingsError("must name an address and a port", "listen")
        for address in self.listen:
            _check_address(address)
        for name, path in (("root", self.root), ("folder", self.folder)):
            if not _PATH.fullmatch(str(path)):
                raise SettingsError(
                    "must be an absolute path of letters, digits, '.', '_' and '-'", name
                )
        if self.folder.is_relative_to(self.root) or self.root.is_relative_to(self.folder):
            raise SettingsError("must lie apart", "root and folder")

    @property
    def configuration(self) -> Path:
        """What ``sshd -f`` is to read."""
        return self.folder / "sshd_config"

    @property
    def authorized_keys(self) -> Path:
        """One file for each account that may log in."""
        return self.folder / "authorized_keys"

    @property
    def host_key(self) -> Path:
        """The server's own key; its fingerprint is what institutions pin."""
        return self.folder / "host_ed25519_key"

    @property
    def pid_file(self) -> Path:
        """Written by sshd each time it reads its configuration."""
        return self.folder / "sshd.pid"


@dataclass(frozen=True)
class Account:
    """A system account without password or shell; its group has its name. ``joins``: one more."""

    name: str
    joins: str | None = None


@dataclass(frozen=True)
class Folder:
    """A folder with its owner, group and mode."""

    path: Path
    owner: str
    group: str
    mode: int


@dataclass(frozen=True)
class Plan:
    """What the machine is to have, in the order of making it."""

    accounts: tuple[Account, ...]
    folders: tuple[Folder, ...]


def plan(gateway: Gateway, profiles: Iterable[Profile]) -> Plan:
    """The accounts and folders of *profiles*.

    Raises ProfileError for a code that can be no account, and for folders inside one another: an
    archive in a folder the institution writes to could be renamed away.
    """
    served = sorted(profiles, key=lambda profile: profile.code)
    accounts: list[Account] = []
    folders = [Folder(gateway.root, "root", "root", 0o755)]
    for profile in served:
        theirs, ours = _account_names(profile.code)
        accounts += [Account(theirs), Account(ours, joins=theirs)]
        folders += _folders(gateway.root / theirs, profile, ours)
    return Plan(tuple(accounts), tuple(folders))


def sshd_configuration(gateway: Gateway, planned: Plan) -> str:
    """The whole of ``sshd_config``: only the planned accounts, each in its institution's folder."""
    lines = [
        "# Made from the institutions' profiles (python -m deployments.gateway): change those.",
        *(f"ListenAddress {address}" for address in gateway.listen),
        f"HostKey {gateway.host_key}",
        f"PidFile {gateway.pid_file}",
        f"AuthorizedKeysFile {gateway.authorized_keys}/%u",
        *(f"AllowUsers {account.name}" for account in planned.accounts),
    ]
    matches = [
        f"\nMatch User {account.name}\n    ChrootDirectory {gateway.root / code}\n"
        for account in planned.accounts
        for code in [account.joins or account.name]
    ]
    return "\n".join(lines) + "\n\n" + _FIXED + "".join(matches)


def _account_names(code: str) -> tuple[str, str]:
    theirs, ours = code, f"{GATEWAY_PREFIX}{code}"
    where = f"{code}.toml: institution.code"
    if code.startswith("_"):
        raise ProfileError("the agency's own files need no account", where)
    if code.startswith(GATEWAY_PREFIX):
        raise ProfileError(f"{GATEWAY_PREFIX}... names the gateway's own accounts", where)
    if len(ours) > ACCOUNT_NAME_MAX:
        longest = ACCOUNT_NAME_MAX - len(GATEWAY_PREFIX)
        raise ProfileError(f"is too long for an account: at most {longest} characters", where)
    return theirs, ours


def _folders(home: Path, profile: Profile, ours: str) -> list[Folder]:
    """The institution's own root and the three folders; what leads to them is root's."""
    theirs = profile.code
    named = {
        name: home / _checked(getattr(profile.exchange, name), f"{theirs}.toml: exchange.{name}")
        for name in ("inbox", "outbox", "archive")
    }
    for (name, path), (other, outer) in permutations(named.items(), 2):
        if path.is_relative_to(outer):
            raise ProfileError(f"lies in the {other}", f"{theirs}.toml: exchange.{name}")
    leading = {parent for path in named.values() for parent in path.parents}
    return [
        *(
            Folder(path, "root", "root", 0o755)
            for path in sorted(leading)
            if path.is_relative_to(home)
        ),
        Folder(named["inbox"], "root", theirs, 0o2770),
        Folder(named["outbox"], ours, theirs, 0o2750),
        Folder(named["archive"], ours, ours, 0o700),
    ]


def _checked(folder: str, where: str) -> PurePosixPath:
    if not _FOLDER.fullmatch(folder):
        raise ProfileError("is no plain folder name (letters, digits, '.', '_', '-')", where)
    return PurePosixPath(folder.strip("/"))


def _check_address(text: str) -> None:
    """A number, not a name: a name may come to mean more than the address asked for."""
    address, _, port = text.rpartition(":")
    in_brackets = address.startswith("[") and address.endswith("]")
    try:
        version = ipaddress.ip_address(address[1:-1] if in_brackets else address).version
        fits = version == (6 if in_brackets else 4) and "%" not in address
    except ValueError:
        fits = False
    if not fits or not re.fullmatch(r"[1-9][0-9]{0,4}", port) or int(port) > 65535:
        raise SettingsError(
            "is no address and port, such as 192.0.2.10:22 or [2001:db8::10]:22", f"listen {text}"
        )
