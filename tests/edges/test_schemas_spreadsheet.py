"""Spreadsheets: numbers become exactly the text they stand for, or the row is rejected."""

import io
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter

from recupero.errors import FileRefused
from recupero.profiles.load import parse_profile
from schemas.screen import sift

PROFILE = """
[institution]
code = "banco"
name = "Banco"
country = "MX"
currency = "{currency}"
timezone = "America/Mexico_City"
[[layout]]
kind = "placement"
version = "1"
from = 2026-01-01
name = '.*'
format = "xlsx"
header = true
dates = "%d/%m/%Y"
{settings}
[layout.columns]
account_number = "Crédito"
due_date = "Vence"
principal_minor = "Saldo"
city = "Ciudad"
guaranteed = "Garantía"
[layout.constants]
cut_off = "business_date"
[layout.values.guaranteed]
TRUE = true
FALSE = false
"""
NAMES = ["Crédito", "Vence", "Saldo", "Ciudad", "Garantía"]
DAY = date(2026, 11, 27)


def book(*rows, names=NAMES, sheet="Cartera", first_row=0):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        page = workbook.add_worksheet(sheet)
        style = workbook.add_format({"num_format": "dd/mm/yyyy"})
        for at, row in enumerate([names, *rows], start=first_row):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    page.write_datetime(at, column, cell, style)
                else:
                    page.write(at, column, cell)
    return content.getvalue()


def sifted(content, settings="", currency="MXN"):
    text = PROFILE.format(settings=settings, currency=currency)
    owner = parse_profile(text.encode(), "banco.toml")
    return sift(content, owner.layouts[0], owner, DAY)


def row(**cells):
    good = {"account": 101.0, "due": date(2026, 10, 31), "balance": 1234.5, "city": "León"}
    return list((good | cells).values())


def test_cells_become_what_they_stand_for():
    screened = sifted(book([*row(), True], row(account="00102", due="31/10/2026", balance="7,50")))
    assert screened.rejects.is_empty()
    first, second = screened.rows.rows(named=True)
    assert (first["line_number"], first["account_number"]) == (2, "101")
    assert (first["principal_minor"], first["due_date"]) == (123450, date(2026, 10, 31))
    assert (first["city"], first["guaranteed"]) == ("León", True)
    assert (second["account_number"], second["principal_minor"]) == ("00102", 750)


@pytest.mark.parametrize(
    ("cells", "field", "rule"),
    [
        ({"balance": 1234.567}, "principal_minor", "unreadable_amount"),
        ({"balance": 1e-7}, "principal_minor", "unreadable_amount"),
        ({"balance": 1e300}, "principal_minor", "spreadsheet_number"),
        ({"balance": "12,5"}, "principal_minor", "unreadable_amount"),
        ({"balance": True}, "principal_minor", "unreadable_amount"),
        ({"balance": "#N/A"}, "principal_minor", "spreadsheet_error"),
        ({"account": 4111111111111111}, "account_number", "spreadsheet_number"),
        ({"account": 1020.5}, "account_number", "number_as_code"),
        ({"due": 46326}, "due_date", "unreadable_date"),
        ({"due": datetime(2026, 10, 31, 9, 30)}, "due_date", "unreadable_date"),
        ({"due": "31/02/2026"}, "due_date", "unreadable_date"),
        ({"city": "Le\x02ón"}, "", "control_character"),
    ],
)
def test_cells_that_stand_for_nothing_exact(cells, field, rule):
    screened = sifted(book(row(), row(**({"account": 102} | cells))))
    assert screened.rejects.select("line_number", "field", "rule").rows() == [(3, field, rule)]
    assert screened.rows.height == 1


def test_decimals_are_those_of_the_currency():
    assert sifted(book(row(balance=1234.0)), currency="CLP").rows["principal_minor"][0] == 1234
    assert sifted(book(row(balance=1234.5)), currency="CLP").rows_rejected == 1
    assert sifted(book(row(balance=1234.5)), currency="CLF").rows["principal_minor"][0] == 12345000


def test_rows_keep_their_number_in_the_sheet():
    screened = sifted(book(row(), ["", "", "", ""], row(account=102), first_row=3))
    assert screened.rows["line_number"].to_list() == [5, 7]
    assert sifted(book(row(balance="x"))).rejects["raw"][0] == "101\t2026-10-31\tx\tLeón"


def edited(content, part, old, new):
    """The workbook with *old* replaced in one part, as other programs would have written it."""
    source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            text = source.read(name)
            assert name != part or old in text
            archive.writestr(name, text.replace(old, new) if name == part else text)
    return target.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_a_sum_of_floats_is_no_amount():
    # A spreadsheet stores all digits of =0.1+0.2, whatever it shows.
    content = edited(book(row(balance=0.3)), SHEET, b"<v>0.3</v>", b"<v>0.30000000000000004</v>")
    (reject,) = sifted(content).rejects.rows(named=True)
    assert reject["rule"] == "unreadable_amount"
    assert reject["value"] == "0,30000000000000004"


def bomb():
    content = io.BytesIO(book(row()))
    with zipfile.ZipFile(content, "a") as archive:
        archive.getinfo(SHEET).file_size = 1100 << 20
        archive.writestr("more.xml", b"")
    return content.getvalue()


def binary():
    content = io.BytesIO(book(row()))
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("xl/workbook.bin", b"")
    return content.getvalue()


@pytest.mark.parametrize(
    ("make", "settings", "rule"),
    [
        (lambda: b"PK\x03\x04 not a book", "", "undecodable"),
        (lambda: b"OBLIGACION;CAPITAL", "", "undecodable"),
        (lambda: book(row())[:-200], "", "undecodable"),
        (lambda: book(row()), 'sheet = "Otra"', "sheet_missing"),
        (lambda: book(row(), names=["Crédito", "Vence"]), "", "header_missing"),
        (lambda: book(row(), names=[*NAMES, "Saldo"]), "", "header_ambiguous"),
        (lambda: book(names=[]), "", "empty"),
        (bomb, "", "too_large"),
        (lambda: edited(book(row()), SHEET, b'r="A2"', b'r="ZZZZZZZ99999999999"'), "", "too_large"),
        (lambda: edited(book(row()), SHEET, b"<sheetData>", b" " * (80 << 20)), "", "too_large"),
        (binary, "", "undecodable"),
    ],
)
def test_books_that_are_refused(make, settings, rule):
    with pytest.raises(FileRefused) as refused:
        sifted(make(), settings)
    assert refused.value.rule == rule


def test_a_far_away_cell_does_not_eat_the_memory():
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        page = workbook.add_worksheet()
        page.write(0, 0, "Crédito")
        page.write(1_048_575, 16_383, 1)
    with pytest.raises(FileRefused) as refused:
        sifted(content.getvalue())
    assert refused.value.rule == "too_large"
