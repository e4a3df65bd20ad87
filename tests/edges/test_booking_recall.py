"""What a full portfolio no longer names is recalled, told and, when it is too much, held instead.

I1 and I2 hold after each, and the deep check finds nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from recupero.steps.decided import Rows
from recupero.store.embedded import Addresses
from recupero.store.tables import account_version, journal
from tests.edges.one_bank import DAYS
from tests.edges.two_portfolios import TwoPortfolios, profile

MON, TUE, WED, THU, _ = DAYS
_NUMBERS = itertools.count(1)
TEN = [f"A{n} {n} {n}0,00" for n in range(1, 11)]


@pytest.fixture
def bank(
    migrated: Addresses, tmp_path: Path, proven: Callable[[TwoPortfolios], TwoPortfolios]
) -> TwoPortfolios:
    """A bank of which a fifth may vanish at once; its files are proven at the end."""
    return proven(TwoPortfolios(tmp_path, migrated, f"carteras-{next(_NUMBERS)}", share=0.2))


def owed(bank: TwoPortfolios) -> int:
    return sum(amounts["principal"] for amounts in bank.balances().values() if amounts)


def test_a_truncated_portfolio_is_held_and_recalls_nobody(bank: TwoPortfolios) -> None:
    bank.state(MON, "cards", *TEN)
    before = bank.stored(account_version).height, bank.stored(journal).height
    cut = bank.state(TUE, "cards", "A1 1 99,00", "A2 2 20,00 3011112222", "A3 3 mil", *TEN[3:7])
    assert (cut.state, cut.rows) == ("held", Rows(read=7, held=6, rejected=1))
    assert (bank.stored(account_version).height, bank.stored(journal).height) == before
    assert bank.points(TUE) == {}
    assert owed(bank) == 550_00
    recorded = bank.outcome()
    assert (recorded["rule"], recorded["rows_held"]) == ("vanished_share", 6)
    assert recorded["reason"] == (
        "la cartera completa no nombra 3 de las 10 cuentas asignadas, más del 20 % acordado; "
        "las que faltan deben $ 270,00"
    )


def test_a_full_portfolio_with_nothing_but_its_header_is_refused(bank: TwoPortfolios) -> None:
    names = re.sub(r"^(\w+) = \d$", r'\1 = "\1"', profile(bank.code, 0.2), flags=re.MULTILINE)
    bank.serve(names.replace('format = "delimited"', 'format = "delimited"\nheader = true'))
    header = "account_number;debtor_id_number;principal_minor;phone;phone_2;email;address;city"
    rows = [";".join([*row.split(), *[""] * 5]) for row in TEN]
    assert bank.take(MON, "", header, *rows, name="cards_1").rows == Rows(read=10, booked=10)
    assert bank.take(TUE, "", header, name="cards_2").state == "refused"
    assert bank.outcome()["rule"] == "empty"
    assert owed(bank) == 550_00


def test_the_answer_to_a_held_portfolio_says_what_is_missing_and_what_to_do(
    bank: TwoPortfolios,
) -> None:
    bank.state(MON, "cards", *TEN)
    bank.state(TUE, "cards", *TEN[:7])
    told = bank.paper(".pdf")
    for part in (
        "Archivo retenido: no se registró ninguna fila",
        "envíe la cartera completa con otro nombre",
        "envíe este mismo archivo con otro nombre",
        "Retenidas a la espera de decisión 7",
        "Cuentas que faltan en la cartera: no se retiraron",
        "Cuentas: 3 $ 270,00",
    ):
        assert part in told
    missing = [line.split(";") for line in bank.paper(".csv").splitlines() if '"cuenta"' in line]
    assert [(row[3], row[7], row[11]) for row in missing] == [
        ('"missing"', '"A10"', "100.00"), ('"missing"', '"A8"', "80.00"),
        ('"missing"', '"A9"', "90.00"),
    ]  # fmt: skip


def test_the_complete_file_is_taken_after_the_truncated_one(bank: TwoPortfolios) -> None:
    bank.state(MON, "cards", *TEN)
    bank.state(TUE, "cards", *TEN[:7])
    assert bank.state(TUE, "cards", *TEN[:9]).state == "booked"
    assert bank.events(TUE) == {"A10": [("recalled", {"principal": -100_00})]}


def test_a_recall_that_was_meant_is_taken_once_it_is_agreed(bank: TwoPortfolios) -> None:
    """The same bytes under another name: held as long as the policy is the old one."""
    bank.state(MON, "cards", *TEN)
    assert bank.state(TUE, "cards", *TEN[:7], file="1").state == "held"
    assert bank.state(TUE, "cards", *TEN[:7], file="2").state == "held"
    bank.agree(0.3)
    assert bank.state(TUE, "cards", *TEN[:7], file="3").rows == Rows(read=7, unchanged=7)
    assert owed(bank) == 280_00
    assert bank.state(WED, "cards", *TEN[:7], file="4").state == "duplicate"


def test_the_share_agreed_is_still_recalled(bank: TwoPortfolios) -> None:
    bank.state(MON, "cards", *TEN)
    for left, state in ((7, "held"), (8, "booked")):
        assert bank.state(TUE, "cards", *TEN[:left]).state == state


def test_what_is_recalled_is_told_account_by_account(bank: TwoPortfolios) -> None:
    bank.state(MON, "cards", *TEN)
    bank.state(TUE, "cards", *TEN[1:9])
    told = bank.paper(".pdf")
    assert "Cuentas retiradas porque la cartera completa ya no las nombra: 2." in told
    assert "A1 $ 10,00 A10 $ 100,00 Cuentas: 2 $ 110,00" in told
    rows = [line.split(";") for line in bank.paper(".csv").splitlines()]
    assert [(r[3], r[7], r[10], r[11], r[12]) for r in rows if r[0] in ('"baja"', '"cuenta"')] == [
        ('"recalled"', "", "2", "", ""),
        ('"recalled"', "", "", "110.00", '"COP"'),
        ('"recalled"', '"A1"', "", "10.00", '"COP"'),
        ('"recalled"', '"A10"', "", "100.00", '"COP"'),
    ]
    bank.state(WED, "cards", *TEN[1:9], "A11 11 5,00")
    assert "retiradas" not in bank.paper(".pdf")


def test_a_replaced_debtor_is_told(bank: TwoPortfolios) -> None:
    bank.state(MON, "cards", *TEN)
    bank.state(TUE, "cards", "A1 77 10,00", *TEN[1:])
    assert "Cuentas con otro deudor: 1." in bank.paper(".pdf")
    assert '"cuenta"' in bank.paper(".csv")


def test_cards_and_loans_do_not_recall_each_other(bank: TwoPortfolios) -> None:
    loans = [row.replace("A", "L", 1) for row in TEN]
    bank.state(MON, "cards", *TEN)
    assert bank.state(MON, "loans", *loans).state == "booked"
    assert bank.state(TUE, "cards", *TEN[:8]).state == "booked"
    assert bank.events(TUE).keys() == {"A9", "A10"}
    assert bank.state(TUE, "loans", *loans[:5]).state == "held", "five of ten loans"
    assert bank.state(WED, "loans", *loans[:9]).state == "booked"
    assert bank.events(WED).keys() == {"L10"}


def test_changed_accounts_in_a_file_of_their_own_belong_to_the_portfolio(
    bank: TwoPortfolios,
) -> None:
    bank.state(MON, "cards", *TEN)
    bank.state(TUE, "news", "A1 1 12,00", "A11 11 11,00")
    bank.state(WED, "cards", *TEN[1:])
    assert bank.events(WED).keys() == {"A1", "A11"}


def test_an_account_that_moves_between_portfolios_is_recalled_by_its_new_one(
    bank: TwoPortfolios,
) -> None:
    bank.state(MON, "cards", *TEN)
    bank.state(TUE, "loans", *TEN[9:])
    bank.state(TUE, "cards", *TEN[:9])
    assert bank.events(TUE) == {}, "the loans had it by then"
    assert owed(bank) == 550_00
    bank.agree(1.0)
    bank.state(WED, "loans", "L1 5 1,00")
    assert bank.events(WED)["A10"] == [("recalled", {"principal": -100_00})]


def test_a_portfolio_stays_the_same_when_its_layout_changes_in_place(bank: TwoPortfolios) -> None:
    with_telephone = [f"{row} 301111110{n}" for n, row in enumerate(TEN)]
    bank.state(MON, "cards", *with_telephone)
    bank.state(MON, "loans", "L1 11 1,00")
    points = bank.points(MON)
    bank.serve(profile(bank.code, 0.2, version="-2"))
    assert bank.state(TUE, "cards", *with_telephone[:7]).state == "held"
    again = bank.state(TUE, "cards", *with_telephone, "A11 12 1,00")
    assert (again.rows, bank.points(TUE)) == (Rows(read=11, booked=1, unchanged=10), points)
    bank.state(WED, "cards", *with_telephone[:9])
    assert bank.events(WED).keys() == {"A10", "A11"}, "and no loan"


def test_what_was_placed_before_portfolios_had_names_is_recalled_by_the_named_one(
    bank: TwoPortfolios,
) -> None:
    head, cards, *_ = profile(bank.code, 0.2, version="-1").split("[[layout]]")
    bank.serve(f"{head}[[layout]]{cards}".replace('portfolio = "cards"', ""))
    bank.state(MON, "cards", *TEN)
    bank.serve(profile(bank.code, 0.2, version="-2"))
    bank.state(TUE, "cards", *TEN[:9])
    assert bank.events(TUE).keys() == {"A10"}


def test_the_bytes_of_before_say_that_all_is_again_as_it_was(bank: TwoPortfolios) -> None:
    """A repetition of the newest portfolio is one; of an older one it is news."""
    bank.state(MON, "cards", *TEN)
    bank.state(TUE, "cards", "A1 1 99,00", *TEN[1:9])
    assert bank.state(WED, "cards", *TEN).state == "booked"
    assert owed(bank) == 550_00
    assert bank.state(THU, "cards", *TEN).state == "duplicate"
