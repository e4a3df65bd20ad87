"""Encrypted files from the inbox to the answer, and what is proven once their key is gone."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pysequoia import Tsk, encrypt

from deployments.cli.verify import _lines
from recupero.errors import Fault, RecuperoError, SettingsError, VaultDamaged
from recupero.exchange.keyring import object_path
from recupero.exchange.pgp import PgpKeys
from recupero.exchange.vault import Vault
from recupero.steps import verify_sealed
from recupero.steps.intake import pending, take_in
from recupero.steps.pull import pull
from recupero.steps.standing import standing
from recupero.steps.unseal import unseal
from recupero.steps.verify import verify
from recupero.store import manifest
from recupero.store.embedded import Addresses
from recupero.store.proof import Finding
from recupero.store.tables import adjustment, recording, reject
from tests.edges.dated_bank import SUN, line
from tests.edges.one_bank import DAYS, profile_text, services_for
from tests.edges.sealed_files import zipped
from tests.edges.sealing_bank import Sender

MON = DAYS[0]
PORTFOLIO = line("A1", SUN, 100_00).encode()
OURS, BANK, OTHER = (Tsk.generate(user_id=name) for name in ("us", "bank", "other"))
_CODES = iter(range(1, 100))


def message(content: bytes, signer: Tsk = BANK, to: Tsk = OURS) -> bytes:
    recipients = [to.extract_certificate()]
    made: bytes = encrypt(content, recipients=recipients, signer=signer.signer(), armor=False)
    return made


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path) -> Sender:
    """A bank of the test's own, with which keys were exchanged."""
    code = f"cifrado-{next(_CODES)}"
    bank = Sender(services_for(tmp_path, migrated, code), code)
    path = bank.services.connection_file(code)
    path.write_text(
        path.read_text() + '[pgp]\nkey_files = ["us.asc"]\ncertificates = ["bank.asc"]\n'
    )
    (path.parent / "us.asc").write_text(str(OURS))
    (path.parent / "us.asc").chmod(0o600)
    (path.parent / "bank.asc").write_text(str(BANK.extract_certificate()))
    return bank


def ours(bank: Sender) -> Path:
    return bank.services.connection_file(bank.code).with_name("us.asc")


def test_signed_packed_and_encrypted(bank: Sender, proven: Callable[[Sender], Sender]) -> None:
    proven(bank)
    assert bank.send("placement_1.gz.pgp", message(gzip.compress(PORTFOLIO))) == {
        "placement_1.gz.pgp": "opened", "placement_1": "booked",
    }  # fmt: skip
    counts = bank.stored(recording).filter(kind="decryption")["counts"]
    assert json.loads(counts[0])["signed_by"] == BANK.extract_certificate().fingerprint
    again = message(zipped(("placement_1", PORTFOLIO)))
    assert bank.send("otro.zip.gpg", again)["placement_1"] == "duplicate"
    assert bank.send("placement_2.pgp", message(PORTFOLIO, signer=OTHER)) == {
        "placement_2.pgp": "refused"
    }
    [head, *_] = bank.answers("placement_2.pgp")
    assert head["regla"] == "pgp_signature"
    assert bank.send("placement_2.pgp", message(PORTFOLIO)) == {
        "placement_2.pgp": "opened", "placement_2": "duplicate",
    }  # fmt: skip


def test_what_was_decrypted_is_proven_without_the_key_and_said_so(bank: Sender) -> None:
    bank.send("placement_1.pgp", message(PORTFOLIO))
    ours(bank).write_text(str(OTHER))  # replaced, and the old one not kept
    proof = verify(bank.services, bank.code, deep=True)
    assert proof.holds
    assert [one.what for one in proof.unproven] == [
        "not opened again: no key here opens it any more"
    ]
    assert _lines("b", proof)[1].startswith("b: not checked: receipt ")
    ours(bank).unlink()
    told = verify(bank.services, bank.code, deep=True).unproven
    assert [one.object.partition(" ")[0] for one in told] == ["encrypted", "receipt"]
    ours(bank).write_text(str(OURS))
    ours(bank).chmod(0o600)
    (ours(bank).with_name("bank.asc")).write_text(str(OTHER.extract_certificate()))
    proof = verify(bank.services, bank.code, deep=True)
    assert (proof.holds, proof.unproven) == (True, ()), "signatures were judged on their day"


def test_what_an_encrypted_file_does_not_hold_is_found(
    bank: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.send("placement_1.pgp", message(PORTFOLIO))
    # As if another file had been written down for it: what comes out hashes to another address.
    monkeypatch.setattr(Vault, "put_pieces", lambda *_: "0" * 64)
    found = verify(bank.services, bank.code, deep=True).findings
    assert ("inputs", "does not hold what was taken from it") in [
        (name, finding.what) for name, finding in found
    ]


def test_one_that_cannot_be_read_again_keeps_no_other_from_being_checked(
    bank: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.send("placement_1.pgp", message(PORTFOLIO))
    bank.send("placement_2.pgp", message(line("A2", SUN, 200_00).encode()))
    with bank.services.store.unit(bank.code) as unit:
        first, second = (
            manifest.receipts_named(unit, f"placement_{number}.pgp")[0] for number in (1, 2)
        )
    get = Vault.get

    def damaged(vault: Vault, institution: str, address: str) -> bytes:
        if address == first.address:
            raise VaultDamaged("does not decrypt", address)
        return get(vault, institution, address)

    monkeypatch.setattr(Vault, "get", damaged)
    monkeypatch.setattr(verify_sealed, "_taken", lambda *_: [])
    found = verify(bank.services, bank.code, deep=True).findings
    assert [(name, finding.object, finding.what) for name, finding in found] == [
        ("inputs", f"receipt {first.receipt_id}", "cannot be opened again: does not decrypt"),
        ("inputs", f"receipt {second.receipt_id}", "does not hold what was taken from it"),
    ]


@pytest.mark.parametrize(
    "error", [SettingsError("a key is none that its passphrase opens"), Fault("decrypting ended")]
)
def test_what_of_ours_keeps_a_file_closed_proves_nothing_against_it(
    bank: Sender, monkeypatch: pytest.MonkeyPatch, error: RecuperoError
) -> None:
    bank.send("placement_1.pgp", message(PORTFOLIO))
    bank.send("placement_2.pgp", message(PORTFOLIO))

    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(PgpKeys, "decrypted", fails)
    proof = verify(bank.services, bank.code, deep=True)
    assert (proof.findings, len(proof.unproven)) == ((), 2)
    assert {one.what for one in proof.unproven} == {f"not opened again: {error}"}


def test_a_part_of_the_deep_check_that_fails_keeps_no_other_from_running(
    bank: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> Iterator[Finding]:
        raise Fault("no such thing", "here")
        yield

    def speaks(*_: object) -> Iterator[Finding]:
        yield Finding("there", "was looked at")

    monkeypatch.setattr("recupero.steps.verify.PARTS", (fails, speaks))
    found = verify(bank.services, bank.code, deep=True).findings
    assert [(one.object, one.what) for _, one in found] == [
        ("here", "no such thing"), ("there", "was looked at"),
    ]  # fmt: skip


def test_keys_that_were_never_exchanged(bank: Sender) -> None:
    path = bank.services.connection_file(bank.code)
    path.write_text(path.read_text().partition("[pgp]")[0])
    assert bank.send("placement_1.pgp", message(PORTFOLIO)) == {"placement_1.pgp": "refused"}
    [head, *_] = bank.answers("placement_1.pgp")
    assert head["regla"] == "pgp_not_agreed"


def test_a_key_of_ours_that_is_missing_refuses_nothing(bank: Sender) -> None:
    bank.put("placement_1.pgp", message(PORTFOLIO))
    pull(bank.services, bank.code, MON)
    ours(bank).rename(ours(bank).with_name("away"))
    with pytest.raises(SettingsError, match="no such PGP key file"):
        unseal(bank.services, bank.code, MON)
    assert (bank.outcomes(), pending(bank.services, bank.code, MON)) == ([], [])
    ours(bank).with_name("away").rename(ours(bank))
    assert unseal(bank.services, bank.code, MON) == 1


def test_one_that_does_not_open_keeps_no_other_file_waiting(bank: Sender) -> None:
    bank.put("a.pgp", message(PORTFOLIO))
    bank.put("b.zip", zipped(("placement_1", PORTFOLIO)))
    bank.put("payment_1", b"T1;A1;1,00;payment;;2026-11-23")
    pull(bank.services, bank.code, MON)
    ours(bank).rename(ours(bank).with_name("away"))
    for opened in ("opened", "nothing"):
        with pytest.raises(SettingsError, match="no such PGP key file"):
            unseal(bank.services, bank.code, MON)
        assert [name for _, name, *_ in bank.outcomes()] == ["b.zip"], opened
    assert standing(bank.services, bank.code).files == {"opened": 1, "pending": 2, "sealed": 1}
    ours(bank).with_name("away").rename(ours(bank))
    assert unseal(bank.services, bank.code, MON) == 1
    assert "sealed" not in standing(bank.services, bank.code).files


def test_rows_about_accounts_that_a_closed_file_may_bring_say_so_and_are_taken_once_it_opened(
    bank: Sender, proven: Callable[[Sender], Sender]
) -> None:
    """Ours is the fault: the institution is not told that the account is none it placed."""
    proven(bank)
    bank.put("placement_1.pgp", message(PORTFOLIO))
    charge = f"M1;A1;charge;{SUN};5,00;0,00;0,00;x".encode()
    bank.put("adjustment_1", charge)
    pull(bank.services, bank.code, MON)
    ours(bank).rename(ours(bank).with_name("away"))
    with pytest.raises(SettingsError, match="no such PGP key file"):
        unseal(bank.services, bank.code, MON)
    [waits] = pending(bank.services, bank.code, MON)
    take_in(bank.services, bank.code, waits, MON)
    [told] = [row for row in bank.answers("adjustment_1") if row["regla"] == "not_opened_yet"]
    assert "aún no pudimos abrir" in told["mensaje"]
    ours(bank).with_name("away").rename(ours(bank))
    assert bank.send("adjustment_1", charge) == {
        "placement_1.pgp": "opened", "placement_1": "booked", "adjustment_1": "booked",
    }  # fmt: skip
    assert bank.stored(adjustment).height == 1
    assert bank.stored(reject)["rule"].to_list() == ["not_opened_yet"]


#: What waits, encrypted, while a row names an account that is not ours; and what that row is told.
WAITING = {
    "placement_1.gz.pgp": "not_opened_yet",
    "anything.zip.pgp": "not_opened_yet",
    "RECHAZOS_placement_1_0123456789ab.csv.pgp": "not_opened_yet",
    "payment_1.pgp": "unknown_account",
    "of_nobody.gz.pgp": "unknown_account",
}


@pytest.mark.parametrize("waiting", WAITING)
def test_only_a_closed_file_that_may_bring_an_account_says_so(bank: Sender, waiting: str) -> None:
    bank.put(waiting, message(PORTFOLIO))
    bank.put("adjustment_1", f"M1;A1;charge;{SUN};5,00;0,00;0,00;x".encode())
    pull(bank.services, bank.code, MON)
    [plain] = pending(bank.services, bank.code, MON)
    take_in(bank.services, bank.code, plain, MON)
    assert bank.stored(reject)["rule"].to_list() == [WAITING[waiting]]


def test_nor_does_one_whose_object_is_damaged(bank: Sender) -> None:
    bank.put("a.zip", zipped(("placement_1", PORTFOLIO)))
    bank.put("b.zip", zipped(("placement_2", line("A2", SUN, 200_00).encode())))
    pull(bank.services, bank.code, MON)
    with bank.services.store.unit(bank.code) as unit:
        [damaged] = manifest.receipts_named(unit, "a.zip")
    path = Path(bank.services.vault.url) / object_path(bank.code, damaged.address)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(VaultDamaged):
        unseal(bank.services, bank.code, MON)
    assert [name for _, name, *_ in bank.outcomes()] == ["b.zip"]


def test_what_is_too_large_is_refused_before_it_is_held(
    bank: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.put("a.pgp", message(PORTFOLIO))
    pull(bank.services, bank.code, MON)
    monkeypatch.setattr("recupero.exchange.container.CONTAINER_BYTES_MAX", 10)
    read: list[str] = []
    monkeypatch.setattr(Vault, "get", lambda _vault, _code, address: read.append(address))
    unseal(bank.services, bank.code, MON)
    assert [rule for *_, rule in bank.outcomes()] == ["container_too_large"]
    with bank.services.store.unit(bank.code) as unit:
        assert list(verify_sealed.check_decryptions(bank.services, unit)) == []
    assert read == []


def test_where_the_profile_demands_no_signature(migrated: Addresses, bank: Sender) -> None:
    text = profile_text(bank.code).replace("[policy]", 'pgp_signature = "optional"\n[policy]')
    home = bank.services.settings.home
    bank.services = services_for(home, migrated, bank.code, text=text)
    assert bank.send("placement_1.pgp", message(PORTFOLIO, signer=OTHER)) == {
        "placement_1.pgp": "opened", "placement_1": "booked",
    }  # fmt: skip
