"""``recupero check``: would this file be taken, and if not, why? Nothing is booked or kept."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from deployments.cli.output import print_lines, printable
from recupero.errors import NotFound, ProfileError, RecuperoError, Refused
from recupero.profiles.identify import identify
from recupero.profiles.load import load_profile
from recupero.profiles.profile import Layout, Profile
from recupero.profiles.sealed import is_encrypted, outermost
from recupero.profiles.side_file import SIDE_SUFFIX, stated_digest
from reports.labels import KIND, spoken
from schemas.control import refuse_other_digest
from schemas.screen import Screened, refuse_excess, sift
from schemas.spoken import said_by

#: Rows explained one by one; the counts are always complete.
PROBLEMS_SHOWN = 50


@dataclass(frozen=True)
class _File:
    """A plain file to be screened: given as such, or found in a sealed one."""

    name: str
    content: bytes
    stated_digest: str | None


def check(
    file: Path,
    institution: str,
    as_json: bool,
    folder: Path,
    business_date: date,
    control: Path | None = None,
) -> int:
    """Screen *file*, or each file in it, under the profile ``folder/institution.toml``.

    What speaks of it is *control*, or the control file beside it or in the same container.

    Returns 0 when every row is accepted, 1 when some are rejected, 2 when a file is refused: then
    the reason is one line on stderr. Of a sealed file the JSON has a list, ``files``.
    """
    document = _document(institution)
    try:
        profile = _profile(folder, institution)
        found = _files(file, profile, business_date)
        given = None if control is None else _bytes(control)
    except Refused as refusal:
        _insert(document, refusal)
        return _tell([(file.name, document, refusal)], as_json, document)
    told: list[_Told] = []
    inside = {one.name: one.content for one in found}

    asked: list[str] = []

    def control_named(name: str) -> bytes | None:
        asked.append(name)
        if given is not None or name in inside:
            return inside[name] if given is None else given
        path = file.with_name(name)
        return _bytes(path) if path.is_file() else None

    for one in found:
        each = _document(institution)
        refused = _screened(one, profile, business_date, each, control_named)
        told.append((one.name, each, refused))
    if control is not None and not asked:
        unasked = Refused("su formato no lleva archivo de control", file.name, "quite --control")
        _insert(document, unasked)
        told = [(file.name, document, unasked)]
    if outermost(file.name) is None:
        return _tell(told, as_json, told[0][1])
    files = [{"name": name, **each} for name, each, _ in told]
    return _tell(told, as_json, {"institution": institution, "files": files})


_Told = tuple[str, dict[str, Any], RecuperoError | None]


def _tell(told: list[_Told], as_json: bool, document: dict[str, Any]) -> int:
    """Print what was found of each file; the exit code of the worst."""
    if as_json:
        print(json.dumps(document, ensure_ascii=False, indent=2))
    codes = [0]
    for name, each, refusal in told:
        if not as_json and (refusal is None or each["rows"]):
            print_lines(_text(name, each))
        if refusal is None:
            codes.append(1 if each["rejected"] else 0)
            continue
        line = " ".join(str(refusal).split())
        where = "" if name and name in line else f"{name or '.'}: "
        print(printable(where + line), file=sys.stderr)
        codes.append(refusal.exit_code)
    return max(codes)


def _document(institution: str) -> dict[str, Any]:
    return {
        "institution": institution, "kind": None, "layout": None, "rows": 0, "accepted": 0,
        "rejected": 0, "duplicate": 0, "empty": 0, "reasons": {}, "warnings": {}, "control": None,
        "problems": [],
    }  # fmt: skip


def _insert(document: dict[str, Any], refusal: RecuperoError) -> None:
    rule = getattr(refusal, "rule", "refused")
    document["problems"].insert(0, _problem(None, None, rule, str(refusal)))


def _profile(folder: Path, institution: str) -> Profile:
    path = folder / f"{institution}.toml"
    if not path.is_file():
        raise ProfileError("no existe el perfil de esta institución", institution)
    return load_profile(path)


def _files(file: Path, profile: Profile, business_date: date) -> list[_File]:
    """The file itself, or what it holds where it is sealed; no key is looked for here."""
    content = _bytes(file)
    side = file.with_name(f"{file.name}{SIDE_SUFFIX}")
    stated = stated_digest(_bytes(side)) if side.is_file() else None
    if outermost(file.name) is None:
        return [_File(file.name, content, stated)]
    if is_encrypted(file.name):
        raise Refused("está cifrado: aquí no se busca ninguna clave", file.name, "descífrelo antes")
    # Late: a plain file needs nothing of it.
    from recupero.exchange.container import open_container

    if stated is not None:
        refuse_other_digest(hashlib.sha256(content).hexdigest(), stated)
    return [
        _File(one.name, b"".join(one.pieces), one.vouched(by_container=stated is not None))
        for one in open_container(file.name, content).members
    ]


def _screened(
    file: _File,
    profile: Profile,
    business_date: date,
    document: dict[str, Any],
    control_named: Callable[[str], bytes | None],
) -> RecuperoError | None:
    """Fill *document* as far as the file goes; what refuses it, if anything does."""
    try:
        _examine(file, profile, business_date, document, control_named)
    except Refused as refusal:
        _insert(document, refusal)
        return refusal
    return None


def _examine(
    file: _File,
    profile: Profile,
    business_date: date,
    document: dict[str, Any],
    control_named: Callable[[str], bytes | None],
) -> None:
    layout = identify(profile, file.name, file.content[: 1 << 16], business_date)
    document |= {"kind": layout.kind, "layout": layout.version}
    if layout.format == "statement":
        # They bring the database, which reading a table does without.
        from recupero.steps.booking.known_statements import KnownStatements
        from recupero.steps.booking.statement import screen_statement

        known = KnownStatements(b"", file.name, ())
        screened = screen_statement(file.content, layout, known, file.stated_digest)
    else:
        stated = None
        if layout.control_file is not None:
            name = layout.control_file.of(file.name)
            content = control_named(name)
            stated = said_by(name, content, profile, layout, file.name, business_date)
        screened = sift(file.content, layout, profile, business_date, file.stated_digest, stated)
    _report(screened, layout, document)
    refuse_excess(screened, layout, profile)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise NotFound("no existe este archivo", file.name) from None
    except OSError:
        raise NotFound(
            "no se puede leer", file.name, "compruebe que es un archivo y sus permisos"
        ) from None


def _report(screened: Screened, layout: Layout, document: dict[str, Any]) -> None:
    shown = screened.rejects.head(PROBLEMS_SHOWN)
    document |= {
        "rows": screened.rows_read,
        "accepted": screened.rows.height,
        "rejected": screened.rows_rejected,
        "duplicate": screened.rows_duplicate,
        "empty": screened.rows_empty,
        "reasons": _counts(screened.rejects["rule"].to_list()),
        "warnings": _counts(screened.warnings["rule"].to_list()),
        "control": None if layout.control == "none" else screened.control.told(),
        "problems": [
            _problem(line, at or None, rule, message)
            for line, at, rule, message in shown.select(
                "line_number", "field", "rule", "message"
            ).rows()
        ],
    }


def _problem(line: int | None, at: str | None, rule: str, message: str) -> dict[str, Any]:
    return {"line": line, "field": at, "rule": rule, "message": message}


def _counts(rules: list[str]) -> dict[str, int]:
    return {rule: rules.count(rule) for rule in sorted(set(rules))}


def _text(name: str, document: dict[str, Any]) -> list[str]:
    lines = [
        f"{name}: {spoken(KIND, document['kind'])} · {document['layout']} de "
        f"{document['institution']}",
        f"{document['rows']} filas: {document['accepted']} aceptadas, {document['rejected']} "
        f"rechazadas, {document['duplicate']} repetidas, {document['empty']} sin movimiento",
    ]
    if document["control"]:
        lines.append("control: cuadra")
    lines += [f"  {count:>8}  {rule}" for rule, count in document["reasons"].items()]
    lines += [f"  {count:>8}  {rule} (aviso)" for rule, count in document["warnings"].items()]
    lines += [
        f"  línea {found['line']}: {found['message']}"
        for found in document["problems"]
        if found["line"] is not None  # a refusal of the whole file is told by itself
    ]
    return lines
