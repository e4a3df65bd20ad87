"""Statements known again: a bank's statement is booked once, however often and in whatever bytes.

Judged against statements of the same account and closing date that are booked:

=========================================== ====================================================
the same balances and entries with          then
=========================================== ====================================================
the same number, or one of them without     booked before: its entries are not booked again
another number                              refused: sent under a new number, or a page twice
=========================================== ====================================================
the same number with
=========================================== ====================================================
other balances or entries                   refused: one of the two is wrong, and nobody knows
                                            which; unless it begins where the other one ended
=========================================== ====================================================

Without both balances the number is all there is to go by: the same number and entries are booked
before, anything else is another statement. With neither, and without entries, nothing is known
again. A number of zeros is none: banks that do not count write that.

Otherwise an account's statements follow one another, each from where another ended. Judged against
every booked statement of the account and currency whose entries' days touch its own:

=========================================== ====================================================
the balances say that of its entries        then
=========================================== ====================================================
some may be the other's (``rules.overlap``) refused: longer, shorter or begun elsewhere, it would
                                            book them again; unless one begins where the other ends
                                            and the two are numbered otherwise on the same closing
                                            date: pages
none can be the other's                     booked: the day before, a page of other entries, a
                                            balance that came back by chance
too many may be to tell                     booked where it begins at another's end or ends at
                                            another's beginning, else refused
none can be, but it begins at the same      refused: one of the two is wrong; unless something of
balance                                     that day or later ended there, which it goes on from
=========================================== ====================================================

Where nothing booked ended at its opening balance, though older statements are booked, it is booked
with a warning: one may be missing in between.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from recupero.errors import FileRefused
from recupero.rules.overlap import Entries, overlap
from recupero.statements.entry import Statement
from recupero.steps.booking.statement_mark import (
    Mark,
    Place,
    entries_of,
    mark_from,
    mark_of,
    named,
    stretch,
)
from recupero.store import manifest, money
from recupero.store.manifest import Receipt
from recupero.store.session import Unit

#: What an institution can do about an overlap.
_NOT_FOLLOWING = (
    "envíe solo los extractos que siguen a los ya registrados, cada uno desde el saldo final del "
    "anterior"
)
_NOT_NUMBERED = (
    "el uno empieza en el saldo final del otro, pero podrían traer las mismas partidas y ningún "
    "número de un mismo día los distingue: confirme con el banco y con la agencia si son otras, y "
    "envíe las páginas de un día siempre con su número"
)


@dataclass(frozen=True)
class Booked:
    """A statement that is booked, the name of the file that brought it, and its entries."""

    mark: Mark
    file_name: str
    entries: Callable[[], Entries]


class KnownStatements:
    """The statements that are booked; those of a file join them one by one as they are judged."""

    def __init__(self, key: bytes, file_name: str, booked: Sequence[Booked]) -> None:
        self._key = key
        self._file_name = file_name
        self._booked = list(booked)
        self._fresh: list[Mark] = []

    @property
    def fresh(self) -> list[dict[str, object]]:
        """The marks of this file's statements that were not booked before."""
        return [asdict(mark) for mark in self._fresh]

    def judge(self, statement: Statement) -> Booked | None:
        """The booking that *statement* repeats, or none.

        Raises :class:`~recupero.errors.FileRefused` where it contradicts or overlaps one.
        """
        mark = mark_of(statement, self._key)
        if mark is None:
            return None
        for one in self._booked:
            if one.mark.content == mark.content:
                _refuse_renumbered(statement, mark, one)
                return one
        self._refuse_contradiction(statement, mark)
        if mark.place is not None:
            self._refuse_overlap(statement, mark, mark.place)
        self._fresh.append(mark)
        self._booked.append(Booked(mark, self._file_name, partial(entries_of, statement)))
        return None

    def goes_on_from_nothing(self, statement: Statement) -> bool:
        """Whether nothing booked ended where *statement* begins, though older ones are booked."""
        mark = mark_of(statement, self._key)
        if mark is None or mark.place is None:
            return False
        place = mark.place
        others = [one for one in self._placed(place.account) if one != place]
        older = any(one.closed_on < place.closed_on for one in others)
        return older and place.opening_minor not in {one.closing_minor for one in others}

    def _placed(self, account: str) -> list[Place]:
        places = [one.mark.place for one in self._booked]
        return [one for one in places if one is not None and one.account == account]

    def _refuse_contradiction(self, statement: Statement, mark: Mark) -> None:
        peers = [one for one in self._booked if mark.number and one.mark.number == mark.number]
        if not peers or statement.opening_minor in {one.mark.ended_minor for one in peers}:
            return
        raise FileRefused(
            f"{named(statement)} ya se registró con otros saldos o partidas, del archivo "
            f"{peers[-1].file_name}",
            mend="confirme con el banco cuál de los dos vale",
            rule="statement_contradicts",
        )

    def _refuse_overlap(self, statement: Statement, mark: Mark, place: Place) -> None:
        there = self._placed(place.account)
        follows = place.opening_minor in {one.closing_minor for one in there}
        precedes = place.closing_minor in {one.opening_minor for one in there}
        for one in self._booked:
            other = one.mark.place
            if other is None or not place.touches(other) or _are_pages(mark, one.mark):
                continue
            mine = stretch(place, entries_of(statement))
            shared = overlap(mine, stretch(other, one.entries()))
            unsure = shared is None and not (follows or precedes)
            if shared or unsure or _begins_alike(place, other, there):
                raise FileRefused(
                    f"{named(statement)} se traslapa con otro ya registrado, del archivo "
                    f"{one.file_name}: sus partidas podrían registrarse dos veces",
                    mend=_NOT_NUMBERED if place.adjoins(other) else _NOT_FOLLOWING,
                    rule="statement_overlaps",
                )


def known_statements(unit: Unit, key: bytes, receipt: Receipt) -> KnownStatements:
    """Those booked from any other file than *receipt*'s."""
    outcomes = manifest.outcomes(unit)
    booked = [
        _booked(unit, row["receipt_id"], row["name"], mark)
        for row in outcomes.iter_rows(named=True)
        if row["kind"] == "statement" and row["control"] and row["receipt_id"] != receipt.receipt_id
        for mark in json.loads(row["control"]).get("statements", ())
    ]
    return KnownStatements(key, receipt.name, booked)


def _booked(unit: Unit, receipt_id: int, file_name: str, kept: dict[str, Any]) -> Booked:
    mark = mark_from(kept)

    def entries() -> Entries:
        assert mark.place is not None
        rows = money.entries_between(unit, receipt_id, *mark.place.records)
        return Counter(rows.iter_rows())

    return Booked(mark, file_name, entries)


def _refuse_renumbered(statement: Statement, mark: Mark, one: Booked) -> None:
    if mark.number == one.mark.number or None in (mark.number, one.mark.number):
        return
    raise FileRefused(
        f"{named(statement)} trae los saldos y las partidas de otro número ya registrado, del "
        f"archivo {one.file_name}",
        mend="envíe solo los extractos que faltan",
        rule="statement_renumbered",
    )


def _are_pages(one: Mark, other: Mark) -> bool:
    """Whether one begins where the other ends, and the bank's numbers of that day tell them apart.

    Numbers of different closing dates do not: a bank may begin anew every day.
    """
    if one.place is None or other.place is None or None in (one.number, other.number):
        return False
    same_day = one.place.closed_on == other.place.closed_on
    return same_day and one.number != other.number and one.place.adjoins(other.place)


def _begins_alike(place: Place, other: Place, there: Sequence[Place]) -> bool:
    """Whether both leave the same balance, and nothing since *other*'s day came back to it."""
    if place.opening_minor != other.opening_minor or other.opening_minor == other.closing_minor:
        return False
    return not any(
        one.closing_minor == place.opening_minor and one.closed_on >= other.closed_on
        for one in there
    )
