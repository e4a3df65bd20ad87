"""What comes back as it was overrules no line that stands; what no cell can say mends nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from recupero.steps.decided import Rows
from recupero.store.embedded import Addresses
from tests.edges.mended_bank import Mended, book, filled, opened, portfolio, sent, sheet_of, table

REJECTED = Rows(read=1, rejected=1)


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path, proven: Callable[[Mended], Mended]) -> Mended:
    return proven(opened(tmp_path, migrated))


def test_a_line_beside_which_another_stands_needs_another_key(bank: Mended) -> None:
    standing, other = "0007|Ana|22/11/2026|5,00|a", "0007|Eva|22/11/2026|5,00|b"
    assert sent(bank, "CARTERA_1.txt", portfolio(standing, other)).rows.rejected == 1
    name, content = bank.reject_file()
    assert bank.send(name, filled(content, {3: {}})).rows == REJECTED
    stem = name.removesuffix(".txt")
    assert bank.answers(name) == [(2, "repair_contradicts")]
    header, again = table(bank.reject_file()[1])
    assert (header[10:], again[:5]) == (["CORRECCION_CUENTA"], other.split("|"))
    as_another = filled(content, {3: {"CUENTA": "0008"}})
    assert bank.send(f"{stem}_2.txt", as_another).rows == Rows(read=1, booked=1)
    assert bank.stated() == {"0007": 500, "0008": 500}


def test_no_line_is_repaired_into_one_that_stands(bank: Mended) -> None:
    lines = ("0007|Ana|22/11/2026|5,00|a", "|Eva|22/11/2026|x|b", "|Eva|22/11/2026|x|b")
    assert sent(bank, "CARTERA_1.txt", portfolio(*lines)).rows.rejected == 2
    name, content = bank.reject_file()
    stem = name.removesuffix(".txt")
    into_another = filled(content, {3: {"CUENTA": "0007", "VALOR": "12,00"}})
    assert bank.send(name, into_another).rows == REJECTED
    as_it_is = filled(content, {3: {"CUENTA": "0009", "VALOR": "12,00"}})
    assert bank.send(f"{stem}_2.txt", as_it_is).rows == Rows(read=1, booked=1)
    into_the_repaired = filled(content, {4: {"CUENTA": "0009", "VALOR": "9,00"}})
    assert bank.send(f"{stem}_3.txt", into_the_repaired).rows == REJECTED
    assert bank.answers(f"{stem}_3.txt") == [(2, "repair_contradicts")]
    assert bank.stated() == {"0007": 500, "0009": 1200}


def test_where_none_stands_the_one_that_comes_back_is_meant(bank: Mended) -> None:
    lines = ("0007|Ana|22/11/2026|5,00|a", "0007|Ana|22/11/2026|6,00|a")
    assert sent(bank, "CARTERA_1.txt", portfolio(*lines)).rows == Rows(read=2, rejected=2)
    name, content = bank.reject_file()
    assert bank.send(name, filled(content, {3: {}})).rows == Rows(read=1, booked=1)
    assert bank.stated() == {"0007": 600}


@pytest.mark.parametrize(
    ("cell", "rule"), [(12345678901234567.0, "spreadsheet_number"), ("#N/A", "spreadsheet_error")]
)
def test_a_cell_that_lost_digits_or_went_wrong_corrects_nothing(
    bank: Mended, cell: float | str, rule: str
) -> None:
    sent(bank, "CARTERA_1.txt", portfolio("0007|Ana|22/11/2026|5,00|a"))
    payments = [["TX", "CUENTA", "VALOR", "FECHA"], ["T1", "0007", "mil", "2026-11-22"]]
    assert bank.send("pagos_1.xlsx", book(payments)).rows == REJECTED
    name, content = bank.reject_file()
    header, row = sheet_of(content)
    row[header.index("CORRECCION_VALOR")] = cell
    assert bank.send(name, book([header, row])).rows == REJECTED
    assert bank.answers(name) == [(2, rule)]
