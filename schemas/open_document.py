"""What a sheet of OpenDocument (ods) says that its reader does not tell: how many cells its few
words stand for, and which results are errors or were
never calculated (they are kept as empty, or as 0).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import IO, NamedTuple
from xml.parsers import expat

#: What LibreOffice and Excel show instead of a result.
_ERROR = re.compile(r"Err:[0-9]+|#[A-Z/0]+[!?]?")
_ROW, _TABLE = "table:table-row", "table:table"
_CELLS = ("table:table-cell", "table:covered-table-cell")


class TooLarge(Exception):
    """The sheets hold more cells than the limit."""


class Unreadable(Exception):
    """The part is no XML, or none that such a sheet is written in."""


class Area(NamedTuple):
    """Cells of one sheet; row and column are the first, from 0."""

    sheet: str
    row: int
    rows: int
    column: int
    columns: int


class Sheets:
    """Walks ``content.xml``. ``errors`` are where a result is one, or was never calculated."""

    def __init__(self, cells_max: int) -> None:
        self.errors: list[Area] = []
        self._left = cells_max
        self._name: str | None = None
        self._row = self._rows = self._last = self._width = 0
        self._column = self._count = self._filled = 0
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
            self._count = count
            if formula or any(key.startswith("office:") for key in attributes):
                self._filled = self._column
            self._text = [] if formula else None
            failed = attributes.get("calcext:value-type") == "error"
            if failed or (formula and "office:value-type" not in attributes):
                self._found()
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
                self._found()
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

    def _found(self) -> None:
        first = self._column - self._count
        self.errors.append(Area(self._name or "", self._row, self._rows, first, self._count))

    def _said(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)


def _refuse_doctype(*_: object) -> None:
    """Sheets have none; entities that grow without end stand in one."""
    raise Unreadable
