"""What a run depends on besides received files: kept in the vault, named by digest.

A past day can only be judged by the rules it ran under. Every step names the digests of its
profile, pack and calendar; their bytes are vaulted the first time a run uses them.
"""

from __future__ import annotations

from datetime import date
from importlib import resources

import polars as pl

from recupero.errors import IntegrityError, NotFound
from recupero.packs.load import load_pack
from recupero.profiles.load import parse_profile
from recupero.profiles.profile import Profile
from recupero.rules.public_holidays import calendar_of
from recupero.steps.services import Services
from recupero.store.recordings import Draft, append, find
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import run_input


def keep_inputs(services: Services, unit: Unit, business_date: date) -> dict[str, str]:
    """Digests by kind (profile, pack, calendar); what is new among them enters the vault."""
    profile = services.profile(unit.institution)
    country = profile.institution.country
    calendar = calendar_of(country, business_date)
    pack = load_pack(country)
    digests = {"profile": profile.digest, "calendar": calendar.digest}
    if pack is not None:
        digests["pack"] = pack.digest
    for kind, digest in sorted(digests.items()):
        if find(unit, f"input:{digest}") is None:
            _keep(services, unit, kind, digest, business_date)
    return digests


def profile_used(services: Services, unit: Unit, digest: str) -> Profile:
    """The profile a run used, from the vault.

    Raises :class:`~recupero.errors.IntegrityError` where other bytes are kept under its name.
    """
    kept = rows_of(unit, run_input, run_input.c.digest == digest)
    if kept.is_empty():
        raise NotFound("the profile it was read with is not kept", digest[:12])
    content = services.vault.get(unit.institution, kept["address"][0])
    profile = parse_profile(content, f"{unit.institution}.toml", kept=True)
    if profile.digest != digest:
        raise IntegrityError("the bytes kept are not those of the profile", digest[:12])
    return profile


def _keep(services: Services, unit: Unit, kind: str, digest: str, business_date: date) -> None:
    content = _content(services, unit, kind, business_date)
    row = {
        "digest": digest,
        "kind": kind,
        "address": services.vault.put(unit.institution, content),
    }
    append(
        unit,
        Draft(
            kind="input",
            subject=f"input:{digest}",
            business_date=business_date,
            counts={"size_bytes": len(content)},
            frames={run_input: pl.DataFrame([row])},
        ),
    )


def _content(services: Services, unit: Unit, kind: str, business_date: date) -> bytes:
    profile = services.profile(unit.institution)
    country = profile.institution.country
    if kind == "profile":
        return profile.content
    if kind == "pack":
        return resources.files("recupero.packs").joinpath(f"{country.lower()}.toml").read_bytes()
    days = calendar_of(country, business_date).days
    return "".join(f"{day.isoformat()}\n" for day in sorted(days)).encode()
