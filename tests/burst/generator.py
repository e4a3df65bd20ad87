"""A burst of files into several inboxes, and the manifest of what there was in the end.

The institutions write as institutions do: under another name and renamed, right under the final
name, in pieces, empty, the same bytes under several names, a correction over a file that may have
been fetched already, and uploads that nobody ever finishes.
"""

from __future__ import annotations

import hashlib
import heapq
import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path

#: Of a hundred files, so many of each kind.
SHARES = {
    "placed": 50, "direct": 11, "copy": 12, "renamed": 7, "empty": 5, "corrected": 5,
    "grown": 4, "finished": 4, "unfinished": 2,
}  # fmt: skip
_SIZE_MAX = 6_000
_PIECES = 5

Sighting = tuple[str, str, str]  # institution, name, SHA-256


@dataclass
class Manifest:
    """What the generator left behind, by its own account.

    ``must``: settled files, each to be received exactly once. ``may``: what stood under a name for
    a while only, so that a worker may have read it. ``left``: uploads that were never finished.
    """

    must: set[Sighting] = field(default_factory=set)
    may: set[Sighting] = field(default_factory=set)
    left: set[tuple[str, str]] = field(default_factory=set)
    kinds: dict[str, int] = field(default_factory=dict)


class Burst:
    """*files* files within about *seconds*, into ``root/CODE/inbox``; a *seed* decides all.

    What stands unchanged for *poll_seconds* counts as settled: no writer pauses for so long.
    """

    def __init__(
        self, root: Path, codes: Sequence[str], files: int, seconds: float, poll_seconds: float,
        seed: int,
    ) -> None:  # fmt: skip
        self.manifest = Manifest()
        self._root = root
        self._codes = codes
        self._poll_seconds = poll_seconds
        self._chance = random.Random(seed)
        self._order = count()
        self._steps: list[tuple[float, int, Callable[[], None]]] = []
        self._written: list[bytes] = []
        kinds = self._chance.choices(list(SHARES), list(SHARES.values()), k=files)
        for number, kind in enumerate(kinds):
            self.manifest.kinds[kind] = self.manifest.kinds.get(kind, 0) + 1
            self._plan(number, kind, self._chance.uniform(0, seconds))

    def play(self, halfway: Callable[[], None] = lambda: None) -> Manifest:
        """Do it all, at its times; *halfway* is called when half of the steps are done."""
        begun, half, done = time.monotonic(), len(self._steps) // 2, 0
        while self._steps:
            at, _, step = heapq.heappop(self._steps)
            time.sleep(max(0.0, begun + at - time.monotonic()))
            step()
            done += 1
            if done == half:
                halfway()
        return self.manifest

    def _plan(self, number: int, kind: str, at: float) -> None:
        code = self._chance.choice(self._codes)
        name = f"{kind}_{number:05}.txt"
        content = self._chance.randbytes(self._chance.randint(1, _SIZE_MAX))
        path = self._root / code / "inbox" / name
        if kind == "copy" and self._written:
            content = self._chance.choice(self._written)
        elif kind == "empty":
            content = b""
        else:
            self._written.append(content)
        later = at + self._chance.uniform(0.05, 1.5) * self._poll_seconds
        if kind in ("placed", "copy", "renamed", "corrected"):
            self._at(at, partial(self._place, path, content))
        if kind in ("direct", "empty"):
            self._at(at, partial(self._write, path, content))
        elif kind == "renamed":
            self._at(later, partial(self._rename, path, content))
        elif kind == "corrected":
            self._at(later, partial(self._correct, path, content))
        elif kind == "grown":
            self._grow(path, content, at, path)
        elif kind == "finished":
            self._grow(path.with_name(f"{name}.part"), content, at, path)
        elif kind == "unfinished":
            self._at(at, partial(self._abandon, path.with_name(f"{name}.part"), content))

    def _at(self, at: float, step: Callable[[], None]) -> None:
        heapq.heappush(self._steps, (at, next(self._order), step))

    def _place(self, path: Path, content: bytes) -> None:
        """Whole at once: written beside, renamed into place."""
        beside = path.with_name(f".{path.name}.upload")
        beside.write_bytes(content)
        beside.rename(path)
        self.manifest.must.add(_sighting(path, content))

    def _write(self, path: Path, content: bytes) -> None:
        path.write_bytes(content)
        self.manifest.must.add(_sighting(path, content))

    def _rename(self, path: Path, content: bytes) -> None:
        """Another name, if it still lies there; a worker may have read it under the first one."""
        new = path.with_name(f"again_{path.name}")
        try:
            path.rename(new)
        except FileNotFoundError:
            return
        self._superseded(path, content)
        self.manifest.must.add(_sighting(new, content))

    def _correct(self, path: Path, content: bytes) -> None:
        """Other bytes under the same name, over it or after it was taken away."""
        self._superseded(path, content)
        self._place(path, content + b"corrected")

    def _grow(self, path: Path, content: bytes, at: float, final: Path) -> None:
        """Written in pieces, never pausing as long as would make it look settled."""
        size = len(content) // _PIECES + 1
        state = _Growing(path, final)
        for number in range(_PIECES):
            piece = content[number * size : (number + 1) * size]
            step = at + number * 0.3 * self._poll_seconds
            self._at(step, partial(state.add, piece, self._poll_seconds, self.manifest))
        self._at(step, partial(state.finish, self.manifest))

    def _abandon(self, path: Path, content: bytes) -> None:
        path.write_bytes(content)
        self.manifest.left.add((path.parents[1].name, path.name))

    def _superseded(self, path: Path, content: bytes) -> None:
        sighting = _sighting(path, content)
        self.manifest.must.discard(sighting)
        self.manifest.may.add(sighting)


class _Growing:
    """One file under way."""

    def __init__(self, path: Path, final: Path) -> None:
        self._path = path
        self._final = final
        self._content = b""
        self._touched = 0.0
        self._file = -1

    def add(self, piece: bytes, poll_seconds: float, manifest: Manifest) -> None:
        if self._file < 0:
            self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
        elif self._path == self._final and time.monotonic() - self._touched > 0.9 * poll_seconds:
            # This machine had no time for us: it stood still for as long as settled files do.
            manifest.may.add(_sighting(self._final, self._content))
        os.write(self._file, piece)
        self._content += piece
        self._touched = time.monotonic()

    def finish(self, manifest: Manifest) -> None:
        os.close(self._file)
        if self._path != self._final:
            self._path.rename(self._final)
        manifest.must.add(_sighting(self._final, self._content))


def _sighting(path: Path, content: bytes) -> Sighting:
    return path.parents[1].name, path.name, hashlib.sha256(content).hexdigest()
