"""Where everything stands on a letter: letterhead, address window, text, debt, payment, rights.

The text is measured first; a letter too long for its page is set smaller, step by step, and one
that still does not fit is a fault, never a page with something missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from recupero.dates import long_es
from recupero.errors import Fault
from reports.canvas import ACCENT, INK, RULE, SOFT, TINT, Canvas
from reports.page import Issuer
from reports.qr import dark_runs
from reports.typeface import one_stop, wrap, wrap_to

SIDE = 22.0
WINDOW = (22.0, 46.0, 92.0)
BODY_TOP = 80.0
FOOT_HIGH = 21.0
TABLE_STEP = 5.4
QR_SIDE = 23.0
#: Four modules of the smallest code: what readers need around it.
QUIET = 4.5
SIZES = (9.8, 9.4, 9.0, 8.5, 8.0, 7.5)


@dataclass(frozen=True)
class Words:
    """A composed letter. ``rows`` and ``total`` hold amounts as text."""

    letter_id: str
    permission_id: str
    reference: str
    addressee: tuple[str, str, str]
    subject: str
    paragraphs: tuple[str, ...]
    table: str
    facts: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, str], ...]
    total: str
    details: tuple[str, ...]
    rights: tuple[str, ...]


class LetterPage:
    """Draws letters of one institution onto a canvas, a page each."""

    def __init__(
        self, canvas: Canvas, institution: Issuer, agency: Issuer, business_date: date
    ) -> None:
        self.canvas, self.institution, self.agency = canvas, institution, agency
        self.right = canvas.wide - SIDE
        self.width = canvas.wide - 2 * SIDE
        self.foot = canvas.high - FOOT_HIGH
        place = agency.city or institution.city
        self.dated = f"{place}, {long_es(business_date)}" if place else long_es(business_date)
        self.pay = (
            f"Pague únicamente a {institution.name}, por sus canales de pago habituales."
            if not institution.payment_channels
            else f"Pague únicamente a {institution.name}:",
            *institution.payment_channels[:3],
            f"{agency.name} no recibe dinero ni da recibos de pago.",
        )
        reach = " · ".join(filter(None, (agency.complaints, agency.phone, agency.email)))
        self.legal = f"{agency.name} actúa por encargo de {institution.name}" + (
            f". Reclamos y consultas: {reach}." if reach else "."
        )

    def draw(self, words: Words) -> None:
        """One letter on a new page."""
        size = next((s for s in SIZES if BODY_TOP + self._high(words, s) <= self.foot), None)
        if size is None:
            raise Fault("the letter does not fit its page", words.letter_id)
        self.canvas.add_page()
        self._letterhead()
        self._window(words.addressee)
        y = self._body(words, size)
        y = self._debt(words, y)
        y = self._payment(words, y, size)
        self._rights(words, y, size)
        self._footer(words)

    def _high(self, words: Words, size: float) -> float:
        step = size * 0.475
        texts = sum(len(wrap(p, self.width, size)) * step + 2.0 for p in words.paragraphs)
        rows = max(len(words.rows) + 1, len(words.facts))
        small = self._small(words, size)
        return (
            10.6 + step + texts + 7.0 + TABLE_STEP * rows + self._pay_high(size) + 18.0
            + sum(map(len, small)) * (size - 1.8) * 0.45 + 1.0 * len(small)
        )  # fmt: skip

    def _small(self, words: Words, size: float) -> list[list[str]]:
        return [wrap(text, self.width - 4, size - 1.8) for text in (*words.details, *words.rights)]

    def _pay_high(self, size: float) -> float:
        lines = sum(len(wrap(one_stop(text), self._pay_room(), size - 0.8)) for text in self.pay)
        return max(QR_SIDE + 2 * QUIET, 12.5 + lines * (size - 0.8) * 0.47 + 7.0)

    def _pay_room(self) -> float:
        return self.width - QR_SIDE - 17.0

    def _letterhead(self) -> None:
        draw, agency, institution = self.canvas, self.agency, self.institution
        draw.box(0, 0, draw.wide, 3.2, ACCENT)
        draw.text(
            SIDE, 17.5, agency.name, 15, bold=True, ink=ACCENT, room=self.width * 0.56, whole=True
        )
        card = " · ".join(filter(None, (agency.tax_id, agency.address, agency.city)))
        draw.text(SIDE, 22.3, card, 7.5, ink=SOFT, room=self.width * 0.58)
        reach = " · ".join(filter(None, (agency.phone, agency.email, agency.web)))
        draw.text(SIDE, 26.2, reach, 7.5, ink=SOFT, room=self.width * 0.58)
        room = self.width * 0.38
        draw.text(self.right, 14.0, "Por encargo de", 7.5, ink=SOFT, align="R")
        y = 18.6
        for line in wrap_to(institution.name, room, 10.5, 2, True):
            draw.text(self.right, y, line, 10.5, bold=True, align="R", room=room)
            y += 4.4
        draw.text(self.right, y - 0.4, institution.tax_id, 7.5, ink=SOFT, align="R", room=room)
        draw.rule(SIDE, 31, self.right, ink=ACCENT, weight=0.4)
        draw.rule(4, draw.high / 3, 8, ink=SOFT, weight=0.15)

    def _window(self, addressee: tuple[str, str, str]) -> None:
        x, y, room = WINDOW
        self.canvas.text(self.right, 39.5, self.dated, 9.5, align="R")
        self.canvas.text(x, y, "Señor(a)", 8.5, ink=SOFT)
        name, address, city = addressee
        y += 5.2
        for line in wrap_to(name, room, 10.5, 2, True):
            self.canvas.text(x, y, line, 10.5, bold=True, room=room)
            y += 4.9
        for part in (address, city):
            for line in wrap_to(part, room, 9.5, 2) if part else ():
                self.canvas.text(x, y, line, 9.5, room=room)
                y += 4.5

    def _body(self, words: Words, size: float) -> float:
        y, step = BODY_TOP, size * 0.475
        self.canvas.text(SIDE, y, "Asunto:", size + 0.7, bold=True, ink=ACCENT)
        self.canvas.text(SIDE + 17, y, words.subject, size + 0.7, bold=True, room=self.width - 17)
        y += 8.2
        self.canvas.text(SIDE, y, "Respetado(a) señor(a):", size)
        y += step + 2.4
        for paragraph in words.paragraphs:
            for line in wrap(paragraph, self.width, size):
                self.canvas.text(SIDE, y, line, size)
                y += step
            y += 2.0
        return y

    def _debt(self, words: Words, y: float) -> float:
        draw, middle = self.canvas, SIDE + self.width * 0.5
        draw.box(SIDE, y - 2.0, self.width, 6.0, TINT)
        draw.text(SIDE + 2, y + 2.1, "Su obligación", 8.5, bold=True, ink=ACCENT)
        draw.text(middle + 4, y + 2.1, words.table, 8.5, bold=True, ink=ACCENT)
        top = y + 8.2
        for index, (label, value) in enumerate(words.facts):
            at = top + TABLE_STEP * index
            draw.text(SIDE + 2, at, label, 8.5, ink=SOFT)
            draw.text(
                SIDE + 28, at, value, 8.5, room=middle - SIDE - 32, whole=label == "Obligación"
            )
            draw.rule(SIDE, at + 1.7, middle - 2, weight=0.1)
        for index, (label, value) in enumerate(words.rows):
            at = top + TABLE_STEP * index
            draw.text(middle + 4, at, label, 8.5)
            draw.text(self.right - 2, at, value, 8.5, align="R", room=46, whole=True)
            draw.rule(middle + 2, at + 1.7, self.right, weight=0.1)
        at = top + TABLE_STEP * len(words.rows)
        draw.rule(middle + 2, at - 3.7, self.right, ink=ACCENT, weight=0.35)
        draw.text(middle + 4, at, "Total", 9.5, bold=True)
        draw.text(self.right - 2, at, words.total, 9.5, bold=True, align="R", room=58, whole=True)
        return top + TABLE_STEP * max(len(words.rows) + 1, len(words.facts)) - 1.2

    def _payment(self, words: Words, y: float, size: float) -> float:
        draw, high, small = self.canvas, self._pay_high(size), size - 0.8
        draw.rule(SIDE, y, self.right, ink=ACCENT, weight=0.3)
        draw.rule(SIDE, y + high, self.right, ink=ACCENT, weight=0.3)
        at = y + 5.6
        draw.text(SIDE + 2, at, "Cómo pagar", 9.5, bold=True, ink=ACCENT)
        at += 4.9
        for text in self.pay:
            for line in wrap(one_stop(text), self._pay_room(), small):
                draw.text(SIDE + 2, at, line, small, ink=INK)
                at += small * 0.47
        at += 2.6
        draw.text(SIDE + 2, at, "Referencia de pago", small, ink=SOFT)
        draw.text(
            SIDE + 32, at, words.reference, small + 1.6, bold=True, room=self._pay_room() - 32,
            whole=True,
        )  # fmt: skip
        side, runs = dark_runs(words.reference)
        module = QR_SIDE / side
        left = self.right - QR_SIDE - 5
        draw.modules(runs, left, y + (high - QR_SIDE) / 2, module)
        return y + high

    def _rights(self, words: Words, y: float, size: float) -> None:
        small = size - 1.8
        y += 6.0
        self.canvas.text(SIDE, y, "Atentamente,", size)
        name = self.agency.name
        self.canvas.text(SIDE + 23, y, name, size, bold=True, room=self.width - 23)
        y += 8.0
        self.canvas.text(SIDE, y, "Información y derechos", small + 0.7, bold=True, ink=ACCENT)
        y += small * 0.5 + 0.4
        for lines in self._small(words, size):
            self.canvas.box(SIDE + 0.4, y - small * 0.2, 0.9, 0.9, ACCENT)
            for line in lines:
                self.canvas.text(SIDE + 3.4, y, line, small, ink=SOFT)
                y += small * 0.45
            y += 1.0

    def _footer(self, words: Words) -> None:
        draw, y = self.canvas, self.canvas.high - 15.5
        draw.rule(SIDE, y - 3.8, self.right, ink=RULE)
        draw.text(SIDE, y, f"Carta {words.letter_id}", 7, ink=SOFT, room=self.width * 0.45)
        permit = f"Permiso de contacto {words.permission_id}"
        draw.text(self.right, y, permit, 7, ink=SOFT, align="R", room=self.width * 0.5)
        for line in wrap_to(one_stop(self.legal), self.width, 7, 2):
            y += 3.3
            draw.text(SIDE, y, line, 7, ink=SOFT, room=self.width)
