"""Papers that leave encrypted: made once, kept, and the only thing that ever lies over there."""

from __future__ import annotations

import itertools
import os
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

import pytest
from pydantic import SecretStr
from pysequoia import Cert, Tsk

from deployments.cli.guide import guide
from recupero.errors import SettingsError
from recupero.exchange.pgp import PgpKeys
from recupero.profiles.load import parse_profile
from recupero.steps.anchor import anchor
from recupero.steps.decide_delivery import decide_delivery
from recupero.steps.deliver import Delivered, deliver_documents
from recupero.steps.retain import foresee, retain
from recupero.steps.services import AGENCY
from recupero.steps.standing import standing
from recupero.steps.tracing import trace
from recupero.steps.verify import verify
from recupero.store import outgoing
from recupero.store.embedded import Addresses
from recupero.store.tables import delivery_attempt, document, encrypted_document, erasure
from tests.edges.one_bank import Bank, profile_text, services_for
from tests.edges.sealing_bank import Sender
from tests.edges.waiting_papers import MON, NIGHT, deliver, hidden, killed, outbox, papers

KEY, NEW = (Tsk.generate(user_id=name) for name in ("bank", "new"))
PLAIN = b"uno.pdf" * 100
#: Past a month after Monday.
LATER = date(2026, 12, 24)
KEEPING = "[retention.papers]\nacknowledgement = 1\ncertificate = 1\n"
_CODES = (f"cifrada-{number}" for number in itertools.count(1))


def encrypting(code: str, *, encrypt: bool = True, more: str = "") -> str:
    text = profile_text(code) + more
    return text.replace("[policy]", f"encrypt_papers = {str(encrypt).lower()}\n[policy]", 1)


def certify(bank: Bank, *certificates: Cert) -> None:
    """Name *certificates* in the institution's connection."""
    path = bank.services.connection_file(bank.code)
    names = [f"{number}.asc" for number, _ in enumerate(certificates)]
    for name, certificate in zip(names, certificates, strict=True):
        (path.parent / name).write_text(str(certificate))
    pgp = f"[pgp]\ncertificates = {names}\n" if names else ""
    path.write_text(path.read_text().partition("[pgp]")[0] + pgp)


def declare(bank: Bank, text: str) -> None:
    """From now on the profile is *text*."""
    profile = parse_profile(text.encode(), f"{bank.code}.toml")
    bank.services = replace(bank.services, profiles={**bank.services.profiles, bank.code: profile})


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path) -> Sender:
    """Its papers leave encrypted, the agency's own do not."""
    code = next(_CODES)
    text = encrypting(code, more=KEEPING)
    bank = Sender(services_for(tmp_path, migrated, code, text=text), code)
    Bank(bank.services, AGENCY)
    certify(bank, KEY.extract_certificate())
    return bank


def there(bank: Bank) -> list[str]:
    return sorted(os.listdir(outbox(bank, bank.code)))


def opened(bank: Bank, name: str = "uno.pdf.pgp", key: Tsk = KEY) -> bytes:
    """What the institution reads."""
    message = (outbox(bank, bank.code) / name).read_bytes()
    return PgpKeys((SecretStr(str(key)),)).decrypted(message, 1 << 20).content


def proven(bank: Bank) -> None:
    assert verify(bank.services, bank.code).findings == ()


def test_the_institution_opens_exactly_the_paper(bank: Bank) -> None:
    bank.place(MON, {"A": (1000,)})
    assert deliver(bank).sent == 2
    with bank.services.store.unit(bank.code) as unit:
        made = outgoing.documents(unit)
    assert there(bank) == [f"{one.name}.pgp" for one in made]
    for one in made:
        assert opened(bank, f"{one.name}.pgp") == bank.services.vault.get(bank.code, one.address)
    assert deliver(bank) == Delivered(0, 0, 0)
    assert bank.stored(encrypted_document).height == 2
    assert verify(bank.services, bank.code, deep=True).findings == ()
    [told] = trace(bank.services, bank.code, made[0].name)[0].sections["encrypted"]
    assert told["recipients"] == KEY.extract_certificate().fingerprint
    assert "cifradas para su clave" in "".join(guide(bank.services.profile(bank.code)))


def test_what_goes_to_the_agency_leaves_as_its_own_profile_says(bank: Bank) -> None:
    papers(bank, ("uno.pdf", AGENCY, False))
    assert deliver(bank) == Delivered(1, 0, 0)
    assert (outbox(bank) / "uno.pdf").read_bytes() == PLAIN


# --- killed, and run again ---


#: Where a run is killed, and how many are made then: a second one only where the first had not
#: come into the vault, which places an object's key and then the object.
POINTS = {
    ("before vault.place", 1): 2,
    ("after vault.place", 1): 2,
    ("after vault.place", 2): 1,
    ("before folder.write", 1): 1,
    ("after folder.write", 1): 1,
    ("before folder.rename", 1): 1,
    ("after folder.rename", 1): 1,
}


def test_killed_anywhere_one_is_delivered_and_nothing_is_left(bank: Bank) -> None:
    for number, ((point, which), made) in enumerate(POINTS.items()):
        name = f"{number}.pdf"
        [paper] = papers(bank, (name, bank.code, False), subject=name)
        with killed(point, which):
            deliver(bank)
        left = [path.read_bytes() for path in outbox(bank, bank.code).iterdir()]
        assert name.encode() * 2 not in b"".join(left), point
        proven(bank)
        told = deliver(bank)
        assert told.sent + told.already == 1
        assert opened(bank, f"{name}.pgp") == name.encode() * 100
        rows = bank.stored(encrypted_document).filter(document_id=paper.document_id)
        assert rows.height == made, point
        assert deliver(bank) == Delivered(0, 0, 0)
    assert there(bank) == [f"{number}.pdf.pgp" for number in range(len(POINTS))]
    proven(bank)


@pytest.mark.parametrize("resent", [False, True])
def test_taken_before_the_reply_it_is_uncertain_and_sent_again_it_is_the_same(
    bank: Bank, resent: bool
) -> None:
    papers(bank, ("uno.pdf", bank.code, False))
    with killed("after folder.rename"):
        deliver(bank)
    taken = outbox(bank, bank.code) / "uno.pdf.pgp"
    first = taken.read_bytes()
    taken.unlink()
    certify(bank, NEW.extract_certificate())
    assert deliver(bank) == Delivered(0, 0, 0, uncertain=1)
    with bank.services.store.unit(bank.code) as unit:
        [paper] = outgoing.documents(unit)
    decision = "resent" if resent else "arrived"
    decide_delivery(bank.services, bank.code, paper, decision, "Ana", MON, NIGHT)
    assert [(outbox(bank, bank.code) / name).read_bytes() for name in there(bank)] == (
        [first] if resent else []
    )
    assert bank.stored(encrypted_document).height == 1
    proven(bank)


def test_for_another_certificate_it_is_made_anew_while_nobody_can_have_seen_it(bank: Bank) -> None:
    papers(bank, ("uno.pdf", bank.code, False))
    with killed("after folder.write"):
        deliver(bank)
    certify(bank, NEW.extract_certificate())
    assert deliver(bank) == Delivered(1, 0, 0)
    assert (there(bank), opened(bank, key=NEW)) == (["uno.pdf.pgp"], PLAIN)
    proven(bank)


# --- nobody to encrypt for ---


def revoked() -> Cert:
    certificate = KEY.extract_certificate()
    return Cert.from_bytes(bytes(certificate) + bytes(certificate.revoke(KEY.certifier())))


def test_without_a_certificate_in_force_nothing_leaves_and_others_get_theirs(bank: Bank) -> None:
    papers(bank, ("uno.pdf", bank.code, False), ("dos.pdf", AGENCY, False))
    expires = Tsk.generate(user_id="short", validity_seconds=9).extract_certificate()
    in_a_while = datetime.combine(date(2999, 1, 1), time())
    for certificates, now in (((), NIGHT), ((revoked(),), NIGHT), ((expires,), in_a_while)):
        certify(bank, *certificates)
        with pytest.raises(SettingsError, match=rf"{bank.code}\.toml: pgp\.certificates: "):
            deliver_documents(bank.services, bank.code, MON, now)
        assert (there(bank), os.listdir(outbox(bank))) == ([], ["dos.pdf"])
    assert standing(bank.services, bank.code).undelivered == ["uno.pdf"]
    certify(bank, KEY.extract_certificate())
    assert deliver(bank) == Delivered(1, 0, 0)
    assert opened(bank) == PLAIN
    proven(bank)


# --- the profile changes ---


def test_begun_in_plain_it_is_not_shown_once_it_has_to_be_encrypted(bank: Bank) -> None:
    """In place it had arrived; else somebody asks, and what is sent again is encrypted."""
    declare(bank, encrypting(bank.code, encrypt=False))
    papers(bank, ("uno.pdf", bank.code, False))
    with killed("before folder.rename"):
        deliver(bank)
    assert there(bank) == [hidden("uno.pdf")]
    declare(bank, encrypting(bank.code))
    assert deliver(bank) == Delivered(0, 0, 0, uncertain=1)
    assert there(bank) == []
    with bank.services.store.unit(bank.code) as unit:
        [paper] = outgoing.documents(unit)
    for point in ("after vault.place", "after folder.rename"):
        with killed(point):
            decide_delivery(bank.services, bank.code, paper, "resent", "Ana", MON, NIGHT)
        proven(bank)
    decide_delivery(bank.services, bank.code, paper, "resent", "Ana", MON, NIGHT)
    assert (there(bank), opened(bank)) == (["uno.pdf.pgp"], PLAIN)
    proven(bank)


def test_begun_encrypted_it_stays_so(bank: Bank) -> None:
    papers(bank, ("uno.pdf", bank.code, False))
    with killed("before folder.rename"):
        deliver(bank)
    declare(bank, encrypting(bank.code, encrypt=False))
    assert deliver(bank) == Delivered(1, 0, 0)
    assert (there(bank), opened(bank)) == (["uno.pdf.pgp"], PLAIN)


# --- proof, and its end ---


def test_what_left_has_to_be_there(bank: Bank) -> None:
    papers(bank, ("uno.pdf", bank.code, False))
    deliver(bank)
    [address] = bank.stored(encrypted_document)["address"]
    folder = bank.services.settings.home / "vault" / bank.code / "objects" / address[:2]
    (folder / address).unlink()
    [(name, found)] = verify(bank.services, bank.code).findings
    assert (name, found.object) == ("vault", f"vault object {address}")


def test_past_its_retention_both_forms_go(bank: Bank) -> None:
    bank.place(MON, {"A": (1000,)})
    anchor(bank.services, bank.code, MON)
    deliver(bank)
    addresses = {
        *bank.stored(document).filter(kind="acknowledgement_csv")["address"],
        *bank.stored(document).filter(kind="acknowledgement_pdf")["address"],
    }
    ids = bank.stored(document).filter(business_date=MON).sort("kind")
    acknowledged = ids.filter(ids["kind"].str.starts_with("acknowledgement"))["document_id"]
    left = bank.stored(encrypted_document)
    encrypted = set(left.filter(left["document_id"].is_in(acknowledged.implode()))["address"])
    assert len(addresses) == len(encrypted) == 2
    seen = foresee(bank.services, bank.code, LATER)
    assert (seen.due, seen.objects) == ({"papers.acknowledgement": 2}, 4)
    done = retain(bank.services, bank.code, LATER)
    assert (done.due, done.objects) == (seen.due, 4)
    kept = set(bank.services.vault.addresses(bank.code))
    assert kept.isdisjoint(addresses | encrypted)
    assert set(bank.stored(delivery_attempt)["address"]) > encrypted
    assert set(bank.stored(erasure)["address"]) == addresses
    told = verify(bank.services, bank.code, deep=True)
    assert (told.findings, told.past_retention) == ((), {"papers.acknowledgement": 2})


def test_what_the_institution_sent_back_is_kept_as_its_file(bank: Sender) -> None:
    """The paper's time is over; its encrypted bytes are now a file's too, which has none."""
    bank.place(MON, {"A": (1000,)})
    anchor(bank.services, bank.code, MON)
    deliver(bank)
    [name, *_] = [one for one in there(bank) if one.startswith("ACUSE")]
    sent_back = (outbox(bank, bank.code) / name).read_bytes()
    assert bank.send(name, sent_back) == {name: "refused"}
    assert foresee(bank.services, bank.code, LATER).objects == 3
    assert retain(bank.services, bank.code, LATER).objects == 3
    rows = bank.stored(encrypted_document)["address"]
    kept = set(rows) & set(bank.services.vault.addresses(bank.code))
    assert sent_back in [bank.services.vault.get(bank.code, address) for address in kept]
    assert verify(bank.services, bank.code, deep=True).findings == ()
