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
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from recupero.errors import FileRefused
from recupero.statements.entry import Statement
from recupero.steps.documents import folio
from recupero.store import manifest
from recupero.store.canonical import identity
from recupero.store.manifest import Receipt
from recupero.store.session import Unit


@dataclass(frozen=True)
class Mark:
    """What a booked statement is known by, as its file's outcome keeps it: no account number.

    ``content``: a keyed hash of account, closing date, balances and entries. ``number``: one of
    account, closing date and number; None where the bank gives none or states no balances.
    ``ended_minor``: the closing balance; None where it is the opening one too, for what begins
    there need not go on from it.
    """

    content: str
    number: str | None
    ended_minor: int | None


@dataclass(frozen=True)
class Booked:
    """A statement that is booked, and the name of the file that brought it."""

    mark: Mark
    file_name: str


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

        Raises :class:`~recupero.errors.FileRefused` where it contradicts one.
        """
        mark = mark_of(statement, self._key)
        if mark is None:
            return None
        for one in self._booked:
            if one.mark.content == mark.content:
                _refuse_renumbered(statement, mark, one)
                return one
        self._refuse_contradiction(statement, mark)
        self._fresh.append(mark)
        self._booked.append(Booked(mark, self._file_name))
        return None

    def _refuse_contradiction(self, statement: Statement, mark: Mark) -> None:
        peers = [one for one in self._booked if mark.number and one.mark.number == mark.number]
        if not peers or statement.opening_minor in {one.mark.ended_minor for one in peers}:
            return
        raise FileRefused(
            f"el extracto {statement.number} del {statement.closed_on} ya se registró con otros "
            f"saldos o partidas, del archivo {peers[-1].file_name}",
            mend="confirme con el banco cuál de los dos vale",
            rule="statement_contradicts",
        )


def known_statements(unit: Unit, key: bytes, receipt: Receipt) -> KnownStatements:
    """Those booked from any other file than *receipt*'s."""
    outcomes = manifest.outcomes(unit)
    booked = [
        Booked(Mark(**mark), row["name"])
        for row in outcomes.iter_rows(named=True)
        if row["kind"] == "statement" and row["control"] and row["receipt_id"] != receipt.receipt_id
        for mark in json.loads(row["control"]).get("statements", ())
    ]
    return KnownStatements(key, receipt.name, booked)


def mark_of(statement: Statement, key: bytes) -> Mark | None:
    """What *statement* is known by; none where it says too little to be told from another."""
    balanced = statement.opening_minor is not None and statement.closing_minor is not None
    number = _number(statement)
    if not statement.counted or not (balanced or number):
        return None
    account = "".join(statement.account.split()).upper(), statement.currency, statement.closed_on
    entries = sorted(f"{entry.dated} {entry.amount_minor}" for entry in statement.counted)
    figures = (statement.opening_minor, statement.closing_minor) if balanced else (number,)
    named = folio(identity(key, "statement", *account, number)) if balanced and number else None
    content = folio(identity(key, "statement content", *account, *figures, *entries))
    moved = statement.opening_minor != statement.closing_minor
    return Mark(content, named, statement.closing_minor if moved else None)


def _number(statement: Statement) -> str:
    """The statement's number without padding; empty where its first part is none or all zeros."""
    parts = [part.strip().lstrip("0") for part in statement.number.split("/")]
    return "/".join(parts) if parts[0] else ""


def _refuse_renumbered(statement: Statement, mark: Mark, one: Booked) -> None:
    if mark.number == one.mark.number or None in (mark.number, one.mark.number):
        return
    raise FileRefused(
        f"el extracto {statement.number} del {statement.closed_on} trae los saldos y las partidas "
        f"de otro número ya registrado, del archivo {one.file_name}",
        mend="envíe solo los extractos que faltan",
        rule="statement_renumbered",
    )
