"""Lines of JSON, an object each, into cells. Read by the standard library: polars' reader, told to
give text, still makes numbers floats (9007199254740993.10 becomes 9007199254740994).
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

import polars as pl

from recupero.errors import FileRefused
from recupero.profiles.header import header_fault, header_mend, missing_names
from recupero.profiles.json_line import LineBroken, object_of, paths_of, values_at
from recupero.profiles.profile import Layout
from recupero.profiles.repair import OURS, repair_renamed
from schemas.lines import CONTROL
from schemas.rule import FINDING
from schemas.stored import as_text

#: Objects whose keys a refusal looks at to say how a missing one is spelled instead.
_OBJECTS_TOLD = 100
#: What an escape may bring that the line itself does not show.
_ESCAPED = r"\\[ubf]"
_BOOLEANS = {True: "true", False: "false"}


def split(lines: pl.DataFrame, layout: Layout) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Rows of text cells by field (with ``line_number``, ``raw``), findings for broken lines, and
    findings for cells that no text stands for.

    Raises ``FileRefused`` with rule ``header_missing`` where no line has a key that none may lack.
    """
    paths = {field: str(source) for field, source in layout.sources.items()}
    rows: list[tuple[object, ...]] = []
    broken: list[tuple[int, str, str]] = []
    found: list[tuple[int, str, str]] = []
    unseen = dict(paths)
    dotted = [(at, path) for at, path in enumerate(paths.values()) if "." in path]
    for line_number, raw in lines.rows():
        try:
            line = object_of(raw)
            cells = list(map(line.get, paths.values()))
            for at, path in dotted:
                cells[at] = _inside(line, path)
            if "\\u" in raw:
                _refuse_half_letters(cells)
        except LineBroken as problem:
            broken.append((line_number, "", problem.rule))
            continue
        for at, cell in enumerate(cells):
            if cell is None or cell.__class__ is str:
                continue
            cells[at] = _BOOLEANS[cell] if isinstance(cell, bool) else None
            if cells[at] is None:
                found.append((line_number, list(paths)[at], "json_value"))
        if not rows and OURS in line:
            raise repair_renamed()
        if unseen:
            unseen = {field: path for field, path in unseen.items() if not values_at(line, path)}
        rows.append((line_number, raw, *cells))
    if rows:
        _refuse_missing(paths, unseen, rows, layout)
    schema = {"line_number": pl.Int64, "raw": pl.String, **dict.fromkeys(paths, pl.String)}
    table, odd = as_text(pl.DataFrame(rows, schema=schema, orient="row"), layout)
    dirty = _has_control(table)
    lost = [(number, "", "control_character") for number in table.filter(dirty)["line_number"]]
    table = table.filter(~dirty)
    findings = pl.concat([pl.DataFrame(found, schema=FINDING, orient="row"), odd])
    return (
        table,
        pl.DataFrame([*broken, *lost], schema=FINDING, orient="row"),
        findings.join(table, on="line_number", how="semi"),
    )


def _inside(line: dict[str, Any], path: str) -> Any:
    """The value at the dotted *path*, or None where there is none."""
    values = values_at(line, path)
    if len(values) > 1:
        raise LineBroken("json_repeated")
    return values[0] if values else None


def _refuse_half_letters(cells: list[Any]) -> None:
    """Half of a surrogate pair can be escaped, and is no text."""
    try:
        "".join(cell for cell in cells if isinstance(cell, str)).encode()
    except UnicodeEncodeError:
        raise LineBroken("json_line") from None


def _refuse_missing(
    paths: Mapping[str, str],
    unseen: Mapping[str, str],
    rows: list[tuple[object, ...]],
    layout: Layout,
) -> None:
    names = [path for field, path in paths.items() if field not in unseen]
    if not missing_names(names, layout):
        return
    objects = (object_of(str(raw)) for _, raw, *_ in islice(rows, _OBJECTS_TOLD))
    told = [path for line in objects for path in paths_of(line)]
    fault = header_fault([*names, *told], layout)
    raise FileRefused(fault, mend=header_mend(layout), rule="header_missing")


def _has_control(rows: pl.DataFrame) -> pl.Series:
    """Whether a cell holds a control character; line breaks may stand in text."""
    cells = pl.concat_str(pl.exclude("line_number", "raw"), ignore_nulls=True)
    suspect = rows.filter(pl.col("raw").str.contains(_ESCAPED))
    hidden = cells.str.replace_all(r"\r|\n", " ").str.contains(CONTROL)
    return rows["line_number"].is_in(suspect.filter(hidden)["line_number"].implode())
