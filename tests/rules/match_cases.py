"""Entries as sources state them, and what becomes of several of them on one day."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

ENTRY = {
    "entry_id": pl.Int64,
    "sequence": pl.Int64,
    "line_number": pl.Int64,
    "source": pl.String,
    "kind": pl.String,
    "transaction_id": pl.String,
    "reverses": pl.String,
    "account_number": pl.String,
    "amount_minor": pl.Int64,
    "currency": pl.String,
    "booked_on": pl.Date,
}
KIND = {"payment": "payment_file", "credit": "statement", "debit": "statement"}


def entry(
    number: int,
    kind: str,
    transaction: str | None,
    reference: str | None,
    amount: int,
    **more: Any,
) -> dict[str, Any]:
    return {
        "entry_id": number,
        "source": KIND.get(kind, "payment_file"),
        "kind": kind,
        "transaction_id": transaction,
        "reverses": None,
        "account_number": reference,
        "amount_minor": amount,
        "currency": "COP",
        "booked_on": date(2026, 11, 27),
    } | more


def entries(*rows: dict[str, Any]) -> pl.DataFrame:
    """Each row in a file of its own, received in the order of the ids, unless it says otherwise."""
    placed = [{"sequence": row["entry_id"], "line_number": 1} | row for row in rows]
    return pl.DataFrame(placed, schema=ENTRY)


PAID = entry(1, "payment", "T1", "A1", 10)
CREDIT = entry(2, "credit", "T1", None, 10)
BOOKED = entry(1, "credit", "77", "A1", 10)
UNDO = entry(3, "reversal", "R1", None, -10, reverses="T1")
UNDO_CREDIT = entry(4, "debit", "R1", None, -10, reverses="T1")
COROLLARY = ("matched", "corroborates", 11, 1, None, False)
POSTED = ("matched", None, 11, None, None, True)
UNDONE = ("reversal", "matched", 11, 1, None, True)


def suspended(reason: str) -> tuple[Any, ...]:
    return ("suspended", None, None, None, reason, False)


def duplicate(of: int) -> tuple[Any, ...]:
    return ("duplicate", None, None, of, "same_transaction_id", False)


CASES: dict[str, tuple[list[dict[str, Any]], list[tuple[Any, ...]]]] = {
    "a repeated transaction": ([PAID, PAID | {"entry_id": 2}], [POSTED, duplicate(1)]),
    "the first received stands": (
        [PAID | {"sequence": 2}, PAID | {"entry_id": 2, "sequence": 1}],
        [duplicate(2), POSTED],
    ),
    "the first line stands": (
        [PAID | {"sequence": 1, "line_number": 9}, PAID | {"entry_id": 2, "sequence": 1}],
        [duplicate(2), POSTED],
    ),
    "one id, two dates": (
        [PAID, PAID | {"entry_id": 2, "booked_on": date(2026, 11, 26)}],
        [POSTED, suspended("transaction_id_reused")],
    ),
    "a bank's reference again": (
        [BOOKED, BOOKED | {"entry_id": 2}],
        [POSTED, duplicate(1)],
    ),
    "a bank's reference on another date": (
        [BOOKED, BOOKED | {"entry_id": 2, "booked_on": date(2026, 11, 28)}],
        [POSTED, POSTED],
    ),
    "a bank's reference, two amounts": (
        [BOOKED, BOOKED | {"entry_id": 2, "amount_minor": 11}],
        [POSTED, suspended("transaction_id_reused")],
    ),
    "a bank's reference twice in one statement": (
        [BOOKED | {"sequence": 1}, BOOKED | {"entry_id": 2, "sequence": 1, "line_number": 2}],
        [POSTED, suspended("transaction_id_reused")],
    ),
    "one id, two amounts": (
        [PAID, PAID | {"entry_id": 2, "amount_minor": 11}, PAID | {"entry_id": 3}],
        [POSTED, suspended("transaction_id_reused"), duplicate(1)],
    ),
    "no id repeats nothing": (
        [PAID | {"transaction_id": None}, PAID | {"entry_id": 2, "transaction_id": "NONREF"}],
        [POSTED, POSTED],
    ),
    "a zero amount takes no id": (
        [PAID | {"amount_minor": 0}, PAID | {"entry_id": 2}],
        [suspended("amount_zero"), POSTED],
    ),
    "the bank confirms": ([PAID, CREDIT], [POSTED, COROLLARY]),
    "the bank confirms with the same reference": (
        [PAID, CREDIT | {"account_number": "A1"}],
        [POSTED, COROLLARY],
    ),
    "the bank names another account": (
        [PAID, CREDIT | {"account_number": "A2"}],
        [POSTED, suspended("corroborates_other_account")],
    ),
    "the bank names a recalled account": (
        [PAID, CREDIT | {"account_number": "G"}],
        [POSTED, suspended("corroborates_other_account")],
    ),
    "money for a recalled account is not confirmed": (
        [PAID | {"account_number": "G"}, CREDIT],
        [suspended("account_recalled"), suspended("no_reference")],
    ),
    "a reversal of money for a recalled account": (
        [PAID | {"account_number": "G"}, UNDO],
        [suspended("account_recalled"), ("reversal", "suspended", None, 1, None, False)],
    ),
    "the bank confirms days later": (
        [PAID, CREDIT | {"booked_on": date(2026, 12, 7)}],
        [POSTED, COROLLARY],
    ),
    "too late to tell whether the bank confirms": (
        [PAID, CREDIT | {"booked_on": date(2026, 12, 8), "account_number": "A1"}],
        [POSTED, suspended("corroborates_far_apart")],
    ),
    "confirmed once: the reference on another date is another payment": (
        [
            PAID,
            CREDIT,
            CREDIT | {"entry_id": 3, "booked_on": date(2026, 11, 29), "account_number": "A1"},
        ],
        [POSTED, COROLLARY, POSTED],
    ),
    "a payment confirms one of the bank's payments": (
        [
            CREDIT | {"account_number": "A1", "booked_on": date(2026, 11, 25)},
            CREDIT | {"entry_id": 3, "account_number": "A1", "booked_on": date(2026, 11, 28)},
            PAID | {"entry_id": 4},
        ],
        [POSTED, ("matched", "corroborates", 11, 4, None, False), POSTED],
    ),
    "another amount confirms nothing": (
        [PAID, CREDIT | {"amount_minor": 9}],
        [POSTED, suspended("no_reference")],
    ),
    "what is suspended is not confirmed": (
        [PAID | {"account_number": "?"}, CREDIT],
        [suspended("unknown_reference"), suspended("no_reference")],
    ),
    "the bank knows better": (
        [PAID | {"account_number": None}, CREDIT | {"account_number": "A1"}],
        [("matched", "corroborates", 11, 2, None, False), POSTED],
    ),
    "a reversal": ([PAID, UNDO], [POSTED, UNDONE]),
    "a reversal may carry the id of what it undoes": (
        [PAID, UNDO | {"transaction_id": "T1"}],
        [POSTED, UNDONE],
    ),
    "a repeated reversal": (
        [PAID, UNDO, UNDO | {"entry_id": 4}],
        [POSTED, UNDONE, duplicate(3)],
    ),
    "a second reversal": (
        [PAID, UNDO, UNDO | {"entry_id": 4, "transaction_id": "R2"}],
        [POSTED, UNDONE, suspended("already_reversed")],
    ),
    "a partial reversal": (
        [PAID, UNDO | {"amount_minor": -9}],
        [POSTED, suspended("reversal_amount_differs")],
    ),
    "a reversal undoes the last payment of a bank's reference": (
        [
            BOOKED,
            BOOKED | {"entry_id": 2, "booked_on": date(2026, 11, 28)},
            BOOKED | {"entry_id": 3, "booked_on": date(2026, 12, 5)},
            entry(4, "debit", "R", None, -10, reverses="77", booked_on=date(2026, 11, 30)),
        ],
        [POSTED, POSTED, POSTED, ("reversal", "matched", 11, 2, None, True)],
    ),
    "a reversal undoes the first payment of an institution's id": (
        [
            PAID,
            PAID | {"entry_id": 2, "booked_on": date(2026, 11, 28)},
            UNDO | {"booked_on": date(2026, 11, 30)},
        ],
        [POSTED, suspended("transaction_id_reused"), UNDONE],
    ),
    "a reversal in another currency": (
        [PAID, UNDO | {"currency": "PEN"}],
        [POSTED, suspended("reversal_amount_differs")],
    ),
    "a reversal of what was suspended": (
        [PAID | {"account_number": "?"}, UNDO],
        [
            suspended("unknown_reference"),
            ("reversal", "suspended", None, 1, None, False),
        ],
    ),
    "both sources reverse: posted once": (
        [PAID, CREDIT, UNDO, UNDO_CREDIT],
        [POSTED, COROLLARY, UNDONE, ("reversal", "corroborates", 11, 2, None, False)],
    ),
    "only the bank reverses": (
        [PAID, CREDIT, UNDO_CREDIT],
        [POSTED, COROLLARY, ("reversal", "matched", 11, 2, None, True)],
    ),
    "the bank reverses a receipt it never showed": (
        [PAID, UNDO_CREDIT],
        [POSTED, ("reversal", "matched", 11, 1, None, True)],
    ),
    "a debit undone by the bank": (
        [
            entry(1, "debit", "D1", None, -4),
            entry(2, "reversal", "D2", None, 4, reverses="D1", source="statement"),
        ],
        [suspended("debit"), ("reversal", "suspended", None, 1, None, False)],
    ),
    "a reversal is not reversed": (
        [PAID, UNDO, entry(4, "reversal", "R2", None, 10, reverses="R1")],
        [POSTED, UNDONE, suspended("reversal_without_original")],
    ),
}
