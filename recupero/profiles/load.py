"""Profiles from their TOML files. What is wrong is named by file and key path."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from recupero.errors import DraftProfile, ProfileError
from recupero.profiles.consistent import KeyWrong
from recupero.profiles.fields import FIELDS
from recupero.profiles.profile import Profile

#: Settings that may be blanks: marks and texts as they stand in the institution's files.
_AS_IN_FILES = frozenset({"delimiter", "thousands", "blank", "detail", "header", "trailer"})


def load_profile(path: Path) -> Profile:
    """The profile in *path*, whose name is the institution's code plus ``.toml``."""
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise ProfileError(f"cannot be read ({problem.strerror})", path.name) from None
    profile = parse_profile(content, path.name)
    if profile.code != path.stem:
        raise ProfileError(
            f"code {profile.code!r} does not agree with the file's name",
            f"{path.name}: institution.code",
        )
    return profile


def load_profiles(folder: Path) -> tuple[dict[str, Profile], dict[str, ProfileError]]:
    """Every profile in *folder* by institution code, and why the others are none, by file name.

    In order of code: one profile that is wrong stops no other institution. A draft is none.
    """
    if not folder.is_dir():
        raise ProfileError("no folder of profiles", str(folder))
    valid: dict[str, Profile] = {}
    broken: dict[str, ProfileError] = {}
    for path in sorted(folder.glob("*.toml"), key=lambda path: path.stem):
        try:
            profile = load_profile(path)
            refuse_draft(profile)
        except ProfileError as problem:
            broken[path.stem] = problem
        else:
            valid[path.stem] = profile
    return valid, broken


def refuse_draft(profile: Profile) -> None:
    """Raise ``DraftProfile`` for one whose guesses nobody has confirmed."""
    if profile.draft:
        raise DraftProfile(
            "is a draft: nothing is booked by it",
            f"{profile.code}.toml: draft",
            "confirm what is marked in it, then delete the line `draft = true`",
        )


def parse_profile(content: bytes, source: str, *, kept: bool = False) -> Profile:
    """The profile written in *content*; *source* names it in errors.

    One that is *kept* with what was done by it is read as it was then: that its blanks would be
    refused today changes nothing of the past.
    """
    try:
        document = tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as problem:  # also digits or tables without end
        raise ProfileError(f"not TOML in UTF-8: {problem}", source) from None
    computed: dict[str, Any] = {"digest": hashlib.sha256(content).hexdigest(), "content": content}
    for key in sorted(computed.keys() & document.keys()):
        raise ProfileError("is computed, not declared", f"{source}: {key}")
    _fill_in(document)
    try:
        profile = Profile(**document, **computed)
    except ValidationError as problem:
        raise _explained(problem, source, is_draft=document.get("draft") is True) from None
    if not kept:
        _refuse_blank(document, (), source)
    return profile


def _refuse_blank(value: Any, path: tuple[int | str, ...], source: str) -> None:
    """Refuse a text of blanks, or of what nobody sees, wherever a setting says something.

    An empty one says nothing, which is no text of a list and no sheet.
    """
    if isinstance(value, dict | list):
        inside = value.items() if isinstance(value, dict) else enumerate(value)
        for key, each in inside:
            if key not in _AS_IN_FILES or isinstance(each, dict):
                _refuse_blank(each, (*path, key), source)
    elif (
        isinstance(value, str)
        and not any(map(_is_seen, value))
        and (value or path[-1] == "sheet" or isinstance(path[-1], int))
    ):
        raise ProfileError("must not be blank", f"{source}: {_path(path)}")


def _is_seen(char: str) -> bool:
    return char.isprintable() and not char.isspace()


def _fill_in(document: dict[str, Any]) -> None:
    """Make explicit what the institution's table says for every layout: currency, connection."""
    institution = document.get("institution")
    if not isinstance(institution, dict):
        return
    exchange = document.setdefault("exchange", {})
    if isinstance(exchange, dict) and "code" in institution:
        exchange.setdefault("connection", institution["code"])
    layouts = document.get("layout", [])
    for layout in layouts if isinstance(layouts, list) else []:
        if not isinstance(layout, dict) or not isinstance(layout.get("columns"), dict):
            continue
        # Not validated yet: a kind that is none has no fields here and is refused later.
        kind = layout.get("kind")
        fields = {field.name for name in FIELDS if name == kind for field in FIELDS[name]}
        constants = layout.setdefault("constants", {})
        if "currency" in fields - layout["columns"].keys() and isinstance(constants, dict):
            constants.setdefault("currency", institution.get("currency"))


def _explained(problem: ValidationError, source: str, *, is_draft: bool) -> ProfileError:
    errors = problem.errors(include_url=False, include_input=False)
    first = errors[0]
    where = _path(first["loc"])
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, KeyWrong):
        where = f"{where}.{cause.key}".lstrip(".")
    more = f"; and {len(errors) - 1} more" if len(errors) > 1 else ""
    what = str(cause) if isinstance(cause, ValueError) else first["msg"]
    return (DraftProfile if is_draft else ProfileError)(f"{what}{more}", f"{source}: {where}")


def _path(location: tuple[int | str, ...]) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")
