"""The page every report shares: who issues it, what it is, its cut-off, and its proof line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from types import TracebackType
from typing import NamedTuple

from recupero.dates import long_en, long_es
from recupero.profiles.language import Language
from reports.canvas import ACCENT, ALERT, GOOD, INK, RULE, SOFT, TINT, Canvas, Ink, paper_mm
from reports.typeface import wrap, wrap_to

MARGIN = 16.0
FOOT = 17.0
#: A section's title with the room above and below it.
SECTION_HIGH = 9.7


class _Words(NamedTuple):
    cut_off: str
    document: str
    chain: str
    no_chain: str
    page: str


_WORDS: dict[Language, _Words] = {
    "es": _Words(
        "Fecha de corte: {}", "Documento {}", "Cadena: {}", "sin asientos aún", "Página {} de {}"
    ),
    "en": _Words(
        "Cut-off date: {}", "Document {}", "Chain: {}", "nothing recorded yet", "Page {} of {}"
    ),
}
TONES: dict[str, Ink] = {"good": GOOD, "alert": ALERT, "plain": ACCENT}


@dataclass(frozen=True)
class Issuer:
    """A company named on a document; what is empty is not shown."""

    name: str
    country: str = ""
    tax_id: str = ""
    address: str = ""
    city: str = ""
    phone: str = ""
    email: str = ""
    web: str = ""
    #: Person answerable for the collection (Mexico: must appear on first contact).
    responsible: str = ""
    #: Unit or address that receives complaints.
    complaints: str = ""
    #: Ways to pay this company, one sentence each; empty = only its ordinary channels are named.
    payment_channels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Heading:
    """What head and foot of a report say. ``chain_head`` is hex, empty when there is none yet.

    Of a document that is of no day, *caption* stands in place of the cut-off date and *proof* in
    place of the chain.
    """

    title: str
    document_id: str
    institution: Issuer
    agency: Issuer
    business_date: date
    chain_head: str = ""
    caption: str = ""
    proof: str = ""
    language: Language = "es"


class Sheet:
    """A report being written top down: a cursor ``y`` in millimetres and new pages as needed."""

    def __init__(self, heading: Heading, *, landscape: bool = False) -> None:
        self.heading = heading
        wide, high = paper_mm(heading.institution.country)
        size = (high, wide) if landscape else (wide, high)
        self.canvas = Canvas(size, heading.business_date, heading.title, heading.agency.name)
        self.left, self.right = MARGIN, size[0] - MARGIN
        self.width = self.right - self.left
        self.bottom = size[1] - FOOT
        self.y = 0.0
        self._title = ""

    def __enter__(self) -> Sheet:
        self._new_page()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.canvas.__exit__(kind, error, trace)

    def finish(self) -> bytes:
        """The document's bytes."""
        if self._title:
            self.need(0)
        return self.canvas.finish()

    def need(self, high: float) -> None:
        """Make room for *high* mm, on a new page where this one has less.

        A section title that waits for what follows it is put above, on the same page.
        """
        if self.y + high + (SECTION_HIGH if self._title else 0) > self.bottom:
            self._new_page()
        if self._title:
            self.canvas.text(self.left, self.y + 6.5, self._title, 11, bold=True, ink=ACCENT)
            self.y += SECTION_HIGH
            self._title = ""

    def _new_page(self) -> None:
        self.canvas.add_page()
        self._head(first=self.canvas.pages == 1)
        self._foot()

    def _head(self, *, first: bool) -> None:
        head, draw, half = self.heading, self.canvas, self.width / 2 - 4
        draw.box(0, 0, draw.wide, 3.2, ACCENT)
        draw.text(self.left, 12.5, head.agency.name, 10, bold=True, ink=ACCENT, room=half)
        draw.text(self.right, 12.5, head.institution.name, 10, bold=True, align="R", room=half)
        draw.text(self.left, 16.8, _identity(head.agency), 7, ink=SOFT, room=half)
        draw.text(self.right, 16.8, _identity(head.institution), 7, ink=SOFT, align="R", room=half)
        draw.rule(self.left, 20, self.right)
        if not first:
            draw.text(self.left, 25, head.title, 8, bold=True, ink=SOFT, room=half)
            draw.text(self.right, 25, head.document_id, 8, ink=SOFT, align="R", room=half)
            self.y = 31
            return
        self.y = 29.5
        for line in wrap_to(head.title, self.width, 17, 2, True):
            draw.text(self.left, self.y, line, 17, bold=True)
            self.y += 7.4
        words = _WORDS[head.language]
        day = long_date(head.business_date, head.language)
        cut_off = head.caption or words.cut_off.format(day)
        draw.text(self.left, self.y - 0.8, cut_off, 9, ink=SOFT)
        number = words.document.format(head.document_id)
        draw.text(self.right, self.y - 0.8, number, 9, ink=SOFT, align="R", room=self.width / 2)
        self.y += 6.5

    def _foot(self) -> None:
        head, draw = self.heading, self.canvas
        y = draw.high - 11.5
        draw.rule(self.left, y - 3.6, self.right)
        draw.text(self.left, y, head.document_id, 6.5, ink=SOFT, room=self.width * 0.7)
        words = _WORDS[head.language]
        draw.page_number(self.right, y, 6.5, SOFT, words.page)
        chain = words.chain.format(head.chain_head or words.no_chain)
        draw.text(self.left, y + 3.1, head.proof or chain, 6.5, ink=SOFT, room=self.width)

    def section(self, title: str) -> None:
        """A section title: it is put on the page where what follows it begins."""
        if self._title:
            self.need(0)
        self._title = title

    def paragraph(self, text: str, size: float = 9, *, ink: Ink = INK) -> None:
        """Flowing text over the full width."""
        step = size * 0.49
        lines = wrap(text, self.width, size)
        self.need(step * min(2, len(lines)))
        for line in lines:
            self.need(step)
            self.canvas.text(self.left, self.y + size * 0.3, line, size, ink=ink)
            self.y += step
        self.y += 1.6

    def banner(self, title: str, text: str, tone: str = "plain") -> None:
        """The document's verdict in a tinted band; *tone* is good, alert or plain."""
        lines = [
            line for part in text.split("\n") if part for line in wrap(part, self.width - 10, 9)
        ]
        high = 8.6 + 4.4 * len(lines)
        self.need(high + 3)
        self.canvas.box(self.left, self.y, self.width, high, TINT)
        self.canvas.box(self.left, self.y, 1.4, high, TONES[tone])
        self.canvas.text(
            self.left + 5, self.y + 5.6, title, 11, bold=True, ink=TONES[tone],
            room=self.width - 10,
        )  # fmt: skip
        for index, line in enumerate(lines):
            self.canvas.text(self.left + 5, self.y + 10.2 + 4.4 * index, line, 9)
        self.y += high + 4

    def facts(self, pairs: Sequence[tuple[str, str]], columns: int = 3) -> None:
        """Labels with their values in a grid; values wrap within their column (three lines)."""
        room = self.width / columns - 4
        for start in range(0, len(pairs), columns):
            row = pairs[start : start + columns]
            values = [wrap_to(value or "—", room, 9, 3) for _, value in row]
            high = 4.0 + 4.2 * max(map(len, values))
            self.need(high + 1.5)
            for index, ((label, _), lines) in enumerate(zip(row, values, strict=True)):
                x = self.left + index * self.width / columns
                self.canvas.text(x, self.y + 2.6, label, 7, ink=SOFT, room=room)
                for number, line in enumerate(lines):
                    self.canvas.text(x, self.y + 6.8 + 4.2 * number, line, 9)
            self.y += high + 1.8
            self.canvas.rule(self.left, self.y - 0.4, self.right, ink=RULE, weight=0.1)
        self.y += 1.5


def long_date(day: date, language: Language) -> str:
    """The date in words."""
    return long_en(day) if language == "en" else long_es(day)


def _identity(issuer: Issuer) -> str:
    return " · ".join(part for part in (issuer.tax_id, issuer.address, issuer.city) if part)
