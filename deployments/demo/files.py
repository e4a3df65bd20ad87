"""Canonical rows to the bytes each institution would drop: delimited, fixed width, workbook.

Writers keep to the institution's published layout; they read no profile, so that a profile that
is wrong shows.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import pandas as pd

from deployments.demo.sheets import Cell, Row, Sheet, Style, Value

TRAILER_ROWS_WIDTH = 9
TRAILER_SUM_WIDTH = 18


@dataclass(frozen=True)
class Control:
    """Figures of the trailer record: detail rows and the sum of one money field."""

    rows: int
    sum_minor: int


def money(amount_minor: int, style: Style) -> str:
    """The amount with the institution's marks: ``1.234.567,89``, ``1234567.89``, ``1234567``."""
    whole, part = divmod(abs(amount_minor), 10**style.exponent)
    digits = f"{whole:,}".replace(",", style.thousands)
    if style.exponent:
        digits += f"{style.decimal}{part:0{style.exponent}d}"
    return f"-{digits}" if amount_minor < 0 else digits


def cells(sheet: Sheet, row: Row) -> list[Cell]:
    """One row in the order of the sheet's columns: text, or typed values for a workbook."""
    typed = sheet.style.form == "workbook"
    line: list[Cell] = []
    for name, label in sheet.columns:
        value = row[name]
        if name in sheet.codes and isinstance(value, str | bool):
            line.append(sheet.codes[name][value])
        elif typed:
            line.append(_typed(name, value, sheet.style))
        else:
            text = _text(name, value, sheet.style)
            zero_padded = sheet.style.form == "fixed" and isinstance(value, int)
            line.append(text.zfill(int(label)) if zero_padded else text)
    return line


def _text(name: str, value: Value, style: Style) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime(style.datetimes)
    if isinstance(value, date):
        return value.strftime(style.dates)
    if name.endswith("_minor"):
        return money(int(value), style)
    return str(value)


def _typed(name: str, value: Value, style: Style) -> Cell:
    if isinstance(value, int) and name.endswith("_minor"):
        return float(value / 10**style.exponent)
    return value


def render(sheet: Sheet, lines: Sequence[Sequence[Cell]], day: date, control: Control) -> bytes:
    """The whole file; *control* goes into the trailer where the style has one."""
    if sheet.style.form == "workbook":
        return _workbook(sheet, lines, day)
    texts = [[str(cell) for cell in line] for line in lines]
    body = _fixed if sheet.style.form == "fixed" else _delimited
    return body(sheet, texts, day, control).encode(sheet.style.encoding)


def _delimited(sheet: Sheet, lines: list[list[str]], day: date, control: Control) -> str:
    style = sheet.style
    out = io.StringIO()
    if style.quoted:
        writer = csv.writer(
            out, delimiter=style.delimiter, quoting=csv.QUOTE_ALL, lineterminator=style.newline
        )
        writer.writerow(label for _, label in sheet.columns)
        writer.writerows(lines)
        return out.getvalue()
    records = [["D", *line] for line in lines] if style.trailer else list(lines)
    if style.header:
        records.insert(0, [label for _, label in sheet.columns])
    if style.trailer:
        records.append(["T", str(control.rows), money(control.sum_minor, style)])
    return "".join(style.delimiter.join(record) + style.newline for record in records)


def _fixed(sheet: Sheet, lines: list[list[str]], day: date, control: Control) -> str:
    widths = [int(width) for _, width in sheet.columns]
    length = 1 + sum(widths)
    records = [f"H{day:%Y%m%d}{sheet.institution.upper()}"]
    for line in lines:
        parts = [text.ljust(width) for text, width in zip(line, widths, strict=True)]
        records.append("D" + "".join(parts))
    total = f"{control.sum_minor:0{TRAILER_SUM_WIDTH}d}"
    records.append(f"T{control.rows:0{TRAILER_ROWS_WIDTH}d}{total}")
    padded = [record.ljust(length) for record in records]
    if any(len(record) != length for record in padded):
        raise ValueError("a value is wider than its column")
    return "".join(record + sheet.style.newline for record in padded)


def _workbook(sheet: Sheet, lines: Sequence[Sequence[Cell]], day: date) -> bytes:
    columns = [label for _, label in sheet.columns]
    cover = pd.DataFrame({"Entidad": [sheet.institution], "Hoja de datos": [sheet.tab]})
    frame = pd.DataFrame(list(lines), columns=columns, dtype=object)
    buffer = io.BytesIO()
    with pd.ExcelWriter(
        buffer, engine="xlsxwriter", date_format="dd/mm/yyyy", datetime_format="dd/mm/yyyy hh:mm"
    ) as writer:
        # Without a creation date of ours the workbook would carry the clock's.
        writer.book.set_properties({"created": datetime.combine(day, time())})
        cover.to_excel(writer, sheet_name="Portada", index=False)
        frame.to_excel(writer, sheet_name=sheet.tab, index=False)
    return buffer.getvalue()


def side_file(name: str, content: bytes) -> bytes:
    """The line ``sha256sum`` prints for *content* under *name*."""
    return f"{hashlib.sha256(content).hexdigest()}  {name}\n".encode()
