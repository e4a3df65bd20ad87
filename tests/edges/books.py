"""Workbooks as the programs of institutions write them: xlsx, Excel 97-2003 and OpenDocument."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter

Cell = str | float | bool | date | None
Rows = Iterable[Sequence[Cell]]
SECTOR, END, FREE = 512, 0xFFFFFFFE, 0xFFFFFFFF


def book(form: str, sheets: Mapping[str, Rows]) -> bytes:
    """*sheets* in order, by name."""
    return {"xlsx": _xlsx, "xls": _xls, "ods": _ods}[form](sheets)


def _xlsx(sheets: Mapping[str, Rows]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        style = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        page.write_datetime(at, column, cell, style)
                    elif isinstance(cell, str):
                        page.write_string(at, column, cell)
                    elif cell is not None:
                        page.write(at, column, cell)
    return content.getvalue()


def _ods(sheets: Mapping[str, Rows]) -> bytes:
    tables = "".join(
        f"<table:table table:name={quoteattr(name)}>{''.join(map(ods_row, rows))}</table:table>"
        for name, rows in sheets.items()
    )
    return ods(tables)


def ods(tables: str, before: str = "", encrypted: str = "") -> bytes:
    """A document of the XML *tables*, with *before* its root."""
    of = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = " ".join(
        f'xmlns:{n}="{of}:{n}:1.0"' for n in ("office", "table", "text", "manifest", "calcext")
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml", f"<manifest:manifest {spaces}>{encrypted}</manifest:manifest>"
        )
        archive.writestr(
            "content.xml",
            f"<?xml version='1.0' encoding='UTF-8'?>{before}<office:document-content {spaces}>"
            f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
            "</office:document-content>",
        )
    return content.getvalue()


def ods_row(cells: Sequence[Cell]) -> str:
    return f"<table:table-row>{''.join(map(ods_cell, cells))}</table:table-row>"


def ods_cell(cell: Cell) -> str:
    if cell is None or cell == "":
        return "<table:table-cell/>"
    text = "shown"
    if isinstance(cell, bool):
        kind = f'boolean" office:boolean-value="{str(cell).lower()}'
    elif isinstance(cell, date):
        kind = f'date" office:date-value="{cell.isoformat()}'
    elif isinstance(cell, str):
        kind = "string"
        # LibreOffice keeps blanks that XML would lose as elements of their own.
        text = escape(cell).replace("  ", "<text:s text:c='2'/>")
    else:
        kind = f'float" office:value="{cell!r}'
    return (
        f'<table:table-cell office:value-type="{kind}"><text:p>{text}</text:p></table:table-cell>'
    )


def _xls(sheets: Mapping[str, Rows]) -> bytes:
    return compound(biff(sheets))


def biff(sheets: Mapping[str, Rows], between: bytes = b"", strings: int | None = None) -> bytes:
    """The stream of records, with *between* before the first sheet's cells.

    *strings* is how many it says to hold, where that is not true.
    """
    texts: dict[str, int] = {}
    pages = []
    for rows in sheets.values():
        cells = [
            _cell(at, column, cell, texts)
            for at, row in enumerate(rows)
            for column, cell in enumerate(row)
            if cell is not None and cell != ""
        ]
        pages.append(_begin(0x0010) + between + b"".join(cells) + record(0x000A))
        between = b""
    formats = [record(0x00E0, struct.pack("<HH16x", 0, code)) for code in (0, 14)]
    count = len(texts) if strings is None else strings
    table = struct.pack("<II", count, count) + b"".join(
        struct.pack("<HB", len(text), 1) + text.encode("utf-16-le") for text in texts
    )
    names = [struct.pack("<BBBB", 0, 0, len(name), 1) + name.encode("utf-16-le") for name in sheets]
    head = _begin(0x0005) + b"".join(formats)
    tail = record(0x00FC, table) + record(0x000A)
    at = len(head) + sum(8 + len(name) for name in names) + len(tail)
    for name, page in zip(names, pages, strict=True):
        head += record(0x0085, struct.pack("<I", at) + name)
        at += len(page)
    return head + tail + b"".join(pages)


def record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _begin(part: int) -> bytes:
    return record(0x0809, struct.pack("<HHHHII", 0x0600, part, 0, 0, 0, 0))


def _cell(row: int, column: int, cell: Cell, texts: dict[str, int]) -> bytes:
    if isinstance(cell, bool):
        return record(0x0205, struct.pack("<HHHBB", row, column, 0, cell, 0))
    if isinstance(cell, str):
        place = texts.setdefault(cell, len(texts))
        return record(0x00FD, struct.pack("<HHHI", row, column, 0, place))
    if isinstance(cell, date):
        days = (cell - date(1899, 12, 30)).days
        return record(0x0203, struct.pack("<HHHd", row, column, 1, days))
    return record(0x0203, struct.pack("<HHHd", row, column, 0, cell))


def compound(stream: bytes, name: str = "Workbook") -> bytes:
    """*stream* in a container of sectors of 512 bytes; less than 4096 of it in small sectors."""
    small = len(stream) < 4096
    body = stream.ljust(-(-len(stream) // SECTOR) * SECTOR, b"\0")
    data = len(body) // SECTOR
    chain = [*range(1, data), END, END, END]  # the data, the directory, the links of small sectors
    tables = 1
    while tables * 128 < len(chain) + tables:
        tables += 1
    chain += [0xFFFFFFFD] * tables
    chain += [FREE] * (tables * 128 - len(chain))
    size = len(stream)
    root = _entry("Root Entry", 5, 1, 0 if small else END, len(body) if small else 0)
    directory = root + _entry(name, 2, FREE, 0, size)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<5I", 0, tables, data, 0, 4096)
    header += struct.pack("<4I", data + 1 if small else END, 1 if small else 0, END, 0)
    places = [data + 2 + n for n in range(tables)]
    header += struct.pack("<109I", *places, *[FREE] * (109 - tables))
    count = -(-size // 64) if small else 0
    small_chain = [*range(1, count), END] + [FREE] * (128 - count) if small else [FREE] * 128
    return b"".join(
        [
            header,
            body,
            directory.ljust(SECTOR, b"\0"),
            struct.pack("<128I", *small_chain[:128]),
            struct.pack(f"<{len(chain)}I", *chain),
        ]
    )


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    named = name.encode("utf-16-le") + b"\0\0"
    head = named.ljust(64, b"\0") + struct.pack("<HBBIII", len(named), kind, 1, FREE, FREE, child)
    return head + bytes(36) + struct.pack("<III", start, size, 0)
