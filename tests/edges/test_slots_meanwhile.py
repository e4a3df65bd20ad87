"""What an institution sends while slots are granted changes none of the wishes that were read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from recupero.steps import slots
from recupero.steps.assess import assess
from recupero.steps.verify import verify
from recupero.store.embedded import Addresses
from recupero.store.tables import contact_grant, recording
from tests.edges import one_bank
from tests.edges.one_bank import DAYS, Bank, services_for

DAY = DAYS[1]
ONE, TWO = "banco-uno", "caja-dos"


@pytest.fixture
def banks(
    own_database: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Bank, Bank]:
    """Two institutions with three debtors each, all of whom are to be written to."""
    placement = one_bank.LAYOUTS["placement"] + "address = 8\n"
    monkeypatch.setitem(one_bank.LAYOUTS, "placement", placement)
    services = services_for(tmp_path, own_database, ONE, TWO)
    banks = Bank(services, ONE), Bank(services, TWO)
    for bank in banks:
        place(bank, "A", "B", "C")
        assess(services, bank.code, DAY)
    return banks


def place(bank: Bank, *numbers: str) -> None:
    bank.take(DAY, "placement", *(
        f"{number};{number}{bank.code};Ana;{DAYS[0]};2026-09-01;90000,00;0;0;Calle 1"
        for number in numbers
    ))  # fmt: skip


def test_a_portfolio_booked_between_wish_and_grant_is_no_finding(
    banks: tuple[Bank, Bank], monkeypatch: pytest.MonkeyPatch
) -> None:
    services, bank = banks[0].services, banks[1]
    real = slots.grant

    def meanwhile(*asked: Any) -> pl.DataFrame:
        place(bank, "A", "B")  # C is taken back
        return real(*asked)

    monkeypatch.setattr(slots, "grant", meanwhile)
    slots.grant_slots(services, "CO", [ONE, TWO], DAY)
    assert bank.stored(contact_grant).height == 3, "as it was wished for"
    row = bank.stored(recording).filter(kind="slots").row(0, named=True)
    assert int(json.loads(row["inputs"])[slots.WISHED_AT]) < row["position"] - 1
    for code in (ONE, TWO):
        assert verify(services, code).findings == ()


def test_killed_between_two_institutions_the_rerun_reads_at_the_same_height(
    banks: tuple[Bank, Bank], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody else wrote: whenever they are read, wishes stand just before their recording."""
    services, killed = banks[0].services, RuntimeError("killed")
    real = slots.append

    def dying(unit: Any, draft: Any) -> Any:
        if unit.institution == TWO:
            raise killed
        return real(unit, draft)

    monkeypatch.setattr(slots, "append", dying)
    with pytest.raises(RuntimeError, match="killed"):
        slots.grant_slots(services, "CO", [ONE, TWO], DAY)
    monkeypatch.setattr(slots, "append", real)
    slots.grant_slots(services, "CO", [ONE, TWO], DAY)
    for bank in banks:
        row = bank.stored(recording).filter(kind="slots").row(0, named=True)
        assert int(json.loads(row["inputs"])[slots.WISHED_AT]) == row["position"] - 1
