"""A sample taken apart: how its bytes are parted into columns, and what stands in each.

Workbooks come as cells, which somebody with a reader of them has to give.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from recupero.errors import FileRefused
from recupero.profiles.drafting.encoding import decoded
from recupero.profiles.drafting.entry import Entry, is_open
from recupero.profiles.drafting.parted import fixed_width, parted
from recupero.profiles.drafting.words import is_blank, plain, spelled_out, synonyms
from recupero.profiles.json_line import NUMBER, LineBroken, object_of, paths_of, values_at
from recupero.profiles.layout import Source

#: Rows looked at; the rest of a larger sample is checked, not guessed from.
ROWS_MAX = 50_000
#: Where the names of a sheet are looked for.
_HEADER_ROWS_MAX = 20
Grid = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Column:
    """One column: ``texts`` that say something, and how many cells are numbers, days or blank."""

    source: Source
    texts: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    days: int = 0

    @property
    def name(self) -> str:
        """Its name in the header; empty where it has none."""
        return self.source if isinstance(self.source, str) else ""

    @property
    def filled(self) -> int:
        """Cells that say something."""
        return len(self.texts) + len(self.numbers) + self.days


@dataclass(frozen=True)
class Sample:
    """``rows`` below the names, and what was found of the form of the file."""

    form: str
    columns: tuple[Column, ...]
    rows: int
    entries: tuple[Entry, ...]


def read_text(content: bytes, said: Mapping[str, str]) -> Sample:
    """A sample of text: lines of JSON, delimited or of fixed width."""
    text, encoding = decoded(content, said.get("encoding"))
    lines = [line.rstrip("\r") for line in text.removesuffix("\x1a").split("\n")]
    lines = [line for line in lines if line.strip()]
    if not lines:
        raise FileRefused("the sample is empty", rule="empty")
    if lines[0].lstrip().startswith("{"):
        return _of_json(lines, encoding)
    found = parted(lines, said.get("delimiter"))
    if found is None:
        return _of_fixed(lines, encoding)
    header = _has_names(found.rows[0], found.rows[1:])
    if "header" in said:
        header = Entry("header", said["header"] == "true", "certain", "as said")
    names = [cell.strip() for cell in found.rows[0]]
    body = found.rows[1:] if header.value else found.rows
    sources: list[Source] = list(names) if header.value else list(range(len(names)))
    columns = _columns(sources, [[cell.strip() for cell in row] for row in body[:ROWS_MAX]])
    odd = f"all but {found.odd}" if found.odd else "all"
    form = Entry("format", "delimited", "certain", f"{odd} lines part alike")
    return Sample("delimited", columns, len(body), (form, encoding, *found.entries, header))


def read_book(form: str, sheets: Mapping[str, Grid], said: Mapping[str, str]) -> Sample:
    """A workbook, whose *sheets* are given by name in order."""
    wanted = said.get("sheet")
    if wanted is not None and wanted not in sheets:
        raise FileRefused(f"has no sheet {wanted!r}", mend=f"it has {', '.join(sheets)}")
    among = {wanted: sheets[wanted]} if wanted is not None else dict(sheets)
    places = {name: _names_row(grid) for name, grid in among.items()}
    best = max(places, key=lambda name: places[name][1])
    entries = [Entry("format", form, "certain", "that is what its bytes are")]
    if len(sheets) > 1 and wanted is None:
        rivals = [name for name, (_, known) in places.items() if known == places[best][1]]
        entries.append(
            Entry("sheet", best, "guess", "the sheet whose names are known best")
            if len(rivals) == 1
            else is_open("sheet", f"one of {', '.join(map(repr, rivals))}; {best!r} was looked at")
        )
    at = places[best][0]
    if "header_row" in said:
        at = int(said["header_row"]) - 1
    grid = among[best]
    first = next((row for row, cells in enumerate(grid) if any(map(_shown, cells))), 0)
    if at != first:
        entries.append(Entry("header_row", at + 1, "guess", "what stands above it names nothing"))
    entries.append(Entry("header", True, "guess", "the row above the values holds names"))
    body = [row for row in grid[at + 1 :] if any(map(_shown, row))]
    names: list[Source] = [_shown(cell).strip() for cell in grid[at]] if grid else []
    return Sample(form, _columns(names, body[:ROWS_MAX]), len(body), tuple(entries))


def _of_json(lines: list[str], encoding: Entry) -> Sample:
    rows: list[dict[str, Any]] = []
    for line in lines[:ROWS_MAX]:
        try:
            rows.append(object_of(line))
        except LineBroken:
            continue  # the check names it
    paths: dict[str, None] = {}
    for row in rows:
        paths |= dict.fromkeys(
            path for path in paths_of(row) if not isinstance(_at(row, path), dict | list)
        )
    columns = _columns(list(paths), [[_at(row, path) for path in paths] for row in rows])
    form = Entry("format", "jsonl", "certain", "each line is an object")
    return Sample("jsonl", columns, len(lines), (form, encoding))


def _at(row: dict[str, Any], path: str) -> Any:
    values = values_at(row, path)
    return values[0] if values else ""


def _of_fixed(lines: list[str], encoding: Entry) -> Sample:
    found = fixed_width(lines)
    columns = tuple(
        Column(span, _said(texts)) for span, texts in zip(found.spans, found.columns, strict=True)
    )
    named = tuple(NamedSpan(each.source, each.texts, title=name)
                  for each, name in zip(columns, found.names, strict=True))  # fmt: skip
    because = (
        f"no delimiter; between the columns all {len(lines)} lines are blank. A longer value may "
        "need more room: compare the places with the institution's description"
    )
    form = Entry("format", "fixed", "guess", because)
    head = Entry("records.header", found.names[0], "guess", "the first line holds names")
    return Sample("fixed", named, len(lines) - 1, (form, encoding, head))


@dataclass(frozen=True)
class NamedSpan(Column):
    """A column of fixed width, under the name that stands above it."""

    title: str = ""

    @property
    def name(self) -> str:
        """The name above it, which the layout does not need."""
        return self.title


def _columns(sources: Sequence[Source], rows: Sequence[Sequence[Any]]) -> tuple[Column, ...]:
    columns = []
    for at, source in enumerate(sources):
        cells = [row[at] for row in rows if at < len(row)]
        texts = [each for each in cells if isinstance(each, str)]
        plain_numbers = [
            _digits(each) for each in cells
            if isinstance(each, int | float) and not isinstance(each, bool)
        ]  # fmt: skip
        numbers = [each.removeprefix(NUMBER) for each in texts if each.startswith(NUMBER)]
        bools = [str(each).lower() for each in cells if isinstance(each, bool)]
        said = _said([*(each for each in texts if not each.startswith(NUMBER)), *bools])
        days = sum(isinstance(each, date) for each in cells)
        columns.append(Column(source, said, (*plain_numbers, *numbers), days))
    return tuple(columns)


def _said(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(text.strip() for text in texts if text.strip())


def _digits(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else repr(number)


def _shown(cell: Any) -> str:
    return "" if cell is None else str(cell)


def known(name: str) -> bool:
    """Whether a column of some file is called so."""
    return bool(name) and spelled_out(name) in _all_names()


def _all_names() -> frozenset[str]:
    return frozenset(
        spelled_out(name)
        for table in ("names", "maybe")
        for kind in synonyms()[table].values()
        for names in kind.values()
        for name in names
    )


def _names_row(grid: Grid) -> tuple[int, int]:
    """The row that holds the most names we know, and how many it holds."""
    counts = [
        (sum(known(_shown(cell)) for cell in cells if isinstance(cell, str)), -at)
        for at, cells in enumerate(grid[:_HEADER_ROWS_MAX])
        if any(map(_shown, cells))
    ]
    names, at = max(counts, default=(0, 0))
    return -at, names


def _has_names(first: Sequence[str], rows: Sequence[Sequence[str]]) -> Entry:
    """Whether the *first* line holds names rather than values."""
    names = sum(map(known, first))
    values = [cell for cell in first if not cell.strip() or _is_figure(cell)]
    if names >= 2 and not values:
        return Entry("header", True, "certain", f"{names} of its names are known")
    below = [cell for row in rows[:100] for cell in row if not is_blank(cell)]
    if not values and any(map(_is_figure, below)):
        return Entry("header", True, "guess", "only the first line has no figures")
    return Entry("header", False, "guess", "the first line holds values like all others")


def _is_figure(cell: str) -> bool:
    """Whether it is a number or a day, whatever marks stand in it."""
    return plain(cell).replace(" ", "").isdigit()
