"""What no layout may say of its control figures: see `recupero.profiles.consistent`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from recupero.money import EXPONENT
from recupero.profiles.consistent import KeyWrong, refuse_place

if TYPE_CHECKING:
    from recupero.profiles.layout import ControlFile, Layout, TrailerPlaces


def check_control(layout: Layout) -> None:
    """Raise ``KeyWrong`` with the key and the reason for the first contradiction in *layout*."""
    _file(layout)
    places, records = layout.trailer, layout.records
    marked = records is not None and records.trailer is not None
    if layout.control != "trailer":
        if places is not None or marked:
            raise KeyWrong("control", "a trailer is declared, so control must be 'trailer'")
        return
    if places is None or not marked:
        raise KeyWrong("trailer", "control by trailer needs records.trailer and a trailer table")
    refuse_place(layout, "trailer.rows", places.rows)
    if (places.sum_minor is None) != (places.sum_of is None):
        raise KeyWrong("trailer.sum_of", "goes together with sum_minor")
    _hash(layout, places)
    _sums(layout, places)


def _sums(layout: Layout, places: TrailerPlaces) -> None:
    several = "currency" in layout.columns
    if places.currency is not None:
        refuse_place(layout, "trailer.currency", places.currency)
        if not several:
            raise KeyWrong("trailer.currency", "the file has no column of currencies")
    first = [("trailer.sum_of", "trailer.sum_minor")] if places.sum_of is not None else []
    listed = [(f"trailer.sums[{n}].of", f"trailer.sums[{n}].at") for n in range(len(places.sums))]
    known: set[tuple[str, str | None]] = set()
    for (key, at), one in zip(first + listed, places.every_sum, strict=True):
        refuse_place(layout, at, one.at)
        field = layout.fields.get(one.of)
        if field is None or field.type != "amount" or one.of not in layout.columns:
            raise KeyWrong(key, "must be an amount column of the layout")
        if (one.of, one.currency) in known:
            raise KeyWrong(key, "has its sum already")
        known.add((one.of, one.currency))
        if several and places.currency is None and one.currency is None:
            raise KeyWrong(key, "one sum over several currencies proves nothing")
        if one.currency is not None and (not several or places.currency is not None):
            raise KeyWrong(f"{key[:-3]}.currency", "is said by the rows, or by its record")
        if one.currency not in (None, *EXPONENT):
            raise KeyWrong(f"{key[:-3]}.currency", "is no currency we know")


def _hash(layout: Layout, places: TrailerPlaces) -> None:
    if (places.hash_total is None) != (places.hash_of is None):
        raise KeyWrong("trailer.hash_of", "goes together with hash_total")
    if places.hash_of is None:
        return
    refuse_place(layout, "trailer.hash_total", places.hash_total)
    _hash_of(layout, "trailer.hash_of", places.hash_of)


def _hash_of(layout: Layout, key: str, of: str) -> None:
    field = layout.fields.get(of)
    numbered = field is not None and field.type in ("text", "identity", "integer")
    if not numbered or of not in layout.columns:
        raise KeyWrong(key, "must be a column of numbers that are no amounts")


def _file(layout: Layout) -> None:
    told = layout.control_file
    if layout.kind == "control" and layout.control not in ("none", "sha256"):
        raise KeyWrong("control", "a control file has none of its own")
    if (told is None) != (layout.control != "file"):
        raise KeyWrong("control_file", "goes together with control = 'file'")
    if told is None:
        return
    if layout.kind == "statement":
        raise KeyWrong("control", "a statement proves itself by its balances")
    _name(layout, told)
    if told.hash_of is not None:
        _hash_of(layout, "control_file.hash_of", told.hash_of)


def _name(layout: Layout, told: ControlFile) -> None:
    """Refuse a name that is not told from that of the file it speaks of."""
    if not re.fullmatch(r"[^{}/]*\{(name|stem)\}[^{}/]*", told.name) or told.name == "{name}":
        raise KeyWrong("control_file.name", "says once {name} or {stem}, and something else")
    stem, ending = told.name.startswith("{stem}"), told.name.removeprefix("{stem}")
    if stem and layout.name.removesuffix("$").endswith(ending):
        what = "may be what the file itself is called: say what tells it apart, as CONTROL_{stem}"
        raise KeyWrong("control_file.name", f"{what}{ending}")


def check_control_files(layouts: Sequence[Layout]) -> None:
    """Raise ``KeyWrong`` where no control file can come, or one states what nobody counts."""
    controls = [(n, layout) for n, layout in enumerate(layouts) if layout.kind == "control"]
    spoken = [(n, layout) for n, layout in enumerate(layouts) if layout.control_file is not None]
    for n, _ in spoken if not controls else ():
        raise KeyWrong(f"layout[{n}].control_file", "no layout is of kind 'control'")
    amounts = {of for _, layout in spoken for of in layout.summed}
    for n, layout in controls if spoken else ():
        for name in layout.columns:
            if layout.fields[name].type == "amount" and name not in amounts:
                what = "is an amount column of no layout with a control_file"
                raise KeyWrong(f"layout[{n}].columns.{name}", what)
        if "hash_total" in layout.columns and not any(one.hashed for _, one in spoken):
            what = "no layout with a control_file says what it is the hash_of"
            raise KeyWrong(f"layout[{n}].columns.hash_total", what)
        for name in layout.constants.keys() - {"currency"}:
            raise KeyWrong(f"layout[{n}].constants.{name}", "is said by each file, or by none")
