"""A real portfolio of 30,000 cards, read through its profile, against plain csv and Decimal."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from recupero.profiles.identify import identify
from recupero.profiles.load import load_profile
from schemas.screen import screen

PROFILE = Path(__file__).parents[1] / "golden" / "profiles" / "tarjeta-real.toml"
DAY = date(2005, 10, 1)


@pytest.fixture(scope="module")
def table(shared):
    return shared / "portfolios" / "UCI_Credit_Card.csv"


def screened(table, name):
    profile, content = load_profile(PROFILE), table.read_bytes()
    return screen(content, identify(profile, name, content[:4096], DAY), profile, DAY)


def plainly(table, column):
    with table.open(newline="") as text:
        return [Decimal(row[column]) for row in csv.DictReader(text)]


def test_every_account_is_taken(table):
    placed = screened(table, "UCI_Credit_Card.csv")
    bills = plainly(table, "BILL_AMT1")
    assert placed.rows_read == placed.rows.height == len(bills) == 30_000
    assert placed.rejects.is_empty()
    assert placed.rows["principal_minor"].to_list() == [int(bill * 100) for bill in bills]
    assert (placed.rows["principal_minor"] < 0).sum() == 590
    late = [max(0, int(months)) * 30 for months in plainly(table, "PAY_0")]
    assert placed.rows["days_past_due"].to_list() == late
    assert placed.rows["cut_off"].unique().to_list() == [date(2005, 9, 30)]
    assert placed.rows["debtor_name"].null_count() == 30_000


def test_a_payment_of_nothing_is_no_payment(table):
    paid = screened(table, "UCI_pagos_20051001.csv")
    amounts = plainly(table, "PAY_AMT1")
    assert paid.rows_empty == amounts.count(0)
    assert paid.rows_rejected == paid.rows_duplicate == 0
    assert paid.rows["amount_minor"].to_list() == [int(paid * 100) for paid in amounts if paid]
