"""Files of any kind in any declared layout, written by nothing of the product's, and what they say.

A layout is drawn together with the file: where each field stands, how cells are written, what a
line begins with, what the trailer states.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from hypothesis import strategies as st

from recupero.money import EXPONENT
from recupero.profiles.fields import FIELDS, Kind
from recupero.profiles.load import parse_profile
from recupero.profiles.profile import Profile
from tests.edges.books import book
from tests.edges.drawn_cells import (
    Cell,
    Manner,
    as_json,
    digits_of,
    manner,
    signed,
    words_for,
    written,
)
from tests.edges.drawn_rows import DAY, DRAWN, Row, currencies, distinct, rows
from tests.edges.good_files import BANK
from tests.edges.test_profiles_fuzzed import toml
from tests.edges.test_schemas_roundtrip import ENCODINGS

FORMATS = ("delimited", "fixed", "jsonl", "xlsx", "xls", "ods")
_ALPHABETS = {"fixed": "plane", "xls": "plane"}


@dataclass(frozen=True)
class Drawn:
    """A file, the profile that declares it, and the canonical rows it holds."""

    profile: Profile
    content: bytes
    expected: list[tuple[Any, ...]]


@dataclass(frozen=True)
class Grid:
    """Cells by column; a column of no name is one that nobody reads."""

    names: list[str]
    rows: list[list[Cell]]


@st.composite
def files(draw: st.DrawFn) -> Drawn:
    form: str = draw(st.sampled_from(FORMATS))
    kind: Kind = draw(st.sampled_from(DRAWN))
    chance = draw(st.randoms(use_true_random=False))
    encoding, mark, codec = draw(st.sampled_from(ENCODINGS))
    alphabet = "latin" if encoding in ("latin-1", "cp1252") else _ALPHABETS.get(form, "any")
    quote = chance.choice([None, '"', "'"]) if form == "delimited" else None
    delimiter = chance.choice([";", ",", "|", "\t", "~", "^"])
    how = manner(chance, form, delimiter if form == "delimited" and quote is None else None)
    one_currency = chance.random() < 0.5
    known = currencies(chance.choice([0, 2, 4])) if one_currency else list(EXPONENT)
    known = known[:1] if one_currency else known
    step = 1 if how.decimal or how.implied else 10**4
    drawn = draw(rows(kind, alphabet, known, step))
    mark_out = delimiter if form == "delimited" and quote is None else ""
    breaks = quote is not None or form in ("jsonl", "xlsx", "xls")
    drawn = [{k: _writable(v, mark_out, how, breaks) for k, v in row.items()} for row in drawn]
    declared, constants = _declared(kind, drawn, chance)
    fields = {one.name: one for one in FIELDS[kind]}
    amounts = [name for name in declared if fields[name].type == "amount"]
    apart = frozenset(amounts if how.place == "column" else [])
    words = {
        name: texts
        for name in declared
        if (texts := words_for(fields[name], [row[name] for row in drawn], chance))
    }
    how = replace(how, signed_apart=apart, words=words)
    if how.place == "column" and not apart:
        how = replace(how, place="before")
    grid = _grid(kind, drawn, declared, how)
    settings = {"encoding": encoding, "delimiter": delimiter, "constants": constants}
    settings |= how.settings() | ({"quote": quote} if quote else {})
    sums = [name for name in amounts if "currency" not in declared]
    write: Callable[..., tuple[dict[str, Any], bytes]] = _WRITERS.get(form, _book)
    places, content = write(form, grid, how, settings, codec, _sum(drawn, sums, how))
    sign = settings["sign"] | ({"columns": _signs(places)} if apart else {})
    columns = {name: at for name, at in places["columns"].items() if not name.endswith("_sign")}
    layout = {
        "kind": kind, "version": "1", "from": date(2026, 1, 1), "name": ".*", "format": form,
        **settings, **places, "columns": columns, "sign": sign,
    }  # fmt: skip
    text = f"{BANK}[policy]\nrejects_share_max = 1\n[[layout]]\n"
    text += "".join(f"{key} = {toml(value)}\n" for key, value in layout.items())
    if form in ("delimited", "fixed", "jsonl"):
        content = mark + content
    expected = [tuple(_read(one, row) for one in FIELDS[kind]) for row in drawn]
    return Drawn(parse_profile(text.encode(), "banco.toml"), content, expected)


def _writable(value: Any, mark_out: str, how: Manner, breaks: bool) -> Any:
    """What the layout has a place for: delimiters, ends of lines and seconds only where agreed."""
    if isinstance(value, datetime) and "%S" not in how.datetimes:
        return value.replace(second=0)
    if isinstance(value, str) and mark_out:
        return value.replace(mark_out, "x")
    if isinstance(value, str) and breaks and " " in value and how.often(0.3):
        return value.replace(" ", "\n", 1)
    return value


def _read(one: Any, row: Row) -> Any:
    value = row[one.name]
    return one.absent if value is None else value


def _declared(
    kind: Kind, drawn: list[Row], chance: random.Random
) -> tuple[list[str], dict[str, Any]]:
    """The fields that are columns, in any order, and what is said once for all rows."""
    columns, constants = [], {}
    for one in FIELDS[kind]:
        values = [row[one.name] for row in drawn]
        needed = one.required or (one.name == "due_date")
        same = all(value == values[0] for value in values) and values[0] is not None
        if (
            same
            and one.name != distinct(kind)
            and one.type not in ("datetime", "identity")
            and (chance.random() < 0.4 or one.name == "currency")
        ):
            today = one.type == "date" and values[0] == DAY
            constants[one.name] = "business_date" if today else values[0]
        elif needed or any(value is not None for value in values) or chance.random() < 0.3:
            columns.append(one.name)
    chance.shuffle(columns)
    return columns, constants


def _grid(kind: Kind, drawn: list[Row], declared: list[str], how: Manner) -> Grid:
    fields = {one.name: one for one in FIELDS[kind]}
    names = list(declared) + [f"{name}_sign" for name in how.signed_apart]
    names += [""] * how.chance.randrange(3)
    how.chance.shuffle(names)
    table = []
    for row in drawn:
        said = {name: written(fields[name], row[name], row.get("currency", ""), how)
                for name in declared}  # fmt: skip
        cells = {name: cell for name, (cell, _) in said.items()}
        cells |= {f"{name}_sign": said[name][1] for name in how.signed_apart}
        table.append([cells.get(name, "nada") for name in names])
    return Grid(names, table)


@dataclass(frozen=True)
class Sum:
    """A trailer's sum: the field, its total and how it is written."""

    field: str
    text: str


def _sum(drawn: list[Row], sums: list[str], how: Manner) -> Sum | None:
    if not sums:
        return None
    name = how.chance.choice(sums)
    total = sum(row[name] or 0 for row in drawn)
    currency = drawn[0]["currency"]
    return Sum(name, signed(digits_of(total, EXPONENT[currency], how), total, how))


def _signs(places: dict[str, Any]) -> dict[str, Any]:
    columns: dict[str, Any] = places["columns"]
    return {n.removesuffix("_sign"): at for n, at in columns.items() if n.endswith("_sign")}


def _titles(names: list[str], start: int = 1) -> list[str]:
    return [f"Col{at} ñ" if name else f"otra {at}" for at, name in enumerate(names, start)]


def _lines(lines: list[str], how: Manner, codec: str) -> bytes:
    newline = how.chance.choice(["\n", "\r\n"])
    ends = how.chance.choice(["", newline, newline * 2, newline + "\x1a"])
    return (newline.join(lines) + ends).encode(codec)


def _delimited(
    _: str, grid: Grid, how: Manner, settings: dict[str, Any], codec: str, total: Sum | None
) -> tuple[dict[str, Any], bytes]:
    delimiter, quote = settings["delimiter"], settings.get("quote")
    quoting = how.chance.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]) if quote else csv.QUOTE_NONE
    header = how.often()
    several = any("\n" in str(cell) for row in grid.rows for cell in row)
    records = not header and not several and how.often()
    body = [["D", *row] for row in grid.rows] if records else grid.rows
    first = [["H", "x"]] if records and how.often() else []
    titles = _titles(grid.names)
    above = [titles] if header else first
    below = [["T", str(len(body)), *([total.text] if total else [])]] if records else []
    text = io.StringIO()
    dialect: dict[str, Any] = {"quotechar": quote} if quote else {"quotechar": None}
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator="\n", **dialect)
    writer.writerows([*above, *body, *below])
    shift = 1 if records else 0
    at = {name: (titles[n] if header else n + shift) for n, name in enumerate(grid.names) if name}
    places: dict[str, Any] = {"columns": at, "header": header}
    if not header:
        places["cells"] = len(grid.names) + shift
    if records:
        trailer = {"rows": 1} | ({"sum_minor": 2, "sum_of": total.field} if total else {})
        marks = {"detail": "D", "trailer": "T"} | ({"header": "H"} if first else {})
        places |= {"control": "trailer", "trailer": trailer, "records": marks}
    return places, _lines(text.getvalue().rstrip("\n").split("\n"), how, codec)


def _fixed(
    _: str, grid: Grid, how: Manner, settings: dict[str, Any], codec: str, total: Sum | None
) -> tuple[dict[str, Any], bytes]:
    widths = [max(1, *(len(row[n]) for row in grid.rows)) for n in range(len(grid.names))]
    columns, start = {}, 2
    for name, width in zip(grid.names, widths, strict=True):
        if name:
            columns[name] = [start, width]
        start += width
    pad = how.chance.choice([str.ljust, str.rjust])
    lines = [
        "D" + "".join(pad(cell, width) for cell, width in zip(row, widths, strict=True))
        for row in grid.rows
    ]
    places: dict[str, Any] = {"columns": columns}
    if how.often():
        places["line_length"] = start - 1
    marks = {"detail": "D"}
    if how.often():
        lines.insert(0, "H de nadie")
        marks["header"] = "H"
    if how.often():
        lines.append(f"T{len(grid.rows):08}{total.text if total else '':>40}")
        trailer: dict[str, Any] = {"rows": [2, 8]}
        marks["trailer"] = "T"
        if total:
            trailer |= {"sum_minor": [10, 40], "sum_of": total.field}
        places |= {"control": "trailer", "trailer": trailer}
    return places | {"records": marks}, _lines(lines, how, codec)


def _json(
    _: str, grid: Grid, how: Manner, settings: dict[str, Any], codec: str, total: Sum | None
) -> tuple[dict[str, Any], bytes]:
    inside = {name for name in grid.names if how.often(0.3)}
    keys = [f"clave {n}" for n in range(len(grid.names))]
    lines = []
    for row in grid.rows:
        pairs = list(zip(grid.names, keys, map(as_json, row), strict=True))
        flat = [f'"{key}": {cell}' for name, key, cell in pairs if name not in inside]
        nested = [f'"{key}": {cell}' for name, key, cell in pairs if name in inside]
        lines.append("{" + ", ".join([*flat, f'"grupo": {{{", ".join(nested)}}}']) + "}")
    columns = {
        name: f"grupo.{key}" if name in inside else key
        for name, key in zip(grid.names, keys, strict=True)
        if name
    }
    del settings["delimiter"]
    return {"columns": columns}, _lines(lines, how, codec)


def _book(
    form: str, grid: Grid, how: Manner, settings: dict[str, Any], codec: str, total: Sum | None
) -> tuple[dict[str, Any], bytes]:
    del settings["delimiter"], settings["encoding"], settings["implied_decimals"]
    header = how.often(0.7)
    titles = _titles(grid.names)
    at = {name: (titles[n] if header else n) for n, name in enumerate(grid.names) if name}
    places: dict[str, Any] = {"columns": at, "header": header}
    above: list[list[Cell]] = []
    if header and how.often():
        above = [["Cartera de hoy"], []]
        places["header_row"] = 3
    table = [*above, *([titles] if header else []), *grid.rows]
    sheets: dict[str, list[list[Cell]]] = {"Datos": table}
    if how.often():
        places["sheet"] = "Datos"
        sheets = {"Portada": [["x"]], **sheets}
    return places, book(form, sheets)


_WRITERS = {"delimited": _delimited, "fixed": _fixed, "jsonl": _json}
