"""Opens what a command works with, or says in one line why it cannot.

The services, and all they load, are imported when there is something to open.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from recupero.errors import NotFound, Refused, SettingsError
from recupero.settings import Settings, load_settings

if TYPE_CHECKING:
    from recupero.steps.services import Services

#: A first start writes 165 MB before the first file has come.
_ROOM_BYTES = 512 << 20


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[Services]:
    """Services for a command that may change things; the database is made where there is none."""
    settings = settings or load_settings()
    claim(settings)
    from recupero.steps.services import open_services

    with open_services(settings) as services:
        yield services


@contextmanager
def existing() -> Iterator[Services]:
    """Services for a command that only reads: asking never makes a home or a database."""
    settings = load_settings()
    if not has_database(settings):
        raise NotFound("holds no data yet", str(settings.home), "RECUPERO_HOME names another home")
    with opened(settings) as services:
        yield services


def has_database(settings: Settings) -> bool:
    """Whether there is something to read: a database by address, or our own in the home."""
    return not settings.embedded or (settings.home / "postgres").is_dir()


def claim(settings: Settings) -> None:
    """Make the home where there is none; refused where it cannot be made or written to."""
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise SettingsError(f"cannot be used: {problem.strerror}", "RECUPERO_HOME") from None
    if not os.access(settings.home, os.W_OK | os.X_OK):
        raise SettingsError("may not be written to", "RECUPERO_HOME")


def need_room(settings: Settings) -> None:
    """Refuse to begin what would soon stop half-way for want of space."""
    free = shutil.disk_usage(settings.home).free
    if free < _ROOM_BYTES:
        raise Refused(
            f"only {free >> 20} MB are free",
            str(settings.home),
            f"make room: a night needs {_ROOM_BYTES >> 20} MB at least",
        )
