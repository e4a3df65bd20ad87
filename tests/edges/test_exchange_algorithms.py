"""What our client offers, read from the wire; and which signature it makes."""

from __future__ import annotations

import socket
import subprocess
import threading
from contextlib import closing

import paramiko
import pytest
from paramiko.auth_handler import AuthHandler

from recupero.errors import RemoteUnavailable
from recupero.exchange.connect import connect
from recupero.exchange.connection import Connection
from recupero.exchange.server import generate_key
from tests.edges.strict_server import Strict, strict_server

SIGNATURES = (
    "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
    "rsa-sha2-512", "rsa-sha2-256",
)  # fmt: skip
CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes256-ctr", "aes128-ctr")
DIGESTS = (
    "hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com",
    "hmac-sha2-256", "hmac-sha2-512",
)  # fmt: skip
#: RFC 4253, 7.1: the lists of a KEXINIT in their order; each direction has its own.
OFFERED = (
    (
        "mlkem768x25519-sha256", "curve25519-sha256@libssh.org",
        "ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521",
        "diffie-hellman-group16-sha512", "diffie-hellman-group-exchange-sha256",
        "diffie-hellman-group14-sha256",
        "ext-info-c", "kex-strict-c-v00@openssh.com",  # not algorithms: what else we understand
    ),
    SIGNATURES, CIPHERS, CIPHERS, DIGESTS, DIGESTS, ("none",), ("none",),
)  # fmt: skip
NEVER = ("sha1", "-cbc", "3des", "md5", "-96", "arcfour", "dss", "ssh-rsa", "group1-", "zlib")


def test_what_is_offered_on_the_wire(tmp_path, monkeypatch):
    # Some are paramiko's own choice today: ours must not change with it.
    for kind in ("kex", "ciphers", "macs", "keys", "compression"):
        monkeypatch.setattr(paramiko.Transport, f"_preferred_{kind}", ("its-own",))
    generate_key(tmp_path / "key")
    heard: list[tuple[str, ...]] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_hear, args=(listener, heard))
        thread.start()
        connection = Connection(
            host="127.0.0.1", port=listener.getsockname()[1], user="recupero",
            key_file=tmp_path / "key", deadline_seconds=60,
        )  # fmt: skip
        with pytest.raises(RemoteUnavailable):
            connect(connection)
        thread.join()
    assert tuple(heard) == OFFERED
    offered = {name for names in heard for name in names}
    assert [name for name in offered if any(weak in name for weak in NEVER)] == []


def _hear(listener: socket.socket, heard: list[tuple[str, ...]]) -> None:
    """Take the first packet of one client apart; it is not encrypted yet (RFC 4253, 6)."""
    wire, _ = listener.accept()
    with wire, wire.makefile("rb") as stream:
        wire.sendall(b"SSH-2.0-ear\r\n")
        assert stream.readline().startswith(b"SSH-2.0-")
        length = int.from_bytes(stream.read(4), "big")
        packet = paramiko.Message(stream.read(length)[1:])
        assert packet.get_byte() == b"\x14"
        packet.get_bytes(16)
        heard.extend(tuple(packet.get_list()) for _ in range(8))


@pytest.mark.parametrize(
    ("kind", "algorithm"),
    [("ed25519", "ssh-ed25519"), ("ecdsa", "ecdsa-sha2-nistp256"), ("rsa", "rsa-sha2-512")],
)
def test_signatures_with_our_key(tmp_path, program, monkeypatch, kind, algorithm):
    """An RSA key signs with SHA-2, whatever it is called."""
    key = tmp_path / "key"
    subprocess.run(
        [program("ssh-keygen"), "-q", "-t", kind, "-N", "", "-f", key], check=True, timeout=600
    )
    signed: list[str] = []
    plain = AuthHandler._generate_key_from_request

    def noted(handler, algorithm, blob):
        signed.append(algorithm)
        return plain(handler, algorithm, blob)

    monkeypatch.setattr(AuthHandler, "_generate_key_from_request", noted)
    own = property(lambda _: ("rsa-sha2-256", *SIGNATURES))
    monkeypatch.setattr(paramiko.Transport, "preferred_pubkeys", own)
    strict = Strict(["publickey"], key.with_suffix(".pub").read_text(), "")
    with strict_server(tmp_path, strict) as (port, fingerprint):
        connection = Connection(
            host="127.0.0.1", port=port, user="recupero", key_file=key,
            fingerprints=(fingerprint,), deadline_seconds=60,
        )  # fmt: skip
        with closing(connect(connection)):
            assert signed == [algorithm]
