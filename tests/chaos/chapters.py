"""The chapters that are killed: the founding, and two days of some of the demo's institutions."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from random import Random

from deployments.demo.facts import Upload
from deployments.demo.stage import Stage
from deployments.demo.story import ACCOUNTS_MIN, make_story
from recupero.exchange.keys import make_master_key
from recupero.steps.services import AGENCY
from tests.chaos.scene import Attempt, Chapter, Scene

_SEED = 7
_STEPS = "tests.chaos.day_of_steps"
_PARTS = ("receiving", "treating", "closing", "delivering")


def perform_story(scene: Scene, root: Path, codes: Sequence[str]) -> list[Chapter]:
    """Play all chapters undisturbed, each on what the one before left."""
    days = make_story(_SEED, ACCOUNTS_MIN).days
    first = scene.empty()
    _furnish(first, root / "deployments" / "institutions", codes)
    founding, left = scene.perform(f"{_STEPS}:found", days[0].day, first)
    scene.repeat(founding, left)
    scene.verify(founding.day, left)
    chapters = [founding]
    for day in days:
        cast = {AGENCY, *codes}
        _drop(left, [upload for upload in day.uploads if upload.institution in cast])
        done = 0
        for part in _PARTS:
            chapter, left = scene.perform(f"{_STEPS}:{part}", day.day, left, done)
            chapters.append(chapter)
            done = scene.repeat(chapter, left)
        scene.verify(day.day, left)
    return chapters


def points_of(chapters: Sequence[Chapter]) -> list[tuple[Chapter, int]]:
    """Every point of the story once: the chapter, and the point's number in its run."""
    return [
        (chapter, number)
        for chapter in chapters
        for number in range(chapter.done + 1, len(chapter.points) + 1)
    ]


def kills_of(seed: int, chapter: Chapter, number: int) -> tuple[int, ...]:
    """The point *number*, and every other time a second one somewhere in the rerun."""
    rng = Random(f"{seed}:{chapter.name}:{number}")
    second = rng.randint(1, len(chapter.points))
    return (number, second) if rng.random() < 0.5 else (number,)


def _furnish(start: Attempt, profiles: Path, codes: Sequence[str]) -> None:
    """A home with the profiles of the cast alone, and every key that is made by chance."""
    cast = start.home / "cast"
    cast.mkdir()
    for code in (AGENCY, *codes):
        shutil.copy(profiles / f"{code}.toml", cast)
    make_master_key(start.home / "master.key")
    with Stage(start.home).serving():  # makes the accounts' keys
        pass


def _drop(into: Attempt, uploads: list[Upload]) -> None:
    """Upload as the institutions do: their own accounts, a real client."""
    stage = Stage(into.home)
    with stage.serving():
        stage.upload(tuple(uploads))
