"""The facts an exhaustion opinion is drawn from, gathered for the accounts in the legal stage."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import polars as pl

from recupero.packs.pack import Pack
from recupero.rules.components import COLUMNS, COMPONENTS
from recupero.rules.exhaust_case import Attestation, Effort, ExhaustionCase, SentLetter
from recupero.steps.assess import accounts_of_day
from recupero.store import contacts, ledger, manifest
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import assessment, attestation


def gather_cases(
    unit: Unit, pack: Pack, business_date: date, stage: str = "juridica"
) -> list[tuple[dict[str, Any], ExhaustionCase]]:
    """Every account of *stage* that owes, with its row and its case, by account."""
    judged = rows_of(unit, assessment, assessment.c.business_date == business_date).select(
        "account_id", "stage", "bucket", "age_days"
    )
    owed = ledger.balances(unit, business_date)
    known = accounts_of_day(unit, business_date).drop("balance_minor", *COLUMNS, strict=False)
    rows = (
        known.join(judged, on="account_id", how="inner")
        .join(owed.drop("currency"), on="account_id", how="inner")
        .with_columns(pl.sum_horizontal(COLUMNS).alias("balance_minor"))
        .with_columns(_debtor_total().alias("debtor_total_minor"))
        .filter((pl.col("stage") == stage) & (pl.col("balance_minor") > 0))
        .sort("account_id")
    )
    evidence = _Evidence(unit, business_date)
    return [(row, _case(row, evidence, pack)) for row in rows.iter_rows(named=True)]


def _debtor_total() -> pl.Expr:
    """What the account's debtor owes in all; null where currencies mix or nobody is named."""
    one_currency = pl.col("currency").n_unique().over("person_id") == 1
    named = pl.col("person_id").is_not_null()
    return pl.when(one_currency & named).then(pl.col("balance_minor").sum().over("person_id"))


class _Evidence:
    """Efforts, attestations and letters by account."""

    def __init__(self, unit: Unit, business_date: date) -> None:
        self.efforts: dict[int, list[Effort]] = defaultdict(list)
        self.attestations: dict[int, list[Attestation]] = defaultdict(list)
        self.letters: dict[int, list[SentLetter]] = defaultdict(list)
        done = contacts.efforts(unit, business_date).sort("performed_at", "effort_id")
        for row in done.iter_rows(named=True):
            self.efforts[row["account_id"]].append(
                Effort(
                    row["effort_id"], row["performed_at"], row["channel"], row["result"],
                    row["direct"],
                )
            )  # fmt: skip
        names = {one.receipt_id: one.name for one in manifest.all_receipts(unit)}
        for row in rows_of(unit, attestation).iter_rows(named=True):
            self.attestations[row["account_id"]].append(
                Attestation(
                    row["attestation"], row["holds"], row["stated_on"],
                    f"{names[row['receipt_id']]} línea {row['line_number']}: {row['evidence']}",
                )
            )  # fmt: skip
        for row in contacts.letters(unit, business_date, surely=True).iter_rows(named=True):
            self.letters[row["account_id"]].append(
                SentLetter(row["letter_id"], row["business_date"], None)
            )


def _case(row: dict[str, Any], evidence: _Evidence, pack: Pack) -> ExhaustionCase:
    account_id = row["account_id"]
    return ExhaustionCase(
        account_id=account_id,
        currency=row["currency"],
        due_date=row["due_date"],
        components=tuple((name, row[f"{name}_minor"]) for name in COMPONENTS),
        debtor_total_minor=row["debtor_total_minor"],
        guaranteed=row["guaranteed"],
        renewed_on=row["renewed_on"],
        related_party=row["related_party"],
        efforts=tuple(evidence.efforts[account_id]),
        attestations=tuple(evidence.attestations[account_id]),
        letters=tuple(evidence.letters[account_id]),
        unit_values=pack.unit_values,
    )
