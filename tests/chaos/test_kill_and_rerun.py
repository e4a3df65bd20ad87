"""I3 and I4: killed anywhere and run again, everything is as if nothing had happened.

A real process gets SIGKILL at a point that ``recupero.durable`` announced, some of them a second
time, and is run until it ends. Then all rows, all files and all vaulted plaintexts must equal
those of the run that nobody disturbed, in which ``verify --deep`` finds nothing.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from tests.chaos.chapters import kills_of, points_of
from tests.chaos.scene import Chapter, Scene

SEEDS = 8
PROGRESS_EVERY = 50
BROKEN = "tests.chaos.broken_days"


def failure(scene: Scene, seed: int, chapter: Chapter, number: int) -> str | None:
    """Where it was killed and the first difference, or ``None``."""
    kills = kills_of(seed, chapter, number)
    difference = scene.differs(chapter, kills)
    return difference and f"seed {seed}, killed at {chapter.tell(kills)}: {difference}"


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_killed_run_ends_as_if_undisturbed(
    scene: Scene, chapters: list[Chapter], seed: int
) -> None:
    """A seeded point from each eighth of the story, so that every stage has its turn."""
    points = points_of(chapters)
    begin, end = (len(points) * edge // SEEDS for edge in (seed, seed + 1))
    chapter, number = Random(seed).choice(points[begin:end])
    assert failure(scene, seed, chapter, number) is None


@pytest.mark.slow
def test_every_point(
    scene: Scene, chapters: list[Chapter], capsys: pytest.CaptureFixture[str]
) -> None:
    """Two at a time, told as they fail."""
    points, failures = points_of(chapters), list[str]()
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda point: failure(scene, 0, *point), points)
        for done, wrong in enumerate(found, start=1):
            failures += [wrong] if wrong else []
            if wrong or done % PROGRESS_EVERY == 0:
                with capsys.disabled():
                    print(f"\n{done} of {len(points)} points, {len(failures)} differ", wrong or "")
    assert failures == []


@pytest.mark.parametrize(
    ("day", "point", "difference"),
    [
        ("appends_without_looking", "after log.append", "outbox/log.txt: 1 lines expected, 2"),
        ("marks_before_sending", "before sftp.write", "is missing"),
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
