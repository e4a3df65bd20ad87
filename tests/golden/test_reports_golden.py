"""The reports say exactly what they said, and the same input gives the same bytes anywhere."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.golden.regenerate import FOLDER, texts
from tests.golden.report_inputs import BOOKS, PDFS, TABLES

RENDERS = {**PDFS, **TABLES, **BOOKS}

OTHER_PROCESS = """
import hashlib, json
from tests.golden.report_inputs import BOOKS, PDFS, TABLES
renders = dict(reversed([*PDFS.items(), *TABLES.items(), *BOOKS.items()]))
print(json.dumps({name: hashlib.sha256(render()).hexdigest() for name, render in renders.items()}))
"""


@pytest.fixture(scope="module")
def rendered() -> dict[str, str]:
    return texts()


@pytest.mark.parametrize("name", sorted(RENDERS))
def test_text_is_the_golden_one(name: str, rendered: dict[str, str]) -> None:
    expected = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert rendered[name] == expected, "make golden, then read the diff"


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(RENDERS)


def test_bytes_are_equal_in_another_process_and_order(root: Path) -> None:
    """Another hash seed, another order of rendering, another second on the clock."""
    done = subprocess.run(
        [sys.executable, "-c", OTHER_PROCESS],
        cwd=root, env={"PYTHONHASHSEED": "7", "PYTHONPATH": str(root), "TZ": "Asia/Tokyo"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    there = json.loads(done.stdout)
    here = {name: hashlib.sha256(render()).hexdigest() for name, render in RENDERS.items()}
    assert there == here
