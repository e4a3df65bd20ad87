"""Lato as the documents use it: which characters it has, how wide they are, how lines break.

Widths are the font's own advances (no kerning: text shaping stays off), so what is measured
here is what the page shows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from io import BytesIO

from fontTools.subset import Options, Subsetter, load_font
from fontTools.ttLib import TTFont

MM_PER_POINT = 25.4 / 72
ELLIPSIS = "…"

#: Stands for the number of pages until the document is closed. Lato has the glyph, ``clean``
#: never lets it through, so no text from outside can be mistaken for it.
PAGES_MARK = "◊◊"

#: Characters Lato lacks (or that must not pass) and what readers will recognise instead.
REPLACED = {
    "\t": " ", "\n": " ", "\r": " ", "\u202f": "\u00a0", "\u2007": "\u00a0", "\u2009": " ",
    "\u00ad": "-", "\u2010": "-", "\u2011": "-", "\u2012": "–", "\u2015": "—", "\u2032": "'",
    "\u2033": '"', "№": "N.º", "→": "->", "⇒": "=>", "✓": "sí", "◊": "<>",
}  # fmt: skip


@dataclass(frozen=True)
class Face:
    """One weight of Lato: the font file to embed and each character's advance in 1/1000 em."""

    file: bytes
    advance: Mapping[str, int]


@lru_cache(maxsize=2)
def face(bold: bool) -> Face:
    """Lato Regular or Bold, read once per process."""
    font = _stripped("Lato-Bold.ttf" if bold else "Lato-Regular.ttf")
    file = BytesIO()
    font.save(file)
    scale = 1000 / font["head"].unitsPerEm
    advance = {  # rounded as fpdf2 does
        chr(code): round(scale * font["hmtx"][glyph][0] + 0.001)
        for code, glyph in sorted(font.getBestCmap().items())
    }
    for reserved in ("◊", "\u00ad"):
        advance.pop(reserved, None)
    return Face(file.getvalue(), advance)


def _stripped(name: str) -> TTFont:
    """The font with every character, but without the hints, kerning and layout rules no page uses.

    fpdf2 would work through them for each document. Measured: 30 ms once for both weights; an
    acknowledgement then takes 20 ms of CPU instead of 25, and 20 KB instead of 30.
    """
    options = Options(hinting=False)
    options.drop_tables += ["GPOS", "GSUB"]
    file = resources.files("font_lato").joinpath("files", name).read_bytes()
    font = load_font(BytesIO(file), options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=font.getBestCmap())
    subsetter.subset(font)
    return font


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[str]:
    both = face(False).advance.keys() & face(True).advance.keys()
    return frozenset(char for char in both if char.isprintable() or char == "\u00a0")


@lru_cache(maxsize=20_000)
def clean(text: str) -> str:
    """*text* in characters the font has; what cannot be written appears as ``[U+4E2D]``.

    A name is never printed as a box: accents Lato lacks are dropped from their letter, and
    everything else (control and bidirectional characters included) shows its code point.
    """
    text = unicodedata.normalize("NFC", text)
    glyphs = _glyphs()
    if glyphs.issuperset(text):
        return text
    return "".join(char if char in glyphs else _written(char, glyphs) for char in text)


def _written(char: str, glyphs: frozenset[str]) -> str:
    if char in REPLACED:
        return REPLACED[char]
    base = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
    return base if base and glyphs.issuperset(base) else f"[U+{ord(char):04X}]"


def one_stop(text: str) -> str:
    """*text* without the second full stop of a sentence that ends in ``S.A.``."""
    return text.replace("..", ".")


@lru_cache(maxsize=100_000)
def _units(text: str, bold: bool) -> int:
    advance = face(bold).advance
    return sum(advance.get(char, 0) for char in text)


def width_mm(text: str, size_pt: float, bold: bool = False) -> float:
    """Width of a cleaned *text* in millimetres."""
    return _units(text, bold) * size_pt * MM_PER_POINT / 1000


def fit(text: str, room_mm: float, size_pt: float, bold: bool = False) -> str:
    """*text*, cut with an ellipsis when it is wider than *room_mm*."""
    if width_mm(text, size_pt, bold) <= room_mm:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width_mm(text[:middle].rstrip() + ELLIPSIS, size_pt, bold) <= room_mm:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + ELLIPSIS


def size_to_fit(text: str, room_mm: float, size_pt: float, bold: bool = False) -> float:
    """The size, at most *size_pt*, at which *text* fits: a figure shrinks, it is never cut."""
    wide = width_mm(text, size_pt, bold)
    return size_pt if wide <= room_mm else size_pt * room_mm / wide


def wrap(text: str, room_mm: float, size_pt: float, bold: bool = False) -> list[str]:
    """Lines of *text* no wider than *room_mm*; a longer word is broken where it must be."""
    lines: list[str] = []
    line, used = "", 0.0
    text = clean(text)
    space = width_mm(" ", size_pt, bold)
    for word in text.split(" "):
        wide = width_mm(word, size_pt, bold)
        if line and used + space + wide <= room_mm:
            line, used = f"{line} {word}", used + space + wide
            continue
        if line:
            lines.append(line)
        while wide > room_mm:
            head = _longest_head(word, room_mm, size_pt, bold)
            lines.append(word[:head])
            word = word[head:]
            wide = width_mm(word, size_pt, bold)
        line, used = word, wide
    return [*lines, line] if line or not lines else lines


def wrap_to(text: str, room_mm: float, size_pt: float, lines: int, bold: bool = False) -> list[str]:
    """Like ``wrap`` with at most *lines* lines; the last one ends in an ellipsis when cut."""
    whole = wrap(text, room_mm, size_pt, bold)
    if len(whole) <= lines:
        return whole
    rest = " ".join(whole[lines - 1 :]) + ELLIPSIS
    return [*whole[: lines - 1], fit(rest, room_mm, size_pt, bold)]


def _longest_head(word: str, room_mm: float, size_pt: float, bold: bool) -> int:
    head = 1
    while head < len(word) and width_mm(word[: head + 1], size_pt, bold) <= room_mm:
        head += 1
    return head
