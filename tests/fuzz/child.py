"""One target under libFuzzer, in a process of its own: ``python -m tests.fuzz.child TARGET …``."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["recupero", "schemas", "tomllib", "zipfile"]):
    from tests.fuzz.targets import TARGETS

if __name__ == "__main__":
    target = TARGETS[sys.argv.pop(1)]
    for seed in target.seeds:  # what is imported late is not the first input's time
        target.run(seed)
    atheris.Setup(sys.argv, target.run)
    atheris.Fuzz()
