"""OpenPGP messages made with real keys: what is opened, whose signature counts, what is refused."""

from __future__ import annotations

import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr
from pysequoia import Cert, Tsk, encrypt, sign

from recupero.errors import FileRefused, SettingsError
from recupero.exchange.connection import load_connection
from recupero.exchange.container import open_container
from recupero.exchange.named_secret import NamedSecrets
from recupero.exchange.pgp import Decrypted, PgpKeys
from tests.edges import gpg_messages as gpg

PLAIN = b"1;2;3\n"
ROOM = 1 << 20
OURS, OLD, BANK, OTHER = (Tsk.generate(user_id=name) for name in ("us", "old", "bank", "other"))
TO_US = OURS.extract_certificate()
THEIRS = BANK.extract_certificate()


def secret(key: Tsk) -> SecretStr:
    return SecretStr(str(key))


SIGNED = PgpKeys((secret(OURS),), certificates=(str(THEIRS),))
UNSIGNED = replace(SIGNED, certificates=None)


def message(signer: Tsk | None = BANK, to: Cert = TO_US) -> bytes:
    made: bytes = encrypt(PLAIN, recipients=[to], signer=signer and signer.signer(), armor=False)
    return made


def test_signed_by_the_institution() -> None:
    assert SIGNED.decrypted(message(), ROOM) == Decrypted(PLAIN, THEIRS.fingerprint)


def test_armored() -> None:
    armored: bytes = encrypt(PLAIN, recipients=[TO_US], signer=BANK.signer())
    assert armored.startswith(b"-----BEGIN PGP MESSAGE-----")
    assert SIGNED.decrypted(armored, ROOM).content == PLAIN


def test_while_a_key_or_a_certificate_is_being_replaced() -> None:
    both = replace(
        SIGNED,
        private=(secret(OLD), secret(OURS)),
        certificates=(str(OTHER.extract_certificate()), str(THEIRS)),
    )
    assert both.decrypted(message(), ROOM) == Decrypted(PLAIN, THEIRS.fingerprint)


#: No key to anybody: as one is that was locked with another passphrase.
LOCKED = SecretStr("no key")


@pytest.mark.parametrize("private", [(LOCKED, secret(OURS)), (secret(OURS), LOCKED)])
def test_a_key_that_does_not_open_keeps_no_other_from_opening(
    private: tuple[SecretStr, ...],
) -> None:
    keys = replace(SIGNED, private=private)
    assert keys.decrypted(message(), ROOM).content == PLAIN
    with pytest.raises(SettingsError):  # it may be for that one: that refuses nobody's file
        keys.decrypted(message(to=OTHER.extract_certificate()), ROOM)
    with pytest.raises(FileRefused):
        keys.decrypted(message(OTHER), ROOM)


@pytest.mark.parametrize("signer", [None, BANK, OTHER], ids=["nobody", "the bank", "another"])
def test_where_no_signature_is_demanded_none_is_looked_at(signer: Tsk | None) -> None:
    assert UNSIGNED.decrypted(message(signer), ROOM) == Decrypted(PLAIN)


def revoked() -> str:
    """The institution's certificate since it took it back."""
    taken_back = bytes(THEIRS) + bytes(THEIRS.revoke(BANK.certifier()))
    return str(Cert.from_bytes(taken_back))


REFUSED: dict[str, tuple[PgpKeys, bytes, str]] = {
    "unsigned": (SIGNED, message(None), "pgp_unsigned"),
    "signed by another": (SIGNED, message(OTHER), "pgp_signature"),
    "signed by one that was revoked": (
        replace(SIGNED, certificates=(revoked(),)), message(), "pgp_signature"),
    "for another key": (SIGNED, message(to=OTHER.extract_certificate()), "pgp_not_for_us"),
    "for a password": (
        SIGNED, encrypt(PLAIN, passwords=["x"], signer=BANK.signer()), "pgp_not_for_us"),
    "cut off": (SIGNED, message()[:-40], "pgp_damaged"),
    "one bit changed": (
        SIGNED, bytes((*message()[:-30], message()[-30] ^ 1, *message()[-29:])), "pgp_damaged"),
    "garbage after it": (SIGNED, message() + b"junk", "pgp_damaged"),
    "no message at all": (SIGNED, PLAIN, "pgp_damaged"),
    "nothing": (SIGNED, b"", "pgp_damaged"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case: str) -> None:
    keys, sent, rule = REFUSED[case]
    with pytest.raises(FileRefused) as refused:
        keys.decrypted(sent, ROOM)
    assert refused.value.rule == rule
    assert refused.value.mend


GPG = PgpKeys((SecretStr(gpg.OUR_KEY),), certificates=(gpg.THEIR_CERTIFICATE,))


def test_what_gnupg_writes() -> None:
    """Its usual message packs the signature into compressed data, where it is not found."""
    signed = GPG.decrypted(gpg.SIGNED_UNCOMPRESSED.encode(), ROOM)
    assert signed == Decrypted(PLAIN, Cert.from_bytes(gpg.THEIR_CERTIFICATE.encode()).fingerprint)
    unsigned = replace(GPG, certificates=None)
    assert unsigned.decrypted(gpg.SIGNED_AS_USUAL.encode(), ROOM) == Decrypted(PLAIN)
    story = {
        gpg.SIGNED_AS_USUAL: "pgp_signature_packed",
        gpg.COMPRESSED_UNSIGNED: "pgp_unsigned",
        gpg.WITHOUT_INTEGRITY: "pgp_outdated",
    }
    for sent, rule in story.items():
        with pytest.raises(FileRefused) as refused:
            GPG.decrypted(sent.encode(), ROOM)
        assert refused.value.rule == rule


def bomb(mebibytes: int) -> bytes:
    """A message of zeros as compressed data; the part that expands needs no key."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = b"b\0" + bytes(4) + bytes(mebibytes << 20)
    literal = b"\xcb\xff" + len(content).to_bytes(4, "big") + content
    packed = b"\x01" + packer.compress(literal) + packer.flush()
    return b"\xc8\xff" + len(packed).to_bytes(4, "big") + packed


def test_a_compressed_message_that_grows_too_much() -> None:
    sent = bomb(20)
    assert len(UNSIGNED.decrypted(sent, 20 << 20).content) == 20 << 20
    with pytest.raises(FileRefused) as refused:
        UNSIGNED.decrypted(sent, (20 << 20) - 1)
    assert refused.value.rule == "expands_too_far"
    with pytest.raises(FileRefused) as refused:
        open_container("A.csv.pgp", sent, UNSIGNED)
    assert refused.value.rule == "expands_too_far"


def test_a_message_too_large_to_hold_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recupero.exchange.container.CONTAINER_BYTES_MAX", 1 << 20)
    with pytest.raises(FileRefused) as refused:
        open_container("A.csv.pgp", bomb(2), UNSIGNED)
    assert refused.value.rule == "container_too_large"


def test_layers_are_opened_from_outside_in() -> None:
    packed: bytes = encrypt(
        zlib.compress(PLAIN, wbits=31), recipients=[TO_US], signer=BANK.signer(), armor=False
    )
    opened = open_container("CARTERA.csv.gz.PGP", packed, SIGNED)
    assert [(one.name, b"".join(one.pieces)) for one in opened.members] == [("CARTERA.csv", PLAIN)]
    assert opened.signers == (THEIRS.fingerprint,)


def test_encrypted_where_nothing_was_agreed() -> None:
    with pytest.raises(FileRefused) as refused:
        open_container("CARTERA.csv.gpg", message())
    assert refused.value.rule == "pgp_not_agreed"


def test_a_message_only_signed_counts_where_the_signature_does() -> None:
    assert SIGNED.decrypted(sign(BANK.signer(), PLAIN), ROOM).signer == THEIRS.fingerprint


@pytest.mark.parametrize(
    ("keys", "where"),
    [
        (replace(SIGNED, private=(SecretStr("no key"),)), "pgp.key_files"),
        (replace(SIGNED, certificates=("none",)), "pgp.certificates"),
    ],
)
def test_a_fault_of_ours_refuses_nobodys_file(keys: PgpKeys, where: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        keys.decrypted(message(), ROOM)
    assert wrong.value.where == where


CONNECTION = 'host = "folder:///srv/banco"\n[pgp]\nkey_files = ["us.asc"]\n'


def written(folder: Path, text: str = CONNECTION) -> Path:
    (folder / "us.asc").write_text(str(OURS))
    (folder / "us.asc").chmod(0o600)
    (folder / "banco.asc").write_text(str(THEIRS))
    path = folder / "banco.toml"
    path.write_text(text)
    return path


def test_keys_and_certificates_lie_beside_the_connection(tmp_path: Path) -> None:
    files = load_connection(written(tmp_path, CONNECTION + 'certificates = ["banco.asc"]\n')).pgp
    assert files is not None
    keys = files.keys(NamedSecrets(), signed=True)
    assert keys.decrypted(message(), ROOM).signer == THEIRS.fingerprint
    assert str(OURS) not in repr(keys)
    assert files.keys(NamedSecrets(), signed=False).certificates is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("pgp = 1", "banco.toml: pgp: must be a table"),
        ("[pgp]\n", "banco.toml: pgp.key_files: must list files"),
        ('[pgp]\nkey_files = "us.asc"', "banco.toml: pgp.key_files: must list files"),
        ("[pgp]\nkey_files = []", "banco.toml: pgp.key_files: must list files"),
        ('[pgp]\nkey = "x"', "banco.toml: pgp.key: is not a setting of PGP"),
        ('[pgp]\nkey_files = ["a"]\ncertificates = [1]', "pgp.certificates: must list files"),
        ('[pgp]\nkey_files = ["a"]\npassphrase = "hunter2"', "must be the NAME of a secret"),
    ],
)
def test_a_connection_that_contradicts_itself(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        load_connection(written(tmp_path, f'host = "folder:///srv/banco"\n{text}\n'))
    assert told in str(wrong.value)
    assert "hunter2" not in str(wrong.value)


def test_files_that_are_not_what_the_connection_says(tmp_path: Path) -> None:
    files = load_connection(written(tmp_path, CONNECTION + 'certificates = ["us.asc"]\n')).pgp
    assert files is not None
    with pytest.raises(SettingsError, match="the profile demands a signature"):
        replace(files, certificates=()).keys(NamedSecrets(), signed=True)
    with pytest.raises(SettingsError, match="no armored PGP public key"):
        files.keys(NamedSecrets(), signed=True)
    (tmp_path / "us.asc").chmod(0o644)
    with pytest.raises(SettingsError, match="can be read by others"):
        replace(files, certificates=()).keys(NamedSecrets(), signed=False)
    (tmp_path / "us.asc").unlink()
    with pytest.raises(SettingsError, match="no such PGP key file"):
        replace(files, certificates=()).keys(NamedSecrets(), signed=False)
