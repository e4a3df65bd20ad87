"""What we offer to a server: positive lists, best first. Nothing else ever goes over the wire."""

from __future__ import annotations

import paramiko
from paramiko.kex_mlkem import KexMLKEM768X25519

#: Post-quantum first, where the cryptography library can.
KEY_EXCHANGES = (
    *(("mlkem768x25519-sha256",) if KexMLKEM768X25519.is_available() else ()),
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group-exchange-sha256",
    "diffie-hellman-group14-sha256",
)
CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes256-ctr", "aes128-ctr")
DIGESTS = (
    "hmac-sha2-256-etm@openssh.com",
    "hmac-sha2-512-etm@openssh.com",
    "hmac-sha2-256",
    "hmac-sha2-512",
)
#: Of the server's key, and of the signatures with ours.
SIGNATURES = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
)


class ChosenTransport(paramiko.Transport):
    """paramiko's transport with these lists in the place of its own.

    Certificates of hosts are left out with them: what is pinned is a key.
    """

    preferred_kex = KEY_EXCHANGES
    preferred_ciphers = CIPHERS
    preferred_macs = DIGESTS
    preferred_keys = SIGNATURES
    preferred_pubkeys = SIGNATURES
    preferred_compression = ("none",)
