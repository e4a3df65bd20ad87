"""The pattern of a file's name, from one of them: the figures of its date vary, and only they."""

from __future__ import annotations

import re

from recupero.profiles.drafting.entry import Entry
from recupero.profiles.drafting.words import plain, synonyms
from recupero.profiles.fields import KINDS, Kind

_DATED = re.compile(
    r"(?<!\d)(?:(?:19|20)\d{2}[-_.](?:0[1-9]|1[0-2])(?:[-_.](?:0[1-9]|[12]\d|3[01]))?"
    r"|(?:0[1-9]|[12]\d|3[01])[-_.](?:0[1-9]|1[0-2])[-_.](?:19|20)\d{2}"
    r"|\d{14}|\d{12}|\d{8}|(?:19|20)\d{4})(?!\d)"
)


def name_pattern(name: str) -> Entry:
    """The entry ``name`` for files called like *name*."""
    pattern, end = "", 0
    for found in _DATED.finditer(name):
        pattern += re.escape(name[end : found.start()])
        pattern += re.sub(r"\d+", lambda run: rf"\d{{{len(run[0])}}}", re.escape(found[0]))
        end = found.end()
    pattern = (pattern + re.escape(name[end:])).replace(r"\ ", " ").replace(r"\-", "-")
    because = "its date varies" if end else "from one name: say what varies, or only this one is it"
    return Entry("name", pattern.replace(r"\_", "_"), "guess", because)


def kinds_named(name: str) -> set[Kind]:
    """The kinds that the words of a file's *name* tell of."""
    words = set(plain(name.replace("_", " ")).split())
    told = synonyms()["file_names"]
    return {kind for kind in KINDS if words & set(told.get(kind, ()))}
