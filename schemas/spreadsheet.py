"""XLSX sheets into rows of text. Spreadsheets store numbers, so each becomes exactly the text
it stands for, or the row is rejected: nothing is rounded and nothing guessed.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import polars as pl
from python_calamine import CalamineSheet, CalamineWorkbook

from recupero.errors import FileRefused
from recupero.profiles.json_line import NUMBER
from recupero.profiles.profile import Layout
from recupero.profiles.signature import refuse_no_book
from schemas.delimited import named_positions
from schemas.lines import CONTROL
from schemas.rule import FINDING
from schemas.stored import as_text

#: A sheet or an archive beyond these is not a portfolio. The reader holds every cell between the
#: first and the last, so two cells far apart in a file of 6 KB would bring the process down.
CELLS_MAX = 20_000_000
UNPACKED_BYTES_MAX = 1 << 30
#: Sheets of real portfolios unpack to 5 to 30 times their size; bombs to a thousand.
SUSPECT_BYTES, SUSPECT_RATIO = 64 << 20, 200
#: Spreadsheets keep 15 significant digits; a longer number has already lost some.
DIGITS_KEPT = 15


def read(content: bytes, layout: Layout) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of text cells by field (``line_number`` is the sheet's row, ``raw`` its cells joined by
    tabs), and findings for cells that no text stands for.
    """
    grid = _grid(content, layout)
    written = [(at, row) for at, row in enumerate(grid, start=1) if any(_shown(c) for c in row)]
    positions = {field: at for field, at in layout.sources.items() if isinstance(at, int)}
    if layout.header:
        if not written:
            which = "primera hoja del libro" if layout.sheet is None else f"hoja {layout.sheet!r}"
            raise FileRefused(f"la {which} está vacía", mend="ponga los datos ahí", rule="empty")
        line_number, names = written.pop(0)
        positions = named_positions([_shown(name).strip() for name in names], layout, line_number)
    found: list[tuple[int, str, str]] = []
    rows = [_row(at, cells, positions, layout, found) for at, cells in written]
    schema = {"line_number": pl.Int64, "raw": pl.String, **dict.fromkeys(positions, pl.String)}
    table, odd = as_text(pl.DataFrame(rows, schema=schema, orient="row"), layout)
    return table, pl.concat([pl.DataFrame(found, schema=FINDING, orient="row"), odd])


def _grid(content: bytes, layout: Layout) -> list[list[Any]]:
    refuse_no_book(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_excess(archive)
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            return _sheet(book, layout).to_python(skip_empty_area=False)
    except FileRefused:
        raise
    except zipfile.BadZipFile:
        raise _unreadable("el libro de Excel está cortado o dañado") from None
    except BaseException as problem:
        # The readers raise whatever they stumble over: of hostile bytes no list of it is complete.
        # A panic inside one is not even an Exception; any other of that rank is not ours to stop.
        if type(problem).__name__ != "PanicException" and not isinstance(problem, Exception):
            raise
        raise _unreadable("no es un libro de Excel (xlsx) legible") from None


def _unreadable(what: str) -> FileRefused:
    mend = "ábralo en Excel, guárdelo como .xlsx y envíelo de nuevo"
    return FileRefused(what, mend=mend, rule="undecodable")


def _refuse_excess(archive: zipfile.ZipFile) -> None:
    """Raise ``FileRefused`` for what is no XLSX, or unpacks to more than the limits."""
    names = set(archive.namelist())
    # The reader also takes XLSB and ODS, whose extent nothing here can see beforehand.
    if "xl/workbook.bin" in names:
        raise _unreadable("es un libro binario de Excel (xlsb) y no xlsx")
    if "content.xml" in names:
        raise _unreadable("es una hoja de OpenDocument (ods) y no xlsx")
    if "xl/workbook.xml" not in names:
        raise _unreadable("es un archivo comprimido (zip) y no un libro de Excel (xlsx)")
    unpacked = sum(entry.file_size for entry in archive.infolist())
    packed = sum(entry.compress_size for entry in archive.infolist())
    bomb = unpacked > max(SUSPECT_BYTES, SUSPECT_RATIO * packed)
    if bomb or unpacked > UNPACKED_BYTES_MAX:
        raise FileRefused("el libro de Excel es demasiado grande", rule="too_large")
    for entry in archive.infolist():
        if _extent(archive, entry) > CELLS_MAX:
            raise FileRefused("una hoja del libro es demasiado grande", rule="too_large")


def _extent(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    """Cells between A1 and the last cell that a part of the archive refers to."""
    last_column = last_row = 0
    tail = b""
    with archive.open(entry) as part:
        while chunk := part.read(1 << 20):
            found = _REFERENCE.findall(tail + chunk)
            columns = {letters for letters, _ in found}
            last_column = max(last_column, *map(_column, columns), 0)
            last_row = max(last_row, *(int(row) for _, row in found), 0)
            tail = chunk[-64:]
    return last_column * last_row


#: Longer references than a sheet has are found too: the reader would fall over them, not refuse.
_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,24})([0-9]{1,24})["']""")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _sheet(book: CalamineWorkbook, layout: Layout) -> CalamineSheet:
    if not book.sheet_names:
        raise FileRefused("el libro no tiene hojas", rule="empty")
    if layout.sheet is None:
        return book.get_sheet_by_index(0)
    if layout.sheet not in book.sheet_names:
        count = len(book.sheet_names)
        raise FileRefused(
            f"falta la hoja {layout.sheet!r}; el libro trae {count} con otro nombre",
            mend="dé a la hoja ese nombre exacto",
            rule="sheet_missing",
        )
    return book.get_sheet_by_name(layout.sheet)


def _row(
    line_number: int,
    cells: list[Any],
    positions: dict[str, int],
    layout: Layout,
    found: list[tuple[int, str, str]],
) -> list[Any]:
    """One row as text, its findings added to *found*."""
    raw = "\t".join(_shown(cell) for cell in cells).rstrip("\t")
    of = {field: cells[at] if at < len(cells) else "" for field, at in positions.items()}
    texts = [_text(cell, field, layout) for field, cell in of.items()]
    for field, cell in of.items():
        if isinstance(cell, float) and abs(cell) >= 10**DIGITS_KEPT:
            found.append((line_number, field, "spreadsheet_number"))
        elif isinstance(cell, str) and cell.startswith("#") and cell in _ERRORS:
            found.append((line_number, field, "spreadsheet_error"))
    return [line_number, raw, *texts]


_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#GETTING_DATA"}
)


def _shown(cell: Any) -> str:
    """A cell as a person sees it, near enough to find it again."""
    if isinstance(cell, float):
        return _digits(cell)
    if isinstance(cell, bool):
        return str(cell).upper()
    return str(cell)


def _digits(number: float) -> str:
    """The shortest decimal that is this number: no exponent, no ``.0`` behind whole numbers."""
    return str(int(number)) if number.is_integer() else format(Decimal(repr(number)), "f")


def _text(cell: Any, field: str, layout: Layout) -> str:
    """The text a cell stands for, in the formats the layout declares; numbers marked as such."""
    kind = layout.fields[field].type if field in layout.fields else "text"
    if isinstance(cell, bool) or not isinstance(cell, int | float | date | datetime | time):
        return _shown(cell)
    if isinstance(cell, int | float):
        return NUMBER + _shown(cell)
    if isinstance(cell, datetime) and kind == "datetime" and layout.datetimes:
        return cell.strftime(layout.datetimes)
    if isinstance(cell, datetime) and cell.time() == time():
        cell = cell.date()
    if isinstance(cell, date) and not isinstance(cell, datetime) and kind == "date":
        return cell.strftime(layout.dates or "%Y-%m-%d")
    return str(cell.isoformat())


def has_control(rows: pl.DataFrame) -> pl.Series:
    """Whether any cell of a row holds a control character that no spreadsheet types."""
    breaks = pl.col("raw").str.replace_all(r"\r|\n", " ")
    return rows.select(breaks.str.contains(CONTROL)).to_series()
