"""The same client against OpenSSH, where the machine has it."""

import hashlib
import os
import random
from contextlib import closing
from dataclasses import replace

import pytest

from recupero.errors import HostKeyMismatch
from recupero.exchange.connection import connect
from tests.edges.openssh import openssh


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
