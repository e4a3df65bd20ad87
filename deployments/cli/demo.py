"""`recupero demo`: two business days of five institutions on embedded services."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from datetime import time as clock
from pathlib import Path
from typing import Any

from deployments.cli.guard import undisturbed
from deployments.cli.opening import claim, need_room
from deployments.cli.output import print_json, print_lines, table
from deployments.conductor import Conductor
from deployments.demo.facts import StoryDay
from deployments.demo.stage import Stage
from deployments.demo.story import make_story
from deployments.presence import alone, announced
from recupero.errors import IntegrityError, SettingsError
from recupero.settings import Settings, load_settings
from recupero.steps.prepare import prepare
from recupero.steps.services import AGENCY, Services, open_services
from recupero.steps.totals import totals
from recupero.steps.verify import verify
from recupero.store.embedded import EmbeddedPostgres

SEED = 2026
#: The demo's institutions drop whole files at once: two looks need no long pause.
_POLL_SECONDS = 0.3
#: Letters are released before the day's first contact, on the demo's own clock.
_RELEASE = clock(5, 0)


def demo(home: Path, accounts: int, leave: bool, as_json: bool) -> int:
    """Play the story, verify everything, print where to look; 1 when an invariant fails."""
    settings = _settings(home)
    started = time.monotonic()
    told = _Progress(silent=as_json)
    with ExitStack() as running:
        running.enter_context(alone(settings.home))
        told.say("starting PostgreSQL, SFTP and Prefect")
        postgres = running.enter_context(EmbeddedPostgres(settings.home))
        conductor = Conductor(settings.home, postgres.addresses().prefect_url)
        running.callback(conductor.stop)
        conductor.start()
        stage = Stage(settings.home)
        running.enter_context(stage.serving())
        services = running.enter_context(open_services(settings))
        prepare(services)
        before = _heads(services)
        told.say(f"writing the institutions' files ({accounts} accounts each)")
        story = make_story(SEED, accounts)
        conductor.wait_ready()
        os.environ.update(conductor.environment())
        for day in story.days:
            _play(stage, day, told)
        told.say("verifying every figure")
        summary = _summary(services, started, unchanged=_heads(services) == before)
        _show(summary, settings.home, conductor.ui_url, as_json)
        if not leave:
            with announced(settings.home, conductor.environment()):
                _wait(conductor.ui_url, as_json)
    return 0 if all(summary["invariants"].values()) else 1


def _settings(home: Path) -> Settings:
    """The demo's settings, also for the flows, which read them from the environment."""
    given = load_settings()
    if not given.embedded:
        raise SettingsError(
            "is set", "RECUPERO_DATABASE_URL", "the demo runs on its own database: unset it"
        )
    os.environ["RECUPERO_HOME"] = str(home.expanduser().absolute())
    os.environ["RECUPERO_POLL_SECONDS"] = str(_POLL_SECONDS)
    os.environ["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = "CRITICAL"  # failures are told by us
    settings = load_settings()
    claim(settings)
    need_room(settings)
    return settings


def _play(stage: Stage, day: StoryDay, told: _Progress) -> None:
    """One business day: the files arrive, the night runs."""
    told.say(f"{day.day}: {len(day.uploads)} files arrive over SFTP")
    stage.upload(day.uploads)
    with told.watching(f"{day.day}: the night runs"):
        with undisturbed():
            from flows.night import night  # Prefect: seconds, while its server starts anyway

        state = night(day.day, datetime.combine(day.day, _RELEASE), return_state=True)
    if not state.is_completed():
        raise IntegrityError(f"the night of {day.day} failed: {state.message}")


def _heads(services: Services) -> dict[str, str]:
    return {
        code: totals(services, code)["chain_head"] for code in (AGENCY, *services.institutions())
    }


def _summary(services: Services, started: float, *, unchanged: bool) -> dict[str, Any]:
    invariants: dict[str, bool] = {}
    institutions: dict[str, Any] = {}
    for code in (AGENCY, *services.institutions()):
        found = verify(services, code)
        for name, holds in found.invariants.items():
            invariants[name] = invariants.get(name, True) and holds
        for name, finding in found.findings:
            sys.stderr.write(f"{code} {name}: {finding.object}: {finding.what}\n")
        if code != AGENCY:
            institutions[code] = totals(services, code)
    return {
        "institutions": institutions,
        "invariants": invariants,
        "unchanged": unchanged,
        "seconds": round(time.monotonic() - started, 1),
    }


def _show(summary: dict[str, Any], home: Path, ui_url: str, as_json: bool) -> None:
    if as_json:
        print_json(summary)
        return
    rows = [
        {
            "institution": code,
            "files": one["files"],
            "booked": one["rows_booked"],
            "rejected": one["rows_rejected"],
            "received": f"{one['received']} {one['currency']}",
            "matched": one["matched"],
            "open": one["open"],
            "contacts": one["contacts_allowed"],
            "withheld": one["contacts_withheld"],
            "letters": one["letters"],
            "certificates": one["certificates"],
            "sent": one["outbox"],
        }
        for code, one in summary["institutions"].items()
    ]
    holds = all(summary["invariants"].values())
    print_lines(
        [
            "",
            *table(rows),
            "",
            f"  invariants  {'all hold' if holds else 'BROKEN: ' + ', '.join(_broken(summary))}",
            *(["  unchanged   these days were played before: nothing changed"]
              if summary["unchanged"] else []),
            f"  outputs     {home / 'sftp'}/<institution>/outbox, agency: {home / 'sftp' / AGENCY}",
            f"  Prefect     {ui_url}",
            f"  took        {summary['seconds']} s",
        ]
    )  # fmt: skip


def _broken(summary: dict[str, Any]) -> Iterator[str]:
    return (name for name, holds in summary["invariants"].items() if not holds)


def _wait(ui_url: str, as_json: bool) -> None:
    """Keep the services until somebody presses Ctrl-C or ends the process."""
    if not as_json:
        print_lines(["", f"  {ui_url} stays up; Ctrl-C ends everything"])
    sys.stdout.flush()
    with suppress(KeyboardInterrupt):
        signal.pause()


class _Progress:
    """Lines on stderr that say what is going on, with the seconds since the start."""

    def __init__(self, *, silent: bool) -> None:
        self._silent = silent
        self._start = time.monotonic()

    def say(self, what: str) -> None:
        if not self._silent:
            sys.stderr.write(f"{time.monotonic() - self._start:6.1f} s  {what}\n")
            sys.stderr.flush()

    @contextmanager
    def watching(self, what: str) -> Iterator[None]:
        """Say *what* at the start, and that it goes on, every ten seconds."""
        self.say(what)
        done = threading.Event()

        def beat() -> None:
            while not done.wait(10):
                self.say("…")

        pulse = threading.Thread(target=beat, daemon=True)
        pulse.start()
        try:
            yield
        finally:
            done.set()
            pulse.join()
