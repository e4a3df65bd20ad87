"""An object that is gone without a proof, and a proof that no rule gives: `verify` names both."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import psycopg

from recupero.steps.inputs import keep_inputs
from recupero.steps.verify import verify
from recupero.store.embedded import Addresses
from recupero.store.recordings import Draft, append
from recupero.store.tables import erasure, receipt
from tests.edges.one_bank import DAYS, Bank, services_for

MON = DAYS[0]


def test_no_proof_and_a_proof_that_no_rule_gives_are_named(
    migrated: Addresses, tmp_path: Path
) -> None:
    """The object is just gone; then a proof is recorded through the application's own hand, and
    another one slipped in behind its back.
    """
    code = "guarda"
    bank = Bank(services_for(tmp_path, migrated, code), code)
    bank.pay(MON, ("T1", "A", 100))
    [paid] = bank.stored(receipt).select("receipt_id", "address").iter_rows(named=True)
    row = {
        **paid, "number": 1, "rule": "retention.files.payment", "months": 1,
        "kept_from": MON, "business_date": MON,
    }  # fmt: skip
    bank.services.vault.destroy(code, paid["address"])
    [(check, found)] = verify(bank.services, code).findings
    assert (check, found.what) == ("vault", "there is no such object in the vault")
    with bank.services.store.unit(code) as unit:
        frames = {erasure: pl.DataFrame([row])}
        inputs = keep_inputs(bank.services, unit, MON)
        append(unit, Draft("retention", f"retention:{MON}:1", MON, {}, inputs, frames))
    [(check, found)] = verify(bank.services, code).findings
    assert (check, found.what) == ("retention", "what was received does not lead to it")
    with psycopg.connect(migrated.owner_url, autocommit=True) as insider:
        insider.execute("SELECT set_config('recupero.institution', %s, false)", [code])
        insider.execute(
            "INSERT INTO erasure SELECT (jsonb_populate_record(e, '{\"number\": 2}')).*"
            " FROM erasure e"
        )
    found_now = {check for check, _ in verify(bank.services, code).findings}
    assert found_now == {"chain", "retention"}
