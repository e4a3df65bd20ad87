"""Signs of amounts: read as the layout says they are written, and never taken for a plus."""

import io
import json

import pytest
import xlsxwriter

from recupero.errors import ProfileError
from recupero.profiles.load import parse_profile
from schemas.screen import sift
from tests.edges.good_files import BANK, DAY

LAYOUT = """
[[layout]]
kind = "placement"
version = "1"
from = 2026-01-01
name = '.*'
format = "{format}"
{settings}
dates = "%d/%m/%Y"
{sign}
[layout.columns]
account_number = "CUENTA"
due_date = "VENCE"
principal_minor = "SALDO"
{columns}
[layout.constants]
cut_off = "business_date"
"""
MARKS = 'header = true\ndecimal = ","\nthousands = "."'
TRAILING = 'sign = { place = "after" }'
BRACKETS = 'sign = { place = "around" }'
CREDIT = 'sign = { place = "after", negative = "CR", positive = "DB" }'
CREDIT_ONLY = 'sign = { place = "after", negative = "CR" }'
BEFORE = 'sign = { place = "before", negative = "C", positive = "D" }'
PLUS = 'sign = { place = "before", positive = "+" }'
APART = (
    'sign = { place = "column", negative = "C", positive = "D", columns.principal_minor = "DC" }'
)
MINUS_APART = 'sign = { place = "column", columns.principal_minor = "DC" }'


def owner(sign, form="delimited", settings=MARKS, columns=""):
    text = LAYOUT.format(format=form, settings=settings, sign=sign, columns=columns)
    return parse_profile((BANK + text).encode(), "banco.toml")


def sifted(content, profile):
    return sift(content, profile.layouts[0], profile, DAY)


def saldo(screened):
    """The one amount, or the rules that its line broke."""
    if screened.rejects.is_empty():
        return screened.rows["principal_minor"].item()
    return screened.rejects["rule"].to_list()


UNREADABLE = ["unreadable_amount"]


@pytest.mark.parametrize(
    ("sign", "written", "expected"),
    [
        ("", "-1.234,56", -123_456),
        ("", "1.234,56-", UNREADABLE),
        (TRAILING, "1.234,56-", -123_456),
        (TRAILING, "1.234,56", 123_456),
        (TRAILING, "0,00-", 0),
        (TRAILING, "-1.234,56", UNREADABLE),
        (TRAILING, "-1.234,56-", UNREADABLE),
        (TRAILING, "1.234,56--", UNREADABLE),
        (TRAILING, "1.234,56 -", UNREADABLE),
        (TRAILING, "12,5-", UNREADABLE),
        (TRAILING, "(1.234,56)", UNREADABLE),
        (TRAILING, "1.234,56CR", UNREADABLE),
        (TRAILING, "-", UNREADABLE),
        (BRACKETS, "(1.234,56)", -123_456),
        (BRACKETS, "1.234,56", 123_456),
        (BRACKETS, "-1.234,56", UNREADABLE),
        (BRACKETS, "(-1.234,56)", UNREADABLE),
        (BRACKETS, "((1.234,56))", UNREADABLE),
        (BRACKETS, "(1.234,56", UNREADABLE),
        (CREDIT, "1.234,56CR", -123_456),
        (CREDIT, "1.234,56 CR", -123_456),
        (CREDIT, "1.234,56 DB", 123_456),
        (CREDIT, "1.234,56", UNREADABLE),
        (CREDIT, "-1.234,56 CR", UNREADABLE),
        (CREDIT, "1.234,56 cr", UNREADABLE),
        (CREDIT, "1.234,56 CRDB", UNREADABLE),
        (CREDIT, "CR 1.234,56", UNREADABLE),
        (CREDIT_ONLY, "1.234,56", 123_456),
        (CREDIT_ONLY, "1.234,56 DB", UNREADABLE),
        (BEFORE, "C 1.234,56", -123_456),
        (BEFORE, "D1.234,56", 123_456),
        (BEFORE, "CR1.234,56", UNREADABLE),
        (PLUS, "+1.234,56", 123_456),
        (PLUS, "-1.234,56", -123_456),
        (PLUS, "1.234,56", UNREADABLE),
        (APART, "1.234,56;C", -123_456),
        (APART, "1.234,56; D ", 123_456),
        (APART, "1.234,56;", UNREADABLE),
        (APART, "1.234,56;X", UNREADABLE),
        (APART, "-1.234,56;D", UNREADABLE),
        (APART, "1.234,56-;C", UNREADABLE),
        (MINUS_APART, "1.234,56;-", -123_456),
        (MINUS_APART, "1.234,56;", 123_456),
        (MINUS_APART, "1.234,56;+", UNREADABLE),
    ],
)
def test_a_sign_is_as_agreed_or_the_amount_is_unreadable(sign, written, expected):
    names = "CUENTA;VENCE;SALDO;DC" if "column" in sign else "CUENTA;VENCE;SALDO"
    screened = sifted(f"{names}\n1;31/10/2026;{written}\n".encode(), owner(sign))
    assert saldo(screened) == expected


def test_the_message_says_how_amounts_below_zero_are_written():
    content = b"CUENTA;VENCE;SALDO\n1;31/10/2026;-5\n"
    (reject,) = sifted(content, owner(CREDIT)).rejects.rows(named=True)
    assert reject["message"] == (
        "SALDO: no es un importe; se espera como 1.234.567,89, con «CR» detrás los negativos y "
        "«DB» los demás"
    )


@pytest.mark.parametrize(("mark", "expected"), [("-", -500), ("", 500), ("N/A", UNREADABLE)])
def test_a_mark_is_a_sign_though_it_means_no_value_elsewhere(mark, expected):
    apart = owner(MINUS_APART, settings=f'{MARKS}\nblank = ["-", "N/A"]')
    content = f"CUENTA;VENCE;SALDO;DC\n1;31/10/2026;5,00;{mark}\n".encode()
    assert saldo(sifted(content, apart)) == expected


def test_rows_that_differ_in_their_sign_alone_contradict_each_other():
    content = b"CUENTA;VENCE;SALDO;DC\n1;31/10/2026;5,00;C\n1;31/10/2026;5,00;D\n"
    screened = sifted(content, owner(APART))
    assert screened.rejects["rule"].to_list() == ["duplicate_key"] * 2
    assert screened.rows_duplicate == 0


@pytest.mark.parametrize("sign", ["", TRAILING, BRACKETS, CREDIT, BEFORE, PLUS])
@pytest.mark.parametrize("amount", [-1234.5, 1234.5, -3.0, 0.0])
def test_what_is_stored_as_a_number_has_its_own_sign(sign, amount):
    account = {"CUENTA": "1", "VENCE": "31/10/2026", "SALDO": amount}
    lines = json.dumps(account).encode()
    assert saldo(sifted(lines, owner(sign, "jsonl", 'decimal = ","'))) == int(amount * 100)
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as workbook:
        page = workbook.add_worksheet()
        page.write_row(0, 0, account.keys())
        page.write_row(1, 0, account.values())
    assert saldo(sifted(book.getvalue(), owner(sign, "xlsx"))) == int(amount * 100)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"SALDO": 5, "DC": "C"}, -500),
        ({"SALDO": 5, "DC": "D"}, 500),
        ({"SALDO": -5, "DC": "C"}, UNREADABLE),
        ({"SALDO": -5, "DC": "D"}, UNREADABLE),
    ],
)
def test_a_number_beside_a_sign_column_has_none(cells, expected):
    account = {"CUENTA": "1", "VENCE": "31/10/2026", **cells}
    screened = sifted(json.dumps(account).encode(), owner(APART, "jsonl", ""))
    assert saldo(screened) == expected


FIXED = """
[[layout]]
kind = "placement"
version = "1"
from = 2026-01-01
name = '.*'
format = "fixed"
implied_decimals = 2
dates = "%Y%m%d"
control = "trailer"
sign = {sign}
records = {{ detail = "D", trailer = "T" }}
trailer = {{ rows = [2, 3], sum_minor = [5, 8], sum_of = "principal_minor" }}
columns = {{ account_number = [2, 3], due_date = [5, 8], principal_minor = [13, {width}] }}
constants = {{ cut_off = "business_date" }}
"""


@pytest.mark.parametrize(
    ("sign", "width", "total"),
    [
        ('{ place = "after" }', 8, "0001000-"),
        ('{ place = "column", columns.principal_minor = [20, 1] }', 7, "-0001000"),
    ],
)
def test_a_sign_at_the_end_of_a_fixed_width(sign, width, total):
    profile = parse_profile((BANK + FIXED.format(sign=sign, width=width)).encode(), "banco.toml")
    content = f"D001202610310001500-\nD002202610310000500 \nT002{total}\n".encode()
    assert sifted(content, profile).rows["principal_minor"].to_list() == [-1500, 500]


@pytest.mark.parametrize(
    ("sign", "where"),
    [
        ('sign = { place = "end" }', "sign.place"),
        ('sign = { place = "column" }', "sign.columns"),
        ('sign = { columns.principal_minor = "DC" }', "sign.columns"),
        ('sign = { place = "column", columns.due_date = "DC" }', "sign.columns.due_date"),
        ('sign = { place = "column", columns.fees_minor = "DC" }', "sign.columns.fees_minor"),
        ('sign = { place = "column", columns.principal_minor = 3 }',
         "sign.columns.principal_minor"),
        ('sign = { place = "around", negative = "C" }', "sign.negative"),
        ('sign = { positive = "-" }', "sign.positive"),
        ('sign = { place = "after", negative = "1" }', "sign.negative"),
        ('sign = { place = "after", negative = "," }', "sign.negative"),
        ('sign = { place = "after", negative = "" }', "sign.negative"),
        ('sign = { place = "after", negative = "C ", positive = "D" }', "sign.negative"),
        ('sign = { place = "after", negative = "C", positive = "." }', "sign.positive"),
    ],
)  # fmt: skip
def test_a_sign_that_contradicts_its_layout_does_not_load(sign, where):
    with pytest.raises(ProfileError) as refused:
        owner(sign)
    assert refused.value.where == f"banco.toml: layout[0].{where}"
