"""Accounts taken back by name: they end as those that a full portfolio no longer names.

I1, I2 and I8 hold after each, and the deep check finds nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from recupero.profiles.load import parse_profile
from recupero.steps.assess import accounts_of_day
from recupero.steps.intake import Outcome, Rows, pending, take_in
from recupero.steps.reconcile import reconcile
from recupero.steps.trace_account import account_sections
from recupero.store import manifest, outgoing
from recupero.store.embedded import Addresses
from recupero.store.tables import account_version, match, recall, reject
from tests.edges.dated_bank import line
from tests.edges.one_bank import DAYS, Bank, profile_text, services_for

MON, TUE, WED, THU, FRI = DAYS
_NUMBERS = itertools.count(1)
OWED = {"principal": -1000, "interest": -50}


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path, proven: Callable[[Bank], Bank]) -> Bank:
    """Account A owes 1050 and B 70 at Sunday's close; at the end all is proven from the files."""
    code = f"retiros-{next(_NUMBERS)}"
    made = proven(Bank(services_for(tmp_path, migrated, code), code))
    made.place(MON, {"A": (1000, 50), "B": (70,)})
    return made


def take_back(bank: Bank, day: date, *accounts: str, on: date | None = None) -> Outcome:
    """Recalls of *accounts*, dated *on* or the day they are told."""
    return bank.take(day, "recall", *(f"{one};{on or day};sold;R-1" for one in accounts))


def rejected(bank: Bank) -> list[str]:
    return bank.stored(reject)["rule"].to_list()


def test_an_account_named_ends_and_all_it_owed_is_recalled(bank: Bank) -> None:
    assert take_back(bank, WED, "A", on=TUE).rows == Rows(read=1, booked=1)
    assert bank.events(WED) == {"A": [("recalled", OWED)]}
    assert bank.balances() == {"A": {}, "B": {"principal": 70}}
    version = bank.stored(account_version).filter(state="recalled").row(0, named=True)
    assert (version["effective_from"], version["recorded_on"]) == (TUE, WED)
    assert bank.stored(recall).select("recalled_on", "reason", "reference").row(0) == (
        TUE, "sold", "R-1",
    )  # fmt: skip
    assert reconcile(bank.services, bank.code, WED)["unexplained_minor"] == 0
    with bank.services.store.unit(bank.code) as unit:
        assert accounts_of_day(unit, WED)["account_number"].to_list() == ["B"]
        (traced,) = account_sections(unit, version["account_id"])["recalls"]
    assert (traced["reason"], traced["line"]) == ("sold", 1)


def test_what_is_not_ours_is_rejected_and_what_went_before_is_unchanged(bank: Bank) -> None:
    take_back(bank, TUE, "A")
    assert take_back(bank, TUE, "A").rows == Rows(read=1, unchanged=1), "the same bytes again"
    again = take_back(bank, WED, "A", "C")
    assert again.rows == Rows(read=2, unchanged=1, rejected=1)
    assert rejected(bank) == ["unknown_account"]
    assert bank.events(WED) == {}


def test_a_portfolio_drawn_later_places_it_again(bank: Bank) -> None:
    take_back(bank, TUE, "A")
    bank.place(THU, {"A": (800,), "B": (70,)})
    assert bank.events(THU) == {"A": [("adjusted", {"principal": 800})]}
    bank.pay(THU, ("T1", "A", 300))
    assert bank.settle(THU).classes == {"matched": 1}
    assert bank.balances()["A"] == {"principal": 500}
    told_again = take_back(bank, FRI, "A", on=TUE)
    assert told_again.rows == Rows(read=1, unchanged=1), "a list of all recalls ends nothing twice"
    assert take_back(bank, FRI, "A").rows == Rows(read=1, booked=1)
    assert bank.balances()["A"] == {}


def test_the_recall_stands_against_a_portfolio_of_its_date_whichever_comes_first(
    bank: Bank,
) -> None:
    take_back(bank, WED, "A", on=TUE)
    bank.take(WED, "placement", *(line(one, TUE, 900) for one in "ABC"))
    assert rejected(bank) == ["recalled_since"]
    take_back(bank, WED, "B", on=TUE)
    assert bank.balances() == {"A": {}, "B": {}, "C": {"principal": 900}}


def test_a_recall_from_before_its_account_was_last_stated_is_rejected(bank: Bank) -> None:
    bank.place(WED, {"A": (900,), "B": (70,)})
    assert take_back(bank, WED, "A", on=MON).rows == Rows(read=1, rejected=1)
    assert rejected(bank) == ["recalled_before"]
    assert bank.balances()["A"] == {"principal": 900}


def test_a_night_takes_recalls_and_portfolios_as_they_came(bank: Bank) -> None:
    """Else the version that came first would be the newest, and contradict the ledger."""
    bank.drop(TUE, "recall", f"A;{MON};;")
    bank.drop(TUE, "placement", line("A", MON, 900), line("B", MON, 60))
    for receipt_id in pending(bank.services, bank.code, TUE):
        take_in(bank.services, bank.code, receipt_id, TUE)
    assert bank.balances() == {"A": {}, "B": {"principal": 60}}
    with bank.services.store.unit(bank.code) as unit:
        assert accounts_of_day(unit, TUE)["account_number"].to_list() == ["B"]


def test_money_after_the_recall_is_treated_as_for_any_account_that_went(bank: Bank) -> None:
    bank.pay(MON, ("T1", "A", 100))
    bank.settle(MON)
    take_back(bank, TUE, "A")
    bank.pay(WED, ("T1", "A", -100), ("T2", "A", 300))
    assert bank.settle(WED).classes == {"reversal": 1, "suspended": 1}
    assert bank.stored(match)["reason"].drop_nulls().to_list() == ["account_recalled"]
    assert bank.balances()["A"] == {}


def agreed(bank: Bank, share: float) -> None:
    """Another share of what is placed may go at once."""
    text = profile_text(bank.code).replace(
        "vanished_share_max = 0.9", f"vanished_share_max = {share}"
    )
    content, name = text.encode(), f"{bank.code}.toml"
    (bank.services.settings.profiles_folder / name).write_bytes(content)
    bank.services = replace(
        bank.services,
        profiles={**bank.services.profiles, bank.code: parse_profile(content, name)},
    )


def test_a_file_that_takes_back_more_than_agreed_is_held_and_told(bank: Bank) -> None:
    agreed(bank, 0.2)
    assert take_back(bank, TUE, "A", "C").rows == Rows(read=2, held=1, rejected=1)
    assert bank.balances()["A"] == {"principal": 1000, "interest": 50}
    with bank.services.store.unit(bank.code) as unit:
        told = manifest.outcomes(unit).row(-1, named=True)
        papers = [one for one in outgoing.documents(unit) if one.name.endswith(".csv")]
    assert told["reason"] == (
        "el archivo retira 1 de las 2 cuentas asignadas, más del 20 % acordado; deben $ 10,50"
    )
    answer = bank.services.vault.get(bank.code, papers[-1].address).decode("utf-8-sig")
    assert '"cuenta";' in answer
    assert "la cuenta no está asignada" in answer
    agreed(bank, 0.5)
    assert take_back(bank, TUE, "A").rows == Rows(read=1, booked=1)
