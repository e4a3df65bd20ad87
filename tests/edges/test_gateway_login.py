"""Who gets into our gateway, by which keys and algorithms, and where it listens."""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import closing
from pathlib import Path

import paramiko
import pytest

from recupero.errors import RemoteRefused
from recupero.exchange.connect import connect
from tests.edges.own_gateway import ADDRESS, OwnGateway, gateway

__all__ = ["gateway"]

PASSWORD = "right-and-still-refused"


@pytest.fixture(scope="module")
def banks(gateway: OwnGateway) -> tuple[str, str]:
    """Two institutions that are served."""
    codes = gateway.institution("a"), gateway.institution("b")
    done = gateway.apply()
    assert done.returncode == 0, done.stderr
    gateway.start()
    return codes


def test_each_comes_in_by_its_own_key_alone(gateway, banks):
    one, other = banks
    accounts = (one, f"gw-{one}", other, f"gw-{other}")
    for account in accounts:
        for key_of in accounts:
            connection = gateway.connection(account, key_of)
            if account == key_of:
                with closing(connect(connection)) as remote:
                    assert remote.list("inbox") == []
            else:
                with pytest.raises(RemoteRefused, match="does not accept our key"):
                    connect(connection)


WAYS = {
    "none": lambda transport, account: transport.auth_none(account),
    "password": lambda transport, account: transport.auth_password(account, PASSWORD),
    "keyboard-interactive": lambda transport, account: transport.auth_interactive(
        account, lambda *_asked: [PASSWORD]
    ),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("prefix", ["", "gw-"])
def test_nothing_but_a_key_opens(gateway, banks, program, way, prefix):
    account = f"{prefix}{banks[0]}"
    subprocess.run(
        [str(program("chpasswd"))], input=f"{account}:{PASSWORD}", text=True, check=True
    )  # somebody gave it a password behind our back, and it is right
    with paramiko.Transport((ADDRESS, gateway.port)) as transport:
        transport.start_client(timeout=30)
        with pytest.raises(paramiko.BadAuthenticationType) as refused:
            WAYS[way](transport, account)
        assert refused.value.allowed_types == ["publickey"]


def test_an_account_that_is_not_named_stays_outside(gateway, banks):
    for account in ("root", "nobody"):  # keys of theirs, put there by mistake
        keys = gateway.folder / "authorized_keys" / account
        keys.write_bytes((gateway.folder / "authorized_keys" / banks[0]).read_bytes())
        with pytest.raises(RemoteRefused, match="does not accept our key"):
            connect(gateway.connection(account, banks[0]))
        keys.unlink()


def ssh(gateway, program, account, *more):
    """What OpenSSH's own client says, and whether it came to a session."""
    options = [*gateway.options(account), *more]
    done = subprocess.run(
        [str(program("ssh")), *options, "-s", f"{account}@{ADDRESS}", "sftp"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return done.returncode == 0, done.stderr


ALGORITHMS = [
    ("Ciphers=aes128-gcm@openssh.com", None),
    ("Ciphers=aes256-ctr", None),
    ("Ciphers=aes128-cbc", "no matching cipher"),
    ("Ciphers=3des-cbc", "no matching cipher"),
    ("Ciphers=chacha20-poly1305@openssh.com", "no matching cipher"),
    ("MACs=hmac-sha2-256", None),
    ("MACs=hmac-sha1", "no matching MAC"),
    ("MACs=umac-64-etm@openssh.com", "no matching MAC"),
    ("MACs=hmac-md5", "no matching MAC"),
    ("KexAlgorithms=curve25519-sha256", None),
    ("KexAlgorithms=diffie-hellman-group14-sha1", "no matching key exchange method"),
    ("KexAlgorithms=diffie-hellman-group14-sha256", "no matching key exchange method"),
    ("KexAlgorithms=diffie-hellman-group-exchange-sha256", "no matching key exchange method"),
    ("HostKeyAlgorithms=ssh-ed25519", None),
    ("HostKeyAlgorithms=ssh-rsa", "no matching host key type"),
]


@pytest.mark.parametrize(("option", "said"), ALGORITHMS, ids=[option for option, _ in ALGORITHMS])
def test_only_the_listed_algorithms(gateway, banks, program, option, said):
    # A MAC of its own counts only beside a cipher that does not bring one.
    beside = ["-o", "Ciphers=aes256-ctr"] if option.startswith("MACs") else []
    opened, error = ssh(gateway, program, banks[0], *beside, "-o", option)
    assert opened is (said is None), error
    assert (said or "") in error


RSA = ["-t", "rsa", "-b", "3072"]
KEYS = [
    (["-t", "ecdsa", "-b", "256"], "ecdsa-sha2-nistp256", True),
    (["-t", "ecdsa", "-b", "521"], "ecdsa-sha2-nistp521", True),
    (RSA, "rsa-sha2-256", True),
    (RSA, "rsa-sha2-512", True),
    (RSA, "ssh-rsa", False),  # signs with SHA-1
]


@pytest.mark.parametrize(("kind", "signature", "opens"), KEYS, ids=[each[1] for each in KEYS])
def test_only_the_listed_kinds_of_key(gateway, banks, program, kind, signature, opens):
    code = banks[1]
    private = gateway.key(code)
    for path in (private, private.with_name(f"{code}.pub")):
        path.unlink(missing_ok=True)
    make = [str(program("ssh-keygen")), "-q", *kind, "-N", "", "-f", str(private)]
    subprocess.run(make, check=True)
    public = private.with_name(f"{code}.pub").read_text()
    (gateway.keys / f"{code}.pub").write_text(public)
    done = gateway.apply()
    assert done.returncode == 0, done.stderr
    opened, error = ssh(gateway, program, code, "-o", f"PubkeyAcceptedAlgorithms={signature}")
    assert opened is opens, error


@pytest.mark.parametrize(
    ("kind", "said"),
    [(["-t", "rsa", "-b", "2048"], "has 2048 bits"), (["-t", "ed25519"], "options are not taken")],
)
def test_a_key_that_is_refused_changes_nothing(gateway, banks, program, tmp_path, kind, said):
    make = [str(program("ssh-keygen")), "-q", *kind, "-N", "", "-f", str(tmp_path / "key")]
    subprocess.run(make, check=True)
    there = gateway.keys / f"{banks[0]}.pub"
    before, served = there.read_text(), gateway.folder / "authorized_keys" / banks[0]
    prefix = 'command="/bin/sh" ' if "ed25519" in kind else ""
    there.write_text(prefix + (tmp_path / "key.pub").read_text())
    content = served.read_text()
    done = gateway.apply()
    there.write_text(before)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert served.read_text() == content


def test_it_listens_where_it_was_told_and_nowhere_else(gateway, banks):
    # /proc/net/tcp: address in the byte order of the machine, port, state 0A (listens), ..., inode.
    pid = gateway.process.pid
    links = [os.readlink(path) for path in Path(f"/proc/{pid}/fd").iterdir()]
    inodes = {found[1] for link in links if (found := re.fullmatch(r"socket:\[(\d+)\]", link))}
    rows = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    ]
    listening = [row[1] for row in rows if row[3] == "0A" and row[9] in inodes]
    assert listening == [f"0100007F:{gateway.port:04X}"]
