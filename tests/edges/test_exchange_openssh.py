"""The same client against OpenSSH, where the machine has it."""

import hashlib
import os
import random
import socket
import subprocess
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest

from recupero.errors import HostKeyMismatch
from recupero.exchange.connection import Connection, connect
from recupero.exchange.server import generate_key


def test_against_openssh(tmp_path, program):
    with (
        openssh(str(program("sshd")), tmp_path) as connection,
        closing(connect(connection)) as remote,
    ):
        inbox = str(tmp_path / "inbox")
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


@contextmanager
def openssh(program: str, folder: Path):
    """An unprivileged sshd for the user who runs the tests."""
    (folder / "inbox").mkdir()
    if os.geteuid() == 0:  # made by the service, which does not run in a container
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    generate_key(folder / "host.key")
    (folder / "authorized").write_text(generate_key(folder / "client.key") + "\n")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {folder}/host.key\nPidFile none\n"
        f"AuthorizedKeysFile {folder}/authorized\nStrictModes no\nUsePAM no\n"
        "Subsystem sftp internal-sftp\n"
    )
    log = folder / "sshd.log"
    # sshd runs itself again for each session: it needs absolute paths.
    arguments = [program, "-D", "-f", str(folder / "sshd_config"), "-E", str(log)]
    fingerprint = paramiko.PKey.from_path(folder / "host.key").fingerprint
    process = subprocess.Popen(arguments)
    try:
        for _ in range(600):
            with suppress(OSError):  # it does not listen yet
                socket.create_connection(("127.0.0.1", port)).close()
                break
            time.sleep(0.05)
        user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True)
        yield Connection(
            host="127.0.0.1",
            port=port,
            user=user.stdout.strip(),
            key_file=folder / "client.key",
            fingerprints=(fingerprint,),
        )
    finally:
        process.terminate()
        process.wait()
