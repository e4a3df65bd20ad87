"""What README and the docs tell people to type exists: command, options and arguments."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from deployments.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_BLOCK = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINE = re.compile(r"^(?:\$ )?(?:\.venv/bin/)?recupero ([^#\n]+)", re.MULTILINE)


def typed(page: Path) -> list[str]:
    return [
        match.strip()
        for block in _BLOCK.findall(page.read_text())
        for match in _LINE.findall(block)
        if "|" not in match and not match.startswith(("flows", "·"))
    ]


TYPED = [(page.name, line) for page in PAGES for line in typed(page)]


def test_readme_tells_people_what_to_type() -> None:
    assert "README.md" in {name for name, _line in TYPED}


@pytest.mark.parametrize(("page", "line"), TYPED)
def test_what_the_docs_say_can_be_typed(page: str, line: str) -> None:
    command: Any = get_command(app)
    words = shlex.split(line)
    context = command.make_context("recupero", words[:1] if words[0].startswith("-") else words)
    while hasattr(command, "commands"):
        assert words[0] in command.commands, f"{page}: {line}"
        command = command.commands[words.pop(0)]
    # Raises where an option does not exist or an argument is missing.
    assert command.make_context(line, words, parent=context).command is command
