"""Workbooks of every format say the same; what would bring their reader down is refused before."""

import struct
from datetime import date

import pytest

from recupero.errors import FileRefused, ProfileError
from recupero.profiles.load import parse_profile
from schemas.screen import sift
from tests.edges.books import biff, book, compound, ods, ods_cell, ods_row, record
from tests.edges.test_schemas_spreadsheet import DAY, NAMES, PROFILE, SHEET, edited, row

FORMS = ("xlsx", "xls", "ods")


def profile(form, settings=""):
    text = PROFILE.format(settings=settings, currency="MXN").replace('"xlsx"', f'"{form}"')
    return parse_profile(text.encode(), "banco.toml")


def sifted(content, form, settings=""):
    owner = profile(form, settings)
    return sift(content, owner.layouts[0], owner, DAY)


def refused(content, form, settings=""):
    with pytest.raises(FileRefused) as refusal:
        sifted(content, form, settings)
    return refusal.value


@pytest.mark.parametrize("form", FORMS)
def test_cells_become_what_they_stand_for(form):
    other = row(account="00102", due="31/10/2026", balance="7,50")
    screened = sifted(book(form, {"Cartera": [NAMES, [*row(), True], [], other]}), form)
    assert screened.rejects.is_empty()
    first, second = screened.rows.rows(named=True)
    assert (first["line_number"], first["account_number"]) == (2, "101")
    assert (first["principal_minor"], first["due_date"]) == (123450, date(2026, 10, 31))
    assert (first["city"], first["guaranteed"]) == ("León", True)
    assert (second["line_number"], second["account_number"]) == (4, "00102")
    assert second["principal_minor"] == 750


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("cells", "field", "rule"),
    [
        ({"balance": 1234.567}, "principal_minor", "unreadable_amount"),
        ({"balance": True}, "principal_minor", "unreadable_amount"),
        # A number of 15 digits has no cents any more: this one was written as …409.93.
        ({"balance": 90071992547409.94}, "principal_minor", "spreadsheet_number"),
        ({"account": 4111111111111111}, "account_number", "spreadsheet_number"),
        ({"account": 1020.5}, "account_number", "number_as_code"),
        ({"due": 46326}, "due_date", "unreadable_date"),
    ],
)
def test_cells_that_stand_for_nothing_exact(form, cells, field, rule):
    rows = [NAMES, row(), row(**({"account": 102} | cells))]
    screened = sifted(book(form, {"Cartera": rows}), form)
    assert screened.rejects.select("line_number", "field", "rule").rows() == [(3, field, rule)]


@pytest.mark.parametrize("form", FORMS)
def test_the_sheet_and_the_row_of_names_are_those_agreed_on(form):
    title = [["Cartera al 27/11/2026"], ["", "Crédito", "de consumo"], []]
    content = book(form, {"Portada": [["x"]], "Datos": [*title, NAMES, row()]})
    agreed = 'sheet = "Datos"\nheader_row = 4'
    assert sifted(content, form, agreed).rows["line_number"].to_list() == [5]
    assert refused(content, form, 'sheet = "Datos"').rule == "header_missing"
    assert refused(content, form, 'sheet = "Datos"\nheader_row = 9').rule == "empty"
    assert refused(content, form, 'sheet = "Otra"').rule == "sheet_missing"


@pytest.mark.parametrize(
    ("form", "settings", "where"),
    [
        ("ods", "implied_decimals = 2", "format"),
        ("xls", "quote = '\"'", "format"),
        ("delimited", 'sheet = "Datos"', "sheet"),
        ("delimited", "header_row = 2", "header_row"),
        ("xls", "header_row = 0", "header_row"),
    ],
)
def test_a_layout_of_a_book_says_nothing_of_texts(form, settings, where):
    with pytest.raises(ProfileError) as problem:
        profile(form, settings)
    assert problem.value.where == f"banco.toml: layout[0].{where}"


@pytest.mark.parametrize("written", FORMS)
@pytest.mark.parametrize("agreed", FORMS)
def test_one_format_is_not_taken_for_another(written, agreed):
    content = book(written, {"Cartera": [NAMES, row()]})
    if written == agreed:
        assert sifted(content, agreed).rows.height == 1
        return
    refusal = refused(content, agreed)
    assert refusal.rule == "undecodable"
    assert f"y no {agreed}" in str(refusal)
    assert f"(.{agreed})" in str(refusal)


RIGHT = {"Cartera": [NAMES, row()]}
STREAM = biff(RIGHT)
#: Past what is kept in small sectors.
LONG = biff({"Cartera": [NAMES, *(row(account=n) for n in range(100))]})


@pytest.mark.parametrize(("stream", "rows"), [(STREAM, 1), (LONG, 100)])
@pytest.mark.parametrize("name", ["Workbook", "Book"])
def test_small_and_large_containers(stream, rows, name):
    assert (len(stream) < 4096) == (rows == 1)
    assert sifted(compound(stream, name), "xls").rows.height == rows


def bitten(content):
    """A chain of sectors whose second leads back to the first."""
    at = content.rindex(struct.pack("<3I", 1, 2, 3))
    return content[: at + 4] + struct.pack("<I", 0) + content[at + 8 :]


FAR = record(0x0203, struct.pack("<HHHd", 65535, 65535, 0, 1.0))
WIDE = record(0x0200, struct.pack("<IIHHH", 0, 0xFFFFFFFF, 0, 0xFFFF, 0))


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (bitten(compound(LONG)), "undecodable"),
        (compound(biff(RIGHT, strings=0x7FFFFFFF)), "undecodable"),
        (compound(biff(RIGHT, between=FAR)), "too_large"),
        (compound(STREAM, "Other"), "undecodable"),
        (compound(LONG)[:2000], "undecodable"),
        (compound(LONG[:-6]), "undecodable"),
        (compound(STREAM)[:512], "undecodable"),
        (compound(STREAM)[:30], "undecodable"),
        (compound(record(0x002F, b"\1\0") + STREAM), "undecodable"),
    ],
    ids=["loop", "strings", "far", "other", "cut", "no-end", "header", "magic", "password"],
)
def test_an_old_book_that_would_bring_its_reader_down(content, rule):
    assert refused(content, "xls").rule == rule


def test_what_an_old_book_says_of_its_extent_is_not_believed():
    assert sifted(compound(biff(RIGHT, between=WIDE)), "xls").rows.height == 1


def sheet(*rows):
    return f'<table:table table:name="Cartera">{"".join(rows)}</table:table>'


def repeated(cells, rows=1):
    return f'<table:table-row table:number-rows-repeated="{rows}">{cells}</table:table-row>'


HEAD = ods_row(NAMES)
BLANKS = '<table:table-cell table:number-columns-repeated="{}"/>'
FILLED = BLANKS.replace("/>", ' office:value-type="float" office:value="1"/>')


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (ods(sheet(HEAD, repeated(ods_cell(1.0), 10**8))), "too_large"),
        (ods(sheet(HEAD, repeated(FILLED.format(10**9)))), "too_large"),
        (ods(sheet(HEAD, repeated(BLANKS.format(10**9) + ods_cell(1.0)))), "too_large"),
        (ods(sheet(HEAD, repeated(BLANKS.format(1), 10**9), HEAD)), "too_large"),
        (ods(sheet(HEAD), before="<!DOCTYPE x [<!ENTITY a 'b'>]>"), "undecodable"),
        (ods(sheet(HEAD, repeated("<table:table-cell table:number-columns-repeated='x'/>"))),
         "undecodable"),
        (ods(sheet(repeated(f"<table:table-cell>{sheet(HEAD)}</table:table-cell>"))),
         "undecodable"),
        (ods(sheet(HEAD)[:-9]), "undecodable"),
        (ods(sheet(HEAD), encrypted="<manifest:file-entry><manifest:encryption-data/>"
             "</manifest:file-entry>"), "undecodable"),
    ],
    ids=["rows", "columns", "far", "gap", "entities", "count", "inside", "cut", "password"],
)  # fmt: skip
def test_an_open_document_that_would_bring_its_reader_down(content, rule):
    assert refused(content, "ods").rule == rule


def test_blanks_behind_a_sheet_cost_nothing():
    row_of = ods_row(row()).replace(
        "</table:table-row>", BLANKS.format(16_000) + "</table:table-row>"
    )
    content = ods(sheet(HEAD, row_of, repeated(BLANKS.format(16_384), 1_048_000)))
    assert sifted(content, "ods").rows.height == 1


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ('string" office:string-value="', "#N/A"),
        ('string" office:string-value="', "#DIV/0!"),
        ('float" office:value="0', "Err:502"),
        ('float" office:value="0', "#NAME?"),
        (None, ""),
        ('string" office:string-value="" calcext:value-type="error', "Not for readers"),
    ],
)
def test_an_error_of_open_document_is_no_zero(kind, shown):
    result = f' office:value-type="{kind}"' if kind else ""
    error = (
        f'<table:table-cell table:formula="of:=1/0"{result}>'
        f"<text:p>{shown}</text:p></table:table-cell>"
    )
    cells = "".join([ods_cell("102"), ods_cell(date(2026, 10, 31)), error])
    screened = sifted(ods(sheet(HEAD, ods_row(row()), repeated(cells, 2))), "ods")
    found = screened.rejects.select("line_number", "field", "rule").rows()
    assert found == [(at, "principal_minor", "spreadsheet_error") for at in (3, 4)]


@pytest.mark.parametrize(
    ("cell", "calculated"),
    [
        ('r="C2"><f>A2*2</f>', False),
        ('r="C2" s="1"><f>A2*2</f><v></v>', False),
        ('r="C2"><f t="shared" si="0"/><v/>', False),
        ('r="C2"><f>A2*2</f><v>1234.5</v>', True),
        ('r="C2" t="str"><f>""</f><v></v>', True),
    ],
)
def test_a_formula_that_was_never_calculated_is_no_empty_cell(cell, calculated):
    content = book("xlsx", {"Cartera": [NAMES, row(balance=7)]})
    with_formula = edited(content, SHEET, b'r="C2"><v>7</v>', cell.encode())
    if calculated:
        assert sifted(with_formula, "xlsx").rows_read == 1
    else:
        assert "fórmulas sin calcular" in str(refused(with_formula, "xlsx"))


def test_a_result_of_open_document_is_its_value():
    result = (
        '<table:table-cell table:formula="of:=1200+34.5" office:value-type="currency" '
        'office:value="1234.5"><text:p>$ 1.235</text:p></table:table-cell>'
    )
    cells = "".join([ods_cell("102"), ods_cell(date(2026, 10, 31)), result])
    assert sifted(ods(sheet(HEAD, repeated(cells))), "ods").rows["principal_minor"].item() == 123450
