"""Key files: made whole and private, refused otherwise."""

import os
import subprocess
import traceback

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from pydantic import SecretStr

from recupero.errors import SettingsError
from recupero.exchange.connect import connect
from recupero.exchange.connection import Connection
from recupero.exchange.keys import generate_key, load_client_key
from recupero.exchange.vault import load_master_key, make_master_key
from tests.edges.strict_server import Strict, strict_server

PIN = "SHA256:" + "A" * 43
NAME, WORD = "KEY_WORD", "frase de pasó"
FOREIGN = Ed448PrivateKey.generate().private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)


def test_generated_keys_are_openssh_keys(tmp_path, program):
    line = generate_key(tmp_path / "key")
    assert generate_key(tmp_path / "key") == line  # kept
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    told = subprocess.run(
        [program("ssh-keygen"), "-y", "-f", tmp_path / "key"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.split() == line.split()


@pytest.mark.parametrize(
    ("content", "mode", "says"),
    [
        (None, 0o600, "no such private key"),
        (b"nonsense", 0o600, "is not a private key"),
        (FOREIGN, 0o600, "is neither an ed25519 nor an ECDSA nor an RSA key"),
        (b"\xff\xfe", 0o600, "is not a private key"),
        ("key", 0o644, "can be read by others"),
    ],
)
def test_a_key_file_that_will_not_do(tmp_path, content, mode, says):
    path = tmp_path / "key"
    if content == "key":
        generate_key(path)
    elif content is not None:
        path.write_bytes(content)
    if path.exists():
        path.chmod(mode)
    with pytest.raises(SettingsError, match=says):
        connect(Connection(host="127.0.0.1", user="x", key_file=path, fingerprints=(PIN,)))


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
@pytest.mark.parametrize("written", ["RFC4716", "PEM", "PKCS8"])
def test_a_key_with_a_passphrase(tmp_path, program, kind, written):
    """As OpenSSH writes it, and as OpenSSL does."""
    path = tmp_path / "key"
    subprocess.run(
        [program("ssh-keygen"), "-q", "-t", kind, "-m", written, "-N", WORD, "-f", path],
        check=True, timeout=600,
    )  # fmt: skip
    public = path.with_suffix(".pub").read_text().split()[1]
    assert load_client_key(path, SecretStr(WORD)).get_base64() == public
    with pytest.raises(SettingsError, match="is not a private key that its passphrase opens"):
        load_client_key(path, SecretStr(WORD + " "))
    with pytest.raises(SettingsError, match=r"needs a passphrase \(name its secret"):
        load_client_key(path)


#: The key file, the secret's value, and what is said of it.
PASSPHRASES = {
    "right": (WORD, WORD, None),
    "wrong": (WORD, "another", "key: is not a private key that its passphrase opens"),
    "unknown": (WORD, None, f"{NAME}: there is no such secret"),
    "empty": (WORD, "", f"secret {NAME}, RECUPERO_SECRET_{NAME}: is empty"),
    "for an open key": ("", WORD, "key: is not encrypted, but a passphrase is named"),
}


@pytest.mark.parametrize("what", PASSPHRASES)
def test_a_passphrase_by_name(tmp_path, program, monkeypatch, what):
    locked, value, refusal = PASSPHRASES[what]
    path = tmp_path / "key"
    subprocess.run(
        [program("ssh-keygen"), "-q", "-t", "ed25519", "-N", locked, "-f", path],
        check=True, timeout=600,
    )  # fmt: skip
    if value is not None:
        monkeypatch.setenv(f"RECUPERO_SECRET_{NAME}", value)
    strict = Strict(["publickey"], path.with_suffix(".pub").read_text(), "")
    with strict_server(tmp_path, strict) as (port, fingerprint):
        connection = Connection(
            host="127.0.0.1", port=port, user="x", key_file=path, passphrase=NAME,
            fingerprints=(fingerprint,), deadline_seconds=60,
        )  # fmt: skip
        if refusal is None:
            connect(connection).close()
            assert strict.shown == ["publickey"]
            return
        with pytest.raises(SettingsError) as refused:
            connect(connection)
    assert refusal in str(refused.value)
    told = "".join(traceback.format_exception(refused.value)) + repr(refused.value)
    assert not value or value not in told
    assert strict.shown == []


def test_the_master_key_is_made_once_and_kept_private(tmp_path):
    path = tmp_path / "new" / "master.key"
    key = make_master_key(path)
    assert len(key) == 32
    assert make_master_key(path) == load_master_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.listdir(path.parent) == ["master.key"]


@pytest.mark.parametrize(
    ("content", "mode", "says"),
    [
        (b"ab" * 32, 0o640, "can be read by others"),
        (b"ab" * 32, 0o604, "can be read by others"),
        (b"ab" * 31, 0o600, "64 hexadecimal"),
        (b"zz" * 32, 0o600, "64 hexadecimal"),
        (bytes(range(224, 256)), 0o600, "is not a master key"),
        (None, 0o600, "no such"),
    ],
)
def test_a_master_key_that_will_not_do(tmp_path, content, mode, says):
    path = tmp_path / "master.key"
    if content is not None:
        path.write_bytes(content)
        path.chmod(mode)
    with pytest.raises(SettingsError, match=says):
        load_master_key(path)
