"""The Peruvian cases: accounts meant for a certificate, each lacking nothing or exactly one thing.

Conditions are those of RLIR art. 21 f) and g) as ``legal.md`` section 4 states them: overdue with
risk shown (documented efforts, or more than twelve months), itemised in the inventory book,
provisioned, and useless to sue or no more than 3 UIT; not related, guaranteed or renewed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from deployments.demo.cast import at_least
from deployments.demo.facts import ExhaustionCase, WriteOffCase
from deployments.demo.markets import CUT_1, DAY_2
from deployments.demo.population import Account
from deployments.demo.sheets import Row

ALWAYS = (
    "provisioned", "itemised_in_inventory_book", "unrelated_party", "unguaranteed", "not_renewed",
)  # fmt: skip
LACKS = (*ALWAYS, "amount_or_suit", "risk_evidence")
STATED_ON = date(2026, 11, 20)


def make_cases(
    rng: Random, accounts: Sequence[Account]
) -> tuple[list[Account], list[ExhaustionCase]]:
    """Accounts of debtors with one account only, rewritten to fit their case, and the cases."""
    owned = Counter(account.debtor.id_number for account in accounts)
    single = [account for account in accounts if owned[account.debtor.id_number] == 1]
    met = at_least(6, len(accounts), 0.01)
    lacking = at_least(len(LACKS), len(accounts), 0.006)
    lacks: list[str | None] = [None] * met + [LACKS[n % len(LACKS)] for n in range(lacking)]
    chosen = rng.sample(single, len(lacks))
    cases = [
        # Every fifth of the met ones is large, and met because suing was declared uneconomic.
        ExhaustionCase(account.number, lack, lack == "amount_or_suit" or (not lack and n % 5 == 4))
        for n, (account, lack) in enumerate(zip(chosen, lacks, strict=True))
    ]
    fitted = [_fit(rng, account, case) for account, case in zip(chosen, cases, strict=True)]
    return fitted, cases


def _fit(rng: Random, account: Account, case: ExhaustionCase) -> Account:
    late = rng.randint(150, 300) if case.lacks == "risk_evidence" else rng.randint(430, 900)
    due = CUT_1 - timedelta(days=late)
    low, high = (1_800_000, 3_200_000) if case.above_three_uit else (90_000, 750_000)
    principal = rng.randint(low, high)
    renewed = date(2026, 3, 2) + timedelta(days=rng.randrange(60))
    return replace(
        account,
        due_date=due,
        opened_on=due - timedelta(days=rng.randint(200, 900)),
        principal_minor=principal,
        interest_minor=principal * 30 // 100,
        default_interest_minor=principal * 12 * late // 36_000,
        fees_minor=0,
        expenses_minor=8_500,
        guaranteed=case.lacks == "unguaranteed",
        renewed_on=renewed if case.lacks == "not_renewed" else None,
        related_party=case.lacks == "unrelated_party",
    )


def documented(accounts: Sequence[Account], cases: Sequence[ExhaustionCase]) -> list[Account]:
    """The accounts whose efforts are on record: all but those that lack evidence of the risk."""
    silent = {case.account_number for case in cases if case.lacks == "risk_evidence"}
    return [account for account in accounts if account.number not in silent]


def attestation_rows(cases: Sequence[ExhaustionCase]) -> list[Row]:
    """The creditor's statements on day two. What a case lacks is denied, or left unsaid."""
    rows: list[Row] = []
    for n, case in enumerate(cases, 1):
        kinds = [*ALWAYS]
        if case.above_three_uit and case.lacks is None:
            kinds.append("uneconomic_to_sue")
        if case.lacks == "provisioned":
            kinds.remove("provisioned")
        rows.extend(
            {
                "account_number": case.account_number,
                "attestation": kind,
                "holds": kind != case.lacks,
                "stated_on": STATED_ON,
                "evidence": f"Informe de cartera 2026-11, anexo {place}, folio {n}",
            }
            for place, kind in enumerate(kinds, 1)
        )
    return rows


def write_off_cases(
    cases: Sequence[ExhaustionCase], accounts: Sequence[Account]
) -> list[WriteOffCase]:
    """Four instructions to be obeyed, one with a wrong amount, one for an account that has no
    certificate."""
    balance = {account.number: account.total_minor for account in accounts}
    met = [case.account_number for case in cases if case.lacks is None]
    uncertified = next(case.account_number for case in cases if case.lacks)
    obeyed = [WriteOffCase(number, balance[number], balance[number], "") for number in met[:4]]
    wrong, other = balance[met[4]], balance[uncertified]
    return [
        *obeyed,
        WriteOffCase(met[4], wrong - 10_000, wrong, "wrong_amount"),
        WriteOffCase(uncertified, other, other, "not_certified"),
    ]


def write_off_rows(cases: Sequence[WriteOffCase]) -> list[Row]:
    """Rows of the instruction file of day two."""
    return [
        {
            "account_number": case.account_number,
            "amount_minor": case.amount_minor,
            "decided_on": DAY_2,
            "resolution": "Acta de Directorio 118-2026, acuerdo 4",
            "proposal": None,
        }
        for case in cases
    ]
