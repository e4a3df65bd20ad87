"""The guide as files to hand over: for each layout a page, an empty template and a valid sample."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from pathlib import Path

from deployments.cli.control_sample import control_of, sample_of_control
from deployments.cli.file_name import name_like
from deployments.cli.files import write_whole
from deployments.cli.guide import layout_guide, markdown
from deployments.cli.guide_values import day_of
from deployments.cli.sample_file import UNWRITTEN, sample, template
from recupero.errors import NotFound, Refused
from recupero.profiles.layout import Layout
from recupero.profiles.profile import Profile
from recupero.profiles.side_file import SIDE_SUFFIX
from reports.layout_guide import layout_guide_pdf
from reports.page import Issuer

#: Before a template's name, so that it is not sent for a file.
_TEMPLATE = "PLANTILLA_"


def write_guide(
    profile: Profile, out: Path, business_date: date, agency: Profile | None
) -> list[str]:
    """Write what is in force on *business_date* to *out*; lines that say what was written.

    The same profile gives the same bytes. A file that is there with other content is refused, and
    then nothing is written.
    """
    current = [layout for layout in profile.layouts if layout.in_force(business_date)]
    if not current:
        raise NotFound(f"has no layout in force on {business_date}", profile.code, "--date D")
    issuer = _issuer(agency)
    made: dict[Path, bytes] = {}
    lines: list[str] = []
    for layout in current:
        folder = _folder(out, layout, {path.parent for path in made})
        files, told = _files(layout, profile, issuer, current)
        made |= {folder / name: content for name, content in files.items()}
        lines += [f"{folder}: {', '.join(files)}", *(f"  {each}" for each in told)]
    _write(made)
    return lines


def _files(
    layout: Layout, profile: Profile, agency: Issuer, current: list[Layout]
) -> tuple[dict[str, bytes], list[str]]:
    """What is handed over of *layout*, by name, and what cannot be."""
    page = layout_guide(layout, profile, agency)
    files = {
        "guia.md": ("\n".join(markdown(page)) + "\n").encode(),
        "guia.pdf": layout_guide_pdf(page),
    }
    content, empty = sample(layout, profile), template(layout)
    if content is None or empty is None:
        return files, [f"sin muestra ni plantilla: {UNWRITTEN[layout.format]}"]
    name = name_like(layout.name, day_of(layout))
    spoken = sample_of_control(layout, profile, current) if layout.kind == "control" else None
    if spoken is not None:
        name, content = spoken
    if name is None or "/" in name:
        name, told = f"muestra.{layout.format}", [f"dé a la muestra un nombre como {layout.name}"]
    else:
        told = []
    files[f"{_TEMPLATE}{name}"] = empty
    files[name] = content
    if layout.control == "sha256":
        digest = hashlib.sha256(content).hexdigest()
        files[f"{name}{SIDE_SUFFIX}"] = f"{digest}  {name}\n".encode()
    beside = control_of(layout, profile, name, content, current)
    if layout.control_file is not None and not beside:
        called = layout.control_file.of(name)
        told.append(f"sin control de muestra: ningún formato vigente se llama {called}")
    return files | beside, told


def _folder(out: Path, layout: Layout, taken: set[Path]) -> Path:
    """A folder of its own for *layout*, in order where several are called alike."""
    parts = (layout.kind, layout.version, *([layout.portfolio] if layout.portfolio else []))
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", "-".join(parts))
    folder, number = out / name, 1
    while folder in taken:
        number += 1
        folder = out / f"{name}-{number}"
    return folder


def _issuer(agency: Profile | None) -> Issuer:
    if agency is None:
        return Issuer("")
    given = agency.institution
    return Issuer(given.name, given.country, given.tax_id, given.address, given.city)


def _write(made: dict[Path, bytes]) -> None:
    for path, content in made.items():
        if path.exists() and not (path.is_file() and path.read_bytes() == content):
            raise Refused("something else is there already", str(path), "name another folder")
    for path, content in made.items():
        write_whole(path, content, "guide.rename")
