"""What a draft says of one key of a layout, how sure it is, and what that rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

#: ``certain``: the sample leaves nothing else. ``guess``: a person has to confirm it. ``open``: the
#: sample does not tell, so nothing is written and a person has to say it.
Sure = Literal["certain", "guess", "open"]
Said = str | int | bool | date | tuple[int | str, ...] | Mapping[str, str | bool | int]


@dataclass(frozen=True)
class Entry:
    """``key`` as in a profile (``columns.cut_off``); of an open one ``value`` is None.

    ``because`` never shows what stands in a row, but for the words of a code.
    """

    key: str
    value: Said | None
    sure: Sure
    because: str


def is_open(key: str, because: str) -> Entry:
    """An entry that a person has to say."""
    return Entry(key, None, "open", because)
