"""What fuzzing found worth keeping goes through every target again, in fractions of its time."""

from __future__ import annotations

import time

import pytest

from tests.fuzz.kept import BYTES_MAX, KEPT
from tests.fuzz.targets import TARGETS

#: An input that takes longer hangs, however busy the machine is.
CPU_SECONDS_MAX = 2.0


@pytest.mark.parametrize("name", TARGETS)
def test_every_seed_and_kept_input_keeps_the_promises(name: str) -> None:
    paths = sorted((KEPT / name).iterdir())
    assert paths, "make fuzz ARGS=--keep"
    for seed in TARGETS[name].seeds:
        TARGETS[name].run(seed)
    broken = {}
    for path in paths:
        begun = time.process_time()
        try:
            TARGETS[name].run(path.read_bytes())
        except Exception as error:
            broken[path.name] = repr(error)
        if time.process_time() - begun > CPU_SECONDS_MAX:
            broken[path.name] = "hangs"
    assert broken == {}


def test_the_kept_inputs_are_few_and_small() -> None:
    for name in TARGETS:
        sizes = [path.stat().st_size for path in (KEPT / name).iterdir()]
        assert sum(sizes) <= 2 * BYTES_MAX
