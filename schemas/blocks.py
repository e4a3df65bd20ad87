"""Delimited text in blocks of whole lines, and which of them are anything but plain.

A line is plain when it has the cells agreed on and no character that a rule of reading asks about;
polars' own reader splits those. `schemas.read` reads the others one by one, as it would all.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from recupero.profiles.identify import codec_of
from recupero.profiles.profile import Layout
from recupero.profiles.signature import refuse_foreign, refuse_utf8
from schemas.lines import text_of

#: Memory that has been freed is used again below 32 MiB; bigger pieces cost a page fault each.
BLOCK_BYTES = 16 << 20
#: Bytes looked at together: what they are compared with fits the processor's cache.
_STEP = 1 << 17
_TAB, _LINE_FEED, _SPACE, _DELETE = 0x09, 0x0A, 0x20, 0x7F
# Beginnings of characters in UTF-8: U+0080 to U+00BF, U+00C0 to U+00FF, and those of the blanks,
# marks and invisible characters from U+1000 on.
_C2, _C3, _E1, _E2, _EF = 0xC2, 0xC3, 0xE1, 0xE2, 0xEF

Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Block:
    """Whole lines as UTF-8, a line feed at the end of each; *first* is the number of the first."""

    text: bytes
    first: int


@dataclass(frozen=True)
class Text:
    """The bytes of a text file, from the mark of Unicode to Ctrl-Z, both left out."""

    content: bytes
    codec: str
    start: int
    stop: int

    @classmethod
    def of(cls, content: bytes, layout: Layout) -> Text:
        """*content* as *layout* declares it. Raises ``FileRefused`` as ``text_of`` does."""
        codec = codec_of(layout, content)
        if codec.startswith("utf-16"):
            content, codec = text_of(content, layout).encode(), "utf-8"
        else:
            refuse_foreign(layout, content)
            if _may_be_utf8(content):
                refuse_utf8(layout, content)
        # Old DOS programs end a file with Ctrl-Z.
        stop = len(content) - content.endswith(b"\x1a")
        marked = codec == "utf-8-sig" and content.startswith(codecs.BOM_UTF8)
        start = min(len(codecs.BOM_UTF8) if marked else 0, stop)
        text = cls(content, codec.removesuffix("-sig"), start, stop)
        text._refuse_undecodable(layout)
        return text

    def blocks(self) -> Iterator[Block]:
        """The text from its first line on."""
        first = 1
        for piece in self._pieces():
            block = Block(self._lines(piece), first)
            first += block.text.count(b"\n")
            yield block

    def lines(self, numbers: Places) -> list[str]:
        """The lines of *numbers*, which ascend."""
        found: list[str] = []
        first = 1
        codes = np.frombuffer(self.content, np.uint8)
        for piece in self._pieces():
            ends = np.flatnonzero(codes[piece] == _LINE_FEED) + piece.start
            if self.content[piece.stop - 1] != _LINE_FEED:
                ends = np.append(ends, piece.stop)
            starts = np.concatenate([[piece.start], ends[:-1] + 1])
            from_here = numbers[np.searchsorted(numbers, first) :] - first
            here = from_here[: np.searchsorted(from_here, ends.size)]
            for start, end in zip(starts[here].tolist(), ends[here].tolist(), strict=True):
                found.append(self.content[start:end].decode(self.codec))
            first += ends.size
        return found

    @cached_property
    def _plain(self) -> bool:
        return self.content.isascii()

    def _pieces(self) -> Iterator[slice]:
        at = self.start
        while at < self.stop:
            stop = self.stop
            if at + BLOCK_BYTES < stop:
                stop = self.content.rfind(b"\n", at, at + BLOCK_BYTES) + 1
                stop = stop or self.content.find(b"\n", at, self.stop) + 1 or self.stop
            yield slice(at, stop)
            at = stop

    def _lines(self, piece: slice) -> bytes:
        with memoryview(self.content) as content:
            if self._plain or self.codec == "utf-8":
                text = bytes(content[piece])
            else:
                text = str(content[piece], self.codec).encode()
        if b"\r" in text:
            text = text.replace(b"\r\n", b"\n")
        return text if text.endswith(b"\n") else text + b"\n"

    def _refuse_undecodable(self, layout: Layout) -> None:
        if self._plain or self.codec == "latin-1":
            return
        try:
            for piece in self._pieces():
                with memoryview(self.content) as content:
                    str(content[piece], self.codec)
        except UnicodeDecodeError:
            text_of(self.content, layout)  # says where


def _may_be_utf8(content: bytes) -> bool:
    """Whether its first lines are, which takes no reading of it all."""
    head = content[:_STEP]
    try:
        head[: head.rfind(b"\n") + 1].decode()
    except UnicodeDecodeError:
        return False
    return True


@dataclass(frozen=True)
class Look:
    """What was seen of a block: where its lines end, which are not plain (from 0), and whether
    blanks other than the space may stand in the plain ones."""

    ends: Places
    odd: Places
    blanks: bool


def look(block: Block, delimiter: str, width: int) -> Look:
    """*block* looked through for lines of *width* cells."""
    codes = np.frombuffer(block.text, np.uint8)
    marks: list[Places] = []
    odd: list[Places] = []
    blanks = False
    for at in range(0, codes.size, _STEP):
        some = codes[at : at + _STEP]
        marks.append(np.flatnonzero((some == ord(delimiter)) | (some == _LINE_FEED)) + at)
        # The step's last character may end behind it.
        found, other = _asked_about(some, codes[at : at + _STEP + 1])
        odd.append(found + at)
        blanks |= other
    ends, ragged = _cut(codes, np.concatenate(marks), width)
    lines = np.searchsorted(ends, np.concatenate(odd))
    return Look(ends, np.union1d(ragged, lines).astype(np.int64), blanks)


def _cut(codes: npt.NDArray[np.uint8], marks: Places, width: int) -> tuple[Places, Places]:
    """Where lines end, and those that have not *width* cells."""
    last = marks[width - 1 :: width]
    lines = np.count_nonzero(codes == _LINE_FEED)
    if lines * width == marks.size and bool((codes[last] == _LINE_FEED).all()):
        return last, np.empty(0, np.int64)
    at = np.flatnonzero(codes[marks] == _LINE_FEED)
    return marks[at], np.flatnonzero(np.diff(at, prepend=-1) != width)


def _asked_about(some: npt.NDArray[np.uint8], beyond: npt.NDArray[np.uint8]) -> tuple[Places, bool]:
    """Places of bytes that ``CONTROL``, ``MOJIBAKE`` and the C1 controls may begin with, some of
    them in vain; and whether there are blanks other than the space."""
    found: list[Places] = []
    low = some < _SPACE
    tabs = False
    if np.count_nonzero(low) != np.count_nonzero(some == _LINE_FEED):
        tabs = bool((some == _TAB).any())
        found.append(np.flatnonzero(low & (some != _LINE_FEED) & (some != _TAB)))
    if some.max() < _DELETE:
        return _joined(found), tabs
    high = bool(some.max() >= _E1)
    found.append(np.flatnonzero(some == _DELETE))
    if high:
        found.append(np.flatnonzero((some == _E2) | (some == _EF)))
    signs = np.flatnonzero(some == _C2)
    after = beyond[signs + 1]
    found.append(signs[after < 0xA0])
    # Â, Ã and ï, whose second bytes no other letter of Spanish has.
    if ((some & 0xFE) == 0x82).any() or (some == 0xAF).any() or some[-1] == _C3:
        letters = np.flatnonzero(some == _C3)
        found.append(letters[np.isin(beyond[letters + 1], (0x82, 0x83, 0xAF))])
    return _joined(found), tabs or high or bool((after == 0xA0).any())


def _joined(found: list[Places]) -> Places:
    return np.concatenate(found) if found else np.empty(0, np.int64)


def without(block: Block, seen: Look) -> bytes:
    """The plain lines of *block*."""
    if not seen.odd.size:
        return block.text
    pieces, at = [], 0
    for start, end in zip(*spans(seen, seen.odd), strict=True):
        pieces.append(block.text[at:start])
        at = end + 1
    return b"".join([*pieces, block.text[at:]])


def spans(seen: Look, lines: Places) -> tuple[list[int], list[int]]:
    """Where *lines* (from 0) begin, and where their line feeds are."""
    starts = np.concatenate([np.zeros(1, np.int64), seen.ends + 1])
    return starts[lines].tolist(), seen.ends[lines].tolist()
