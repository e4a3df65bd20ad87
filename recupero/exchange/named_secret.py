"""Passwords and passphrases by name: what is written down elsewhere is the name alone."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from recupero.errors import SettingsError
from recupero.exchange.keys import private_bytes

SECRET_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
VARIABLE = "RECUPERO_SECRET_"


def block_name(name: str) -> str:
    """What the Prefect Secret block of a secret is called: blocks know no capitals and no ``_``."""
    return name.lower().replace("_", "-")


@dataclass(frozen=True)
class NamedSecrets:
    """Where a secret may lie: the environment, a folder of private files, a block of Prefect's.

    *block* gives the text of the Secret block of a secret's name, or None; it is asked only where
    the first two have nothing. Those two must not differ: a rotation that reached one of them
    would otherwise send the old password, and institutions lock accounts over that.
    """

    folder: Path | None = None
    block: Callable[[str], str | None] | None = None

    def value(self, name: str) -> SecretStr:
        """The secret, wrapped so that printing it shows nothing.

        Raises SettingsError naming the secret and the places, never a value.
        """
        if not SECRET_NAME.fullmatch(name):
            raise SettingsError("a secret's name is capital letters, digits and _, and no more")
        found = {
            place: _sound(value, f"secret {name}, {place}")
            for place, value in (self._environment(name), self._file(name))
            if value is not None
        }
        if not found and self.block is not None and (value := self.block(name)) is not None:
            place = f"Prefect Secret block {block_name(name)}"
            found[place] = _sound(value, f"secret {name}, {place}")
        if not found:
            raise SettingsError("there is no such secret", name, f"looked at {self._places(name)}")
        if len(set(found.values())) > 1:
            raise SettingsError(
                f"{' and '.join(found)} hold different values", f"secret {name}", "remove one"
            )
        return SecretStr(next(iter(found.values())))

    def _environment(self, name: str) -> tuple[str, str | None]:
        return f"{VARIABLE}{name}", os.environ.get(f"{VARIABLE}{name}")

    def _file(self, name: str) -> tuple[str, str | None]:
        if self.folder is None:
            return "", None
        path = self.folder / name
        content = private_bytes(path, "secret")
        if content is None:
            return str(path), None
        text = content.removesuffix(b"\n").decode("utf-8", "surrogateescape")
        return str(path), text

    def _places(self, name: str) -> str:
        places = [f"{VARIABLE}{name}"]
        if self.folder is not None:
            places.append(str(self.folder / name))
        if self.block is not None:
            places.append(f"Prefect Secret block {block_name(name)}")
        return ", ".join(places)


def _sound(value: str, where: str) -> str:
    """*value* where it is one line of text; a stray line end would be sent and refused."""
    if not value:
        raise SettingsError("is empty", where)
    if any(letter in "\r\n\0" or "\ud800" <= letter <= "\udfff" for letter in value):
        raise SettingsError("must be one line of UTF-8 text", where)
    return value
