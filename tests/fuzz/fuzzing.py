"""Inputs that break a promise, looked for by what they reach: ``make fuzz``.

Each target runs under libFuzzer in a process of its own, for its share of the time, from its seeds,
the kept inputs and what earlier runs found (``var/fuzz``). What breaks it is written among the kept
inputs, under a name that says how, and told; ``make test`` runs it again from then on. ``--keep``
chooses kept inputs anew out of all that was found.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from tests.fuzz.kept import KEPT, keep
from tests.fuzz.targets import ROOT, TARGETS

_WORK = ROOT / "var" / "fuzz"
#: What one input may take before it counts as a hang, on a busy machine too.
SECONDS_MAX, MEMORY_MAX_MB = 30, 2048
_BYTES_MAX = 8192


def main() -> int:
    """0 without findings, 1 with some, 2 where the fuzzer does not run."""
    asked = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    asked.add_argument("--seconds", type=int, default=120, help="of all targets together")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--keep", action="store_true", help="choose the kept inputs anew")
    asked.add_argument("targets", nargs="*", metavar="target", help=f"of {', '.join(TARGETS)}")
    given = asked.parse_args()
    if unknown := set(given.targets) - set(TARGETS):
        asked.error(f"no target: {', '.join(sorted(unknown))}")
    if importlib.util.find_spec("atheris") is None:
        print("fuzz: needs Linux on x86-64; atheris has no wheel for this machine", file=sys.stderr)
        return 2
    names = given.targets or list(TARGETS)
    broken = [name for name in names if not _fuzzed(name, given.seconds // len(names), given.seed)]
    if given.keep:
        for name in names:
            keep(name, _WORK / name / "found")
    return 1 if broken else 0


def _fuzzed(name: str, seconds: int, seed: int) -> bool:
    """Whether *name* kept its promises for *seconds*; what broke it is told."""
    seeds, found, kept = (_WORK / name / "seeds", _WORK / name / "found", KEPT / name)
    for folder in (seeds, found, kept):
        folder.mkdir(parents=True, exist_ok=True)
    for content in TARGETS[name].seeds:
        (seeds / hashlib.sha256(content).hexdigest()[:16]).write_bytes(content)
    before = set(kept.iterdir())
    log = _WORK / name / "log"
    with log.open("wb") as told:
        done = subprocess.run(
            [sys.executable, "-m", "tests.fuzz.child", name, found, kept, seeds,
             f"-max_total_time={seconds}", f"-seed={seed}", f"-timeout={SECONDS_MAX}",
             f"-report_slow_units={SECONDS_MAX}",
             f"-rss_limit_mb={MEMORY_MAX_MB}", f"-max_len={_BYTES_MAX}",
             f"-artifact_prefix={kept}/"],
            cwd=ROOT, env={**os.environ, "POLARS_MAX_THREADS": "1"}, stdout=told, stderr=told,
            check=False,
        )  # fmt: skip
    breaking = sorted(set(kept.iterdir()) - before)
    runs = next((line for line in reversed(_lines(log)) if line.startswith("Done ")), "stopped")
    print(f"fuzz: {name}: {runs.lower()}, {len(list(found.iterdir()))} inputs found", flush=True)
    for path in breaking:
        print(f"fuzz: {name}: BROKEN by {path.relative_to(ROOT)} (why: {log})", flush=True)
    if done.returncode and not breaking:
        print(f"fuzz: {name}: ended with {done.returncode} (why: {log})", flush=True)
    return done.returncode == 0


def _lines(log: Path) -> list[str]:
    return log.read_text(errors="replace").splitlines()


if __name__ == "__main__":
    sys.exit(main())
