"""Between plan and release the world goes on: what lost its ground does not leave, and is told."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from recupero.steps.assess import assess
from recupero.steps.letters import write_letters
from recupero.steps.plan import plan
from recupero.steps.release import as_released
from recupero.steps.slots import grant_slots
from recupero.steps.summarise import summarise
from recupero.steps.totals import totals
from recupero.store.embedded import Addresses
from recupero.store.tables import account_version, letter, permission, release_refusal
from tests.edges import one_bank
from tests.edges.one_bank import DAYS, Bank, services_for

CODE = "salida"
MON = DAYS[0]
SUN = MON - timedelta(days=1)
ACCOUNTS = "ABCDEFGH"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bank:
    placement = one_bank.LAYOUTS["placement"] + "address = 8\n"
    monkeypatch.setitem(one_bank.LAYOUTS, "placement", placement)
    return Bank(services_for(tmp_path, migrated, CODE), CODE)


def portfolio(bank: Bank, day: date, accounts: str, **debtors: str) -> None:
    lines = [
        f"{number};{debtors.get(number, f'10{number}')};Ana;{day};2026-09-01;10,00;0;0;Calle 1"
        for number in accounts
    ]
    assert bank.take(day, "placement", *lines).state == "booked"


def first_instant(bank: Bank, accounts: str) -> datetime:
    numbers = bank.stored(account_version).filter(pl.col("account_number").is_in(list(accounts)))
    planned = bank.stored(permission).join(numbers, on="account_id", how="semi")
    return min(planned["planned_at"].to_list())


def consents(bank: Bank, on: date, granted: str, *debtors: str) -> None:
    lines = (f"{debtor};letter;{granted};{on}" for debtor in debtors)
    assert bank.take(MON, "consent", *lines).state == "booked"


def test_paid_recalled_replaced_withdrawn_and_too_late(bank: Bank) -> None:
    portfolio(bank, MON, ACCOUNTS)
    consents(bank, SUN, "S", *(f"10{number}" for number in ACCOUNTS), "9999")
    assess(bank.services, CODE, MON)
    grant_slots(bank.services, "CO", [CODE], MON)
    assert plan(bank.services, CODE, MON)["channels"] == {"letter": len(ACCOUNTS)}

    bank.pay(MON, ("T1", "A", 1000))
    bank.settle(MON)
    portfolio(bank, MON, ACCOUNTS.replace("A", "").replace("B", ""), C="9999")
    consents(bank, MON, "N", "10D")
    counts = write_letters(bank.services, CODE, MON, first_instant(bank, "EFGH") + MINUTE)

    refused = bank.stored(release_refusal)
    by_rule = dict(refused["rule"].value_counts().sort("rule").iter_rows())
    assert by_rule == {"nothing_owed": 2, "debtor_replaced": 1, "opt_out": 1, "instant_passed": 1}
    assert counts == {"letters": 3, "refused_at_release": 5}
    assert bank.stored(letter).height == 3
    with bank.services.store.unit(CODE) as unit:
        assert as_released(unit, MON).filter("allowed").height == 3
    assert totals(bank.services, CODE)["contacts_allowed"] == 3
    assert summarise(bank.services, CODE, MON)["attention"] == 4
    bank.check()
