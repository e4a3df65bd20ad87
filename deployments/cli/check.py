"""``recupero check``: would this file be taken, and if not, why? Nothing is booked or kept."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from deployments.cli.output import print_lines, printable
from recupero.errors import NotFound, ProfileError, RecuperoError, Refused
from recupero.profiles.identify import identify
from recupero.profiles.load import load_profile
from recupero.profiles.profile import Layout
from recupero.profiles.side_file import SIDE_SUFFIX, stated_digest
from reports.labels import KIND, spoken
from schemas.screen import Screened, refuse_excess, sift

#: Rows explained one by one; the counts are always complete.
PROBLEMS_SHOWN = 50


def check(file: Path, institution: str, as_json: bool, folder: Path, business_date: date) -> int:
    """Screen *file* under the profile ``folder/institution.toml`` and say what was found.

    Returns 0 when every row is accepted, 1 when some are rejected, 2 when the file is refused: then
    the reason is one line on stderr.
    """
    document: dict[str, Any] = {
        "institution": institution, "kind": None, "layout": None, "rows": 0, "accepted": 0,
        "rejected": 0, "duplicate": 0, "empty": 0, "reasons": {}, "warnings": {}, "control": None,
        "problems": [],
    }  # fmt: skip
    refusal: RecuperoError | None = None
    try:
        _examine(file, institution, folder, business_date, document)
    except Refused as problem:
        refusal = problem
        rule = getattr(problem, "rule", "refused")
        document["problems"].insert(0, _problem(None, None, rule, str(problem)))
    if as_json:
        print(json.dumps(document, ensure_ascii=False, indent=2))
    elif refusal is None or document["rows"]:
        print_lines(_text(file.name, document))
    if refusal is not None:
        told = " ".join(str(refusal).split())
        where = "" if file.name and file.name in told else f"{file.name or file}: "
        print(printable(where + told), file=sys.stderr)
        return refusal.exit_code
    return 1 if document["rejected"] else 0


def _examine(
    file: Path, institution: str, folder: Path, business_date: date, document: dict[str, Any]
) -> None:
    """Fill *document* as far as the file goes; raises what refuses it."""
    path = folder / f"{institution}.toml"
    if not path.is_file():
        raise ProfileError("no existe el perfil de esta institución", institution)
    profile = load_profile(path)
    content = _bytes(file)
    layout = identify(profile, file.name, content[: 1 << 16], business_date)
    document |= {"kind": layout.kind, "layout": layout.version}
    if layout.format == "statement":
        # They bring the database, which reading a table does without.
        from recupero.steps.booking.known_statements import KnownStatements
        from recupero.steps.booking.statement import screen_statement

        screened = screen_statement(content, layout, KnownStatements(b"", file.name, ()))
    else:
        screened = sift(content, layout, profile, business_date, _side_digest(file, layout))
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


def _side_digest(file: Path, layout: Layout) -> str | None:
    side = file.with_name(f"{file.name}{SIDE_SUFFIX}")
    if layout.control != "sha256" or not side.is_file():
        return None
    return stated_digest(_bytes(side))


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
        "control": None if layout.control == "none" else asdict(screened.control),
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
