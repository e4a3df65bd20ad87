"""How a sample writes days and instants. Only a 13 or more tells which figure is no month."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from recupero.profiles.drafting.entry import Entry, is_open
from recupero.profiles.drafting.words import is_blank, synonyms

_DAYS = (
    "%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "%Y-%d-%m", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y/%d/%m",
    "%d.%m.%Y", "%m.%d.%Y", "%Y.%m.%d", "%Y%m%d", "%Y%d%m", "%d%m%Y", "%m%d%Y",
)  # fmt: skip
_TIMES = (" %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M", "%H%M%S", "%H%M")
#: No standard has a day between its year and its month, and nobody was found who writes it.
_UNUSUAL = frozenset({"%Y-%d-%m", "%Y/%d/%m", "%Y%d%m"})
_LIKE_A_DAY = re.compile(r"[0-9]{1,4}([-/.])[0-9]{1,2}\1[0-9]{1,4}|[0-9]{8}")
_LIKE_AN_INSTANT = re.compile(
    r".*[0-9][ T]?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?|[0-9]{12}(?:[0-9]{2})?"
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


def is_day(text: str) -> bool:
    """Whether *text* can be a day in some writing."""
    return _LIKE_A_DAY.fullmatch(text) is not None


def is_instant(text: str) -> bool:
    """Whether *text* can be a day with a time."""
    return _LIKE_AN_INSTANT.fullmatch(text) is not None


def no_day(text: str) -> bool:
    """Whether *text* is one of those that stand where there is no day."""
    return is_blank(text) or text.strip() in synonyms()["blanks"]["days"]


def day_form(key: str, texts: Sequence[str]) -> Entry:
    """The entry *key* (``dates``, ``datetimes``) for all the *texts* of such columns.

    Open where two orders read all of them, and where none does.
    """
    times = _TIMES if key == "datetimes" else ("",)
    forms = [day + time for day in _DAYS for time in times]
    said = sorted({text for text in texts if not no_day(text)})
    if not said:
        return is_open(key, "no value tells how they are written")
    fitting = [form for form in forms if all(_reads(text, form) for text in said)]
    usual = [form for form in fitting if form not in _UNUSUAL] or fitting
    if len(usual) == 1:
        return Entry(key, usual[0], "certain", f"{len(said)} different values read so alone")
    if usual:
        both = " or ".join(usual)
        return is_open(key, f"{both}: no value has a 13 or more to tell day from month")
    best = max(forms, key=lambda form: sum(_reads(text, form) for text in said))
    read = sum(_reads(text, best) for text in said)
    if read * 2 > len(said) and not _swapped(best, said):
        return Entry(key, best, "guess", f"{read} of {len(said)} different values read so")
    return is_open(
        key, "they are in no writing that is read: 01/02/2026, not 1/2/2026 nor 01/02/26"
    )


def _swapped(form: str, said: Sequence[str]) -> bool:
    """Whether day and month the other way round read values that *form* does not."""
    other = form.replace("%d", "%x").replace("%m", "%d").replace("%x", "%m")
    return any(_reads(text, other) and not _reads(text, form) for text in said)


def _reads(text: str, form: str) -> bool:
    shape = re.escape(form).replace("%Y", "[0-9]{4}")
    if not re.fullmatch(re.sub("%[dmHMS]", "[0-9]{2}", shape), text):
        return False
    try:
        found = datetime.strptime(text, form)  # noqa: DTZ007  # no instant: its year alone is asked
    except ValueError:
        return False
    return _FIRST_YEAR <= found.year <= _LAST_YEAR
