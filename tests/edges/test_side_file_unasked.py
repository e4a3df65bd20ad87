"""A `.sha256` beside a file whose layout asks for none is heeded all the same."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from deployments.demo.facts import Credit
from deployments.demo.statement import write_statement
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
