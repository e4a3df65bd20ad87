"""A reject file that came back: which line each row stands for, and what it says instead."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from recupero.errors import FileRefused
from recupero.profiles.identify import dialect_of
from recupero.profiles.json_line import LineBroken, object_of
from recupero.profiles.layout import Layout
from recupero.profiles.repair import OURS, REFERENCE, TITLES, correction_titles, written_as
from schemas.lines import lines_of, text_of
from schemas.originals import Originals
from schemas.read import RawTable
from schemas.rule import FINDING, no_findings
from schemas.stored import as_text

_ALL = "devuelva las filas con todas las columnas del archivo de rechazos, en su orden"


@dataclass(frozen=True)
class Returned:
    """A row that came back. ``untouched`` says whether the institution's own columns are those of
    a given line; ``corrections`` are texts by title, none of them blank, and ``faults`` the rules
    that cells of a workbook break, which no text stands for.
    """

    line_number: int
    reference: str
    cells: tuple[str, ...] = ()
    record: dict[str, Any] = field(default_factory=dict)
    corrections: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def untouched(self, line: int, before: Originals) -> bool:
        """Whether its own columns still say what *line* of the file said."""
        if line not in before.raws:
            return not any(self.cells) and not self.record
        if not before.header:  # JSON
            return self.record == object_of(before.raws[line])
        return _bare(self.cells) == _bare(before.cells[line])


def _bare(cells: Sequence[str]) -> list[str]:
    """Cells without what spreadsheets change and nobody reads: blanks around, the guard."""
    plain = [cell.replace("\r\n", "\n").strip().removeprefix("'") for cell in cells]
    while plain and not plain[-1]:
        plain.pop()
    return plain


def returned(content: bytes, layout: Layout, before: Originals) -> list[Returned]:
    """The rows of *content*, in order.

    Raises ``FileRefused`` with rule ``repair_columns`` where its columns are not those sent, and
    for what is no such text or workbook at all.
    """
    if layout.format == "jsonl":
        return list(_objects(content, layout))
    written = written_as(layout)
    rows = _sheet(content, written) if layout.is_book else _delimited(content, written)
    header = next(((at, cells) for at, cells in rows if any(map(str, cells))), (1, ()))
    titles = _titles([str(cell).strip() for cell in header[1]], before, layout)
    return [
        _row(at, cells, len(before.header), titles, layout)
        for at, cells in rows
        if at > header[0] and any(cell != "" for cell in cells)
    ]


def _titles(names: list[str], before: Originals, layout: Layout) -> dict[int, str]:
    """Where corrections stand, and of what."""
    own, told = len(before.header), len(TITLES["es"].told)
    if _bare(names[:own]) != _bare(before.header) or names[own : own + 1] != [REFERENCE]:
        raise FileRefused(
            "las columnas no son las del archivo de rechazos que se envió",
            mend=_ALL,
            rule="repair_columns",
        )
    known = correction_titles(layout)
    titles: dict[int, str] = {}
    for at, name in enumerate(names[own + told :], start=own + told):
        bare = next(
            (
                name.removeprefix(one.correction)
                for one in TITLES.values()
                if name.startswith(one.correction)
            ),
            None,
        )
        if name and (bare not in known or bare in titles.values()):
            raise FileRefused(
                f"la columna {name!r} no corrige ninguna del archivo",
                mend=_ALL,
                rule="repair_columns",
            )
        if bare:
            titles[at] = bare
    return titles


def _row(
    line_number: int, cells: list[Any], own: int, titles: dict[int, str], layout: Layout
) -> Returned:
    from schemas.spreadsheet import fault_of, shown  # what was retyped there is no text any more

    fields = correction_titles(layout)
    filled = {title: cells[at] for at, title in titles.items() if at < len(cells)}
    corrections = {title: _told(cell, fields[title][0], layout) for title, cell in filled.items()}
    faults = {title: rule for title, cell in filled.items() if (rule := fault_of(cell))}
    reference = shown(cells[own]) if own < len(cells) else ""
    return Returned(
        line_number,
        reference,
        cells=tuple(shown(cell) for cell in cells[:own]),
        corrections={title: text for title, text in corrections.items() if text.strip()},
        faults=faults if layout.is_book else {},
    )


def _told(cell: Any, field: str, layout: Layout) -> str:
    if not layout.is_book:
        return str(cell).removeprefix("'")
    from schemas.spreadsheet import cell_text

    return cell_text(cell, field, layout)


def _delimited(content: bytes, layout: Layout) -> list[tuple[int, list[Any]]]:
    text = io.StringIO(text_of(content, layout), newline="")
    reader = csv.reader(text, **dialect_of(layout))
    rows: list[tuple[int, list[Any]]] = []
    before = 0
    try:
        for cells in reader:
            rows.append((before + 1, list(cells)))
            before = reader.line_num
    except csv.Error:
        raise FileRefused(
            "unas comillas no se cierran o van pegadas a un texto",
            f"línea {before + 1}",
            _ALL,
            rule="repair_columns",
        ) from None
    return rows


def _sheet(content: bytes, layout: Layout) -> list[tuple[int, list[Any]]]:
    from schemas.book import grid

    return list(enumerate(grid(content, layout), start=1))


def _objects(content: bytes, layout: Layout) -> Iterator[Returned]:
    for line_number, raw in lines_of(text_of(content, layout)).rows():
        if not raw.strip():
            continue
        try:
            record = object_of(raw)
        except LineBroken:
            yield Returned(line_number, "")
            continue
        ours = record.pop(OURS, None)
        ours = ours if isinstance(ours, dict) else {}
        yield Returned(
            line_number,
            str(ours.get(REFERENCE, "")),
            record=record,
            corrections=dict(_from_object(ours, layout)),
        )


def _from_object(ours: dict[str, Any], layout: Layout) -> Iterator[tuple[str, str]]:
    known = correction_titles(layout)
    for one in TITLES.values():
        for key, value in ours.items():
            title = key.removeprefix(one.correction)
            if title == key or title not in known or value is None or value == "":
                continue
            yield title, str(value).lower() if isinstance(value, bool) else str(value)


def mended(rows: Sequence[tuple[Returned, int]], before: Originals, layout: Layout) -> RawTable:
    """Each row with the line it stands for, as the table the file would have been: the original
    cells, and the corrections where there are any. Lines are those of the file that came back.
    """
    title_of = {name: title for title, names in correction_titles(layout).items() for name in names}
    names = list(layout.sources)
    fixes = pl.DataFrame(
        [
            (row.line_number, of, *(row.corrections.get(title_of[name]) for name in names))
            for row, of in rows
        ],
        schema={"line_number": pl.Int64, "of": pl.Int64, **dict.fromkeys(names, pl.String)},
        orient="row",
    )
    said = pl.concat([before.table.rows, before.table.broken], how="diagonal").rename(
        {"line_number": "of"}
    )
    cells = fixes.join(said, on="of", how="left", maintain_order="left", suffix="_before")
    table = cells.select(
        "line_number",
        "raw",
        *(pl.coalesce(name, f"{name}_before").alias(name) for name in names),
    )
    texts, odd = as_text(table, layout) if _typed(layout) else (table, no_findings())
    kept = before.table.found.rename({"line_number": "of"}).join(
        fixes.unpivot(names, index=["line_number", "of"], variable_name="field", value_name="fix"),
        on=["of", "field"],
        how="inner",
    )
    found = kept.filter(pl.col("fix").is_null()).select("line_number", "field", "rule")
    nothing = before.table.broken.clear()
    faults = [
        (row.line_number, name, row.faults[title_of[name]])
        for row, _ in rows
        for name in names
        if title_of[name] in row.faults
    ]
    found = pl.concat([found, odd, pl.DataFrame(faults, schema=FINDING, orient="row")])
    return RawTable(texts, None, nothing, found, pl.Series("account_number", [], pl.String))


def _typed(layout: Layout) -> bool:
    """Whether corrections may be numbers that are no text."""
    return layout.format == "jsonl" or layout.is_book
