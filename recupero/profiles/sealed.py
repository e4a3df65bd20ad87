"""Names of sealed files: what is compressed or encrypted, and what it is called once opened.

A seal is told by the end of the name, whatever its case: ``CARTERA.txt.gz.pgp`` is ``CARTERA.txt``
in two of them.
"""

from __future__ import annotations

from typing import Literal

Seal = Literal["zip", "gz", "pgp"]

_ENDINGS: dict[str, Seal] = {".zip": "zip", ".gz": "gz", ".pgp": "pgp", ".gpg": "pgp"}


def outermost(name: str) -> Seal | None:
    """The seal that *name* says has to be opened first; None for a plain file."""
    return next((_ENDINGS[end] for end in _ENDINGS if _ends_with(name, end)), None)


def without_outermost(name: str) -> str:
    """*name* without the ending of its outermost seal."""
    return next((name[: -len(end)] for end in _ENDINGS if _ends_with(name, end)), name)


def plain_name(name: str) -> str:
    """*name* without the endings of all its seals; of what a zip holds it says nothing."""
    while outermost(name) is not None:
        name = without_outermost(name)
    return name


def is_encrypted(name: str) -> bool:
    """Whether one of the seals that *name* tells of needs a key."""
    return "pgp" in _seals(name)


def is_zipped(name: str) -> bool:
    """Whether one of the seals that *name* tells of may hold several files, called anything."""
    return "zip" in _seals(name)


def _seals(name: str) -> list[Seal]:
    found = []
    while (seal := outermost(name)) is not None:
        found.append(seal)
        name = without_outermost(name)
    return found


def _ends_with(name: str, end: str) -> bool:
    """Whether something is left of *name* before *end*."""
    return len(name) > len(end) and name.lower().endswith(end)
