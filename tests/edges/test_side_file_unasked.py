"""A `.sha256` beside a file whose layout asks for none is heeded all the same."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from deployments.demo.facts import Credit
from deployments.demo.statement import write_statement
from recupero.exchange.archive import Archived
from recupero.steps import moves
from recupero.steps.pull import Pulled, pull
from recupero.store.embedded import Addresses
from recupero.store.tables import receipt_outcome
from tests.edges.one_bank import DAYS, Bank, services_for

MON, TUE, *_ = DAYS
SENT = {
    "payment": f"T1;A;1,00;payment;;{MON}",
    "statement": write_statement(
        [Credit("B1", "A", 100, MON, "Ana", "1", None)],
        account="1", owner="x", currency="COP", day=MON, opening_minor=0,
    ).decode(),
}  # fmt: skip


@pytest.mark.parametrize("kind", SENT)
def test_what_its_side_file_contradicts_is_refused_and_sent_rightly_taken(
    migrated: Addresses, tmp_path: Path, kind: str
) -> None:
    code = f"sin-pedir-{kind}"
    bank = Bank(services_for(tmp_path, migrated, code), code)
    sent = SENT[kind]
    side = tmp_path / "remote" / code / "inbox" / f"{kind}_1.sha256"
    for day, stated, state, rule in (
        (MON, "0" * 64, "refused", "control_total"),
        (TUE, sha256(sent.encode()).hexdigest(), "booked", None),
    ):
        side.write_text(stated)
        assert bank.take(day, kind, sent, name=f"{kind}_1").state == state
        assert bank.stored(receipt_outcome)["rule"].to_list().count(rule) > 0
        assert not side.exists()
    bank.check()


@pytest.mark.parametrize("late", ["begun before", "after"])
def test_one_that_comes_late_follows_its_file(
    migrated: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: str
) -> None:
    """Left behind it would contradict the next file of that name."""
    code = f"tarde-{late.split()[0]}"
    bank = Bank(services_for(tmp_path, migrated, code), code)
    inbox = tmp_path / "remote" / code / "inbox"
    side, archive = inbox / "payment_1.sha256", moves.archive
    stated = sha256(SENT["payment"].encode()).hexdigest()

    def then_written(*asked: Any) -> Archived:
        if late == "begun before":
            side.write_text(stated)
        moved = archive(*asked)
        if late == "after":
            side.write_text(stated)
        return moved

    (inbox / "payment_1").write_text(SENT["payment"])
    if late == "begun before":
        side.touch()
    with monkeypatch.context() as patch:
        patch.setattr(moves, "archive", then_written)
        assert pull(bank.services, code, MON) == Pulled(1, 0, 0)
    assert pull(bank.services, code, MON) == Pulled(0, 0, 0)
    assert not side.exists()
