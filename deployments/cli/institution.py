"""``recupero institution``: enrol institutions, look at their profiles, tell them what to send."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from deployments.cli.files import write_whole
from deployments.cli.opening import has_database, opened
from deployments.cli.output import print_json, print_lines, table
from recupero.errors import NotFound, ProfileError, Refused
from recupero.profiles.load import load_profile, parse_profile, refuse_draft
from recupero.profiles.profile import Profile
from recupero.settings import Settings, load_settings

#: The agency's own profile, which names it on what it hands out.
AGENCY = "_agency"


def add(code: str | None, source: Path | None, dry_run: bool) -> int:
    """Validate the profile, make the institution's partitions and keep the profile; 0.

    Without *source* the profile is the one already in the folder, without *code* it is whose the
    profile says. What is there is never replaced by something else.
    """
    from recupero.steps.enrolment import refuse_another
    from recupero.steps.prepare import prepare

    settings = load_settings()
    profile, content = _offered(settings, code, source)
    refuse_draft(profile)
    code, target = profile.code, _path(settings, profile.code)
    there = target.is_file()
    if there and target.read_bytes() != content:
        raise Refused("another profile is there already", str(target), "change that file instead")
    if dry_run:
        print_lines([f"{code}: valid; would be enrolled", *_would_write(target, there)])
        return 0
    with opened(settings) as services:
        fresh = prepare(services, [profile])
        refuse_another(services, profile)
    if not there:
        write_whole(target, content, "profile.rename")
    connection = settings.home / "connections" / f"{profile.exchange.connection}.toml"
    print_lines([
        f"{code}: {'enrolled' if fresh else 'was enrolled already'}; profile {target}",
        *([] if connection.is_file() else [f"{code}: still needs its connection: {connection}"]),
    ])  # fmt: skip
    return 0


def show(as_json: bool) -> int:
    """List every profile and every enrolled institution; 1 when a profile is not valid or an
    institution lacks one of the two."""
    settings = load_settings()
    known = _enrolled(settings)
    codes = sorted({path.stem for path in settings.profiles_folder.glob("*.toml")} | known.keys())
    rows = [_row(settings, code, code in known) for code in codes]
    if as_json:
        print_json({"institutions": rows})
    elif rows:
        print_lines(table(rows))
    else:
        print_lines([f"no institutions yet in {settings.profiles_folder}"])
    return 1 if any(row["problem"] for row in rows) else 0


def check(code: str, source: Path | None, as_json: bool) -> int:
    """Validate a profile and show its layouts; 0. A profile that is wrong is refused."""
    settings = load_settings()
    profile = _profile(settings, code, source)
    connection = settings.home / "connections" / f"{profile.exchange.connection}.toml"
    layouts: list[dict[str, object]] = [
        {
            "kind": layout.kind,
            "version": layout.version,
            "from": layout.valid_from,
            "until": layout.valid_until,
            "format": layout.format,
            "control": layout.control,
            "file_name": layout.name,
        }
        for layout in profile.layouts
    ]
    document = {
        "code": profile.code,
        "name": profile.institution.name,
        "country": profile.institution.country,
        "currency": profile.institution.currency,
        "digest": profile.digest,
        "draft": profile.draft,
        "connection": str(connection) if connection.is_file() else None,
        "layouts": layouts,
    }
    if as_json:
        print_json(document)
        return 0
    print_lines([
        f"{profile.code}: {profile.institution.name}, {profile.institution.country}, "
        f"{profile.institution.currency}: the profile is valid"
        + (", and a draft: confirm it" if profile.draft else ""),
        *table(layouts),
        *([] if connection.is_file() else [f"connection: {connection} is not there yet"]),
    ])  # fmt: skip
    return 0


def layout(code: str, source: Path | None, out: Path | None, business_date: date) -> int:
    """Tell, in Spanish, what the institution is to send; 0.

    Printed in Markdown, or written to the folder *out*: pages, templates and sample files of the
    layouts in force on *business_date*.
    """
    settings = load_settings()
    profile = _profile(settings, code, source)
    if out is None:
        from deployments.cli.guide import guide

        print_lines(guide(profile))
        return 0
    from deployments.cli.guide_folder import write_guide

    agency = settings.profiles_folder / f"{AGENCY}.toml"
    print_lines(
        write_guide(profile, out, business_date, load_profile(agency) if agency.is_file() else None)
    )
    return 0


def _offered(settings: Settings, code: str | None, source: Path | None) -> tuple[Profile, bytes]:
    """The profile in *source*, or else in the folder under *code*, with its bytes."""
    path = source
    if path is None:
        if code is None:
            raise NotFound("neither a code nor a profile is given", mend="add --profile FILE")
        path = _path(settings, code)
    content = _bytes(path, given=source is not None)
    profile = parse_profile(content, path.name)
    if code not in (None, profile.code):
        raise ProfileError(f"is of {profile.code}, not of {code}", f"{path.name}: institution.code")
    return profile, content


def _profile(settings: Settings, code: str, source: Path | None) -> Profile:
    if source is not None:
        return _offered(settings, code, source)[0]
    path = _path(settings, code)
    if not path.is_file():
        raise _unknown(settings, code)
    return load_profile(path)


def _row(settings: Settings, code: str, is_enrolled: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "code": code, "name": None, "country": None, "currency": None, "layouts": 0,
        "enrolled": is_enrolled, "problem": None,
    }  # fmt: skip
    try:
        profile = _profile(settings, code, None)
        refuse_draft(profile)
    except Refused as refusal:
        return {**row, "problem": str(refusal)}
    given = profile.institution
    row |= {"name": given.name, "country": given.country, "currency": given.currency}
    return {
        **row,
        "layouts": len(profile.layouts),
        "problem": None if is_enrolled else f"not enrolled: recupero institution add {code}",
    }


def _enrolled(settings: Settings) -> dict[str, str]:
    """Codes and names in the register; none where there is no database yet."""
    if not has_database(settings):
        return {}
    from recupero.steps.enrolment import registered

    return {each.code: each.name for each in registered(settings)}


def _path(settings: Settings, code: str) -> Path:
    """The profile's place; a code is never a way out of the folder."""
    if "/" in code or code.startswith("."):
        raise _unknown(settings, code)
    return settings.profiles_folder / f"{code}.toml"


def _unknown(settings: Settings, code: str) -> NotFound:
    known = ", ".join(sorted(path.stem for path in settings.profiles_folder.glob("*.toml")))
    return NotFound("there is no such institution", code, f"known: {known or 'none'}")


def _bytes(path: Path, *, given: bool) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        mend = "" if given else "name one: --profile FILE"
        raise NotFound(f"no profile: {problem.strerror}", str(path), mend) from None


def _would_write(target: Path, there: bool) -> list[str]:
    return [] if there else [f"would write {target}"]
