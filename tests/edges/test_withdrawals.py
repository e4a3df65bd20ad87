"""A withdrawal under an id that nobody was placed with stops nothing: it is kept and told."""

from __future__ import annotations

import csv
import io
import itertools
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from deployments.cli.status import lines_of
from recupero.steps.assess import assess
from recupero.steps.plan import plan
from recupero.steps.slots import grant_slots
from recupero.steps.standing import standing
from recupero.steps.summarise import summarise
from recupero.store import outgoing
from recupero.store.embedded import Addresses
from recupero.store.tables import consent_version, permission
from tests.edges import one_bank
from tests.edges.one_bank import DAYS, Bank, services_for

_NUMBERS = itertools.count(1)
MON, TUE, *_ = DAYS
SUN = "2026-11-22"


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bank:
    placement = one_bank.LAYOUTS["placement"] + "address = 8\n"
    monkeypatch.setitem(one_bank.LAYOUTS, "placement", placement)
    code = f"retiros-{next(_NUMBERS)}"
    return Bank(services_for(tmp_path, migrated, code), code)


def place(bank: Bank, day: date, *debtors: str) -> None:
    lines = (f"{one};{one};Ana;{day};2026-09-01;10,00;0;0;Calle 1" for one in debtors)
    assert bank.take(day, "placement", *lines).state == "booked"


def warnings(bank: Bank) -> list[tuple[str, str, str]]:
    """Line, field and rule of each warning acknowledged so far, in the order of the files."""
    with bank.services.store.unit(bank.code) as unit:
        papers = [one for one in outgoing.documents(unit) if one.name.startswith("ACUSE_consent")]
    told = []
    for paper in papers:
        if paper.name.endswith(".csv"):
            content = bank.services.vault.get(bank.code, paper.address).decode("utf-8-sig")
            for row in csv.DictReader(io.StringIO(content), delimiter=";"):
                if row["registro"] == "aviso":
                    told.append((row["linea"], row["campo"], row["regla"]))
                    assert "identificación con que se asignó" in row["que_hacer"]
    return told


def waiting(bank: Bank) -> int:
    """How many withdrawals ``recupero status`` says stop nothing yet."""
    found = standing(bank.services, bank.code)
    said = [line for line in lines_of(found) if "withdrawals of people nobody placed" in line]
    assert len(said) == (found.unmatched_withdrawals > 0)
    return found.unmatched_withdrawals


def test_it_is_kept_told_and_heeded_once_the_person_is_placed(bank: Bank) -> None:
    place(bank, MON, "101", "102")
    outcome = bank.take(
        MON, "consent",
        f"101;letter;S;{SUN}", f"102;letter;N;{SUN}",  # placed
        f"0103;letter;S;{SUN}", f"103;letter;N;{SUN}", f"00102;letter;N;{SUN}",  # not placed
    )  # fmt: skip
    assert (outcome.state, outcome.rows.booked, outcome.rows.rejected) == ("booked", 5, 0)
    unknown = ("debtor_id_number", "unknown_person")
    assert warnings(bank) == [("4", *unknown), ("5", *unknown)]
    assert waiting(bank) == 2
    assert summarise(bank.services, bank.code, MON)["attention"] == 1

    place(bank, TUE, "101", "102", "103")
    assert waiting(bank) == 1, "103 is placed now"
    assess(bank.services, bank.code, TUE)
    grant_slots(bank.services, "CO", [bank.code], TUE)
    rules = plan(bank.services, bank.code, TUE)["rules"]
    assert rules == {"opt_out": 2}, "of 102 and of 103, who came after the withdrawal"
    assert bank.stored(permission).filter("allowed")["account_id"].len() == 1
    assert summarise(bank.services, bank.code, TUE)["attention"] == 0, "what was told on Monday"
    bank.check()


def test_told_again_with_every_file_and_counted_once(bank: Bank) -> None:
    place(bank, MON, "101")
    for day in (MON, TUE):
        bank.take(day, "consent", f"999;letter;N;{SUN}", f"101;letter;S;{day}")
    assert [line for line, *_ in warnings(bank)] == ["1", "1"]
    assert bank.stored(consent_version).filter(~pl.col("granted")).height == 1
