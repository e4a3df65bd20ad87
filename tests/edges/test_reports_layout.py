"""On no page does a text touch another or leave the paper, however long names and amounts are."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pypdfium2
import pypdfium2.raw as raw
import pytest
from pypdf import PdfReader

from reports.acknowledgement import RejectedRow, acknowledgement_pdf
from reports.exhaustion import certificate_pdf
from reports.letter import render_letters
from reports.page import Heading, Sheet
from reports.painter import Column, exact, figures, paint
from reports.reconciliation import reconciliation_pdf
from reports.writeoff import writeoff_pdf
from tests.edges.test_reports_letter import LONGEST
from tests.golden import report_inputs as inputs

LONG = "Íñigo Ángel de la Santísima Trinidad Ñáñez-Echeverría y Goyeneche-Zumalacárregui " * 3
HUGE = 9_223_372_036_854_775_807

Box = tuple[float, float, float, float]


def text_boxes(content: bytes) -> list[tuple[tuple[float, float], list[Box]]]:
    """Per page its size and the boxes (left, bottom, right, top) of its texts, in points."""
    pages = []
    for page in pypdfium2.PdfDocument(content):
        objects = page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT])
        pages.append((page.get_size(), [item.get_bounds() for item in objects]))
    return pages


def overlaps(boxes: list[Box], slack: float = 0.35) -> list[tuple[Box, Box]]:
    """Pairs of boxes that share more than *slack* points both ways."""
    boxes = sorted(boxes, key=lambda box: -box[3])
    found = []
    for index, a in enumerate(boxes):
        for b in boxes[index + 1 :]:
            if b[3] <= a[1] + slack:
                break
            across = min(a[2], b[2]) - max(a[0], b[0])
            if across > slack and min(a[3], b[3]) - max(a[1], b[1]) > slack:
                found.append((a, b))
    return found


def _long_rows() -> bytes:
    rows = tuple(RejectedRow(10**9 + n, LONG, "rule", LONG, LONG, LONG) for n in range(70))
    return acknowledgement_pdf(
        replace(inputs.acknowledgement(70), rejects=rows, file_name=LONG + ".txt")
    )


def _long_certificate() -> bytes:
    data = inputs.opinion()
    needs = tuple(replace(r, condition=LONG, norm=LONG) for r in data.requirements)
    return certificate_pdf(
        replace(data, debtor_name=LONG, product=LONG, requirements=needs, conclusion=LONG * 3)
    )


def _long_writeoff() -> bytes:
    data = inputs.write_off()
    lines = tuple(
        replace(n, account_number="9" * 40, product=LONG, cause=LONG, legal_basis=LONG,
                principal_minor=HUGE - 2_050_000, total_minor=HUGE)
        for n in data.lines
    )  # fmt: skip
    return writeoff_pdf(
        replace(data, lines=lines, institution=replace(data.institution, name=LONG))
    )


def _long_reconciliation() -> bytes:
    data = inputs.reconciliation()
    matches = tuple(
        replace(m, evidence=LONG, account_number=LONG, stage=LONG) for m in data.matches
    )
    items = tuple(replace(i, cause=LONG, owner=LONG, next_action=LONG) for i in data.open_items)
    return reconciliation_pdf(replace(data, matches=matches, open_items=items))


LONGEST_PAGES: dict[str, Callable[[], bytes]] = {
    "letter": lambda: render_letters(
        [LONGEST], inputs.INSTITUTION["CL"], inputs.AGENCY, inputs.DAY
    ),
    "acknowledgement": _long_rows,
    "certificate": _long_certificate,
    "writeoff": _long_writeoff,
    "reconciliation": _long_reconciliation,
}


@pytest.mark.parametrize("name", [*inputs.PDFS, *(f"longest {n}" for n in LONGEST_PAGES)])
def test_texts_never_touch_and_stay_on_the_paper(name: str) -> None:
    render = LONGEST_PAGES.get(name.removeprefix("longest "), inputs.PDFS.get(name))
    if not name.startswith("longest "):
        render = inputs.PDFS[name]
    assert render is not None
    for (wide, high), boxes in text_boxes(render()):
        assert boxes
        assert overlaps(boxes) == []
        assert all(b[0] > 20 and b[1] > 15 and b[2] < wide - 20 and b[3] < high for b in boxes)


def test_the_overlap_check_can_see_an_overlap() -> None:
    assert overlaps([(0, 0, 10, 10), (9, 5, 20, 15)]) == [((9, 5, 20, 15), (0, 0, 10, 10))]
    assert overlaps([(0, 0, 10, 10), (10.2, 0, 20, 10), (0, 10.1, 10, 20)]) == []


def _below(sheet: Sheet, kind: str, mark: str) -> None:
    """What may follow a section title; it begins with *mark*."""
    columns = [Column("Cuenta o gestión", 9, lines=3), Column("Nombre", 40)]
    if kind == "table":
        paint(sheet, columns, [(mark, "Ñandú"), (f"{mark} y otra cosa más", "Ñandú")], size=8)
    elif kind == "high rows":
        paint(sheet, columns, [(f"{mark} {LONG}", LONG)] * 2, size=8)
    elif kind == "empty table":
        paint(sheet, columns, [], empty=mark)
    elif kind == "facts":
        sheet.facts([("Deudor", f"{mark} {LONG}")])
    else:
        sheet.paragraph(f"{mark} {LONG * 3}", 8.5)


@pytest.mark.parametrize("kind", ["table", "high rows", "empty table", "facts", "paragraph"])
@pytest.mark.parametrize("country", ["CO", "PE"])
def test_a_title_stays_with_the_beginning_of_what_follows(kind: str, country: str) -> None:
    """Wherever on the page it would come to stand."""
    heading = Heading("Prueba", "DOC-1", inputs.INSTITUTION[country], inputs.AGENCY, inputs.DAY)
    with Sheet(heading, landscape=True) as sheet:
        for left_mm in range(50):
            sheet.need(sheet.bottom)
            sheet.y = sheet.bottom - left_mm
            sheet.section(f"Sección {left_mm}.")
            _below(sheet, kind, f"M{left_mm}.")
        content = sheet.finish()
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    for left_mm in range(50):
        [title] = [n for n, text in enumerate(pages) if f"Sección {left_mm}." in text]
        marked = [n for n, text in enumerate(pages) if f"M{left_mm}." in text]
        assert marked[0] == title
        if kind == "paragraph":
            assert len(pages[title].partition(f"M{left_mm}.")[2].splitlines()) > 1, "one line"
        assert all("M" in text for text in pages if "Cuenta" in text)
    assert any("Sección" not in text for text in pages)


@pytest.mark.parametrize("rows", [0, 1])
def test_a_total_stays_with_what_little_is_above_it(rows: int) -> None:
    """Wherever on the page the table would come to stand: alone it says of nothing what it sums."""
    heading = Heading("Prueba", "DOC-1", inputs.INSTITUTION["CO"], inputs.AGENCY, inputs.DAY)
    columns = [Column("Concepto", 44), figures("Total", 35)]
    with Sheet(heading) as sheet:
        for left_mm in range(40):
            sheet.need(sheet.bottom)
            sheet.y = sheet.bottom - left_mm
            lines = [(f"F{left_mm}.", "1")] * rows
            paint(sheet, columns, lines, total=(f"T{left_mm}.", "1"), empty=f"F{left_mm}.")
        content = sheet.finish()
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    for left_mm in range(40):
        with_row, with_total = (
            [f"{mark}{left_mm}." in text for text in pages] for mark in ("F", "T")
        )
        assert with_row == with_total


def test_titles_with_nothing_below_are_there_and_no_page_is_empty() -> None:
    heading = Heading("Prueba", "DOC-1", inputs.INSTITUTION["CO"], inputs.AGENCY, inputs.DAY)
    with Sheet(heading) as sheet:
        sheet.section("Primera.")
        sheet.section("Segunda.")
        sheet.paragraph("Aquí.")
        sheet.y = sheet.bottom + 1  # as after a table that fills its page
        [page] = [page.extract_text() for page in PdfReader(io.BytesIO(sheet.finish())).pages]
    assert [word in page for word in ("Primera.", "Segunda.", "Aquí.")] == [True] * 3


def _table(rows: int) -> list[str]:
    heading = Heading("Prueba", "DOC-1", inputs.INSTITUTION["CO"], inputs.AGENCY, date(2026, 1, 2))
    with Sheet(heading) as sheet:
        columns = [exact("Cuenta", 30), Column("Nombre", 40), figures("Importe", 30)]
        paint(sheet, columns, ((f"C{n:05d}", "Ñandú", f"{n},00") for n in range(rows)))
        content = sheet.finish()
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def test_a_long_table_repeats_its_heading_and_counts_its_pages() -> None:
    pages = _table(150)
    assert len(pages) == 4
    assert all("Importe" in text for text in pages)
    assert [f"Página {n} de {len(pages)}" in text for n, text in enumerate(pages, 1)] == [True] * 4
    found = [line for text in pages for line in text.split() if line.startswith("C0")]
    assert found == [f"C{n:05d}" for n in range(150)]


def test_an_amount_is_made_smaller_never_cut() -> None:
    text = "".join(PdfReader(io.BytesIO(_long_writeoff())).pages[0].extract_text())
    assert "92.233.720.368.547.758,07" in text
    assert "…758" not in text
