"""Workbooks: live sums that carry the right values, nothing from outside is a formula."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from python_calamine import CalamineWorkbook

from reports.worklist import COLLECTOR_SHEETS, WorkItem, WorkList, sheet_names, worklist_xlsx
from tests.golden import report_inputs as inputs

NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
CELL = re.compile(r"([A-Z]+)(\d+)")


def sheets(content: bytes) -> dict[str, list[list[object]]]:
    """Every sheet's values from the first cell on."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {
        name: [list(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]
        for name in book.sheet_names
    }


def formulas(content: bytes) -> Iterator[tuple[str, str, str, str]]:
    """``(sheet, cell, formula, cached value)`` of every formula, read from the XML."""
    names = CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for number, name in enumerate(names, start=1):
            root = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
            for cell in root.iterfind(".//m:c[m:f]", NS):
                formula, value = cell.find("m:f", NS), cell.find("m:v", NS)
                assert formula is not None
                assert value is not None
                yield name, cell.attrib["r"], str(formula.text), str(value.text)


def at(rows: list[list[object]], cell: str) -> object:
    """The value of ``B7``."""
    letters, row = CELL.fullmatch(cell).groups()
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return rows[int(row) - 1][column - 1]


def area(rows: list[list[object]], text: str) -> list[object]:
    """The values of ``B4:B9`` (one column or one row)."""
    first, _, last = text.partition(":")
    last = last or first
    (a, b), (c, d) = CELL.fullmatch(first).groups(), CELL.fullmatch(last).groups()
    if a == c:
        return [at(rows, f"{a}{row}") for row in range(int(b), int(d) + 1)]
    return [at(rows, f"{chr(code)}{b}") for code in range(ord(a), ord(c) + 1)]


def exact(values: list[object]) -> Decimal:
    """Their sum in decimals, blanks as zero."""
    return sum((Decimal(str(v)) for v in values if v != ""), Decimal(0))


@pytest.mark.parametrize("name", sorted(inputs.BOOKS))
def test_every_sum_holds_the_value_of_its_cells(name: str) -> None:
    content = inputs.BOOKS[name]()
    book, sums = sheets(content), 0
    for sheet, _, formula, value in formulas(content):
        if match := re.fullmatch(r"SUM\(([A-Z0-9:]+)\)", formula):
            assert exact(area(book[sheet], match[1])) == Decimal(value)
            sums += 1
    assert sums >= 2


def test_the_write_off_totals_are_sums_over_its_lines() -> None:
    content = inputs.BOOKS["writeoff_xlsx"]()
    book, seen = sheets(content), 0
    pattern = r"SUMPRODUCT\(--EXACT\('(.+?)'!([A-Z0-9:]+),([A-Z0-9]+)\)(?:,'.+?'!([A-Z0-9:]+))?\)"
    for sheet, _, formula, value in formulas(content):
        if match := re.fullmatch(pattern, formula):
            lines = book[match[1]]
            label = at(book[sheet], match[3])
            chosen = [key == label for key in area(lines, match[2])]
            amounts = area(lines, match[4]) if match[4] else [1] * len(chosen)
            picked = [a for a, yes in zip(amounts, chosen, strict=True) if yes]
            assert exact(picked) == Decimal(value)
            seen += 1
    assert seen == 5 * (2 + 2 + 1)


def test_the_reconciliation_sheets_tie_to_each_other() -> None:
    book = sheets(inputs.BOOKS["reconciliation_xlsx"]())
    applied = book["Aplicaciones"]
    total, stated = applied[-2], applied[-1]
    assert (total[0], stated[0], stated[6]) == ("Total", "Según Recibido", "coincide")
    received = dict(zip(book["Recibido"][2], book["Recibido"][3], strict=True))
    assert exact([total[5]]) == exact([received["Conciliado"], received["Por política"]])
    assert received["¿Explicado?"] == "sí"
    assert exact([received["Recibido"]]) == exact(
        [received[k] for k in
         ("Conciliado", "Por política", "En suspenso", "Duplicados", "Reversos", "Ajeno")]
    )  # fmt: skip
    roll = book["Movimiento COP"]
    assert roll[-1][0] == "Sin explicar"
    assert set(roll[-1][1:]) == {0.0}
    assert roll[-3][1:] == roll[-2][1:]


@pytest.mark.parametrize("name", sorted(inputs.BOOKS))
def test_only_our_sums_and_checks_are_formulas(name: str) -> None:
    content = inputs.BOOKS[name]()
    starts = {formula.split("(")[0] for _, _, formula, _ in formulas(content)}
    assert starts <= {"SUM", "SUMPRODUCT", "ROUND", "IF", "Recibido!E4+Recibido!F4"}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert not [n for n in names if "vba" in n.lower() or "external" in n.lower()]


def test_text_that_looks_like_a_formula_arrives_as_text() -> None:
    book = sheets(inputs.BOOKS["worklist_xlsx"]())
    assert "=HYPERLINK(1)" in [row[1] for row in book["G-000"]]
    assert "=SUM(1,1) referencia" in [row[8] for row in
                                      sheets(inputs.BOOKS["reconciliation_xlsx"]())["Aplicaciones"]
                                      if len(row) > 8]  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", " @SUM(A1)", "{=1}", "+1", "-1", "https://x.test"])
def test_no_text_from_outside_is_a_formula_a_number_or_a_link(text: str) -> None:
    items = tuple(
        replace(one, account_number=text, debtor_name=text, phone=text, reason=text)
        for one in inputs.worklist().items
    )
    content = worklist_xlsx(replace(inputs.worklist(), items=items))
    ours = formulas(inputs.BOOKS["worklist_xlsx"]())
    assert [each[2] for each in formulas(content)] == [each[2] for each in ours]
    rows = sheets(content)["G-000"]
    assert [value for value in rows[3] if value == text] == [text] * 4
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [archive.read(name) for name in archive.namelist() if "/sheet" in name]
    assert not any(b"<hyperlink" in part for part in parts)


def test_the_work_list_has_a_sheet_per_collector_and_one_for_the_withheld() -> None:
    book = sheets(inputs.BOOKS["worklist_xlsx"]())
    assert list(book) == ["Resumen", "G-000", "G-001", "No contactar"]
    heading, first = book["G-000"][2], book["G-000"][3]
    row = dict(zip(heading, first, strict=True))
    assert row["Horario permitido"] == "contactar entre 08:00 y 19:00"
    assert row["Permiso"] == "PER-00000000"
    held = dict(zip(book["No contactar"][2], book["No contactar"][3], strict=True))
    assert (held["Regla"], held["Norma"]) == (
        "frecuencia semanal agotada", "Ley 2300/2023 art. 3 par. 1",
    )  # fmt: skip
    assert "Teléfono" not in held
    assert [row[0] for row in book["Resumen"][3:]] == ["G-000", "G-001", "G-009", "Total"]


def test_a_day_without_work_still_has_its_workbook() -> None:
    empty = WorkList("LIS-0", inputs.INSTITUTION["CO"], inputs.AGENCY, inputs.DAY, ())
    assert list(sheets(worklist_xlsx(empty))) == ["Resumen", "No contactar"]


def test_many_collectors_share_one_sheet() -> None:
    one = inputs.worklist().items[0]
    many = tuple(
        WorkItem(**{**vars(one), "collector_code": f"G{n:04d}"})
        for n in range(COLLECTOR_SHEETS + 1)
    )
    data = WorkList("LIS-1", inputs.INSTITUTION["CO"], inputs.AGENCY, inputs.DAY, many)
    assert list(sheets(worklist_xlsx(data))) == ["Resumen", "Trabajo", "No contactar"]


def test_sheet_names_are_valid_and_unique() -> None:
    long = "equipo de cobranza administrativa "
    codes = [f"{long}norte", f"{long}sur", "a/b", "a:b", "resumen", "'x'", ""]
    names = list(sheet_names(codes).values())
    assert len({name.lower() for name in names}) == len(codes)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\'") for name in names)
    assert "resumen" not in names
