"""An institution behind one server: files in its inbox, papers for it, and what became of them.

A file is picked up, and a paper delivered, by the whole step over a real wire, on a real database.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from datetime import time as hour
from itertools import count
from pathlib import Path
from random import Random
from typing import Literal

import polars as pl
import pytest

from recupero import durable
from recupero.errors import RemoteUnavailable
from recupero.exchange import sftp
from recupero.exchange.algorithms import ChosenTransport
from recupero.exchange.rooted import FOLDERS
from recupero.profiles.side_file import SIDE_SUFFIX
from recupero.steps.deliver import Delivered, deliver_documents
from recupero.steps.documents import Paper, vaulted
from recupero.steps.intake import pending, take_in
from recupero.steps.pull import Pulled, pull
from recupero.steps.services import Services
from recupero.store import outgoing
from recupero.store.embedded import Addresses
from recupero.store.recordings import Draft, append
from recupero.store.rows import rows_of
from recupero.store.tables import document, receipt
from tests.edges.one_bank import DAYS, profile_text, services_for
from tests.faults.deaths import Deaths
from tests.faults.proxy import Proxy, Way
from tests.faults.servers import Server, write_connection

DAY = DAYS[0]
NIGHT = datetime.combine(DAY, hour(22))
#: No wait may last longer, whatever else this machine is doing.
FAR_SECONDS = 90
#: Deadlines to try: a slow machine may not even reach the stage that is to be disturbed.
_DEADLINES = (1.0, 5.0, 25.0)
#: Requests of 32 KiB kept under way: few, so that a file is not read whole at once.
_UNDER_WAY = 4
_AT_REST = 1_000_000_000

Content = dict[str, bytes]


@dataclass(frozen=True)
class Disturbance:
    """What happens to the wire, from which *stage* on, and *after* how many bytes one *way*.

    ``connect``, ``banner`` and ``kex`` are seen on the wire; ``login``, ``subsystem`` and the
    points of :mod:`recupero.durable` are announced by our side of it.
    """

    how: Literal["cut", "stall", "flip", "crawl"]
    stage: str
    way: Way = "down"
    after: int = 0
    ready: Callable[[Site], bool] = lambda _site: True


class Site:
    """One institution, fresh for every row: folders empty, the wire whole, the server ordinary."""

    def __init__(
        self,
        server: Server,
        home: Path,
        database: Addresses,
        code: str,
        deaths: Callable[[str], Deaths],
    ) -> None:
        self.server = server
        self.code = code
        self.deaths = deaths
        # Of the efforts' files the profile wants a digest beside each.
        text = profile_text(code).replace(
            "name = 'effort.*'", "name = 'effort.*'\ncontrol='sha256'"
        )
        self.services: Services = services_for(home, database, code, text=text)
        self.services.connection_file(code).parent.mkdir()
        self.proxy = Proxy(server.connection.port)
        self._before: set[int] = set()
        self._numbers = count(1)

    def fresh(self) -> None:
        """Forget the row before."""
        self.proxy.heal()
        self.server.quirks.forget()
        for name in FOLDERS:
            self.clear(name)
        self._before = set(self._receipts()["receipt_id"])
        with self.services.store.unit(self.code) as unit:
            assert outgoing.undelivered(unit) == [], "the row before left papers"

    # --- what is there ---

    def name(self, kind: str = "payment") -> str:
        """A file name that was not there before, of a kind that the profile knows."""
        return f"{kind}_{next(self._numbers)}"

    def content(self, size_bytes: int = 700_000) -> bytes:
        """Bytes that were not there before."""
        return Random(f"{self.code} {next(self._numbers)}").randbytes(size_bytes)

    def folder(self, name: str) -> Content:
        """Every regular file in one of the server's folders."""
        paths = (self.server.root / name).iterdir()
        return {path.name: path.read_bytes() for path in paths if path.is_file()}

    def clear(self, name: str) -> None:
        """Empty one of the server's folders."""
        for path in (self.server.root / name).iterdir():
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()

    def put(self, name: str, content: bytes, mtime: int = _AT_REST) -> Path:
        """A file in the inbox that has been at rest for long."""
        path = self.server.root / "inbox" / name
        path.write_bytes(content)
        os.utime(path, (mtime, mtime))
        return path

    def put_side(self, name: str, stated: bytes) -> None:
        """The side file that states *stated* for the file *name*."""
        self.put(name + SIDE_SUFFIX, hashlib.sha256(stated).hexdigest().encode())

    def paper(self, content: bytes) -> str:
        """A paper for the institution, not yet delivered; its name."""
        name = f"ACUSE_{next(self._numbers)}.pdf"
        made = [Paper("acknowledgement_pdf", name, self.code, lambda: content)]
        with self.services.store.unit(self.code) as unit:
            frame = vaulted(self.services, unit, made, DAY)
            subject = f"acknowledgement:{name}"
            append(unit, Draft("acknowledgement", subject, DAY, {}, frames={document: frame}))
        return name

    def receipts(self) -> list[tuple[str, bytes]]:
        """Name and vaulted bytes of every file registered in this row, in order of arrival."""
        mine = self._receipts().filter(~pl.col("receipt_id").is_in(list(self._before)))
        return [
            (row["name"], self.services.vault.get(self.code, row["address"]))
            for row in mine.sort("sequence").iter_rows(named=True)
        ]

    def outcomes(self) -> dict[str, str]:
        """What intake makes of every file registered in this row, by name."""
        taken = [
            take_in(self.services, self.code, one, DAY)
            for one in pending(self.services, self.code, DAY)
            if one not in self._before
        ]
        self.deliver()  # the answers
        return {one.name: one.state for one in taken}

    def delivered(self, *names: str) -> list[str]:
        """Which of *names* are marked as delivered."""
        with self.services.store.unit(self.code) as unit:
            ended = outgoing.delivered(unit, outgoing.IN_PLACE)
        return [one.name for one in ended if one.name in names]

    # --- what is done ---

    def pull(self, seconds: float = 30, **connection: object) -> Pulled:
        """The whole step of taking files in; no wait of it longer than *seconds*."""
        self._connection(seconds, **connection)
        return pull(self.services, self.code, DAY)

    def deliver(self, seconds: float = 30) -> Delivered:
        """The whole step of bringing papers out."""
        self._connection(seconds)
        return deliver_documents(self.services, self.code, DAY, NIGHT)

    def disturbed(self, run: Callable[[float], object], what: Disturbance) -> None:
        """*run* with *what* happening: it ends in bounded time, and says to try again.

        It names no file of the institution: the name may be a debtor's.
        """
        theirs = self.folder("inbox")
        for seconds in _DEADLINES if what.how != "cut" else _DEADLINES[-1:]:
            begun = time.monotonic()
            with self._disturbing(what) as happened, pytest.raises(RemoteUnavailable) as raised:
                run(seconds)
            assert not any(name in str(raised.value) for name in theirs)
            assert time.monotonic() - begun < FAR_SECONDS
            self.proxy.heal()
            if happened:
                return
        pytest.fail(f"{what.stage} was never reached")

    @contextmanager
    def _disturbing(self, what: Disturbance) -> Iterator[list[str]]:
        happened: list[str] = []

        def happen() -> None:
            happened.append(what.how)
            getattr(self.proxy, what.how)()

        def arm() -> None:
            self.proxy.when(happen, way=what.way, after=what.after, ready=lambda: what.ready(self))

        if what.stage == "connect":
            self.proxy.refuses = True
            yield ["refused"]
        elif what.stage in ("banner", "kex"):
            arm()
            yield happened
        else:
            with at(what.stage, arm):
                yield happened

    def _connection(self, seconds: float, **other: object) -> None:
        through = replace(self.server.connection, port=self.proxy.port, deadline_seconds=seconds)
        write_connection(
            self.services.connection_file(self.code), through, reads_under_way=_UNDER_WAY, **other
        )

    def _receipts(self) -> pl.DataFrame:
        with self.services.store.unit(self.code) as unit:
            return rows_of(unit, receipt)

    # --- what must be so ---

    def untouched(self, files: Content) -> None:
        """Nothing of *files* was registered, moved, or left lying here by half."""
        assert self.receipts() == []
        assert self.folder("inbox") == files
        assert self.folder("archive") == {}
        self._no_litter()

    def taken_once(self, files: Content) -> None:
        """Each of *files* is registered once, whole, and archived, also after another look."""
        assert self.pull() == Pulled(0, 0, 0)
        assert sorted(self.receipts()) == sorted(files.items())
        assert self.folder("inbox") == {}
        assert sorted(self.folder("archive").values()) == sorted(files.values())
        self._no_litter()

    def unseen(self, name: str) -> None:
        """The paper *name* is not visible over there, in no part, and not marked."""
        assert [one for one in self.folder("outbox") if not one.startswith(".")] == []
        assert self.delivered(name) == []

    def in_place(self, papers: Content) -> None:
        """Each paper is there once, whole and marked, and nothing else, also after another try."""
        assert self.deliver() == Delivered(0, 0, 0)
        assert self.folder("outbox") == papers
        assert sorted(self.delivered(*papers)) == sorted(papers)

    def _no_litter(self) -> None:
        home = self.services.settings.home
        ours = {"vault", "institutions", "connections"}
        assert {path.name for path in home.iterdir()} <= ours
        parts = [path for path in (home / "vault").rglob("*.part") if path.stat().st_size]
        assert parts == []


@contextmanager
def at(stage: str, act: Callable[[], None]) -> Iterator[None]:
    """Do *act* the first time our side comes to *stage*."""
    left = [act]

    def hear(point: str) -> None:
        if point == stage and left:
            left.pop()()

    log_in, open_session = sftp.log_in, ChosenTransport.open_session

    def logging_in(*given: object) -> None:
        hear("login")
        log_in(*given)  # type: ignore[arg-type]

    def opening(transport: ChosenTransport, **named: object) -> object:
        hear("subsystem")
        return open_session(transport, **named)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sftp, "log_in", logging_in)
        patch.setattr(ChosenTransport, "open_session", opening)
        durable.observe(hear)
        try:
            yield
        finally:
            durable.observe(None)


def differently(content: bytes) -> bytes:
    """Other bytes of the same length."""
    return bytes(byte ^ 0x55 for byte in content[:64]) + content[64:]
