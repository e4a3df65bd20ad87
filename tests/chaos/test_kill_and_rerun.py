"""I3 and I4: killed anywhere and run again, everything is as if nothing had happened.

A real process gets SIGKILL at a point that ``recupero.durable`` announced, some of them a second
time, and is run until it ends. Then all rows, all files and all vaulted plaintexts must equal
those of the run that nobody disturbed, and ``verify --deep`` must find nothing.
"""

from __future__ import annotations

import time
from random import Random

import pytest

from tests.chaos.chapters import kills_of
from tests.chaos.scene import Chapter, Scene

SEEDS = 12
PROGRESS_SECONDS = 30
BROKEN = "tests.chaos.broken_days"


def points_of(chapters: list[Chapter]) -> list[tuple[Chapter, int]]:
    return [(chapter, n) for chapter in chapters for n in range(1, len(chapter.points) + 1)]


def failure(scene: Scene, seed: int, chapter: Chapter, number: int) -> str | None:
    """Where it was killed and the first difference, or ``None``."""
    kills = kills_of(seed, chapter, number)
    difference = scene.differs(chapter, kills)
    return difference and f"seed {seed}, killed at {chapter.tell(kills)}: {difference}"


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_killed_run_ends_as_if_undisturbed(
    scene: Scene, chapters: list[Chapter], seed: int
) -> None:
    """A seeded point from each twelfth of the story, so that every stage has its turn."""
    points = points_of(chapters)
    begin, end = (len(points) * edge // SEEDS for edge in (seed, seed + 1))
    chapter, number = Random(seed).choice(points[begin:end])
    assert failure(scene, seed, chapter, number) is None


@pytest.mark.slow
def test_every_point(
    scene: Scene, chapters: list[Chapter], capsys: pytest.CaptureFixture[str]
) -> None:
    points, failures = points_of(chapters), list[str]()
    told = time.monotonic()
    for done, (chapter, number) in enumerate(points, start=1):
        found = failure(scene, 0, chapter, number)
        failures += [found] if found else []
        if found or time.monotonic() - told > PROGRESS_SECONDS:
            told = time.monotonic()
            with capsys.disabled():
                print(f"{done} of {len(points)} points, {len(failures)} failed. {found or ''}")
    assert failures == []


@pytest.mark.parametrize(
    ("day", "point", "difference"),
    [
        ("appends_without_looking", "after log.append", "outbox/log.txt: 1 lines expected, 2"),
        ("marks_before_sending", "after store.commit", "is missing"),
        ("prints_who_wrote_it", "before sftp.list", "outbox/note.txt: 1 lines expected, 1"),
    ],
)
def test_a_day_that_is_not_safe_to_kill_is_found_out(
    scene: Scene, chapters: list[Chapter], day: str, point: str, difference: str
) -> None:
    """The harness can fail: each of these is wrong in its own way."""
    start = chapters[1]
    broken, left = scene.perform(f"{BROKEN}:{day}", start.day, start.start)
    scene.remove(left)
    number = max(n for n, name in enumerate(broken.points, 1) if name.endswith(point))
    assert difference in str(scene.differs(broken, (number,)))
