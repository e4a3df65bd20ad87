"""``recupero statement``: its table, its JSON, its exit codes and what it imports."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from deployments.cli.statement import statement

TIES = b":20:X\n:25:0012345\n:60F:C260301COP1,00\n:61:260302C2,50NTRFX\n:62F:C260302COP3,50\n-\n"
OFF = TIES.replace(b"COP3,50", b"COP4,00")
PROBLEM = TIES.replace(b":61:260302", b":61:260230")
BARE = TIES.replace(b":60F:C260301COP1,00\n", b"").replace(b":62F:", b":65:") + b":34F:COP0,\n"
OTHER = b"FECHA;VALOR\n02/03/2026;5\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    contents = {"ties": TIES, "off": OFF, "problem": PROBLEM, "bare": BARE, "other": OTHER}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize(
    ("names", "code", "refused"),
    [
        (["ties"], 0, 0),
        (["bare"], 0, 0),
        (["off"], 1, 0),
        (["problem"], 1, 0),
        (["ties", "off"], 1, 0),
        (["other"], 2, 1),
        (["off", "other", "missing", "."], 2, 3),
    ],
)
def test_exit_codes(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    names: list[str],
    code: int,
    refused: int,
    as_json: bool,
) -> None:
    assert statement([folder / name for name in names], None, as_json) == code
    assert len(capsys.readouterr().err.splitlines()) == refused


def test_json_document(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    statement([folder / "off", folder / "problem", folder / "bare"], "banco-andino", True)
    off, problem, bare = json.loads(capsys.readouterr().out)
    assert off == {
        "file": str(folder / "off"),
        "format": "MT940",
        "statements": [
            {
                "account": "0012345",
                "currency": "COP",
                "opening": "1.00",
                "entries": 1,
                "credits": "2.50",
                "debits": "0.00",
                "closing": "4.00",
                "ties": False,
                "difference": "-0.50",
            }
        ],
        "problems": [],
    }
    reason = "value date does not exist in the calendar"
    assert problem["problems"] == [{"record": 4, "reason": reason}]
    stated = {name: bare["statements"][0][name] for name in ("opening", "closing", "ties")}
    assert stated == {"opening": None, "closing": None, "ties": None}
    assert bare["statements"][0]["difference"] is None


def test_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    statement([folder / "ties", folder / "problem"], None, False)
    lines = capsys.readouterr().out.splitlines()
    assert [" ".join(line.split()) for line in lines[1:3]] == [
        "account currency opening entries credits debits closing ties difference",
        "0012345 COP 1.00 1 2.50 0.00 3.50 yes 0.00",
    ]
    assert lines[-1] == "  record 4: value date does not exist in the calendar"


def test_nothing_heavy_is_imported(folder: Path, root: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from deployments.cli.statement import statement;"
        f"statement([Path({str(folder / 'ties')!r})], None, True);"
        "heavy = {'polars', 'pandas', 'numpy', 'sqlalchemy', 'prefect', 'pydantic', 'lxml'};"
        "sys.exit(', '.join(heavy & set(sys.modules)) or None)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
