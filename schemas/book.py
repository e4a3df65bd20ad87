"""A workbook (xlsx, xls, ods) as the grid of cells of one sheet, looked through before its reader
sees it: that one holds every cell between the first and the last, and trusts what it is told.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any, TypeVar

from python_calamine import CalamineSheet, CalamineWorkbook

from recupero.errors import FileRefused
from recupero.profiles.profile import Layout
from recupero.profiles.signature import BOOKS, refuse_no_book
from schemas.compound import MAGIC, Protected, cells_in, container_of, stream_of
from schemas.open_document import Area, Sheets, TooLarge

_Found = TypeVar("_Found")

#: A sheet or an archive beyond these is not a portfolio: two cells far apart in a file of 6 KB
#: would bring the process down.
CELLS_MAX = 20_000_000
UNPACKED_BYTES_MAX = 1 << 30
#: Sheets of real portfolios unpack to 5 to 30 times their size; bombs to a thousand.
SUSPECT_BYTES, SUSPECT_RATIO = 64 << 20, 200
#: What stands in a cell whose formula has no result.
ERROR = "#VALUE!"
_PARTS = {
    "xlsx": ("xl/workbook.xml", "un libro de Excel (xlsx)"),
    "xlsb": ("xl/workbook.bin", "un libro binario de Excel (xlsb)"),
    "ods": ("content.xml", "una hoja de OpenDocument (ods)"),
}


def grid(content: bytes, layout: Layout) -> list[list[Any]]:
    """The cells of the sheet *layout* names, by row from the first, as calamine's Python values.

    Raises ``FileRefused``: ``empty``, ``undecodable``, ``too_large``, ``sheet_missing``.
    """

    def of_layout(book: CalamineWorkbook) -> tuple[str, list[list[Any]]]:
        sheet = _sheet(book, layout)
        return sheet.name, sheet.to_python(skip_empty_area=False)

    (name, cells), errors = _taken(content, layout.format, of_layout)
    for error in errors:
        if error.sheet == name:
            for row in cells[error.row : error.row + error.rows]:
                for column in range(error.column, min(error.column + error.columns, len(row))):
                    row[column] = ERROR
    return cells


def form_of(content: bytes) -> str | None:
    """The format of the workbook in *content*, as its bytes tell; None where it is none."""
    if content.startswith(MAGIC):
        return "xls"
    if not content.startswith(b"PK"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile:
        return None
    return next((form for form in ("xlsx", "ods") if _PARTS[form][0] in names), None)


def sheets(content: bytes, form: str) -> dict[str, list[list[Any]]]:
    """The cells of every sheet by name, in order. Raises as ``grid`` does."""

    def all_of_them(book: CalamineWorkbook) -> dict[str, list[list[Any]]]:
        return {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in book.sheet_names
        }

    return _taken(content, form, all_of_them)[0]


def _taken(
    content: bytes, form: str, take: Callable[[CalamineWorkbook], _Found]
) -> tuple[_Found, list[Area]]:
    """What *take* finds in the workbook, and the cells that hold an error and do not say so."""
    refuse_no_book(content, form)
    try:
        errors: list[Area] = []
        if form == "xls":
            content = _rebuilt(content)
        else:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                errors = _looked_through(archive, form)
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            return take(book), errors
    except FileRefused:
        raise
    except (TooLarge, MemoryError):
        raise _too_large("una hoja del libro") from None
    except Protected:
        raise _unreadable("es un libro de Excel protegido con contraseña", form) from None
    except zipfile.BadZipFile:
        raise _unreadable("el libro está cortado o dañado", form) from None
    except BaseException as problem:
        # The readers raise whatever they stumble over: of hostile bytes no list of it is complete.
        # A panic inside one is not even an Exception; any other of that rank is not ours to stop.
        if type(problem).__name__ != "PanicException" and not isinstance(problem, Exception):
            raise
        raise _unreadable(f"no es un libro legible ({form})", form) from None


def _unreadable(what: str, form: str) -> FileRefused:
    return FileRefused(what, mend=f"{BOOKS[form]} y envíelo de nuevo", rule="undecodable")


def _too_large(what: str) -> FileRefused:
    mend = "quite las celdas que sobran o envíe los datos en varios archivos"
    return FileRefused(f"{what} es demasiado grande", mend=mend, rule="too_large")


def _rebuilt(content: bytes) -> bytes:
    stream = stream_of(content)
    if cells_in(stream) > CELLS_MAX:
        raise TooLarge
    return container_of(stream)


def _looked_through(archive: zipfile.ZipFile, form: str) -> list[Area]:
    """The cells that hold an error and do not say so.

    Raises ``FileRefused`` for another archive than *form* is, or one beyond the limits.
    """
    names = set(archive.namelist())
    others = [what for of, (part, what) in _PARTS.items() if of != form and part in names]
    if others or _PARTS[form][0] not in names:
        what = next(iter(others), "un archivo comprimido (zip)")
        raise _unreadable(f"es {what} y no {form}", form)
    unpacked = sum(entry.file_size for entry in archive.infolist())
    packed = sum(entry.compress_size for entry in archive.infolist())
    bomb = unpacked > max(SUSPECT_BYTES, SUSPECT_RATIO * packed)
    if bomb or unpacked > UNPACKED_BYTES_MAX:
        raise _too_large("el libro")
    if form == "ods":
        return _looked_through_ods(archive)
    for entry in archive.infolist():
        if _extent(archive, entry) > CELLS_MAX:
            raise TooLarge
    return []


def _looked_through_ods(archive: zipfile.ZipFile) -> list[Area]:
    manifest = "META-INF/manifest.xml"
    if manifest in archive.namelist() and b"encryption-data" in archive.read(manifest):
        raise _unreadable("es una hoja de OpenDocument protegida con contraseña", "ods")
    sheets = Sheets(CELLS_MAX)
    with archive.open("content.xml") as part:
        sheets.walk(part)
    return sheets.errors


def _extent(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    """Cells between A1 and the last cell that a part of the archive refers to.

    Raises ``FileRefused`` for a formula that was never calculated: it would read as an empty cell.
    """
    last_column = last_row = 0
    tail = b""
    with archive.open(entry) as part:
        while chunk := part.read(1 << 20):
            text = tail + chunk
            if b"<f" in text and _UNCALCULATED.search(text):
                raise FileRefused(
                    "el libro trae fórmulas sin calcular",
                    mend="ábralo en Excel y guárdelo, o escriba valores en lugar de fórmulas",
                    rule="undecodable",
                )
            found = _REFERENCE.findall(text)
            columns = {letters for letters, _ in found}
            last_column = max(last_column, *map(_column, columns), 0)
            last_row = max(last_row, *(int(row) for _, row in found), 0)
            tail = chunk[-_CELL_BYTES_MAX:]
    return last_column * last_row


#: A formula has 8192 characters at most.
_CELL_BYTES_MAX = 1 << 14
#: A cell with a formula and no result. An empty text is one, and says that it is text.
_UNCALCULATED = re.compile(
    rb"""<c\b(?![^>]*\bt\s*=\s*["']str)[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)"""
    rb"""\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"""
)
#: Longer references than a sheet has are found too: the reader would fall over them, not refuse.
_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,24})([0-9]{1,24})["']""")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _sheet(book: CalamineWorkbook, layout: Layout) -> CalamineSheet:
    if not book.sheet_names:
        raise FileRefused(
            "el libro no tiene hojas", mend="envíe el libro con sus datos", rule="empty"
        )
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
