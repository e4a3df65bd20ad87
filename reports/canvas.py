"""The one place that drives fpdf2: text by baseline, rules, boxes, code modules, fixed dates.

``FPDF.text`` and ``rect`` are used instead of cells and tables because placing measured text is
several times faster, and because nothing can then move or overlap by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from io import BytesIO
from types import TracebackType

from fpdf import FPDF
from fpdf.fonts import TTFFont

from reports.typeface import PAGES_MARK, clean, face, fit, size_to_fit, width_mm

Ink = tuple[int, int, int]
INK: Ink = (31, 41, 55)
SOFT: Ink = (95, 107, 122)
ACCENT: Ink = (22, 62, 92)
RULE: Ink = (203, 210, 219)
TINT: Ink = (238, 242, 246)
GOOD: Ink = (28, 100, 70)
ALERT: Ink = (150, 38, 38)

#: Text that must not be cut is made smaller down to this size in points, then it is cut after all.
SMALLEST = 4.0

LETTER_MM = (215.9, 279.4)
A4_MM = (210.0, 297.0)
#: Countries whose offices print on A4; the others of the region use Letter ("carta").
A4_COUNTRIES = frozenset({"PE", "ES", "AR", "UY", "PY", "BR"})


def paper_mm(country: str) -> tuple[float, float]:
    """Width and height in millimetres of the paper in use in *country*."""
    return A4_MM if country in A4_COUNTRIES else LETTER_MM


class Canvas:
    """A document being drawn. Use it in a ``with``: fpdf2 leaks unless ``output`` is called."""

    def __init__(
        self, size_mm: tuple[float, float], business_date: date, title: str, author: str
    ) -> None:
        self.wide, self.high = size_mm
        self._pdf = FPDF(unit="mm", format=size_mm)
        self._pdf.set_auto_page_break(False)
        self._pdf.set_margin(0)
        self._pdf.c_margin = 0
        self._pdf.set_compression(True)
        self._pdf.set_creation_date(
            datetime(business_date.year, business_date.month, business_date.day, tzinfo=UTC)
        )
        self._pdf.set_title(clean(title))
        self._pdf.set_author(clean(author))
        self._pdf.set_creator("Recupero")
        self._pdf.set_lang("es")
        self._pdf.alias_nb_pages(PAGES_MARK)
        self._add_face("", face(False).file)
        self._add_face("B", face(True).file)
        self._done = False

    def _add_face(self, style: str, file: bytes) -> None:
        """What ``FPDF.add_font`` does, for a file in memory.

        A subset keeps the whole face's bounding boxes: to measure it anew, fontTools would take
        every glyph of every document apart. Measured: an acknowledgement takes 37 ms of CPU then,
        25 without.
        """
        # Declared as a path, but fontTools, which opens it, takes an open file as well.
        font = TTFFont(self._pdf, BytesIO(file), f"lato{style}", style)  # type: ignore[arg-type]
        font.ttfont.recalcBBoxes = False
        self._pdf.fonts[font.fontkey] = font

    def __enter__(self) -> Canvas:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._done:
            self.finish()

    def finish(self) -> bytes:
        """The document's bytes; nothing can be drawn afterwards."""
        self._done = True
        return bytes(self._pdf.output())

    @property
    def pages(self) -> int:
        """Pages begun so far."""
        return int(self._pdf.page)

    def add_page(self) -> None:
        """Begin a page; positions are millimetres from its top left corner."""
        self._pdf.add_page()

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 9,
        *,
        bold: bool = False,
        ink: Ink = INK,
        align: str = "L",
        room: float = 0.0,
        whole: bool = False,
    ) -> None:
        """Write *text* with its baseline at *y*.

        *x* is the left edge, the right edge (``align="R"``) or the middle (``"C"``). With *room*
        the text is cut with an ellipsis to that width; *whole* text (a figure, a number)
        is made smaller instead.
        """
        text = clean(text)
        if not text:
            return
        if room and whole:
            size = max(SMALLEST, size_to_fit(text, room, size, bold))
        if room:
            text = fit(text, room, size, bold)
        if align != "L":
            wide = width_mm(text, size, bold)
            x -= wide if align == "R" else wide / 2
        self._pdf.set_font("lato", "B" if bold else "", size)
        self._pdf.set_text_color(*ink)
        self._pdf.text(x, y, text)

    def page_number(
        self, x: float, y: float, size: float, ink: Ink, form: str = "Página {} de {}"
    ) -> None:
        """Write ``Página 1 de 3`` ending at *x*; the total is filled in when the document ends."""
        text = form.format(self.pages, PAGES_MARK)
        self._pdf.set_font("lato", "", size)
        self._pdf.set_text_color(*ink)
        self._pdf.set_xy(x - width_mm(form.format(self.pages, "00"), size), y - size * 0.3)
        self._pdf.cell(text=text)

    def rule(self, x1: float, y: float, x2: float, *, ink: Ink = RULE, weight: float = 0.2) -> None:
        """A horizontal line."""
        self._pdf.set_draw_color(*ink)
        self._pdf.set_line_width(weight)
        self._pdf.line(x1, y, x2, y)

    def box(self, x: float, y: float, wide: float, high: float, fill: Ink = TINT) -> None:
        """A filled rectangle."""
        self._pdf.set_fill_color(*fill)
        self._pdf.rect(x, y, wide, high, style="F")

    def modules(
        self, runs: Iterable[tuple[int, int, int]], x: float, y: float, module: float
    ) -> None:
        """Dark modules of a code as ``(row, column, length)`` runs, each *module* mm high."""
        self._pdf.set_fill_color(0, 0, 0)
        for row, column, length in runs:
            self._pdf.rect(
                x + column * module, y + row * module, length * module, module, style="F"
            )
