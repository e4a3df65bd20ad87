"""What every benchmark prints and writes: measures beside their targets, baselines in the notes."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path("var/bench")


@dataclass(frozen=True)
class Measure:
    """A figure, the most or the least it may be, and what it is compared with."""

    key: str
    value: float
    target: float
    against: str
    at_least: bool = False

    @property
    def missed(self) -> bool:
        """Whether the figure is on the wrong side of its target."""
        return self.value < self.target if self.at_least else self.value > self.target


@dataclass(frozen=True)
class Pairs:
    """Seconds of two ways of doing a thing, taken in turns in one run."""

    ours: list[float]
    theirs: list[float]

    @property
    def ratio(self) -> float:
        """The median of the pairs' ratios: what disturbs a pair disturbs both its halves."""
        return statistics.median(
            our / their for our, their in zip(self.ours, self.theirs, strict=True)
        )

    def told(self, what: str) -> str:
        """The medians and the ranges, for the notes."""

        def of(times: list[float]) -> str:
            return f"{statistics.median(times):.2f} s ({min(times):.2f}-{max(times):.2f})"

        return f"{what}: ours {of(self.ours)}, theirs {of(self.theirs)}"


def interleaved(
    ours: Callable[[], object],
    theirs: Callable[[], object],
    runs: int,
    clock: Callable[[], float] = time.perf_counter,
) -> Pairs:
    """*runs* pairs, after one of each that does not count; who begins changes with each pair.

    *clock* tells wall seconds, or ``time.process_time`` those of this process's CPU.
    """
    ours()
    theirs()
    pairs = Pairs([], [])
    for number in range(runs):
        turns = [(pairs.ours, ours), (pairs.theirs, theirs)]
        for times, act in turns if number % 2 else reversed(turns):
            begun = clock()
            act()
            times.append(clock() - begun)
    return pairs


def report(bench: str, runs: int, measures: list[Measure], notes: list[str]) -> None:
    """Print the table and write ``var/bench/BENCH.json``."""
    print(f"{'measure':32} {'value':>8} {'target':>8}  compared with")
    for one in measures:
        bound = f"{'≥' if one.at_least else '≤'} {one.target:.2f}"
        missed = "  MISSED" if one.missed else ""
        print(f"{one.key:32} {one.value:8.2f} {bound:>8}  {one.against}{missed}")
    for note in notes:
        print(f"  {note}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    told = {
        "bench": bench,
        "runs": runs,
        "measures": {one.key: round(one.value, 4) for one in measures},
        "notes": notes,
    }
    (FOLDER / f"{bench}.json").write_text(json.dumps(told, indent=1) + "\n")
