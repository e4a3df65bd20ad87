"""A pick-up and a delivery killed at every point, over one of the servers, and run again.

The processes are real and are killed by SIGKILL; which points there are is found by a run that
nobody disturbs, so that new ones are killed at without being named here.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from recupero.exchange.keys import make_master_key
from recupero.steps.services import AGENCY
from recupero.store.embedded import EmbeddedPostgres
from tests.chaos.scene import Chapter, Child, Scene
from tests.edges.one_bank import DAYS, profile_text
from tests.faults.servers import serving, write_connection

_DAY = DAYS[0]
_CODE = "banco-andino"
_PLAYS = "tests.faults.plays"
_FOUNDING = "tests.chaos.day_of_steps:found"
_FILES = {
    "payment_1": f"T1;A;10,00;payment;;{_DAY}\n".encode(),
    "payment_2": b"\x00" * 2_000_000,  # too large to be held in memory, and refused
}


class Deaths:
    """Everything that is killed over the server called *server*."""

    def __init__(
        self,
        server: str,
        postgres: EmbeddedPostgres,
        folder: Path,
        children: Sequence[Child],
        program: Callable[[str], Path],
    ) -> None:
        self._server = server
        self._folder = folder
        self._program = program
        self._children = children
        self._scene = Scene(postgres, folder, children, self._serving)

    def differences(self, play: str) -> list[str]:
        """For each point of *play* at which a kill makes a difference: which, and what."""
        chapter = self._chapters[play]
        with ThreadPoolExecutor(len(self._children)) as pool:
            return [found for found in pool.map(self._killed(chapter), self.points(play)) if found]

    def points(self, play: str) -> range:
        """The numbers of the points that *play* comes to."""
        chapter = self._chapters[play]
        return range(chapter.done + 1, len(chapter.points) + 1)

    def _killed(self, chapter: Chapter) -> Callable[[int], str | None]:
        def killed(number: int) -> str | None:
            difference = self._scene.differs(chapter, (number,))
            return difference and f"{chapter.tell((number,))}: {difference}"

        return killed

    @cached_property
    def _chapters(self) -> dict[str, Chapter]:
        """Played undisturbed, each on what the one before left."""
        first = self._scene.empty()
        cast = first.home / "cast"
        cast.mkdir()
        for code in (AGENCY, _CODE):
            (cast / f"{code}.toml").write_text(profile_text(code))
        make_master_key(first.home / "master.key")
        _, left = self._scene.perform(_FOUNDING, _DAY, first)
        inbox = left.home / "sftp" / _CODE / "inbox"
        for name, content in _FILES.items():
            (inbox / name).write_bytes(content)
        played = {}
        for play in ("picking_up", "answering", "delivering"):
            played[play], left = self._scene.perform(f"{_PLAYS}:{play}", _DAY, left)
            self._scene.repeat(played[play], left)
        self._scene.verify(_DAY, left)
        return played

    @contextmanager
    def _serving(self, home: Path) -> Iterator[None]:
        own = Path(tempfile.mkdtemp(dir=self._folder))
        with serving(self._server, home / "sftp" / _CODE, own, self._program) as server:
            for code in (AGENCY, _CODE):
                write_connection(home / "connections" / f"{code}.toml", server.connection)
            yield
