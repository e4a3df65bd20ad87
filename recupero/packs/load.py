"""TOML to :class:`~recupero.packs.pack.Pack`, refusing any rule that hides where it comes from.

Errors: PackError whose ``where`` is file and key path, ``co.toml: contact.window[0].norm``.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources
from itertools import pairwise
from types import MappingProxyType
from typing import Any, cast

from recupero.errors import PackError, Refused
from recupero.money import to_minor
from recupero.packs.pack import Basis, Confidence, Pack, Rule, UnitValue
from recupero.packs.shape import NEEDS, SHAPES, code, one_of, text

_CONFIDENCE = one_of("verified", "secondary", "unverified")
_BASIS = one_of("law", "house", "bill")
_HEADER = ("code", "text", "norm", "from", "until", "confidence", "basis", "enabled")
_UNIT = ("unit", "currency", "amount", "from", "until", "norm", "confidence", "source")


@cache
def load_pack(country: str) -> Pack | None:
    """The pack of *country* (ISO 3166-1 alpha-2), or None: without one nobody is contacted."""
    name = f"{country.lower()}.toml"
    if name not in pack_files():
        return None
    pack = parse(resources.files("recupero.packs").joinpath(name).read_bytes(), name)
    if pack.country != country.upper():
        raise PackError("the file's name is not its country", f"{name}: pack.country")
    return pack


def pack_files() -> tuple[str, ...]:
    """Names of the packs that come with the program, sorted."""
    folder = resources.files("recupero.packs")
    return tuple(sorted(item.name for item in folder.iterdir() if item.name.endswith(".toml")))


def parse(content: bytes, name: str) -> Pack:
    """*content* as a pack; *name* is the file's, for messages."""
    try:
        data = tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise PackError(f"not a TOML file: {problem}", name) from None
    head = data.pop("pack", None)
    if not isinstance(head, dict) or text(head.get("country")) or text(head.get("name")):
        raise PackError("country and name are needed", f"{name}: pack")
    units = tuple(_unit(row, where) for row, where in _rows(data.pop("unit", []), name, "unit"))
    rules = tuple(_rule(row, kind, where) for kind, row, where in _sections(data, name))
    _refuse_repetition(rules, name)
    _refuse_overlap(units)
    return Pack(head["country"], head["name"], rules, units, hashlib.sha256(content).hexdigest())


def _sections(data: dict[str, Any], name: str) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Every rule table with its kind and key path, in the file's order."""
    for section, content in data.items():
        nested = content if isinstance(content, dict) else {"": content}
        for part, rows in nested.items():
            kind = f"{section}.{part}" if part else section
            if kind not in SHAPES:
                raise PackError("not a kind of rule", f"{name}: {kind}")
            for row, where in _rows(rows, name, kind):
                yield kind, row, where


def _rows(rows: object, name: str, kind: str) -> Iterator[tuple[dict[str, Any], str]]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise PackError("must be a list of tables", f"{name}: {kind}")
    for position, row in enumerate(rows):
        yield row, f"{name}: {kind}[{position}]"


def _rule(row: dict[str, Any], kind: str, where: str) -> Rule:
    for key, check in (("code", code), ("text", text), ("norm", text), ("confidence", _CONFIDENCE)):
        _refuse(check(row.get(key)), f"{where}.{key}")
    basis = cast(Basis, row.get("basis", "law"))
    _refuse(_BASIS(basis), f"{where}.basis")
    if basis == "house" and row["confidence"] != "unverified":
        raise PackError("a house rule has no verified norm", f"{where}.confidence")
    enabled = row.get("enabled", True)
    if not isinstance(enabled, bool):
        raise PackError("must be true or false", f"{where}.enabled")
    start, until = _dates(row, where)
    return Rule(
        key=where.partition(": ")[2],
        kind=kind,
        code=row["code"],
        text=row["text"],
        norm=row["norm"],
        in_force_from=start,
        until=until,
        confidence=cast(Confidence, row["confidence"]),
        basis=basis,
        enabled=enabled,
        values=_values({key: row[key] for key in row if key not in _HEADER}, kind, where),
    )


def _values(row: dict[str, Any], kind: str, where: str) -> Mapping[str, object]:
    shape = SHAPES[kind]
    for key, check in shape.required.items():
        _refuse(check(row.get(key)), f"{where}.{key}")
    for key, value in row.items():
        if key not in shape.required and key not in shape.optional:
            raise PackError("is not a key of this kind", f"{where}.{key}")
        if key in shape.optional:
            _refuse(shape.optional[key](value), f"{where}.{key}")
    for needed in NEEDS.get(str(row.get("limit", row.get("test"))), ()):
        if needed not in row:
            raise PackError("is needed here", f"{where}.{needed}")
    frozen = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return MappingProxyType(frozen)


def _dates(row: dict[str, Any], where: str) -> tuple[date | None, date | None]:
    """First and last day in force; ``from`` is a date or, said openly, ``"unknown"``."""
    start = row.get("from")
    if not _is_date(start) and start != "unknown":
        raise PackError('must be a date, or "unknown" where none was found', f"{where}.from")
    first = None if start == "unknown" else cast(date, start)
    until = row.get("until")
    if until is not None and (not _is_date(until) or (first and until < first)):
        raise PackError("must be a date, not before from", f"{where}.until")
    return first, until


def _unit(row: dict[str, Any], where: str) -> UnitValue:
    for key in row:
        if key not in _UNIT:
            raise PackError("is not a key of a unit value", f"{where}.{key}")
    for key in ("unit", "currency", "amount", "norm", "source"):
        _refuse(text(row.get(key)), f"{where}.{key}")
    _refuse(_CONFIDENCE(row.get("confidence")), f"{where}.confidence")
    start, until = _dates(row, where)
    if start is None or until is None:
        raise PackError("a unit value needs its first and last day", f"{where}.from")
    try:
        amount_minor = to_minor(Decimal(row["amount"]), row["currency"])
    except (InvalidOperation, Refused):
        raise PackError("must be an exact amount of the currency", f"{where}.amount") from None
    if amount_minor <= 0:
        raise PackError("must be above zero", f"{where}.amount")
    return UnitValue(
        where.partition(": ")[2], row["unit"], row["currency"], amount_minor, start, until,
        row["norm"], cast(Confidence, row["confidence"]), row["source"],
    )  # fmt: skip


def _refuse_repetition(rules: tuple[Rule, ...], name: str) -> None:
    """Within a section a code may come back only for another period or another regime."""
    seen: dict[tuple[object, ...], str] = {}
    for rule in rules:
        section = rule.kind.partition(".")[0]
        mark = (section, rule.values.get("regime"), rule.code, rule.in_force_from)
        if mark in seen:
            raise PackError(f"repeats the code of {seen[mark]}", f"{name}: {rule.key}.code")
        seen[mark] = rule.key


def _refuse_overlap(units: tuple[UnitValue, ...]) -> None:
    ordered = sorted(units, key=lambda value: (value.unit, value.in_force_from))
    for before, after in pairwise(ordered):
        if before.unit == after.unit and after.in_force_from <= before.until:
            raise PackError(f"overlaps {before.key}", f"{after.key}.from")


def _refuse(problem: str | None, where: str) -> None:
    if problem:
        raise PackError(problem, where)


def _is_date(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)
