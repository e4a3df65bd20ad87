"""Whom papers are encrypted for: certificates with an encryption key in force, all of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr
from pysequoia import Cert, Tsk
from pysequoia.packet import PacketPile

from recupero.errors import SettingsError
from recupero.exchange.connection import load_connection
from recupero.exchange.pgp import PgpKeys
from recupero.exchange.pgp_recipients import recipients

TODAY = date(2026, 11, 23)
PLAIN = b"1;2;3\n"
BANK, OLD = (Tsk.generate(user_id=name) for name in ("bank", "old"))
THEIRS = BANK.extract_certificate()
TAKEN_BACK = Cert.from_bytes(bytes(THEIRS) + bytes(THEIRS.revoke(BANK.certifier())))
SIGNS_ONLY = Cert.from_packets(list(PacketPile.from_bytes(bytes(THEIRS)))[:6])
#: By gpg: a certificate for ever, its encryption key until 2030; the same with that key revoked;
#: and another that is bound by SHA-1.
UNTIL_2030 = """\
-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEXgvhABYJKwYBBAHaRw8BAQdAzewYU1UBaaPi4vLVdPuQ/SQ3tItS1y84uPPZ
GRVuHOy0BWJhbmNviJAEExYIADgWIQQNruLhPsa5i5+8wQSHkxAtl0OnMAUCXgvh
AAIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAKCRCHkxAtl0OnMOm8AQCxM5zA
0sxApQ3dRhHKs6vzGq7M2LR08PJ72uGAKTcuPwD6AoC786+UH9YnoTtOu+LIaiWc
fpHXl782jZBM9P/W+gq4OAReDTKAEgorBgEEAZdVAQUBAQdAJcgzLPMwNHNUwNy+
ueH3BmJ7yGIFvWFlEYtx8xtlSXEDAQgHiH4EGBYIACYWIQQNruLhPsa5i5+8wQSH
kxAtl0OnMAUCXg0ygAIbDAUJEs9OwAAKCRCHkxAtl0OnMJjoAP9dv74Yuaq4B8i7
wRik3zhAARBrzWu04dl3Q3Tt5RnXjwD9GlMK3w2jKtqtPQ6RHNvRl2CK+LkGBH7E
uQ89+Tw5IwI=
=oCqn
-----END PGP PUBLIC KEY BLOCK-----
"""
KEY_REVOKED = """\
-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEXgvhABYJKwYBBAHaRw8BAQdAzewYU1UBaaPi4vLVdPuQ/SQ3tItS1y84uPPZ
GRVuHOy0BWJhbmNviJAEExYIADgWIQQNruLhPsa5i5+8wQSHkxAtl0OnMAUCXgvh
AAIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAKCRCHkxAtl0OnMOm8AQCxM5zA
0sxApQ3dRhHKs6vzGq7M2LR08PJ72uGAKTcuPwD6AoC786+UH9YnoTtOu+LIaiWc
fpHXl782jZBM9P/W+gq4OAReDTKAEgorBgEEAZdVAQUBAQdAJcgzLPMwNHNUwNy+
ueH3BmJ7yGIFvWFlEYtx8xtlSXEDAQgHiHgEKBYIACAWIQQNruLhPsa5i5+8wQSH
kxAtl0OnMAUCXg6EAAIdAAAKCRCHkxAtl0OnMKjHAQC101MTNcUc2QCFDn1nOLJ/
WJGJMUy6cpQFavB0JuACZwD/fZPAMv4RpNvZa8mtFSHEjPWn2BlndJBNI/feMk7W
/QqIfgQYFggAJhYhBA2u4uE+xrmLn7zBBIeTEC2XQ6cwBQJeDTKAAhsMBQkSz07A
AAoJEIeTEC2XQ6cwmOgA/12/vhi5qrgHyLvBGKTfOEABEGvNa7Th2XdDdO3lGdeP
AP0aUwrfDaMq2q09DpEc29GXYIr4uQYEfsS5Dz35PDkjAg==
=CjJI
-----END PGP PUBLIC KEY BLOCK-----
"""
BY_SHA_1 = """\
-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawMeOxYJKwYBBAHaRw8BAQdAvKQ8o8mh2ODhf3EIKgZPPjcXtT45IVuDDPgr
J7M4pee0BWJhbmNviJAEExYCADgWIQSHWsMgj4afWHEaAGZImUZgW1W3GAUCawMe
OwIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIXgAAKCRBImUZgW1W3GAxEAQCaL9ro
Zr+bIOfK6zygCVtjzQ+q0SGSUFFyErJrbYNlpgEA+2KWO4QpAgfltUKzA6AfkZ0K
NUau/wN2ILWYfIu97AS4OARrAx4+EgorBgEEAZdVAQUBAQdA32TgaQKt+rJ6ziIw
k7HAewDiG/S3Ad06SmXjfqMZ93UDAQgHiHgEGBYCACAWIQSHWsMgj4afWHEaAGZI
mUZgW1W3GAUCawMePgIbDAAKCRBImUZgW1W3GLQiAP94f+tpBh7J2vrmglgeyoTw
forOPogZg4am48EFc8M+vAD9H5Zi/oIFgipMoihAy00cto1su8qvSxDzbdsPoveK
2AE=
=hAyG
-----END PGP PUBLIC KEY BLOCK-----
"""


def open_with(key: Tsk, message: bytes) -> bytes:
    return PgpKeys((SecretStr(str(key)),)).decrypted(message, 1 << 20).content


def test_each_of_those_in_force_opens_it() -> None:
    both = recipients([str(THEIRS), str(OLD.extract_certificate())], TODAY)
    made = both.encrypted(PLAIN)
    assert [open_with(key, made) for key in (BANK, OLD)] == [PLAIN] * 2
    assert PLAIN not in made
    assert set(both.fingerprints) == {THEIRS.fingerprint, OLD.extract_certificate().fingerprint}


@pytest.mark.parametrize(
    ("certificate", "today"),
    [
        (str(TAKEN_BACK), TODAY),
        (str(Tsk.generate(user_id="short", validity_seconds=1).extract_certificate()), date.max),
        (str(SIGNS_ONLY), TODAY),
        (KEY_REVOKED, TODAY),
        (UNTIL_2030, date(2030, 1, 1)),
        (BY_SHA_1, TODAY),
    ],
    ids=["revoked", "expired", "signs only", "its key revoked", "its key expired", "outdated"],
)
def test_one_that_is_not_in_force_is_used_for_nothing(certificate: str, today: date) -> None:
    """Which the library does not ask of all: it would encrypt for the first two and the fifth."""
    with pytest.raises(SettingsError, match=r"pgp\.certificates.*no certificate .* is in force"):
        recipients([certificate], today)
    other = OLD.extract_certificate()
    assert recipients([certificate, str(other)], today).fingerprints == (other.fingerprint,)


def test_an_encryption_key_counts_to_its_own_end() -> None:
    assert len(recipients([UNTIL_2030], date(2029, 12, 30)).fingerprints) == 1


@pytest.mark.parametrize(
    ("given", "refusal"), [((), "no certificate"), (("none",), "a certificate is none")]
)
def test_nobody_to_encrypt_for(given: tuple[str, ...], refusal: str) -> None:
    with pytest.raises(SettingsError, match=refusal):
        recipients(given, TODAY)


def test_without_a_key_of_ours_nothing_comes_encrypted_but_papers_may_leave_so(
    tmp_path: Path,
) -> None:
    (tmp_path / "bank.asc").write_text(str(THEIRS))
    path = tmp_path / "bank.toml"
    path.write_text('host = "folder:///srv"\n[pgp]\ncertificates = ["bank.asc"]\n')
    files = load_connection(path).pgp
    assert files is not None
    assert (files.key_files, files.recipients(TODAY).fingerprints) == ((), (THEIRS.fingerprint,))
