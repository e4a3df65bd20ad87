"""Lato as it stands in a document: stripped, handed over from memory, and yet nothing is lost.

The yardstick is the library's ordinary use: ``FPDF.add_font`` with the whole file.
"""

from __future__ import annotations

import io
import unicodedata
from datetime import date
from importlib import resources
from typing import Any

import pypdfium2
import pytest
from fontTools.ttLib import TTFont
from fpdf import FPDF
from pypdf import PdfReader

from reports.canvas import A4_MM, Canvas
from reports.typeface import clean, width_mm

WHOLE = {
    bold: str(resources.files("font_lato").joinpath("files", name))
    for bold, name in ((False, "Lato-Regular.ttf"), (True, "Lato-Bold.ttf"))
}
CODES = set.intersection(*(set(TTFont(path).getBestCmap()) for path in WHOLE.values()))
#: What both weights have a glyph for, without controls and what is reserved or never composed.
REPERTOIRE = "".join(
    char
    for char in map(chr, sorted(CODES))
    if (char.isprintable() or char == "\u00a0")
    and char != "◊"
    and unicodedata.is_normalized("NFC", char)
)
LINES = [REPERTOIRE[start : start + 20] for start in range(0, len(REPERTOIRE), 20)]
POINTS = 14.0


def as_the_reports_draw(bold: bool, lines: list[str] = LINES) -> bytes:
    with Canvas(A4_MM, date(2026, 11, 27), "Prueba", "Recupero") as canvas:
        canvas.add_page()
        for number, line in enumerate(lines):
            canvas.text(20, 20 + 10 * number, line, POINTS, bold=bold)
        return canvas.finish()


def as_the_library_would(bold: bool, lines: list[str] = LINES) -> bytes:
    pdf = FPDF(unit="mm", format=A4_MM)
    pdf.set_auto_page_break(False)
    pdf.add_font("lato", fname=WHOLE[bold])
    pdf.set_font("lato", size=POINTS)
    pdf.add_page()
    for number, line in enumerate(lines):
        pdf.text(20, 20 + 10 * number, line)
    return bytes(pdf.output())


def page_text(content: bytes) -> str:
    return PdfReader(io.BytesIO(content)).pages[0].extract_text()


def shapes(content: bytes) -> list[tuple[str, tuple[float, ...]]]:
    """Every character on the page with the box of its shape, in points."""
    page = pypdfium2.PdfDocument(content)[0].get_textpage()
    return [(page.get_text_range(at, 1), page.get_charbox(at)) for at in range(page.count_chars())]


def description(content: bytes) -> list[Any]:
    """The font on the page and all that hangs on it, but for its file and which glyph is where."""
    (font,) = PdfReader(io.BytesIO(content)).pages[0]["/Resources"]["/Font"].values()
    cid_font = font.get_object()["/DescendantFonts"][0].get_object()
    parts = (font.get_object(), cid_font, cid_font["/FontDescriptor"], cid_font["/CIDSystemInfo"])
    apart = {"/DescendantFonts", "/ToUnicode", "/FontDescriptor", "/CIDSystemInfo"}
    apart |= {"/FontFile2", "/CIDToGIDMap"}
    plain = [{k: v for k, v in part.items() if k not in apart} for part in parts]
    return [*plain, font.get_object()["/ToUnicode"].get_data()]


def font_file(content: bytes) -> TTFont:
    (font,) = PdfReader(io.BytesIO(content)).pages[0]["/Resources"]["/Font"].values()
    cid_font = font.get_object()["/DescendantFonts"][0].get_object()
    return TTFont(io.BytesIO(cid_font["/FontDescriptor"]["/FontFile2"].get_data()))


def test_no_character_of_the_typeface_is_replaced() -> None:
    assert len(REPERTOIRE) > 250
    assert clean(REPERTOIRE) == REPERTOIRE


@pytest.mark.parametrize("bold", [False, True])
def test_every_character_is_read_and_stands_as_in_the_whole_typeface(bold: bool) -> None:
    content, yardstick = as_the_reports_draw(bold), as_the_library_would(bold)
    assert set(page_text(content)) >= set(REPERTOIRE)
    assert page_text(content) == page_text(yardstick)
    assert shapes(content) == shapes(yardstick)


@pytest.mark.parametrize("bold", [False, True])
def test_every_character_is_as_wide_as_the_library_says(bold: bool) -> None:
    pdf = FPDF(unit="mm")
    pdf.add_font("lato", fname=WHOLE[bold])
    pdf.set_font("lato", size=POINTS)
    expected = [pdf.get_string_width(char) for char in REPERTOIRE]
    pdf.output()
    assert [width_mm(char, POINTS, bold) for char in REPERTOIRE] == pytest.approx(expected)


@pytest.mark.parametrize("bold", [False, True])
def test_the_document_describes_the_font_as_the_library_would(bold: bool) -> None:
    """``Canvas`` stands in for ``add_font``: should that do more one day, it shows here."""
    assert description(as_the_reports_draw(bold)) == description(as_the_library_would(bold))


@pytest.mark.parametrize("bold", [False, True])
def test_the_embedded_file_is_cut_out_of_the_stripped_typeface_as_it_is(bold: bool) -> None:
    """Hints in it, or measures of its own, would say that every document pays for them again."""
    file, whole = font_file(as_the_reports_draw(bold, ["abc"])), TTFont(WHOLE[bold])
    assert {"fpgm", "prep", "cvt ", "GPOS", "GSUB"}.isdisjoint(file.keys())
    assert len(file.getGlyphOrder()) < 10
    sides = ("xMin", "yMin", "xMax", "yMax")
    assert [getattr(file["head"], s) for s in sides] == [getattr(whole["head"], s) for s in sides]
