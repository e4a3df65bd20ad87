"""The process that is killed.

``python -m tests.chaos.child`` imports what a run needs, which takes two seconds, and then, for
every order on standard input (:class:`Order` as JSON, a line each), forks a process that opens
the services, plays and ends, or kills itself with SIGKILL at the n-th point it reaches. The
answer is a line as well: the process's wait status. What it reached stands in ``report``.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import recupero.exchange.sftp
import tests.chaos.broken_days
import tests.chaos.day_of_steps
from recupero.durable import observe
from recupero.settings import Settings, load_settings
from recupero.steps.services import Services, open_services

__all__ = ["Order", "Play", "settings_of"]

Play = Callable[[Services, date], None]


@dataclass(frozen=True)
class Order:
    """Play *play* (``module:function``) of *day* on *home* and the two addresses of a database.

    ``kill_at`` is the number of the point to die at, from 1; 0: run to the end.
    """

    play: str
    day: str
    home: str
    database_url: str
    owner_url: str
    report: str
    kill_at: int = 0

    def line(self) -> str:
        """As the child reads it."""
        return json.dumps(asdict(self)) + "\n"


def settings_of(home: Path, database_url: str, owner_url: str) -> Settings:
    """Settings on somebody else's PostgreSQL; inboxes are looked at twice without waiting."""
    return load_settings(
        home=home,
        database_url=database_url,
        owner_url=owner_url,
        master_key_file=home / "master.key",
        institutions=home / "cast",
        poll_seconds=0.0,
    )


class Witness:
    """Hears every point, writes each down at once, and kills its own process at one of them."""

    def __init__(self, report: Path, kill_at: int) -> None:
        self._report = os.open(report, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._kill_at = kill_at
        self._reached = 0

    def __call__(self, name: str) -> None:
        self._reached += 1
        os.write(self._report, f"{_step()}: {name}\n".encode())
        if self._reached == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


def _step() -> str:
    """The step under way: the outermost module of steps on the stack."""
    frame, found = sys._getframe(), "-"
    while frame.f_back is not None:
        frame = frame.f_back
        module = str(frame.f_globals.get("__name__"))
        if module.startswith("recupero.steps.") or module == tests.chaos.broken_days.__name__:
            found = module.rpartition(".")[2]
    return found


def run(order: Order) -> None:
    """Play once, or die."""
    module, _, function = order.play.partition(":")
    play: Play = getattr(importlib.import_module(module), function)
    observe(Witness(Path(order.report), order.kill_at))
    settings = settings_of(Path(order.home), order.database_url, order.owner_url)
    with open_services(settings) as services:
        play(services, date.fromisoformat(order.day))


def main() -> None:
    """Fork a process for every order until standard input ends."""
    for line in sys.stdin:
        process = os.fork()
        if process == 0:
            run(Order(**json.loads(line)))
            os._exit(0)
        print(os.waitpid(process, 0)[1], flush=True)


if __name__ == "__main__":
    assert recupero.exchange.sftp  # imported late by the product, early here
    main()
