"""One line of JSON as an object, numbers as they were written: none ever passes through a float."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

#: Stands before the text of what was written as a number: ``100237.10`` is no "100237.10".
NUMBER = "\x00"
#: Longer or deeper lines are no row of a table.
CHARACTERS_MAX = 65_536
LEVELS_MAX = 20


class LineBroken(ValueError):
    """A line that is no object, or names a key twice; ``rule`` says which."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def object_of(line: str) -> dict[str, Any]:
    """The object in *line*, its numbers as text behind ``NUMBER``.

    Raises ``LineBroken``: ``json_line``, ``control_character``, or ``json_repeated`` where one
    object has a key twice, of which some readers take the first and some the last.
    """
    if len(line) > CHARACTERS_MAX:
        raise LineBroken("json_line")
    if "\\u0000" in line:
        raise LineBroken("control_character")  # NUL, which would look like our mark
    whole = line.strip(" \t\r")
    try:
        found, end = _DECODER.raw_decode(whole)
    except LineBroken:
        raise
    except (ValueError, RecursionError):
        raise LineBroken("json_line") from None
    if end != len(whole) or not isinstance(found, dict):
        raise LineBroken("json_line")
    # Few lines have so many brackets; only they can be as deep.
    if line.count("{") + line.count("[") > LEVELS_MAX and _deep(found):
        raise LineBroken("json_line")
    return found


def values_at(found: dict[str, Any], path: str) -> list[Any]:
    """What stands at *path*: under a key of that name, or inside objects along its dots.

    Empty where nothing does; two where both ways lead to something.
    """
    values = [found[path]] if path in found else []
    first, dot, rest = path.partition(".")
    inside = found.get(first) if dot else None
    if isinstance(inside, dict):
        values += values_at(inside, rest)
    elif inside is not None:
        values.append([inside])  # no object, so nothing in it can be named
    return values


def paths_of(found: dict[str, Any]) -> Iterator[str]:
    """The path of everything in *found* that may be a column."""
    for key, value in found.items():
        yield key
        if isinstance(value, dict):
            yield from (f"{key}.{inner}" for inner in paths_of(value))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise LineBroken("json_repeated")
    return found


def _no_number(_: str) -> None:
    """NaN and the infinities, which Python writes and JSON does not have."""
    raise LineBroken("json_line")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_int=NUMBER.__add__,
    parse_float=NUMBER.__add__,
    parse_constant=_no_number,
)


def _deep(found: dict[str, Any]) -> bool:
    level: list[Any] = [found]
    for _ in range(LEVELS_MAX):
        inner = [one.values() if isinstance(one, dict) else one for one in level]
        level = [value for one in inner for value in one if isinstance(value, dict | list)]
    return bool(level)
