"""Sealed files from the inbox to the answer: what is in them is taken as if it had come itself."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from recupero.exchange import container
from recupero.exchange.zip_archive import members_of
from recupero.profiles.load import parse_profile
from recupero.steps import unseal as step
from recupero.steps.intake import pending
from recupero.steps.pull import pull
from recupero.steps.tracing import trace
from recupero.steps.unseal import unseal
from recupero.steps.verify import verify
from recupero.store import manifest, outgoing
from recupero.store.embedded import Addresses
from recupero.store.tables import receipt_outcome
from tests.edges.dated_bank import SUN, line, told
from tests.edges.one_bank import DAYS, profile_text, services_for
from tests.edges.sealed_files import zipped
from tests.edges.sealing_bank import Sender

MON, TUE, *_ = DAYS
PORTFOLIO = line("A1", SUN, 100_00).encode()
PAYMENT = told("A1", "P1", MON, 40_00).encode()
BOTH = (("placement_1", PORTFOLIO), ("payment_1", PAYMENT))
_CODES = iter(range(1, 100))


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path) -> Sender:
    """A bank of the test's own."""
    code = f"sellado-{next(_CODES)}"
    return Sender(services_for(tmp_path, migrated, code), code)


@pytest.fixture
def proven_bank(bank: Sender, proven: Callable[[Sender], Sender]) -> Sender:
    """At the end all of it is proven from the files, deep: a line of the story is enough."""
    return proven(bank)


def test_a_zip_of_portfolio_and_payments(proven_bank: Sender) -> None:
    bank = proven_bank
    assert bank.send("envio.zip", zipped(*BOTH)) == {
        "envio.zip": "opened", "payment_1": "booked", "placement_1": "booked",
    }  # fmt: skip
    bank.settle(MON)
    assert bank.balances() == {"A1": {"principal": 60_00}}
    head, _chain, *rest = bank.answers("envio.zip")
    assert (head["concepto"], head["filas"]) == ("opened", "0")
    assert [(row["concepto"], row["valor"]) for row in rest if row["registro"] == "contenido"] == [
        ("payment_1", hashlib.sha256(PAYMENT).hexdigest()),
        ("placement_1", hashlib.sha256(PORTFOLIO).hexdigest()),
    ]
    of_member = bank.answers("payment_1")
    assert of_member[0]["concepto"] == "booked"
    [inside] = [row["concepto"] for row in of_member if row["registro"] == "dentro_de"]
    assert inside == "envio.zip"


def test_the_same_content_again_is_a_duplicate_however_it_is_packed(proven_bank: Sender) -> None:
    bank = proven_bank
    bank.send("envio.zip", zipped(*BOTH))
    twice = {"payment_1": "duplicate", "placement_1": "duplicate"}
    story: list[tuple[str, bytes, dict[str, str]]] = [
        ("payment_2", PAYMENT, {"payment_2": "duplicate"}),
        ("payment_3.gz", gzip.compress(PAYMENT),
         {"payment_3.gz": "opened", "payment_3": "duplicate"}),
        ("otro.zip", zipped(*BOTH, method=0), {"otro.zip": "opened", **twice}),
        ("envio.zip", zipped(*BOTH), {}),
    ]  # fmt: skip
    for name, content, became in story:
        assert bank.send(name, content) == became
    for name in ("payment_2", "payment_3", "payment_1"):
        [head, *_] = bank.answers(name)
        assert (head["concepto"], head["mensaje"]) == ("duplicate", "payment_1")


def test_a_damaged_container_is_refused_and_the_mended_one_taken(bank: Sender) -> None:
    whole = zipped(*BOTH)
    assert bank.send("envio.zip", whole[:-30]) == {"envio.zip": "refused"}
    [head, *_] = bank.answers("envio.zip")
    assert (head["concepto"], head["regla"]) == ("refused", "damaged_container")
    assert head["mensaje"] == "El archivo no es un zip, o está cortado o dañado."
    assert head["que_hacer"] == "Genérelo y envíelo otra vez."
    assert len(bank.services.vault.addresses(bank.code)) == len(named(bank)), "nothing of it stays"
    assert bank.send("envio.zip", whole)["payment_1"] == "booked"


def named(bank: Sender) -> set[str]:
    """What the vault should hold: files, papers and inputs of runs."""
    with bank.services.store.unit(bank.code) as unit:
        named = {one.address for one in outgoing.documents(unit)}
        named |= {one.address for one in manifest.all_receipts(unit)}
        rows = unit.connection.exec_driver_sql("SELECT address FROM run_input").scalars()
        return named | set(rows)


def test_one_bad_member_spoils_the_container_one_bad_file_only_itself(bank: Sender) -> None:
    assert bank.send("uno.zip", zipped(*BOTH, (".oculto", b"x"))) == {"uno.zip": "refused"}
    became = bank.send("dos.zip", zipped(*BOTH, ("desconocido", b"x"), ("placement_2", PORTFOLIO)))
    assert became == {
        "dos.zip": "opened", "desconocido": "quarantined", "payment_1": "booked",
        "placement_1": "booked", "placement_2": "duplicate",
    }  # fmt: skip


def test_a_container_whose_file_was_not_taken_is_judged_again(proven_bank: Sender) -> None:
    """Sent again once the reason is gone: what was booked is a duplicate, the rest is taken."""
    bank = proven_bank
    content = zipped(("placement_1", PORTFOLIO), ("pagos", PAYMENT))
    assert bank.send("envio.zip", content)["pagos"] == "quarantined"
    mended = profile_text(bank.code).replace("'payment.*'", "'payment.*|pagos'")
    profile = parse_profile(mended.encode(), f"{bank.code}.toml")
    bank.services = replace(bank.services, profiles={**bank.services.profiles, bank.code: profile})
    assert bank.send("envio.zip", content) == {
        "envio.zip": "opened", "pagos": "booked", "placement_1": "duplicate",
    }  # fmt: skip


def test_a_members_name_with_other_content_is_held(bank: Sender) -> None:
    bank.send("placement_1", PORTFOLIO)
    other = line("A1", SUN, 90_00).encode()
    assert bank.send("envio.zip", zipped(("placement_1", other)))["placement_1"] == "held"
    assert bank.send("placement_1", other)["placement_1"] == "held"


@pytest.mark.parametrize(
    ("side", "state"), [("right", "opened"), ("wrong", "refused"), ("none", "refused")]
)
def test_a_side_file_vouches_for_the_container(bank: Sender, side: str, state: str) -> None:
    content = zipped(*BOTH)
    written = {"right": hashlib.sha256(content).hexdigest(), "wrong": "0" * 64, "none": "nothing"}
    assert bank.send("envio.zip", content, side=written[side])["envio.zip"] == state


def test_killed_while_it_is_opened_and_run_again(
    bank: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.put("envio.zip", zipped(*BOTH))
    pull(bank.services, bank.code, MON)
    with monkeypatch.context() as patch:
        patch.setattr(step, "acknowledge", killed)
        with pytest.raises(KeyboardInterrupt):
            unseal(bank.services, bank.code, MON)
    assert bank.outcomes() == []
    assert pending(bank.services, bank.code, MON) == [], "nothing sealed is taken in as it is"
    assert unseal(bank.services, bank.code, MON) == 1
    assert unseal(bank.services, bank.code, MON) == 0
    assert len(pending(bank.services, bank.code, MON)) == 2


def killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_what_does_not_follow_from_a_container_is_found(
    bank: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if somebody had slipped in a file, or taken one out."""
    bank.send("envio.zip", zipped(*BOTH))
    monkeypatch.setattr(container, "members_of", lambda packed: members_of(packed)[1:])
    found = verify(bank.services, bank.code, deep=True).findings
    assert [finding.what.split(" of ")[0] for _, finding in found] == [
        "its counts are not those that follow", *["does not follow from the inputs"] * 3,
    ]  # fmt: skip
    assert all("opening:" in f"{finding.object} {finding.what}" for _, finding in found)


def test_a_closed_date_opens_nothing(bank: Sender) -> None:
    bank.put("envio.zip", zipped(*BOTH))
    pull(bank.services, bank.code, MON)
    bank.send("payment_0", told("A1", "P0", MON, 1).encode(), day=TUE)
    assert bank.stored(receipt_outcome)["business_date"].unique().to_list() == [TUE]
    assert unseal(bank.services, bank.code, MON) == 0


def test_a_member_is_traced_to_what_it_came_in(bank: Sender) -> None:
    bank.send("envio.zip", zipped(*BOTH))
    [traced] = trace(bank.services, bank.code, "payment_1")
    assert traced.sections["file"][0]["container"] == "envio.zip"
    [container] = trace(bank.services, bank.code, "envio.zip")
    assert [row["name"] for row in container.sections["contents"]] == ["payment_1", "placement_1"]
