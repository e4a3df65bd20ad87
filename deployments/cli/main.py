"""The command ``recupero``: what may be typed. What is done stands in the module of each command,
imported when it runs and not before: ``--help`` loads none of them.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from typer.main import get_command

from deployments.cli.guard import guarded, heed_signals, ignore_signals
from deployments.cli.institution_commands import institutions
from deployments.cli.options import (
    AnyCode,
    AsKnown,
    AsOf,
    BusinessDate,
    Code,
    Day,
    DryRun,
    Institution,
    Json,
    now,
)

app = typer.Typer(
    help="The nightly work of a collection agency, balanced to the cent and provable. "
    "State lives in RECUPERO_HOME (default ./var). "
    "Exit codes: 0 done, 1 findings, 2 refused, 70 our own fault.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
law = typer.Typer(help="Look at the law the contacts and opinions rest on.")
keys = typer.Typer(help="Look after the vault and its keys.")
app.add_typer(institutions, name="institution")
app.add_typer(law, name="packs")
app.add_typer(keys, name="vault")


def run() -> None:
    """The console script: exit with the command's code, never with a traceback."""
    heed_signals()
    code = guarded(lambda: dispatch(sys.argv[1:] or ["--help"]))
    ignore_signals()
    sys.exit(code)


def dispatch(arguments: list[str]) -> int:
    """Parse and run one command; its exit code."""
    with get_command(app).make_context("recupero", arguments) as context:
        code: int = context.command.invoke(context)
        return code


@app.command()
def demo(
    home: Annotated[Path | None, typer.Option(metavar="DIR", help="Where to keep it all.")] = None,
    accounts: Annotated[
        int, typer.Option(metavar="N", min=60, max=200_000, help="Accounts per institution.")
    ] = 2000,
    leave: Annotated[bool, typer.Option("--exit", help="End at once instead of serving.")] = False,
    as_json: Json = False,
) -> int:
    """Play two business days of five institutions on embedded services."""
    from deployments.cli.demo import demo
    from recupero.settings import load_settings

    return demo(load_settings(home=home).home, accounts, leave, as_json)


@app.command()
def up() -> int:
    """Run database, Prefect server and worker with all deployments, until Ctrl-C."""
    from deployments.cli.up import up

    return up()


@app.command()
def day(
    code: Code,
    date: BusinessDate,
    release_at: Annotated[
        datetime | None,
        typer.Option(
            metavar="T",
            formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
            help="When letters leave, the institution's local time; now by default.",
        ),
    ] = None,
    dry_run: DryRun = False,
) -> int:
    """Run one institution's business day on a running server."""
    from deployments.cli.day import day

    return day(code, date.date(), release_at, dry_run)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file as it would be sent.")],
    institution: Annotated[
        str, typer.Option("--institution", metavar="CODE", help="Whose profile judges it.")
    ],
    date: Day = None,
    control: Annotated[
        Path | None,
        typer.Option("--control", metavar="FILE", help="Its control file, if not beside it."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Say whether a file would be taken, and why not; nothing is booked."""
    from deployments.cli.check import check
    from recupero.settings import load_settings

    business_date = (date or now()).date()
    folder = load_settings().profiles_folder
    return check(file, institution, as_json, folder, business_date, control)


@app.command()
def statement(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="camt.053 or MT940.")],
    institution: Institution = None,
    as_json: Json = False,
) -> int:
    """Read bank files and say whether each statement ties."""
    from deployments.cli.statement import statement

    return statement(files, institution, as_json)


@app.command()
def status(code: AnyCode = None, as_json: Json = False) -> int:
    """Say what came in, what became of it and what still waits."""
    from deployments.cli.status import status

    return status(code, as_json)


@app.command()
def delivery(
    document: Annotated[
        str, typer.Argument(metavar="DOCUMENT", help="A document's name, or its folio.")
    ],
    date: BusinessDate,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who asked the institution.")],
    arrived: Annotated[bool, typer.Option("--arrived", help="Record that it arrived.")] = False,
    resend: Annotated[bool, typer.Option("--resend", help="Send it again.")] = False,
    lost: Annotated[bool, typer.Option("--lost", help="Record that it did not arrive.")] = False,
    institution: Institution = None,
    dry_run: DryRun = False,
) -> int:
    """Decide what became of a paper whose delivery is uncertain."""
    from deployments.cli.delivery import delivery

    said = (arrived, resend, lost, by, date.date())
    return delivery(document, institution, *said, now(), dry_run)


@app.command()
def trace(
    what: Annotated[
        str,
        typer.Argument(
            metavar="ACCOUNT|DOCUMENT",
            help="An account number, a document's name, a folio printed on a page, or a file.",
        ),
    ],
    institution: Institution = None,
    as_known: AsKnown = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> int:
    """Go from a figure back to file, line and rule."""
    from deployments.cli.tracing import trace

    days = (None if day is None else day.date() for day in (as_known, as_of))
    return trace(what, institution, *days, as_json=as_json)


@app.command()
def rejects(
    code: AnyCode = None,
    date: Day = None,
    rule: Annotated[str | None, typer.Option(metavar="RULE", help="This rule alone.")] = None,
    as_json: Json = False,
) -> int:
    """List the rejected lines of all runs, and which of them came back mended."""
    from deployments.cli.rejects import rejects

    return rejects(code, date.date() if date else None, rule, as_json)


@app.command()
def verify(
    code: AnyCode = None,
    deep: Annotated[bool, typer.Option("--deep", help="Read every received file again.")] = False,
    as_json: Json = False,
) -> int:
    """Recompute everything from what is stored and name what does not hold."""
    from deployments.cli.verify import verify

    return verify(code, deep, as_json)


@app.command()
def retain(
    code: Code,
    date: BusinessDate,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> int:
    """Destroy, with recorded proof, what was kept as long as its profile says."""
    from deployments.cli.retain import retain

    return retain(code, date.date(), dry_run, as_json)


@law.command("show")
def packs_show(
    country: Annotated[str, typer.Argument(metavar="CO", help="Country, ISO 3166-1 alpha-2.")],
    as_json: Json = False,
) -> int:
    """Show a country's rules with norm, dates in force and confidence."""
    from deployments.cli.packs import show

    return show(country, as_json)


@law.callback()
def _packs() -> None:
    """Keeps ``show`` a command of its own; a group of one would swallow it."""


@keys.command("rotate")
def vault_rotate(
    code: AnyCode = None,
    new_master_key: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Rotate the master key: the new one, made if missing."),
    ] = None,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> int:
    """Wrap the keys of what is kept with new ones; addresses, ids and objects stay."""
    from deployments.cli.vault import rotate_keys

    return rotate_keys(code, new_master_key, dry_run, as_json)


@keys.command("clear")
def vault_clear(
    code: Code,
    date: BusinessDate,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who decided it.")],
    dry_run: DryRun = False,
) -> int:
    """Destroy, with recorded proof, what lies in the vault and nothing recorded names."""
    from deployments.cli.clear import clear

    return clear(code, date.date(), by, dry_run)
