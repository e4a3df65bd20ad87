"""A full portfolio in several files: nothing is gone before all parts of its cut-off are booked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from recupero.errors import ProfileError
from recupero.profiles.load import parse_profile
from recupero.steps.booking.parts import beside
from recupero.steps.expected import missing_files
from recupero.steps.intake import Rows
from recupero.store.embedded import Addresses
from tests.edges.dated_bank import tell, told
from tests.edges.in_parts import InParts
from tests.edges.one_bank import DAYS, profile_text

MON, TUE, WED, THU, _ = DAYS


ONE = ("A 1 1000 3011111101", "B 2 1000 3011111102")
TWO = ("C 3 1000 3011111103", "D 1 1000 3011111104")


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path) -> InParts:
    opened = InParts(tmp_path, migrated)
    opened.part(MON, 1, *ONE)
    opened.part(MON, 2, *TWO)
    return opened


def test_what_no_part_names_is_gone_once_all_are_booked(bank: InParts) -> None:
    assert bank.part(TUE, 2, TWO[0]).rows == Rows(read=1, unchanged=1)
    assert bank.recalled(TUE) == set()
    assert "Parte 2 de la cartera; falta 1 del mismo corte." in bank.paper(".pdf")
    assert '"parte";' in bank.paper(".csv")
    bank.part(TUE, 1, ONE[0], "B 2 mil 3011111102")
    assert bank.recalled(TUE) == {"D"}, "B was rejected, C and A are named"
    assert "con ella están todas las del corte" in bank.paper(".pdf")
    with bank.services.store.unit(bank.code) as unit:
        first = bank.outcome()["receipt_id"]
        assert len(beside(unit, [first])) == 2, "the deep check reads both or neither"
        assert beside(unit, []) == []


def test_without_a_part_nothing_is_gone_and_its_accounts_are_stated_as_before(
    bank: InParts, proven: Callable[[InParts], InParts]
) -> None:
    proven(bank)
    bank.part(TUE, 1, ONE[0])
    bank.part(WED, 1, ONE[0])
    assert bank.recalled(TUE) | bank.recalled(WED) == set()
    tell(bank, WED, *(told(account, f"T{account}", TUE) for account in "AC"))
    assert {account: bank.balances()[account]["principal"] for account in "AC"} == {
        "A": 1000, "C": 900
    }, "Tuesday's payment is in A's figures, and not in C's, which are Sunday's"  # fmt: skip
    with bank.services.store.unit(bank.code) as unit:
        missing = missing_files(unit, bank.services.profile(bank.code), WED)
    assert [str(one) for one in missing] == ["placement v1 part 2"]
    bank.part(WED, 2, TWO[0])
    assert bank.recalled(WED) == {"B", "D"}


def test_a_part_sent_again_names_its_accounts_anew(bank: InParts) -> None:
    bank.part(MON, 1, ONE[0])
    assert bank.recalled(MON) == {"B"}
    bank.part(MON, 2, TWO[1])
    assert bank.recalled(MON) == {"B", "C"}, "by the newest of each part"


def test_too_many_missing_hold_the_part_that_would_recall_them(bank: InParts) -> None:
    bank.part(TUE, 1, "E 5 10 3011111105")
    text = bank.services.profile(bank.code).content.decode()
    bank.serve(text.replace("vanished_share_max = 0.9", "vanished_share_max = 0.1"))
    assert bank.part(TUE, 2, *TWO).state == "held"
    assert bank.recalled(TUE) == set()


def test_a_person_in_two_parts_keeps_the_telephones_of_both(bank: InParts) -> None:
    both = [("phone", "+573011111101"), ("phone", "+573011111104")]
    assert bank.points(MON)["1"] == both
    for day in (TUE, WED):
        bank.part(day, 1, *ONE)
        bank.part(day, 2, *TWO)
        assert bank.points(day)["1"] == both
    bank.part(THU, 2, TWO[0], "D 1 1000 3011111109")
    assert bank.points(THU)["1"] == [("phone", "+573011111101"), ("phone", "+573011111109")]


def test_a_part_that_was_not_agreed_on_is_no_file_of_the_portfolio(bank: InParts) -> None:
    assert bank.part(TUE, 3, ONE[0]).state == "quarantined"


@pytest.mark.parametrize(
    ("written", "where"),
    [
        ("name = 'placement_(?P<part>.)'", "parts"),
        ("name = 'placement_(?P<part>.)'\nparts = ['1']", "parts"),
        ("name = 'placement_(?P<part>.)'\nparts = ['1', '1']", "parts"),
        ("name = 'placement_.'\nparts = ['1', '2']", "name"),
        ("name = 'pay_(?P<part>.)'\nkind = \"payment\"\nparts = ['1', '2']", "parts"),
    ],
)
def test_parts_are_named_and_stand_in_the_name_of_the_file(written: str, where: str) -> None:
    text = profile_text("banco").replace("name = 'placement.*'", written, 1)
    if "kind" in written:
        text = text.replace('kind = "placement"', "", 1)
    with pytest.raises(ProfileError, match=rf"layout\[0\]\.{where}: "):
        parse_profile(text.encode(), "banco.toml")
