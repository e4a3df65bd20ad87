"""Where runs are killed: copies of a database and a home, a real SFTP server, one child.

A *chapter* is a play from a prepared start: founding, then each day of the story on what the day
before left. Attempts of a chapter start from equal copies, so the states they end in must be
equal; and since whole states are compared, the next chapter need not know who was killed.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from typing import Self

from deployments.demo.stage import Stage
from recupero.exchange.vault import Vault, load_master_key
from recupero.store.cluster import APPLICATION, OWNER, SUPERUSER
from recupero.store.embedded import EmbeddedPostgres
from tests.chaos.child import Order
from tests.chaos.state import State, capture, first_difference
from tests.databases import drop_database, make_database, superuser

VERIFYING = "tests.chaos.day_of_steps:verifying"
_NUMBERS = count(1)

#: Opens the SFTP server of a home, and writes into the home how it is reached.
Serving = Callable[[Path], AbstractContextManager[object]]


@dataclass(frozen=True)
class Attempt:
    """A database and a home of its own."""

    database: str
    home: Path


@dataclass(frozen=True)
class Chapter:
    """A play of a day, what it starts from, and what it did and left undisturbed.

    Its first *done* points are those of parts that the start has behind it; the chapter before
    was killed there.
    """

    play: str
    day: date
    start: Attempt
    done: int
    points: tuple[str, ...]
    state: State = field(repr=False)

    @property
    def name(self) -> str:
        return f"{self.play.rpartition(':')[2]} {self.day}"

    def tell(self, kills: tuple[int, ...]) -> str:
        """For people: where it was killed; of a later kill only the number is known."""
        later = "".join(f", then #{number}" for number in kills[1:])
        return f"{self.name} #{kills[0]} ({self.points[kills[0] - 1]}){later}"


class Child:
    """The process that forks the killed ones; see ``child.py``."""

    def __init__(self, root: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.child"],
            cwd=root,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, order: Order) -> int:
        """The exit code of one run; minus the signal that ended it."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(order.line())
        stdin.flush()
        return os.waitstatus_to_exitcode(int(stdout.readline()))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._process.communicate()


class Scene:
    """Makes starts, plays chapters undisturbed, and plays them again with kills.

    As many attempts may be under way at a time, from different threads, as there are children.
    """

    def __init__(
        self,
        postgres: EmbeddedPostgres,
        folder: Path,
        children: Sequence[Child],
        serving: Serving = lambda home: Stage(home).serving(),
    ) -> None:
        self._postgres = postgres
        self._folder = folder
        self._serving = serving
        self._children: SimpleQueue[Child] = SimpleQueue()
        for child in children:
            self._children.put(child)

    def empty(self) -> Attempt:
        """A new database without a table, and an empty home."""
        made = self._new()
        made.home.mkdir()
        with superuser(self._postgres) as connection:
            make_database(connection, made.database)
        return made

    def copy(self, template: Attempt) -> Attempt:
        """The same once more, to be played on."""
        made = self._new()
        shutil.copytree(template.home, made.home, symlinks=True)
        with superuser(self._postgres) as connection:
            make_database(connection, made.database, template.database)
        return made

    def remove(self, attempt: Attempt) -> None:
        """Leave nothing of it."""
        with superuser(self._postgres) as connection:
            drop_database(connection, attempt.database)
        shutil.rmtree(attempt.home)

    def perform(
        self, play: str, day: date, start: Attempt, done: int = 0
    ) -> tuple[Chapter, Attempt]:
        """Play once without a kill; returns the chapter, and what is left to go on from."""
        attempt = self.copy(start)
        points = self._undisturbed(play, day, attempt)
        return Chapter(play, day, start, done, points, self._state(attempt)), attempt

    def repeat(self, chapter: Chapter, left: Attempt) -> int:
        """Play once more on what it left, which changes nothing; returns the points it passes."""
        passed = self._undisturbed(chapter.play, chapter.day, left)
        difference = first_difference(chapter.state, self._state(left))
        assert difference is None, f"{chapter.name}, played again: {difference}"
        return len(passed)

    def verify(self, day: date, left: Attempt) -> None:
        """``verify --deep`` of an undisturbed state, and so of every state that equals it."""
        self._undisturbed(VERIFYING, day, left)

    def differs(self, chapter: Chapter, kills: tuple[int, ...]) -> str | None:
        """Kill at the n-th point of each run in turn, run to the end, say what is not the same.

        A later kill that lies beyond what is left to do does not happen.
        """
        attempt = self.copy(chapter.start)
        try:
            with self._serving(attempt.home):
                return self._interrupted(chapter, attempt, kills) or self._end(chapter, attempt)
        finally:
            self.remove(attempt)

    def _interrupted(
        self, chapter: Chapter, attempt: Attempt, kills: tuple[int, ...]
    ) -> str | None:
        """Run and kill; a first run must come by the same points as the undisturbed one."""
        for turn, number in enumerate(kills):
            code, reached = self._run(chapter.play, chapter.day, attempt, number)
            if turn == 0 and reached != chapter.points[:number]:
                return f"its way is another: {reached[-1:]} instead of {chapter.points[number - 1]}"
            if code != -signal.SIGKILL and (turn == 0 or code != 0):
                return f"ended with {code} after {reached[-1:]}"
        return None

    def _end(self, chapter: Chapter, attempt: Attempt) -> str | None:
        code, reached = self._run(chapter.play, chapter.day, attempt)
        if code != 0:
            return f"the rerun ended with {code} after {reached[-1:]}"
        return first_difference(chapter.state, self._state(attempt))

    def _undisturbed(self, play: str, day: date, attempt: Attempt) -> tuple[str, ...]:
        with self._serving(attempt.home):
            code, points = self._run(play, day, attempt)
        assert code == 0, f"{play} of {day} does not run through: {code} after {points[-1:]}"
        return points

    def _run(
        self, play: str, day: date, attempt: Attempt, kill_at: int = 0
    ) -> tuple[int, tuple[str, ...]]:
        """The exit code, and the points reached."""
        report = self._folder / f"{attempt.database}.points"
        order = Order(
            play=play,
            day=day.isoformat(),
            home=str(attempt.home),
            database_url=self._postgres.url(APPLICATION, attempt.database),
            owner_url=self._postgres.url(OWNER, attempt.database),
            report=str(report),
            kill_at=kill_at,
        )
        child = self._children.get()
        try:
            code = child.run(order)
        finally:
            self._children.put(child)
        return code, tuple(report.read_text().splitlines())

    def _state(self, attempt: Attempt) -> State:
        vault = Vault(str(attempt.home / "vault"), load_master_key(attempt.home / "master.key"))
        return capture(self._postgres.url(SUPERUSER, attempt.database), attempt.home, vault)

    def _new(self) -> Attempt:
        name = f"chaos_{os.getpid()}_{next(_NUMBERS)}"
        return Attempt(name, self._folder / name)
