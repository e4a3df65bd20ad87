"""Whatever stands at whatever key of a real profile, it loads or is refused by one error."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from recupero.errors import ProfileError
from recupero.profiles.load import parse_profile

TESTS = Path(__file__).parents[1]
PROFILES = (
    TESTS / "golden" / "profiles" / "tarjeta-real.toml",
    TESTS.parent / "deployments" / "institutions" / "caja-pacifico.toml",
)
OTHERS: tuple[Any, ...] = (
    [], ["payment"], [[1]], [{}], {}, {"payment": "payment"}, {"a": {"b": []}},
    0, -1, 2**63, 10**30, 0.5, math.inf, math.nan, True, False,
    date(2026, 11, 27), datetime(2026, 11, 27, tzinfo=UTC), time(10, 0),
    "", " ", "\u0000", "../..", "x" * 10_000, "(" * 5_000, "a{99999999999999999999}", "(?P<a>",
    "9" * 5_000, "digest",
)  # fmt: skip


def toml(value: Any) -> str:
    """*value* as TOML writes it on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False)


def paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in *value*, tables and lists as well as what they hold."""
    if path:
        yield path
    if isinstance(value, list):
        value = dict(enumerate(value))
    for key, one in value.items() if isinstance(value, dict) else ():
        yield from paths(one, (*path, key))


def put(value: Any, whole: Any, path: tuple[str | int, ...]) -> Any:
    """*whole* with *value* at *path*; nothing but the way there is copied."""
    if not path:
        return value
    other = whole.copy()
    other[path[0]] = put(value, whole[path[0]], path[1:])
    return other


class Document:
    """A profile of which one place at a time is changed; the rest is written only once."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self._lines = {key: toml(one) for key, one in document.items()}

    def changed(self, path: tuple[str | int, ...], value: Any) -> bytes:
        """It with *value* at *path*, as a file."""
        key = str(path[0])
        lines = self._lines | {key: toml(put(value, self.document.get(key), path[1:]))}
        return "".join(f"{json.dumps(k)} = {line}\n" for k, line in lines.items()).encode()


def refused(content: bytes) -> bool:
    """Whether *content* is no profile; any other error than the one for it goes through."""
    try:
        parse_profile(content, "x.toml")
    except ProfileError as problem:
        return problem.where.startswith("x.toml")
    return False


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_any_value_at_any_key_of_a_profile(path: Path) -> None:
    """Each layout by itself, so that a file has few others to read again and again."""
    whole = tomllib.loads(path.read_text())
    failed = []
    for layout in whole["layout"]:
        profile = Document(whole | {"layout": [layout]})
        assert not refused(profile.changed(("institution", "name"), "Otra"))
        places = [*paths(profile.document), ("content",), ("digest",)]
        for place, value in product(places, OTHERS):
            try:
                refused(profile.changed(place, value))
            except Exception as error:
                failed.append((place, str(value)[:40], repr(error)[:200]))
    assert failed == []


@pytest.mark.parametrize(
    "content",
    [b"a = " + b"9" * 5_000, b"a = " + b"[" * 5_000, b"[a" + b".a" * 5_000 + b"]", b"\xff",
     b"a = 2026-02-30", b"\x00", b"content = 1", b"digest = 'x'", b"layout = 1"],
)  # fmt: skip
def test_bytes_that_are_no_profile(content: bytes) -> None:
    assert refused(content)
