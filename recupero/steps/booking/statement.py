"""A bank statement as a screened file: its booked entries are money, the rest is said so."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from recupero.errors import FileRefused, StatementRefused
from recupero.money import EXPONENT
from recupero.profiles.layout import Layout
from recupero.statements.entry import Entry, Problem, Statement, StatementFile
from recupero.statements.reasons import reason_of
from recupero.statements.recognise import read_statements
from recupero.steps.booking.known_statements import Booked, KnownStatements
from recupero.steps.booking.statement_mark import named
from recupero.steps.booking.statement_messages import MENDS, MESSAGES
from schemas.control import Control, Sum, refuse_digest
from schemas.rule import REJECT
from schemas.screen import Screened

_ROWS = {
    "line_number": pl.Int64, "source": pl.String, "kind": pl.String, "amount_minor": pl.Int64,
    "currency": pl.String, "booked_on": pl.Date, "transaction_id": pl.String,
    "reverses": pl.String, "account_number": pl.String, "payer_name": pl.String,
    "payer_id": pl.String, "remittance": pl.String,
}  # fmt: skip

#: What banks write in an end-to-end id that names nothing.
_NO_REFERENCE = frozenset({"", "NOTPROVIDED", "NONREF"})

#: What to do about a statement whose records do not add up to it.
_AGAIN = MENDS["xml_damaged"]
_NOT_MONEY = "solo anunciado por el banco: todavía no es dinero"
_STATUS = {"booked": "registrada", "pending": "anunciada", "information": "informativa"}


def screen_statement(
    content: bytes, layout: Layout, known: KnownStatements, side_digest: str | None = None
) -> Screened:
    """Entries of every statement of a file; refused where it cannot be read or does not tie, or
    where *side_digest*, as its ``.sha256`` states it, is another's.

    A statement whose entries do not explain its closing balance is not booked: some of its
    money is missing or doubled, and nobody knows which. One of the *known* is not booked again.
    """
    refuse_digest(layout, hashlib.sha256(content).hexdigest(), side_digest)
    file = _read(content)
    _refuse_untied(file)
    found = _Sifted([_warning(problem) for problem in file.problems])
    for statement in file.statements:
        found.sift(statement, known)
    found.warnings += [_gap(one) for one in found.fresh if known.goes_on_from_nothing(one)]
    return Screened(
        kind=layout.kind,
        layout_version=layout.version,
        rows=pl.DataFrame(found.rows, schema=_ROWS, orient="row"),
        rejects=pl.DataFrame(found.rejects, schema=REJECT, orient="row"),
        warnings=pl.DataFrame(found.warnings, schema=REJECT, orient="row"),
        rows_read=sum(len(statement.entries) for statement in file.statements),
        rows_rejected=len(found.rejects),
        rows_duplicate=found.repeated,
        rows_empty=0,
        readable_keys=pl.Series("account_number", [], dtype=pl.String),
        control=_control(file),
        statements=tuple(known.fresh),
        rejected_minor=found.rejected,
        duplicate_minor=found.duplicate,
    )


def _read(content: bytes) -> StatementFile:
    try:
        return read_statements(content)
    except StatementRefused as refusal:
        told = reason_of(refusal).told(MESSAGES)
        rule = refusal.rule if refusal.rule == "empty" else "unreadable"
        raise FileRefused(told, mend=MENDS.get(refusal.rule, ""), rule=rule) from None


@dataclass
class _Sifted:
    """The entries of a file's statements: ``rows`` are news, in the statements that are ``fresh``;
    ``rejects`` are announced and no money yet; ``repeated`` counts those booked before. With the
    money of these by currency.
    """

    warnings: list[tuple[object, ...]]
    rows: list[tuple[object, ...]] = field(default_factory=list)
    rejects: list[tuple[object, ...]] = field(default_factory=list)
    rejected: Counter[str] = field(default_factory=Counter)
    duplicate: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    fresh: list[Statement] = field(default_factory=list)

    def sift(self, statement: Statement, known: KnownStatements) -> None:
        """Add the entries of *statement*, which may be one of the *known*."""
        money = statement.counted if statement.kind == "statement" else ()
        counted = {id(entry) for entry in money}
        announced = [entry for entry in statement.entries if id(entry) not in counted]
        self.rejects += map(_reject, announced)
        _add(self.rejected, announced)
        booked = known.judge(statement) if money else None
        if booked is not None:
            self.repeated += len(money)
            _add(self.duplicate, money)
            self.warnings.append(_repeated(statement, money[0].record, booked))
        elif money:
            self.rows += [_row(entry, _booked_on(entry, statement)) for entry in money]
            self.fresh.append(statement)


def _add(sums: Counter[str], entries: Iterable[Entry]) -> None:
    for entry in entries:
        if entry.currency in EXPONENT:
            sums[entry.currency] += entry.amount_minor


def _refuse_untied(file: StatementFile) -> None:
    for statement in file.statements:
        if statement.ties is False:
            raise FileRefused(
                f"{named(statement)} no cuadra: diferencia de "
                f"{statement.difference_minor} unidades menores de {statement.currency}",
                mend=_AGAIN,
                rule="control_total",
            )
    for problem in file.problems:
        if problem.lost:
            raise FileRefused(
                f"registro {problem.record} del extracto: {problem.reason.told(MESSAGES)}",
                mend=_AGAIN,
            )


def _booked_on(entry: Entry, statement: Statement) -> date:
    """The entry's own date; without one, that of the closing balance which contains it."""
    booked_on = entry.dated or statement.closed_on
    if booked_on is None:
        raise FileRefused(
            f"el registro {entry.record} del extracto no dice su fecha, y el saldo final tampoco",
            mend=_AGAIN,
        )
    return booked_on


def _row(entry: Entry, booked_on: date) -> tuple[object, ...]:
    stated = entry.end_to_end if entry.end_to_end not in _NO_REFERENCE else entry.remittance
    return (
        entry.record, "statement", "credit" if entry.amount_minor >= 0 else "debit",
        entry.amount_minor, entry.currency, booked_on, entry.bank_reference or None, None,
        stated.strip() or None, entry.payer_name or None, entry.payer_id or None,
        entry.remittance or None,
    )  # fmt: skip


def _reject(entry: Entry) -> tuple[object, ...]:
    return (entry.record, "status", "not_booked", _NOT_MONEY, _STATUS[entry.status], "")


def _warning(problem: Problem) -> tuple[object, ...]:
    """Something the bank's file does wrong that leaves its money readable."""
    return (problem.record, "registro", "statement_problem", problem.reason.told(MESSAGES), "", "")


def _repeated(statement: Statement, record: int, booked: Booked) -> tuple[object, ...]:
    told = (
        f"el extracto ya se registró con el archivo {booked.file_name}; sus "
        f"{len(statement.counted)} partidas no se registran otra vez"
    )
    return (record, "extracto", "statement_booked_before", told, statement.number, "")


def _gap(statement: Statement) -> tuple[object, ...]:
    told = "el saldo inicial no es el final de ningún extracto registrado: puede faltar uno"
    record = statement.counted[0].record
    return (record, "extracto", "statement_missing_before", told, statement.number, "")


def _control(file: StatementFile) -> Control:
    """Credits less debits, declared by the balances and counted over the entries."""
    declared = [
        statement.closing_minor - statement.opening_minor
        for statement in file.statements
        if statement.closing_minor is not None and statement.opening_minor is not None
    ]
    counted = sum(s.credits_minor - s.debits_minor for s in file.statements)
    whole = len(declared) == len(file.statements)
    currency = file.statements[0].currency if file.statements else ""
    said = sum(declared) if whole and declared else None
    return Control(
        declared_rows=None,
        counted_rows=sum(len(statement.entries) for statement in file.statements),
        agrees=True,
        currency=currency or None,
        sums=(Sum("", currency, said, counted),),
    )
