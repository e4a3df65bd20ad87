"""The same client against OpenSSH, where the machine has it."""

import hashlib
import os
import random
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from recupero.errors import HostKeyMismatch, RemoteRefused
from recupero.exchange.connect import connect
from recupero.exchange.sftp_wire import REQUEST_BYTES
from tests.bench.transfer import growth_mib
from tests.edges.openssh import openssh

NAME, WORD = "SFTP_ONE", "Clave-ñ 007"
#: ``openssl passwd -6 -salt recupero`` of that.
HASHED = (
    "$6$recupero$jkf/5O.CNYwaHzs8vQAqi9OQIG3RjVFz7XbCJxVDRbf1sXyg"
    "cEubuYENNWCd/YPTbineWybCN508AsCPNeNkA0"
)
PASSWORDS_ONLY = "PubkeyAuthentication no\n"
BOTH = "AuthenticationMethods publickey,password\n"
BY_PAM = "UsePAM yes\nPasswordAuthentication no\nKbdInteractiveAuthentication yes\n"


def test_against_openssh(tmp_path, program):
    with (
        openssh(str(program("sshd")), tmp_path) as connection,
        closing(connect(connection)) as remote,
    ):
        inbox = str(tmp_path / "inbox")
        assert remote._client.write_bytes == remote._client.read_bytes > REQUEST_BYTES
        content = random.Random(2).randbytes(3_000_000)
        (tmp_path / "inbox" / os.fsdecode("año".encode("latin-1"))).write_bytes(b"x")
        remote.write(inbox, "file", content)
        assert len(remote.list(inbox)) == 2
        read = b"".join(remote.read(inbox, "file", remote.stat(inbox, "file")))
        assert hashlib.sha256(read).digest() == hashlib.sha256(content).digest()
        remote.rename(inbox, "file", inbox, "moved")
        assert remote.stat(inbox, "file") is None
        with pytest.raises(HostKeyMismatch):
            connect(replace(connection, fingerprints=("SHA256:" + "A" * 43,)))


def test_a_large_file_is_taken_in_little_memory(tmp_path, program):
    """`make bench-transfer` has 300 MB under the same bound."""
    small, big = tmp_path / "small", tmp_path / "big"
    for folder, content in ((small, b"x"), (big, random.Random(3).randbytes(40 << 20))):
        folder.mkdir()
        (folder / "file").write_bytes(content)
    with openssh(str(program("sshd")), tmp_path) as connection:
        assert growth_mib(connection, small, big, tmp_path / "vault") <= 16


def test_a_key_with_a_passphrase_against_openssh(tmp_path, program, monkeypatch):
    with openssh(str(program("sshd")), tmp_path) as connection:
        locked = connection.key_file.with_name("locked.key")
        shutil.copyfile(connection.key_file, locked)
        locked.chmod(0o600)
        subprocess.run([program("ssh-keygen"), "-q", "-p", "-N", WORD, "-f", locked], check=True)
        monkeypatch.setenv(f"RECUPERO_SECRET_{NAME}", WORD)
        connect(replace(connection, key_file=locked, passphrase=NAME)).close()


def test_a_key_alone_is_not_enough_for_an_openssh_that_wants_a_password_too(tmp_path, program):
    with (
        openssh(str(program("sshd")), tmp_path, BOTH) as connection,
        pytest.raises(RemoteRefused, match="wants more than our key: password"),
    ):
        connect(connection)


@pytest.mark.parametrize(
    ("wants", "methods"),
    [
        (BOTH, ("publickey", "password")),
        (PASSWORDS_ONLY, ("password",)),
        (BY_PAM + PASSWORDS_ONLY, ("keyboard-interactive",)),
        (
            BY_PAM + "AuthenticationMethods publickey,keyboard-interactive\n",
            ("publickey", "keyboard-interactive"),
        ),
    ],
)
def test_passwords_against_openssh(tmp_path, program, monkeypatch, wants, methods):
    wrapper = own_password(tmp_path, str(program("unshare")))
    with openssh(str(program("sshd")), tmp_path, wants, wrapper) as connection:
        asked = replace(connection, password=NAME, authentication=methods)
        monkeypatch.setenv(f"RECUPERO_SECRET_{NAME}", WORD + "x")
        with pytest.raises(RemoteRefused, match="does not accept our password"):
            connect(asked)
        monkeypatch.setenv(f"RECUPERO_SECRET_{NAME}", WORD)
        with closing(connect(asked)) as remote:
            assert [file.name for file in remote.list(str(tmp_path / "inbox"))] == []


def own_password(folder: Path, unshare: str) -> Sequence[str]:
    """What to put before a command so that root's password is ours for it, and for it alone."""
    if os.geteuid() != 0:
        pytest.skip("needs root")  # sshd checks a password only where it may read the shadow file
    # A whole folder: what is mounted over one file falls off when somebody replaces that file.
    (folder / "etc").mkdir(0o755)
    for name in ("passwd", "group", "nsswitch.conf", "login.defs"):
        shutil.copy(f"/etc/{name}", folder / "etc")
    for name in ("pam.d", "security"):
        shutil.copytree(f"/etc/{name}", folder / "etc" / name)
    (folder / "etc" / "shadow").write_text(f"root:{HASHED}:20000::::::\nsshd:!:20000::::::\n")
    bind = f'mount --bind {folder}/etc /etc && exec "$@"'
    wrapper = [unshare, "--mount", "--propagation", "private", "sh", "-c", bind, "sh"]
    if subprocess.run([*wrapper, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("needs root")  # this one may not mount: the container's rule, no package's
    return wrapper
