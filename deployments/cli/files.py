"""Files that a command writes."""

from __future__ import annotations

import os
from pathlib import Path

from recupero.durable import effect


def write_whole(target: Path, content: bytes, name: str) -> None:
    """Write *content*, under its name only when whole; *name* is that of the effect."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = target.with_name(f".{target.name}.new")
    with new.open("wb") as file:
        file.write(content)
        os.fsync(file.fileno())
    with effect(name):
        new.rename(target)
