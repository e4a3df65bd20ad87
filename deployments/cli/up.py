"""``recupero up``: database, Prefect's server and a worker for every deployment, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from deployments.cli.guard import undisturbed
from deployments.cli.opening import claim, need_room, opened
from deployments.cli.output import print_lines
from deployments.conductor import Conductor
from deployments.presence import alone, announced
from recupero.errors import Fault, SettingsError
from recupero.settings import Settings, load_settings
from recupero.steps.prepare import prepare
from recupero.steps.roll_call import summoned, unserved
from recupero.steps.services import AGENCY, Services
from recupero.store import launch

_STOP_SECONDS = 20.0


def up() -> int:
    """Serve until Ctrl-C or SIGTERM, then stop what was started and return 0."""
    settings = load_settings()
    os.environ.update(_whereabouts(settings))
    claim(settings)
    need_room(settings)
    with alone(settings.home), opened(settings) as services:
        timezone, prefect_url = _needs(services)
        prepare(services)
        with Conductor(settings.home, prefect_url) as conductor:
            os.environ.update(conductor.environment())
            names, died = _register(conductor.api_url, services, timezone)
            with announced(settings.home, conductor.environment()), _worker(settings.home) as ended:
                print_lines([
                    f"Prefect     {conductor.ui_url}",
                    *(f"deployment  {name}" for name in names),
                    *(f"run again   {name}: it was cut off" for name in died),
                    *(f"not served  {code}: {why}" for code, why in unserved(services).items()),
                    f"logs        {settings.home / 'logs'}",
                    "Ctrl-C ends everything",
                ])  # fmt: skip
                sys.stdout.flush()
                _serve(settings.home, ended)
    return 0


def _whereabouts(settings: Settings) -> dict[str, str]:
    """The paths among the settings in full: the worker's runs begin in another folder."""
    paths = {
        "RECUPERO_HOME": settings.home,
        "RECUPERO_INSTITUTIONS": settings.institutions,
        "RECUPERO_SECRETS": settings.secrets,
        "RECUPERO_MASTER_KEY_FILE": settings.master_key_file,
    }
    return {name: str(path) for name, path in paths.items() if path is not None}


def _needs(services: Services) -> tuple[str, str]:
    """The schedule's time zone and Prefect's database."""
    if services.prefect_url is None:
        raise SettingsError(
            "is not set", "RECUPERO_PREFECT_URL", "needed with RECUPERO_DATABASE_URL"
        )
    return services.profile(AGENCY).institution.timezone, services.prefect_url


def _register(api_url: str, services: Services, timezone: str) -> tuple[list[str], list[str]]:
    """The deployments' names, and those of runs that an earlier ``up`` left behind dead."""
    with undisturbed():
        # Prefect: seconds, and its settings are in place by now.
        from deployments.dead_runs import end_dead_runs
        from deployments.register import register

    return register(api_url, summoned(services), timezone), end_dead_runs(api_url)


def _serve(home: Path, ended: Callable[[], bool]) -> None:
    """Return when somebody says stop; a worker that ended by itself is a fault."""
    with suppress(KeyboardInterrupt):
        while not ended():
            time.sleep(1.0)
        raise Fault("the worker ended", str(_log(home)))


@contextmanager
def _worker(home: Path) -> Iterator[Callable[[], bool]]:
    """One worker as a child; gives the question whether it has ended."""
    from deployments.register import WORK_POOL

    program = [sys.executable, "-P", "-m", "prefect", "worker", "start", "--type", "process"]
    with _log(home).open("ab") as log:
        worker = subprocess.Popen(
            launch.line(*program, "--pool", WORK_POOL, parent=os.getpid()),
            cwd=home / "prefect",  # Prefect reads settings from files in the working folder
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # a terminal's Ctrl-C is ours to handle
        )
    try:
        yield lambda: worker.poll() is not None
    finally:
        worker.send_signal(signal.SIGTERM)
        try:
            worker.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()


def _log(home: Path) -> Path:
    return home / "logs" / "worker.log"
