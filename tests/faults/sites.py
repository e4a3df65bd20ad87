"""The sites of the three servers, each opened once for all rows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from recupero.store.embedded import Addresses
from tests.faults.deaths import Deaths
from tests.faults.servers import serving
from tests.faults.site import Site


class Sites:
    """The site of each server, opened when first asked for."""

    def __init__(
        self,
        database: Addresses,
        folder: Path,
        program: Callable[[str], Path],
        deaths: Callable[[str], Deaths],
    ) -> None:
        self._database = database
        self._deaths = deaths
        self._folder = folder
        self._program = program
        self._numbers = count(1)
        self._open: dict[str, tuple[Site, ExitStack]] = {}

    def fresh(self, server: str) -> Site:
        """The site of *server*, without anything of the row before."""
        if server not in self._open:
            self._open[server] = self._opened(server)
        site, _ = self._open[server]
        site.fresh()
        return site

    def give_up(self, server: str) -> None:
        """After a row that failed: the next one gets a server and an institution of its own."""
        _, opened = self._open.pop(server)
        opened.close()

    def close(self) -> None:
        """Leave no server behind."""
        for server in list(self._open):
            self.give_up(server)

    def _opened(self, name: str) -> tuple[Site, ExitStack]:
        number = next(self._numbers)
        code = f"falla-{number}"
        own, home = self._folder / f"own-{number}", self._folder / f"home-{number}"
        own.mkdir()
        home.mkdir()
        with ExitStack() as stack:
            root = self._folder / code
            server = stack.enter_context(serving(name, root, own, self._program))
            site = Site(server, home, self._database, code, self._deaths)
            stack.callback(site.proxy.close)
            return site, stack.pop_all()
