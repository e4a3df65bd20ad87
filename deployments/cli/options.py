"""Arguments and options that several commands take."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done; change nothing.")]
Code = Annotated[str, typer.Argument(metavar="CODE", help="The institution's code.")]
AnyCode = Annotated[
    str | None, typer.Argument(metavar="CODE", help="The institution's code; all without it.")
]
Institution = Annotated[
    str | None, typer.Option("--institution", metavar="CODE", help="The institution's code.")
]
ProfileFile = Annotated[
    Path | None,
    typer.Option("--profile", metavar="FILE", help="A profile to use instead of the enrolled one."),
]


def day_option(name: str, told: str) -> Any:
    """An option *name* that takes a day; *told* is its help."""
    return typer.Option(name, metavar="D", formats=["%Y-%m-%d"], help=told)


BusinessDate = Annotated[datetime, day_option("--date", "Business date.")]
Day = Annotated[datetime | None, day_option("--date", "Business date, YYYY-MM-DD.")]
AsKnown = Annotated[
    datetime | None, day_option("--as-known", "As it was known when this business date ended.")
]
AsOf = Annotated[
    datetime | None, day_option("--as-of", "Journal and balances by this effective date.")
]


def now() -> datetime:
    """The command line may ask the clock for a business date; nothing below it does."""
    return datetime.now().astimezone()  # where the operator is: it is their calendar day
