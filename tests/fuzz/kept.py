"""The inputs that are kept: few, small, and each reaches what no smaller one does."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from tests.fuzz.targets import ROOT, TARGETS

KEPT = ROOT / "tests" / "corpus" / "fuzz"
#: Of one target, what broke it apart: ``make test`` runs them all.
BYTES_MAX, INPUTS_MAX = 150_000, 150
#: How libFuzzer names what broke a target.
_BREAKING = ("crash-", "timeout-", "oom-", "leak-")
_OURS = tuple(str(ROOT / folder) for folder in ("recupero", "schemas"))

Steps = set[tuple[CodeType, int, int]]


def keep(name: str, found: Path) -> None:
    """Keep of what was *found* and kept what the seeds do not reach, the smallest inputs first."""
    target, folder = TARGETS[name], KEPT / name
    reached: Steps = set()
    for seed in target.seeds:
        reached |= steps(target.run, seed)
    candidates = [path for path in (*found.iterdir(), *folder.iterdir()) if not _breaks(path)]
    kept: dict[str, bytes] = {}
    for path in sorted(candidates, key=lambda path: (path.stat().st_size, path.name)):
        content = path.read_bytes()
        size = sum(map(len, kept.values())) + len(content)
        if len(kept) < INPUTS_MAX and size <= BYTES_MAX:
            new = steps(target.run, content)
            if not new <= reached:
                reached |= new
                kept[path.name] = content
    for path in folder.iterdir():
        if not _breaks(path):
            path.unlink()
    for number, content in enumerate(kept.values(), start=1):
        (folder / f"{number:03}").write_bytes(content)
    print(f"fuzz: {name}: {len(kept)} inputs kept, {sum(map(len, kept.values()))} bytes")


def _breaks(path: Path) -> bool:
    return path.name.startswith(_BREAKING)


def steps(run: Callable[[bytes], None], content: bytes) -> Steps:
    """From which line to which our code went; what *content* breaks counts as well."""
    taken: Steps = set()
    last: dict[FrameType, int] = {}

    def local(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            taken.add((frame.f_code, last.get(frame, 0), frame.f_lineno))
            last[frame] = frame.f_lineno
        return local

    def entered(frame: FrameType, _event: str, _: Any) -> Any:
        return local if frame.f_code.co_filename.startswith(_OURS) else None

    sys.settrace(entered)
    try:
        run(content)
    except Exception:
        return taken  # told by who runs it, not here
    finally:
        sys.settrace(None)
    return taken
