"""A slow reader of institutions' files for tests: it follows the profile's TOML by itself, with
``csv``, slicing and calamine, and knows nothing of ``recupero.profiles`` or ``schemas``."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

PROFILES = Path(__file__).parents[2] / "deployments" / "institutions"
DATES = {"cut_off", "opened_on", "due_date", "renewed_on", "paid_on", "recorded_at", "stated_on",
         "decided_on"}  # fmt: skip
WHOLE = {"days_past_due", "capacity"}
DECIMALS = {"COP": 2, "CLP": 0, "MXN": 2, "PEN": 2}


def profile_of(institution: str) -> dict[str, Any]:
    profile: dict[str, Any] = tomllib.loads((PROFILES / f"{institution}.toml").read_text())
    return profile


def layout_of(institution: str, name: str) -> dict[str, Any]:
    """The one layout whose name expression fits *name* in full."""
    fitting = [
        layout for layout in profile_of(institution)["layout"] if re.fullmatch(layout["name"], name)
    ]
    assert len(fitting) == 1, (name, fitting)
    layout: dict[str, Any] = fitting[0]
    return layout


def raw_rows(content: bytes, layout: dict[str, Any]) -> list[dict[str, Any]]:
    """Detail rows as canonical field -> text (or spreadsheet value)."""
    columns = layout["columns"]
    if layout["format"] == "xlsx":
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names, *lines = book.get_sheet_by_name(layout["sheet"]).to_python()
        return [{f: line[names.index(c)] for f, c in columns.items()} for line in lines]
    text = content.decode(layout["encoding"])
    if layout["format"] == "fixed":
        details = [line for line in text.split("\r\n") if line.startswith("D")]
        return [
            {f: line[at - 1 : at - 1 + width].strip() for f, (at, width) in columns.items()}
            for line in details
        ]
    if layout.get("quote"):
        return [
            {f: row[c] for f, c in columns.items()} for row in csv.DictReader(io.StringIO(text))
        ]
    records = [line.split(layout["delimiter"]) for line in text.split("\n") if line]
    if layout["header"]:
        header = records[0]
        return [{f: record[header.index(c)] for f, c in columns.items()} for record in records[1:]]
    return [{f: record[at] for f, at in columns.items()} for record in records if record[0] == "D"]


def trailer_of(content: bytes, layout: dict[str, Any], currency: str) -> tuple[int, int | None]:
    """Rows and sum (minor units, None where not declared) the trailer states."""
    mark, places = layout["records"]["trailer"], layout["trailer"]
    lines = content.decode(layout["encoding"]).splitlines()
    (line,) = [line for line in lines if line.startswith(mark)]
    parts = line.split("|")

    def figure(place: Any) -> str:
        if isinstance(place, list):
            return line[place[0] - 1 : place[0] - 1 + place[1]]
        return str(parts[place])

    total = None
    if "sum_minor" in places:
        total = int(Decimal(figure(places["sum_minor"])).scaleb(DECIMALS[currency]))
    return int(figure(places["rows"])), total


def value_of(field: str, seen: Any, layout: dict[str, Any], currency: str) -> Any:
    """One value typed the way the canonical rows are; blank is None."""
    if seen == "":
        return None
    if field in layout.get("values", {}):
        return layout["values"][field][seen]
    if field.endswith("_minor"):
        if isinstance(seen, str):
            mark, group = layout.get("decimal", ""), layout.get("thousands", "")
            whole = rf"\d{{1,3}}({re.escape(group)}\d{{3}})*" if group else r"\d+"
            if not re.fullmatch(whole + (rf"{re.escape(mark)}\d\d" if mark else ""), seen):
                raise ValueError(seen)
            seen = seen.replace(layout.get("thousands") or "\0", "")
            seen = seen.replace(layout.get("decimal") or "\0", ".")
        return int(round(Decimal(str(seen)), 2).scaleb(DECIMALS[currency]))
    if field in WHOLE:
        return int(seen)
    if field == "performed_at" or field in DATES:
        if isinstance(seen, date):
            return seen
        if field in DATES:
            return datetime.strptime(seen, layout["dates"]).date()
        return datetime.strptime(seen, layout["datetimes"])
    return seen


def typed_rows(content: bytes, layout: dict[str, Any], currency: str) -> list[dict[str, Any]]:
    """All detail rows typed; fails on the first that is not as declared."""
    return [
        {field: value_of(field, seen, layout, currency) for field, seen in row.items()}
        for row in raw_rows(content, layout)
    ]
