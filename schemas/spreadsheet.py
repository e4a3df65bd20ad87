"""Sheets of workbooks into rows of text. They store numbers, so each becomes exactly the text it
stands for, or the row is rejected: nothing is rounded and nothing guessed.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import polars as pl

from recupero.errors import FileRefused
from recupero.money import EXPONENT
from recupero.profiles.json_line import NUMBER
from recupero.profiles.profile import Layout
from schemas.book import grid
from schemas.delimited import named_positions
from schemas.lines import CONTROL
from schemas.rule import FINDING
from schemas.stored import as_text

#: Spreadsheets keep 15 significant digits; a longer number has already lost some.
DIGITS_KEPT = 15
_PLACES_MAX = max(EXPONENT.values())


def read(content: bytes, layout: Layout) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of text cells by field (``line_number`` is the sheet's row, ``raw`` its cells joined by
    tabs), and findings for cells that no text stands for.
    """
    rows = list(enumerate(grid(content, layout), start=1))[(layout.header_row or 1) - 1 :]
    written = [(at, cells) for at, cells in rows if any(map(shown, cells))]
    positions = {field: at for field, at in layout.sources.items() if isinstance(at, int)}
    if layout.header:
        if not written:
            which = "primera hoja del libro" if layout.sheet is None else f"hoja {layout.sheet!r}"
            raise FileRefused(f"la {which} está vacía", mend="ponga los datos ahí", rule="empty")
        line_number, names = written.pop(0)
        positions = named_positions([shown(name).strip() for name in names], layout, line_number)
    found: list[tuple[int, str, str]] = []
    texts = [_row(at, cells, positions, layout, found) for at, cells in written]
    schema = {"line_number": pl.Int64, "raw": pl.String, **dict.fromkeys(positions, pl.String)}
    table, odd = as_text(pl.DataFrame(texts, schema=schema, orient="row"), layout)
    return table, pl.concat([pl.DataFrame(found, schema=FINDING, orient="row"), odd])


def _row(
    line_number: int,
    cells: list[Any],
    positions: dict[str, int],
    layout: Layout,
    found: list[tuple[int, str, str]],
) -> list[Any]:
    """One row as text, its findings added to *found*."""
    raw = "\t".join(shown(cell) for cell in cells).rstrip("\t")
    of = {field: cells[at] if at < len(cells) else "" for field, at in positions.items()}
    texts = [cell_text(cell, field, layout) for field, cell in of.items()]
    for field, cell in of.items():
        if rule := fault_of(cell):
            found.append((line_number, field, rule))
    return [line_number, raw, *texts]


def fault_of(cell: Any) -> str | None:
    """Why no text stands for the cell, as a rule's code; None where one does."""
    if isinstance(cell, float) and _lost_digits(cell):
        return "spreadsheet_number"
    if isinstance(cell, str) and cell.startswith("#") and cell in _ERRORS:
        return "spreadsheet_error"
    return None


_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#GETTING_DATA"}
)


def _lost_digits(number: float) -> bool:
    """Whether some may be lost: all 15 before the point, or the cents of hundreds of billions."""
    if abs(number) < 10 ** (DIGITS_KEPT - _PLACES_MAX):
        return False
    return sum(map(str.isdigit, _digits(number))) > DIGITS_KEPT


def shown(cell: Any) -> str:
    """A cell as a person sees it, near enough to find it again."""
    if isinstance(cell, float):
        return _digits(cell)
    if isinstance(cell, bool):
        return str(cell).upper()
    return str(cell)


def _digits(number: float) -> str:
    """The shortest decimal that is this number: no exponent, no ``.0`` behind whole numbers."""
    return str(int(number)) if number.is_integer() else format(Decimal(repr(number)), "f")


def cell_text(cell: Any, field: str, layout: Layout) -> str:
    """The text a cell stands for, in the formats the layout declares; numbers marked as such."""
    kind = layout.fields[field].type if field in layout.fields else "text"
    if isinstance(cell, bool) or not isinstance(cell, int | float | date | datetime | time):
        return shown(cell)
    if isinstance(cell, int | float):
        return NUMBER + shown(cell)
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
