"""What a sheet of OpenDocument (ods) says that its reader does not tell: how many cells its few
words stand for, and which results are errors (they are kept as empty, or as 0).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import IO
from xml.parsers import expat

#: What LibreOffice and Excel show instead of a result.
_ERROR = re.compile(r"Err:[0-9]+|#[A-Z/0]+[!?]?")
_ROW, _TABLE = "table:table-row", "table:table"
_CELLS = ("table:table-cell", "table:covered-table-cell")


class TooLarge(Exception):
    """The sheets hold more cells than the limit."""


class Unreadable(Exception):
    """The part is no XML, or none that such a sheet is written in."""


class Sheets:
    """Walks ``content.xml``. ``errors`` are the places (sheet, row, column from 0) of errors."""

    def __init__(self, cells_max: int) -> None:
        self.errors: set[tuple[str, int, int]] = set()
        self._left = cells_max
        self._name: str | None = None
        self._row = self._rows = self._column = self._filled = self._width = self._last = 0
        self._text: list[str] | None = None

    def walk(self, part: IO[bytes]) -> None:
        """Raises ``TooLarge``, ``Unreadable``."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._said
        try:
            parser.ParseFile(part)
        except (expat.ExpatError, ValueError):
            raise Unreadable from None

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in _CELLS:
            count = int(attributes.get("table:number-columns-repeated", 1))
            formula = "table:formula" in attributes
            self._column += count
            if formula or any(key.startswith("office:") for key in attributes):
                self._filled = self._column
            self._text = [] if formula else None
        elif name == _ROW:
            self._rows = int(attributes.get("table:number-rows-repeated", 1))
            self._column = self._filled = 0
        elif name == _TABLE:
            if self._name is not None:
                raise Unreadable  # a table inside a cell
            self._name = attributes.get("table:name", "")
            self._row = self._width = self._last = 0

    def _end(self, name: str) -> None:
        if name in _CELLS:
            if self._text is not None and _ERROR.fullmatch("".join(self._text)):
                self.errors.add((self._name or "", self._row, self._column - 1))
            self._text = None
        elif name == _ROW:
            self._row += self._rows
            if self._filled:
                self._width, self._last = max(self._width, self._filled), self._row
            if self._width * self._last > self._left:
                raise TooLarge
        elif name == _TABLE:
            self._left -= self._width * self._last
            self._name = None

    def _said(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)


def _refuse_doctype(*_: object) -> None:
    """Sheets have none; entities that grow without end stand in one."""
    raise Unreadable
