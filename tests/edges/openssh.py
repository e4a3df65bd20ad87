"""A real OpenSSH server on loopback, for the user who runs the tests."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import paramiko

from recupero.exchange.connection import Connection
from recupero.exchange.server import generate_key


@contextmanager
def openssh(
    program: str, folder: Path, more: str = "", wrapper: Sequence[str] = ()
) -> Iterator[Connection]:
    """An sshd with its files in *folder*, and the way into it; what *more* says counts first."""
    (folder / "inbox").mkdir()
    if os.geteuid() == 0:  # made by the service, which does not run in a container
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    generate_key(folder / "host.key")
    (folder / "authorized").write_text(generate_key(folder / "client.key") + "\n")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "sshd_config").write_text(
        f"{more}ListenAddress 127.0.0.1\nPort {port}\nHostKey {folder}/host.key\nPidFile none\n"
        f"AuthorizedKeysFile {folder}/authorized\nStrictModes no\nUsePAM no\n"
        "Subsystem sftp internal-sftp\nPermitRootLogin yes\n"
    )
    log = folder / "sshd.log"
    # sshd runs itself again for each session: it needs absolute paths.
    arguments = [*wrapper, program, "-D", "-f", str(folder / "sshd_config"), "-E", str(log)]
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
