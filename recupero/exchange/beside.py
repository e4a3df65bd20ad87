"""Files that a connection names are looked for beside it."""

from __future__ import annotations

from pathlib import Path

from recupero.errors import SettingsError


def beside(connection: Path, name: str, key: str) -> Path:
    """The file *name* of setting *key*, relative to the connection's folder; ``~`` is a home.

    Raises SettingsError naming file and key where *name* can be no path.
    """
    try:
        if "\0" in name:
            raise ValueError
        return connection.absolute().parent / Path(name).expanduser()
    except (RuntimeError, ValueError):  # the home of nobody we know
        raise SettingsError("is not the path of a file", f"{connection}: {key}") from None
