"""Several sessions with one server: many small files cost round trips, and those can overlap.

A session belongs to one thread at a time: paramiko's are not safe to share.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import islice
from queue import SimpleQueue
from typing import TypeVar

from recupero.errors import RemoteUnavailable
from recupero.exchange.remote import Remote

T = TypeVar("T")
R = TypeVar("R")

#: So many files for each session more: opening one costs as much as reading some.
FILES_PER_SESSION = 16
#: What the threads of the sessions are called.
THREADS = "sftp-session"
#: Results wait for those before them; each may hold a file's bytes.
_AHEAD_PER_SESSION = 2


@dataclass(frozen=True)
class Sessions:
    """An open session, how to open another like it, and how many of those there may be at once.

    The first is the caller's alone: what it does with an item may need it meanwhile.
    """

    first: Remote
    another: Callable[[], Remote] | None = None
    most: int = 1

    def each(
        self,
        items: Iterable[T],
        work: Callable[[Remote, T], R],
        discard: Callable[[R], None] = lambda _result: None,
        files_of: Callable[[T], int] = lambda _item: 1,
    ) -> Generator[tuple[T, R]]:
        """Each item with what *work* makes of it, in order.

        Raises what *work* raises, at the item's turn; what was made ahead of it is discarded. A
        server that grants fewer sessions is used with those.
        """
        known = list(items)
        with ExitStack() as opened:
            remotes = self._more(sum(map(files_of, known)), opened)
            if remotes:
                yield from _overlapped(remotes, known, work, discard)
                return
            for item in known:
                yield item, work(self.first, item)

    def _more(self, files: int, opened: ExitStack) -> list[Remote]:
        """As many more as *files* are worth and the server grants, asked for all at once."""
        wanted = min(self.most, files // FILES_PER_SESSION)
        if self.another is None or wanted < 2:
            return []
        with ThreadPoolExecutor(wanted, THREADS) as pool:
            asked = [pool.submit(self.another) for _ in range(wanted)]
        granted = [one.result() for one in asked if one.exception() is None]
        for remote in granted:
            opened.enter_context(closing(remote))
        for one in asked:
            if not isinstance(one.exception(), RemoteUnavailable | None):
                one.result()  # only that no more are granted is no matter
        return granted


def _overlapped(
    remotes: list[Remote],
    items: list[T],
    work: Callable[[Remote, T], R],
    discard: Callable[[R], None],
) -> Iterator[tuple[T, R]]:
    idle: SimpleQueue[Remote] = SimpleQueue()
    for remote in remotes:
        idle.put(remote)

    def run(item: T) -> R:
        remote = idle.get()
        try:
            return work(remote, item)
        finally:
            idle.put(remote)

    ahead: deque[tuple[T, Future[R]]] = deque()
    waiting = iter(items)
    with ThreadPoolExecutor(len(remotes), THREADS) as pool:
        try:
            while True:
                room = _AHEAD_PER_SESSION * len(remotes) - len(ahead)
                ahead.extend((item, pool.submit(run, item)) for item in islice(waiting, room))
                if not ahead:
                    return
                item, result = ahead.popleft()
                yield item, result.result()
        except BaseException:
            for remote in remotes:  # a download under way would keep us waiting
                remote.close()
            raise
        finally:
            for _, result in ahead:
                if not result.cancel() and result.exception() is None:
                    discard(result.result())
