"""Co-debtors and guarantors, and what changes about a person: who is known is one person."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from recupero.steps.intake import Rows, pending, take_in
from recupero.store import contacts, facts, outgoing
from recupero.store.embedded import Addresses
from recupero.store.tables import contact_point_version, party_version, person_version, reject
from tests.edges import one_bank, two_portfolios
from tests.edges.account_facts_layouts import FACT_LAYOUTS
from tests.edges.one_bank import DAYS, Bank
from tests.edges.two_portfolios import TwoPortfolios

MON, TUE, WED, THU, FRI = DAYS


@pytest.fixture
def bank(fact_bank: Callable[[str], Bank]) -> Bank:
    return fact_bank("phone = 8\nphone_2 = 9\naddress = 10\ncity = 11\n")


def place(bank: Bank, day: date, *accounts: str, drawn: date | None = None) -> Rows:
    """Accounts as ``number;debtor;name;points``."""
    lines = []
    for account in accounts:
        number, debtor, name, points = account.split(";", 3)
        figures = f"{drawn or day};2026-09-01;10,00;0;0"
        lines.append(f"{number};{debtor};{name};{figures};{points}")
    return bank.take(day, "placement", *lines).rows


def parties(bank: Bank, day: date) -> list[tuple[str, str]]:
    """Number of identity and role of those who answer for an account beside its debtor."""
    with bank.services.store.unit(bank.code) as unit:
        found = facts.current(unit, party_version, day).filter(pl.col("role") != "debtor")
        persons = facts.current(unit, person_version, day)
    return sorted(found.join(persons, on="person_id").select("id_number", "role").rows())


def known(bank: Bank, day: date, number: str) -> dict[str, str]:
    """What is known of a person: name, and points by channel and place."""
    with bank.services.store.unit(bank.code) as unit:
        person = facts.current(unit, person_version, day).filter(id_number=number)
        points = facts.current(unit, contact_point_version, day).join(person, on="person_id")
    told = {"name": person["name"][0]}
    for row in points.iter_rows(named=True):
        place = f"{row['value']}, {row['city']}" if row["city"] else row["value"]
        told[f"{row['channel']} {row['ordinal']}"] = place
    return told


def rules(bank: Bank) -> list[str]:
    return bank.stored(reject)["rule"].to_list()


def warned(bank: Bank, kind: str) -> list[tuple[str, str]]:
    with bank.services.store.unit(bank.code) as unit:
        papers = [one for one in outgoing.documents(unit) if one.name.startswith(f"ACUSE_{kind}")]
    texts = [bank.services.vault.get(bank.code, one.address) for one in papers
             if one.name.endswith(".csv")]  # fmt: skip
    return [
        (row["linea"], row["regla"])
        for text in texts
        for row in csv.DictReader(io.StringIO(text.decode("utf-8-sig")), delimiter=";")
        if row["registro"] == "aviso"
    ]


X, Y, Z = "+573012345678", "+573109876543", "+573201112233"


def test_who_answers_for_an_account_is_one_person_however_often_named(bank: Bank) -> None:
    two = ("A;1;Ana;;;;", f"B;2;Beto;{X};;;")
    place(bank, MON, *two)
    rows = (
        f"A;guarantor;2;Alberto;{X};;", f"A;co-debtor;3;Caro;{Y};2025-01-01;",
        f"B;guarantor;3;Caro;{Z};;", "Z;guarantor;3;Caro;;;",
    )  # fmt: skip
    assert bank.take(MON, "related_person", *rows).rows == Rows(read=4, booked=3, rejected=1)
    assert rules(bank) == ["unknown_account"]
    assert parties(bank, MON) == [("2", "guarantor"), ("3", "co-debtor"), ("3", "guarantor")]
    assert known(bank, MON, "2") == {"name": "Beto", "phone 1": X}, "a debtor: the portfolio's"
    assert known(bank, MON, "3") == {"name": "Caro", "phone 1": Y}, "the first account's"
    assert warned(bank, "related_person") == [("1", "person_otherwise"), ("3", "person_otherwise")]
    assert bank.stored(person_version).height == 3
    with bank.services.store.unit(bank.code) as unit:
        assert contacts.debtors(unit, MON)["id_number"].sort().to_list() == ["1", "2"]
    assert place(bank, TUE, *two) == Rows(read=2, unchanged=2)
    assert known(bank, TUE, "3") == {"name": "Caro", "phone 1": Y}, "no portfolio ends her phone"
    again = bank.take(TUE, "related_person", *reversed(rows[:3]))
    assert again.rows == Rows(read=3, unchanged=3)


def test_who_is_named_no_longer_or_until_a_day_answers_no_more(bank: Bank) -> None:
    place(bank, MON, "A;1;Ana;;;;", "B;2;Beto;;;;")
    stated = ("A;guarantor;3;Caro;;;", "A;representative;4;Dani;;;", "B;guarantor;5;Eva;;;")
    bank.take(MON, "related_person", *stated)
    left = bank.take(TUE, "related_person", f"A;guarantor;3;Caro;;;{TUE}")
    assert left.rows == Rows(read=1, booked=1)
    both = [("3", "guarantor"), ("5", "guarantor")]
    assert [parties(bank, day) for day in (TUE, WED)] == [both, both[1:]]
    again = bank.take(THU, "related_person", f"A;guarantor;3;Caro;;{THU};")
    late = bank.take(FRI, "related_person", "A;guarantor;3;Caro;;2020-01-01;")
    assert (again.rows, late.rows) == (Rows(read=1, booked=1), Rows(read=1, rejected=1))
    assert parties(bank, FRI) == both


def test_an_update_changes_what_it_states_of_people_we_know(bank: Bank) -> None:
    place(bank, MON, f"A;1;Ana;{X};{Y};Calle 1;Cali", "B;2;Beto;;;;")
    told = (
        f"1;;{Z};;;;{TUE}", f"2;Beto Ruiz;;;Calle 9;Bogota;{TUE}", f"9;Nadie;{Z};;;;{TUE}",
        f"1A;;;;;Cali;{TUE}",
    )  # fmt: skip
    outcome = bank.take(TUE, "debtor_update", *told)
    assert outcome.rows == Rows(read=4, booked=2, rejected=2)
    assert sorted(rules(bank)) == ["nothing_stated", "person_not_known"]
    ana = {"name": "Ana", "phone 1": Z, "phone 2": Y, "address 1": "Calle 1, Cali"}
    assert known(bank, TUE, "1") == ana
    assert known(bank, TUE, "2") == {"name": "Beto Ruiz", "address 1": "Calle 9, Bogota"}
    assert known(bank, MON, "1")["phone 1"] == X, "as it was known then"
    again = bank.take(WED, "debtor_update", *told[:2])
    late = bank.take(WED, "debtor_update", f"1;;{X};;;;{MON}", f"2;Beto Ruiz;;;;;{MON}")
    assert again.rows == Rows(read=2, unchanged=2)
    assert late.rows == Rows(read=2, unchanged=1, rejected=1)
    assert known(bank, WED, "1") == ana
    assert place(bank, THU, f"A;1;Ana;{Z};{Y};Calle 1;Cali", "B;2;Beto;;;;").booked == 1
    assert known(bank, THU, "2") == {"name": "Beto"}, "the portfolio's word counts again"
    # Of two files of a day the later counts, though the portfolio is booked first.
    bank.drop(FRI, "debtor_update", f"1;;{X};;;;", f"2;;{X};;;;", name="debtor_update_first")
    lines = (f"{n};{FRI};2026-09-01;10,00;0;0;{p}" for n, p in (
        ("A;1;Ana", f"{Y};{Y};Calle 1;Cali"), ("B;2;Beto", ";;;")))  # fmt: skip
    bank.drop(FRI, "placement", *lines)
    waiting = pending(bank.services, bank.code, FRI)
    taken = [take_in(bank.services, bank.code, one, FRI) for one in waiting]
    assert [one.kind for one in taken] == ["placement", "debtor_update"]
    assert taken[1].rows == Rows(read=2, booked=1, rejected=1)
    assert [known(bank, FRI, one)["phone 1"] for one in "12"] == [Y, X]


def test_a_portfolio_ends_no_telephone_of_another_ones_debtors(
    migrated: Addresses, tmp_path: Path, proven: Callable[[Bank], Bank]
) -> None:
    """An update is of no portfolio, so it is for those that have the person as a debtor."""
    bank = TwoPortfolios(tmp_path, migrated, "dos-y-novedad")
    proven(bank)
    update = one_bank.layout_text("debtor_update", FACT_LAYOUTS["debtor_update"])
    bank.serve(two_portfolios.profile(bank.code, 0.9) + update)
    bank.state(MON, "cards", f"A 1 10,00 {X}")
    bank.state(MON, "loans", f"B 2 10,00 {Y}")
    assert bank.take(MON, "debtor_update", f"1;;{Z};;;;").rows == Rows(read=1, booked=1)
    bank.state(TUE, "loans", f"B 2 11,00 {Y}")
    assert bank.points(TUE) == {"1": [("phone", Z)], "2": [("phone", Y)]}
    bank.state(WED, "cards", "A 1 10,00 -")
    assert bank.points(WED) == {"2": [("phone", Y)]}
