"""Real tables that nobody here wrote, each through its profile, against plain csv and Decimal."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from recupero.errors import FileRefused
from recupero.profiles.identify import identify
from recupero.profiles.load import load_profile
from schemas.screen import Screened, sift

PROFILES = Path(__file__).parents[1] / "golden" / "profiles"
#: The first line of data; the one before it is the header.
FIRST = 2
Row = dict[str, str]


@pytest.fixture(scope="module")
def tables(shared: Path) -> Path:
    return shared / "portfolios"


def screened(content: bytes, code: str, name: str, day: date) -> Screened:
    profile = load_profile(PROFILES / f"{code}.toml")
    return sift(content, identify(profile, name, content[:4096], day), profile, day)


def plainly(table: Path) -> list[Row]:
    with table.open(newline="") as text:
        return list(csv.DictReader(text))


def cents(text: str) -> int:
    """Exactly; 100000 or 1.00E+05 alike."""
    minor = Decimal(text) * 100
    assert minor == int(minor)
    return int(minor)


def found(screened: Screened) -> Counter[tuple[int, str, str]]:
    return Counter(screened.rejects.select("line_number", "field", "rule").rows())


# --- 30,000 cards of a bank in Taiwan ---

CARDS = "UCI_Credit_Card.csv"


def cards(tables: Path, name: str) -> Screened:
    return screened((tables / CARDS).read_bytes(), "tarjeta-real", name, date(2005, 10, 1))


def test_every_card_is_taken(tables: Path) -> None:
    placed, rows = cards(tables, CARDS), plainly(tables / CARDS)
    assert placed.rows_read == placed.rows.height == len(rows) == 30_000
    assert placed.rejects.is_empty()
    assert placed.rows["principal_minor"].to_list() == [cents(row["BILL_AMT1"]) for row in rows]
    assert (placed.rows["principal_minor"] < 0).sum() == 590
    late = [max(0, int(row["PAY_0"])) * 30 for row in rows]
    assert placed.rows["days_past_due"].to_list() == late
    assert placed.rows["cut_off"].unique().to_list() == [date(2005, 9, 30)]
    assert placed.rows["debtor_name"].null_count() == 30_000


def test_a_payment_of_nothing_is_no_payment(tables: Path) -> None:
    paid = cards(tables, "UCI_pagos_20051001.csv")
    amounts = [cents(row["PAY_AMT1"]) for row in plainly(tables / CARDS)]
    assert paid.rows_empty == amounts.count(0)
    assert paid.rows_rejected == paid.rows_duplicate == 0
    assert paid.rows["amount_minor"].to_list() == [amount for amount in amounts if amount]


# --- 2,466 invoices between companies ---

INVOICES = "accounts_receivable.csv"
_WHOLE_DATE, _WHOLE_AMOUNT = r"[0-9]{2}/[0-9]{2}/[0-9]{4}", r"[0-9]+(\.[0-9]{2})?"


def faults(row: Row) -> list[tuple[str, str]]:
    """What does not read for certain: 1/2/2013 under two digits a day, 61.7 under two cents."""
    cells = {
        "opened_on": (row["InvoiceDate"], _WHOLE_DATE, "unreadable_date"),
        "due_date": (row["DueDate"], _WHOLE_DATE, "unreadable_date"),
        "principal_minor": (row["InvoiceAmount"], _WHOLE_AMOUNT, "unreadable_amount"),
    }
    return [
        (field, rule)
        for field, (text, shape, rule) in cells.items()
        if not re.fullmatch(shape, text)
    ]


def test_invoices_whose_dates_or_cents_may_be_read_two_ways_are_each_told(tables: Path) -> None:
    content = (tables / INVOICES).read_bytes()
    placed = screened(content, "facturas-reales", INVOICES, date(2014, 1, 2))
    rows = plainly(tables / INVOICES)
    assert found(placed) == Counter(
        (line, field, rule) for line, row in enumerate(rows, FIRST) for field, rule in faults(row)
    )
    good = [row for row in rows if not faults(row)]
    assert (placed.rows_read, placed.rows.height) == (2_466, len(good))
    assert placed.rows_rejected == 2_466 - len(good) > 1_900
    assert placed.rows["principal_minor"].to_list() == [cents(r["InvoiceAmount"]) for r in good]
    due = [datetime.strptime(row["DueDate"], "%m/%d/%Y").date() for row in good]
    assert placed.rows["due_date"].to_list() == due
    assert set(placed.rows["obligation_kind"]) == {"invoice"}
    # A rejected invoice is named all the same: it must not pass for one that is gone.
    assert set(placed.readable_keys) == {row["invoiceNumber"] for row in rows}


# --- 4,455 credits in Spain, without a key of their own ---

CREDITS = "creditscoring_es.csv"


def test_credits_without_a_key_are_refused(tables: Path) -> None:
    content = (tables / CREDITS).read_bytes()
    with pytest.raises(FileRefused, match="faltan columnas en el encabezado: NUMERO"):
        screened(content, "creditos-reales", "CreditScoring.csv", date(2020, 1, 2))


def test_credits_that_were_numbered_are_taken(tables: Path) -> None:
    lines = (tables / CREDITS).read_text().splitlines()
    numbered = [f'"NUMERO",{lines[0]}', *(f"{n},{line}" for n, line in enumerate(lines[1:], 1))]
    content = "\n".join(numbered).encode()
    placed = screened(content, "creditos-reales", "CreditScoring.csv", date(2020, 1, 2))
    rows = plainly(tables / CREDITS)
    unknown = [line for line, row in enumerate(rows, FIRST) if row["Status"] == "0"]
    assert found(placed) == Counter((line, "days_past_due", "value_unknown") for line in unknown)
    good = [row for row in rows if row["Status"] != "0"]
    assert (placed.rows_read, placed.rows.height, len(unknown)) == (4_455, len(good), 1)
    assert placed.rows["principal_minor"].to_list() == [cents(row["Amount"]) for row in good]
    # What stands for missing is nothing owed, and not 99,999,999.
    debts = [0 if row["Debt"] == "99999999" else cents(row["Debt"]) for row in good]
    assert placed.rows["expenses_minor"].to_list() == debts
    assert placed.rows["guaranteed"].to_list() == [row["Records"] == "2" for row in good]
    assert placed.rows["days_past_due"].to_list() == [90 * (row["Status"] == "2") for row in good]


# --- 8,399 debtors in Peru, without a key, of whom 2,325 repeat another row ---

ARREARS = "morosidad_sistema_financiero_pe.csv"


def test_arrears_without_a_key_are_refused(tables: Path) -> None:
    content = (tables / ARREARS).read_bytes()
    with pytest.raises(FileRefused, match="faltan columnas en el encabezado: cuenta"):
        screened(content, "morosidad-real", "morosidad.csv", date(2020, 1, 2))


def told_apart(rows: list[Row]) -> tuple[list[Row], int, Counter[tuple[int, str, str]]]:
    """Rows that stand, how many repeat one, and what is wrong with the others."""
    wrong: Counter[tuple[int, str, str]] = Counter()
    groups: dict[str, list[tuple[int, Row]]] = {}
    for line, row in enumerate(rows, FIRST):
        owed = row["deuda_sf"]
        if not re.fullmatch(_WHOLE_AMOUNT, owed):
            wrong[line, "principal_minor", "unreadable_amount" if owed else "required"] += 1
        else:
            groups.setdefault(row["dias_lab"], []).append((line, row))
    stand, repeated = [], 0
    for group in groups.values():
        figures = {(row["deuda_sf"], row["atraso"], row["clasif_sbs"]) for _, row in group}
        if len(figures) > 1:  # neither stands: nothing says which is right
            wrong.update((line, "account_number", "duplicate_key") for line, _ in group)
            continue
        first = group[0][1]
        stand.append(first)
        for line, row in group[1:]:
            if row["zona"] == first["zona"]:
                repeated += 1
            else:
                wrong[line, "account_number", "duplicate_key"] += 1
    return stand, repeated, wrong


def test_rows_that_repeat_are_told_from_rows_that_contradict(tables: Path) -> None:
    content, name = (tables / ARREARS).read_bytes(), "morosidad_sin_clave.csv"
    placed = screened(content, "morosidad-real", name, date(2020, 1, 2))
    stand, repeated, wrong = told_apart(plainly(tables / ARREARS))
    assert found(placed) == wrong
    assert (placed.rows_read, placed.rows_duplicate) == (8_399, repeated)
    assert placed.rows_rejected == len(wrong)
    assert placed.rows.height == len(stand) == 8_399 - repeated - len(wrong)
    assert min(repeated, len(stand)) > 100
    by_key = sorted((row["dias_lab"], cents(row["deuda_sf"]), int(row["atraso"])) for row in stand)
    read = placed.rows.select("account_number", "principal_minor", "days_past_due")
    assert sorted(read.rows()) == by_key
