"""A small valid file of a layout, with its control figures, and an empty template of it.

What is here is written as the layout declares, so that ``recupero check`` accepts it whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from deployments.cli.guide_values import Value, amount_text, day_of, text_of, value_of, written
from recupero.money import to_decimal
from recupero.profiles.layout import Layout, Place, Source
from recupero.profiles.profile import Profile

ROWS = 3
#: Formats that we cannot write, or that are not ours to write (Spanish, for the guide).
UNWRITTEN = {
    "xls": "no se genera un archivo de Excel 97-2003 (.xls); prepárelo con la plantilla de campos",
    "statement": "el extracto lo emite el banco; no hay archivo de muestra",
}


def sample(
    layout: Layout, profile: Profile, said: Mapping[str, Value] | None = None
) -> bytes | None:
    """A file of ``ROWS`` fictitious rows, a control file of one, in which the fields of *said* say
    that; None where the format is in ``UNWRITTEN``."""
    rows = range(1 if layout.kind == "control" else ROWS)
    if layout.format in UNWRITTEN:
        return None
    if layout.is_book:
        return _book(layout, [_typed(layout, profile, row, said or {}) for row in rows])
    if layout.format == "jsonl":
        lines = [_json_line(_typed(layout, profile, row, said or {})) for row in rows]
    else:
        mark = layout.records.detail if layout.records else ""
        cells = [_texts(layout, profile, row, said or {}) for row in rows]
        lines = [*_head(layout), *(_line(layout, mark, each) for each in cells)]
        lines += _trailer(layout, profile)
    return encoded(lines, layout)


def template(layout: Layout) -> bytes | None:
    """The same without rows: names alone, of fixed width a ruler; None as for ``sample``."""
    if layout.format in UNWRITTEN:
        return None
    if layout.is_book:
        return _book(layout, [])
    names = {source: layout.label(field) for field, source in layout.sources.items()}
    if layout.format == "jsonl":
        lines = [_json_line(dict.fromkeys(names, ""))]
    elif layout.format == "fixed":
        lines = _ruler(names)
    elif layout.header:
        lines = _head(layout)
    else:
        mark = layout.records.detail if layout.records else ""
        lines = [_line(layout, mark, names)]
    return encoded(lines, layout)


def encoded(lines: list[str], layout: Layout) -> bytes:
    """*lines* in the encoding of *layout*; UTF-16 begins with its mark, as programs write it."""
    mark = "\ufeff" if layout.encoding.startswith("utf-16") else ""
    codec = "utf-16-le" if layout.encoding == "utf-16" else layout.encoding
    text = mark + "".join(f"{line}\n" for line in lines)
    return text.encode(codec, errors="replace")


def _texts(
    layout: Layout, profile: Profile, row: int, said: Mapping[str, Value]
) -> dict[Source, str]:
    """What stands at each place of a row; one column may be several fields, the first decides."""
    cells: dict[Source, str] = {}
    for name, source in layout.columns.items():
        field = layout.fields[name]
        value = said.get(name, value_of(field, layout, profile.institution, row))
        cells.setdefault(source, text_of(value, field, layout, profile.institution))
    for source in layout.sign.columns.values():
        cells.setdefault(source, layout.sign.positive)
    return cells


def _typed(
    layout: Layout, profile: Profile, row: int, said: Mapping[str, Value]
) -> dict[Source, Any]:
    """As ``_texts``, numbers and dates as such."""
    cells: dict[Source, Any] = dict(_texts(layout, profile, row, said))
    for name, source in reversed(layout.columns.items()):
        field = layout.fields[name]
        value = said.get(name, value_of(field, layout, profile.institution, row))
        if value is None or isinstance(value, str):
            continue
        if field.type == "amount" and isinstance(value, int):
            cells[source] = to_decimal(value, profile.institution.currency)
        elif isinstance(value, int) or layout.is_book:
            cells[source] = value
    return cells


def _head(layout: Layout) -> list[str]:
    if layout.header:
        return [_line(layout, "", {name: str(name) for name in layout.sources.values()})]
    mark = layout.records.header if layout.records else None
    return [f"{mark}{day_of(layout):%Y%m%d}" if layout.format == "fixed" else mark] if mark else []


def _line(layout: Layout, mark: str, cells: dict[Source, str]) -> str:
    """*cells* at their places, behind the *mark* of a record."""
    if layout.format == "fixed":
        return _placed(mark, cells).ljust(layout.line_length or 0)
    quote = layout.quote or ""
    texts = list(cells.values())
    if not layout.header:
        places = {int(str(source)): text for source, text in cells.items()}
        texts = [places.get(at, "") for at in range(layout.cells or max(places) + 1)]
        texts[0] = mark or texts[0]
    doubled = [text.replace(quote, quote * 2) if quote else text for text in texts]
    return layout.delimiter.join(f"{quote}{text}{quote}" for text in doubled)


def _placed(mark: str, cells: dict[Source, str]) -> str:
    line = mark
    for source, text in sorted(cells.items(), key=lambda each: str(each[0])):
        if isinstance(source, tuple):
            start, width = source
            line = line.ljust(start - 1 + width)
            line = line[: start - 1] + text[:width].ljust(width) + line[start - 1 + width :]
    return line


def _trailer(layout: Layout, profile: Profile) -> list[str]:
    """The control record: how many rows, and what one of their amounts sums to."""
    places, records = layout.trailer, layout.records
    if places is None or records is None or records.trailer is None:
        return []
    given, first = profile.institution, layout.fields.get("currency")
    cells: dict[Source, str] = {places.rows: str(ROWS).zfill(_width(places.rows))}
    if places.currency is not None and first is not None:
        cells[places.currency] = written(first, layout, given, 0)
    for one in places.every_sum:
        total = total_of(one.of, layout, profile) if one.currency in (None, given.currency) else 0
        currency = one.currency or given.currency
        cells[one.at] = amount_text(total, layout, currency, _width(one.at))
    if places.hash_total is not None and places.hash_of is not None:
        hashed = hash_total(places.hash_of, places.hash_digits, layout, profile)
        cells[places.hash_total] = str(hashed).zfill(_width(places.hash_total))
    if isinstance(places.rows, tuple):
        return [_placed(records.trailer, cells)]
    plain = layout.model_copy(update={"header": False, "cells": None})
    return [_line(plain, records.trailer, cells)]


def _width(place: Place) -> int:
    return place[1] if isinstance(place, tuple) else 0


def total_of(of: str, layout: Layout, profile: Profile) -> int:
    """What the amount *of* the rows sums to, in the institution's currency."""
    field = layout.fields[of]
    values = [value_of(field, layout, profile.institution, row) for row in range(ROWS)]
    return sum(value for value in values if isinstance(value, int))


def hash_total(of: str, digits: int, layout: Layout, profile: Profile) -> int:
    """The last *digits* of the sum of the figures that stand in the column *of*."""
    field = layout.fields[of]
    texts = [written(field, layout, profile.institution, row) for row in range(ROWS)]
    figures = ["".join(re.findall("[0-9]", text))[-digits:] for text in texts]
    return int(sum(int(each or 0) for each in figures) % 10**digits)


def _json_line(cells: dict[Source, Any]) -> str:
    """One object; the dots of a key lead into objects, unless something else stands there."""
    whole: dict[str, Any] = {}
    for source, value in cells.items():
        path, inside = str(source), whole
        *outer, key = path.split(".")
        for step in outer:
            inside = inside.setdefault(step, {}) if isinstance(inside, dict) else inside
        if isinstance(inside, dict) and key not in inside:
            inside[key] = value
        else:
            whole[path] = value
    return _json(whole)


def _json(value: Any) -> str:
    """JSON in which an amount has all its decimals: the standard library's would be a float."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_json(key)}: {_json(each)}" for key, each in value.items()) + "}"
    return f"{value:f}" if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


def _book(layout: Layout, rows: list[dict[Source, Any]]) -> bytes:
    from reports.plain_book import plain_book  # loads xlsxwriter, which texts do without

    columns = list(dict.fromkeys(layout.sources.values()))
    above: list[list[Any]] = [[] for _ in range((layout.header_row or 1) - 1)]
    if layout.header:
        table = [*above, columns, *([row.get(name) for name in columns] for row in rows)]
    else:
        width = max((int(str(at)) for at in columns), default=-1) + 1
        table = [[row.get(at) for at in range(width)] for row in rows]
    return plain_book(layout.format, layout.sheet or "Datos", table, day_of(layout))


def _ruler(names: dict[Source, str]) -> list[str]:
    """Positions in tens and ones, and under them where each column begins and how it is called."""
    spans = sorted(source for source in names if isinstance(source, tuple))
    reach = max((start + width - 1 for start, width in spans), default=0)
    tens = "".join(str(at // 10 % 10) if at % 10 == 0 else " " for at in range(1, reach + 1))
    ones = "".join(str(at % 10) for at in range(1, reach + 1))
    marks = {span: f"|{'-' * (span[1] - 2)}|"[: span[1]] for span in spans}
    return [tens, ones, _placed("", dict(marks.items()))]
