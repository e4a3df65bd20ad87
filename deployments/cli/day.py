"""``recupero day``: one institution's business day, conducted by a running Prefect server."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

from deployments.cli.guard import undisturbed
from deployments.cli.opening import existing, has_database
from deployments.cli.output import print_lines
from deployments.presence import find_server
from recupero.errors import Fault, NotFound, RecuperoError, Refused
from recupero.profiles.load import load_profile, refuse_draft
from recupero.settings import Settings, load_settings


def day(code: str, business_date: date, release_at: datetime | None, dry_run: bool) -> int:
    """Run what can be run; 0, or 2 with the reason and the names of those who are missing.

    *release_at* is when letters leave, the institution's local time where it is naive; the clock's
    instant by default, so that no letter of a past day leaves today.
    """
    settings = load_settings()
    _known(settings, code)
    release_at = release_at or datetime.now(UTC)
    if dry_run:
        return _foresee(code, business_date, release_at)
    server = find_server(settings.home)
    if server is None:
        raise Refused("no Prefect server is running", mend="start one: recupero up")
    os.environ["RECUPERO_HOME"] = str(settings.home)
    os.environ.update(server)
    # A failed flow writes its traceback to the console; the server keeps it, we say one line.
    os.environ["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = "CRITICAL"
    newest = _conduct(code, business_date, release_at)
    told = f"{code}: {business_date} is done; see recupero status {code}"
    if newest > business_date:
        told += f"; it is closed, and what lies in the inbox waits for {newest}"
    print_lines([told])
    return 0


def _conduct(code: str, business_date: date, release_at: datetime) -> date:
    """Run the day; the newest date that has begun."""
    with undisturbed():
        from flows.day import day as flow  # Prefect: seconds
        from recupero.steps.standing import standing
        from tasks import workplace

    try:
        state = flow(code, business_date, release_at, return_state=True)
        if state.is_completed():
            newest: date = standing(workplace.services(), code).last["business_date"]
            return newest
        error = state.result(raise_on_failure=False)
        if isinstance(error, RecuperoError):
            raise error
        raise Fault(f"the day ended {state.name}", f"{code} {business_date}")
    finally:
        workplace.close()


def _known(settings: Settings, code: str) -> None:
    folder = settings.profiles_folder
    known = sorted(path.stem for path in folder.glob("*.toml"))
    if code not in known:
        raise NotFound("there is no such institution", code, f"known: {', '.join(known) or 'none'}")
    refuse_draft(load_profile(folder / f"{code}.toml"))
    if not has_database(settings):
        raise NotFound("is not enrolled", code, f"run: recupero institution add {code}")


def _foresee(code: str, business_date: date, release_at: datetime) -> int:
    """Say what a run would find; the inbox is not looked at and nothing changes."""
    from recupero.steps.clock import refuse_future
    from recupero.steps.roll_call import neighbours
    from recupero.steps.standing import standing

    with existing() as services:
        refuse_future(services, code, business_date, release_at)
        found = standing(services, code)
        try:
            with_whom = f"with {', '.join(neighbours(services, code, business_date))}"
        except Refused as refusal:
            with_whom = f"would wait: {refusal}"
    waiting = sum(found.files.get(name, 0) for name in ("pending", "sealed"))
    money = (
        f"{waiting} files and {found.undecided_entries} entries wait, and what lies in the inbox"
    )
    newest = found.last.get("business_date", business_date)
    if newest > business_date:
        money = f"nothing: the date is closed, {newest} has begun"
    print_lines([
        f"{code}: {business_date}, dry run",
        f"  receive  {money}",
        f"  slots    {with_whom}",
        f"  respond  {len(found.undelivered)} documents wait for delivery, and what is written",
    ])  # fmt: skip
    return 0
