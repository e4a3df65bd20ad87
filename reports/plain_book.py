"""A workbook with nothing but cells, as an institution would write it: XLSX or OpenDocument.

The same cells are the same bytes. Texts are texts, numbers numbers and dates real dates.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter

Cell = str | int | Decimal | date | None
Rows = Sequence[Sequence[Cell]]

_MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES = "urn:oasis:names:tc:opendocument:xmlns"
_SPACES = " ".join(
    f'xmlns:{name}="{_NAMES}:{name}:1.0"' for name in ("office", "table", "text", "manifest")
)
_FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)


def plain_book(form: str, sheet: str, rows: Rows, made: date) -> bytes:
    """*rows* on one *sheet* of a workbook of format *form*: ``xlsx`` or ``ods``."""
    return _xlsx(sheet, rows, made) if form == "xlsx" else _ods(sheet, rows)


def _xlsx(sheet: str, rows: Rows, made: date) -> bytes:
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"created": datetime(made.year, made.month, made.day, tzinfo=UTC)})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        page = book.add_worksheet(sheet)
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    page.write_string(at, column, cell)
                elif isinstance(cell, date):
                    look = moment if isinstance(cell, datetime) else day
                    page.write_datetime(at, column, cell, look)
                elif cell is not None:
                    page.write_number(at, column, float(cell))
        page.set_column(0, max((len(row) for row in rows), default=1), 16)
    return content.getvalue()


def _ods(sheet: str, rows: Rows) -> bytes:
    lines = "".join(
        f"<table:table-row>{''.join(map(_ods_cell, row)) or '<table:table-cell/>'}"
        "</table:table-row>"
        for row in rows
    )
    table = f"<table:table table:name={quoteattr(sheet)}>{lines}</table:table>"
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in (("/", _MIMETYPE), ("content.xml", "text/xml"))
    )
    parts = {
        "mimetype": _MIMETYPE,
        "content.xml": f'<office:document-content {_SPACES} office:version="1.2">{body}'
        "</office:document-content>",
        "META-INF/manifest.xml": f'<manifest:manifest {_SPACES} manifest:version="1.2">{entries}'
        "</manifest:manifest>",
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in parts.items():
            xml = "" if name == "mimetype" else "<?xml version='1.0' encoding='UTF-8'?>"
            # Programs know the format by its first part, which must not be compressed.
            kind = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, _FIRST_DAY_OF_ZIP), xml + text, kind)
    return content.getvalue()


def _ods_cell(cell: Cell) -> str:
    if cell is None or cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, datetime):
        kind, shown = f'date" office:date-value="{cell:%Y-%m-%dT%H:%M:%S}', f"{cell:%Y-%m-%d %H:%M}"
    elif isinstance(cell, date):
        kind, shown = f'date" office:date-value="{cell:%Y-%m-%d}', f"{cell:%Y-%m-%d}"
    elif isinstance(cell, str):
        kind, shown = "string", escape(cell)
    else:
        kind, shown = f'float" office:value="{cell}', str(cell)
    return (
        f'<table:table-cell office:value-type="{kind}"><text:p>{shown}</text:p></table:table-cell>'
    )
