"""The commands ``recupero institution``: what may be typed; what is done stands elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from deployments.cli.options import Code, Day, DryRun, Json, ProfileFile, now

institutions = typer.Typer(help="Draft and enrol institutions, and look at their profiles.")

_Said = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="A key of the layout that is known: dates=%d/%m/%Y, columns.cut_off=FECHA, "
        "constants.currency=COP. May be repeated.",
    ),
]


@institutions.command("add")
def institution_add(
    code: Annotated[
        str | None, typer.Argument(metavar="CODE", help="Its code; the profile's without it.")
    ] = None,
    profile: ProfileFile = None,
    sample: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draft the profile from a file of the institution."),
    ] = None,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="How it is called.")] = None,
    country: Annotated[
        str | None, typer.Option(metavar="CO", help="Country, ISO 3166-1 alpha-2.")
    ] = None,
    currency: Annotated[str | None, typer.Option(metavar="COP", help="ISO 4217.")] = None,
    timezone: Annotated[str | None, typer.Option(metavar="ZONE", help="America/Bogota.")] = None,
    kind: Annotated[
        str | None, typer.Option(metavar="KIND", help="What the sample is: placement, payment, …")
    ] = None,
    said: _Said = None,
    date: Day = None,
    dry_run: DryRun = False,
) -> int:
    """Enrol an institution with its profile; with --sample, draft that profile first."""
    if sample is None:
        from deployments.cli.institution import add

        given = {"--name": name, "--country": country, "--currency": currency,
                 "--timezone": timezone, "--kind": kind, "--set": said, "--date": date}  # fmt: skip
        for option in (option for option, value in given.items() if value is not None):
            raise typer.BadParameter(f"{option} needs --sample FILE")
        return add(code, profile, dry_run)
    if profile is not None:
        raise typer.BadParameter("--sample drafts a profile: leave --profile out")
    from deployments.cli.drafting import Asked, draft

    asked = Asked(code, name, country, currency, timezone, kind, tuple(said or ()))
    return draft(sample, asked, (date or now()).date(), dry_run)


@institutions.command("list")
def institution_list(as_json: Json = False) -> int:
    """List profiles and enrolled institutions."""
    from deployments.cli.institution import show

    return show(as_json)


@institutions.command("check")
def institution_check(code: Code, profile: ProfileFile = None, as_json: Json = False) -> int:
    """Validate a profile and show its layouts."""
    from deployments.cli.institution import check

    return check(code, profile, as_json)


@institutions.command("layout")
def institution_layout(
    code: Code,
    profile: ProfileFile = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Write pages, templates and sample files there."),
    ] = None,
    date: Day = None,
) -> int:
    """Print the guide of what the institution sends, in Spanish; with --out, write it to files."""
    from deployments.cli.institution import layout

    return layout(code, profile, out, (date or now()).date())
