"""Key files: made whole and private, refused otherwise."""

import os
import subprocess

import pytest

from recupero.errors import SettingsError
from recupero.exchange.connection import Connection, connect
from recupero.exchange.keys import generate_key
from recupero.exchange.vault import load_master_key, make_master_key

PIN = "SHA256:" + "A" * 43


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
