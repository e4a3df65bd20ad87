"""Do two statements of one bank account bring the same entries? Told by balances and entries.

A statement is a stretch of the account's history between two balances. Where two stretches
overlap, both bring the common entries, and the sum of these is fixed by the balances:

=================================== ============================================================
the other stretch                   then
=================================== ============================================================
begins inside this one              common entries sum to this closing less the other's opening
ends inside this one                common entries sum to the other's closing less this opening
lies within this one                this one has all its entries; those before it sum to the
                                    other's opening less this one's
holds this one                      the same the other way round
=================================== ============================================================

Entries are the same where day and amount are: references and texts change from one export to the
next, and banks begin their references anew. Where none of it can be, they have nothing in common.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

#: How many different sums are looked at before giving up: common amounts may be thousands.
_SUMS_MAX = 4_000

#: Entries by day and amount in minor units; the day is None where the bank states none.
Entries = Counter[tuple[date | None, int]]


@dataclass(frozen=True)
class Stretch:
    """A statement's balances in minor units, and its entries, which explain their difference."""

    opening_minor: int
    closing_minor: int
    entries: Entries


def overlap(one: Stretch, other: Stretch) -> bool | None:
    """Whether entries of *one* may be entries of *other*; None where too many sums are possible.

    Amounts alone are compared where one of the two does not state all its days.
    """
    if any(day is None for day, _ in [*one.entries, *other.entries]):
        one, other = _undated(one), _undated(other)
    common = one.entries & other.entries
    if not common:
        return False
    answers = [
        _some_sum_to(common, one.closing_minor - other.opening_minor),
        _some_sum_to(common, other.closing_minor - one.opening_minor),
        _holds(one, other),
        _holds(other, one),
    ]
    return True if True in answers else None if None in answers else False


def _undated(stretch: Stretch) -> Stretch:
    amounts: Entries = Counter()
    for (_, minor), count in stretch.entries.items():
        amounts[None, minor] += count
    return Stretch(stretch.opening_minor, stretch.closing_minor, amounts)


def _holds(outer: Stretch, inner: Stretch) -> bool | None:
    if not inner.entries <= outer.entries:
        return False
    before_minor = inner.opening_minor - outer.opening_minor
    return before_minor == 0 or _some_sum_to(outer.entries - inner.entries, before_minor)


def _some_sum_to(entries: Entries, wanted_minor: int) -> bool | None:
    """Whether one or more of *entries* sum to *wanted_minor*; None where it is too much to try."""
    amounts = sorted(minor for _, minor in entries.elements())
    taken = [minor for minor in amounts if minor < 0]
    given = [minor for minor in amounts if minor > 0]
    lowest = sum(taken) if taken else min(amounts, default=0)
    highest = sum(given) if given else max(amounts, default=0)
    if not lowest <= wanted_minor <= highest:
        return False
    sums: set[int] = set()
    for minor in amounts:
        sums |= {minor, *(minor + one for one in sums)}
        if wanted_minor in sums:
            return True
        if len(sums) > _SUMS_MAX:
            return None
    return False
