from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from recupero.errors import Fault
from recupero.rules.match import KNOWN_SCHEMA, RESULT, MatchPolicy, empty_known, match

POLICY = MatchPolicy(foreign_references=("9\\d+", "EXT"))
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
ACCOUNTS = pl.DataFrame(
    {
        "account_id": [11, 12, 13, 14, 15, 16],
        "account_number": ["A1", "A2", "B", "B", "P", "EXT"],
        "currency": ["COP", "COP", "COP", "COP", "PEN", "COP"],
    }
)
NOTHING_KNOWN = empty_known(pl.Int64())
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


def matched(*rows: dict[str, Any], known: pl.DataFrame = NOTHING_KNOWN) -> pl.DataFrame:
    return match(entries(*rows), ACCOUNTS, known, POLICY)


def remembered(today: pl.DataFrame, result: pl.DataFrame) -> pl.DataFrame:
    """What a later day knows of *today*."""
    stated = today.select(
        "entry_id", "sequence", "line_number", "kind", "transaction_id", "reverses"
    )
    return result.join(stated, on="entry_id").select(*KNOWN_SCHEMA, "account_id")


@pytest.mark.parametrize(
    ("row", "kind", "account", "reason"),
    [
        (entry(1, "payment", "T1", "A1", 10), "matched", 11, None),
        (entry(1, "credit", None, " A1 ", 10), "matched", 11, None),
        (entry(1, "payment", "T1", "a1", 10), "suspended", None, "unknown_reference"),
        (entry(1, "payment", "T1", "A11", 10), "suspended", None, "unknown_reference"),
        (entry(1, "payment", "T1", None, 10), "suspended", None, "no_reference"),
        (entry(1, "credit", "T1", "  ", 10), "suspended", None, "no_reference"),
        (entry(1, "credit", "T1", "NonRef", 10), "suspended", None, "no_reference"),
        (entry(1, "payment", "T1", "B", 10), "suspended", None, "ambiguous_reference"),
        (entry(1, "payment", "T1", "P", 10), "suspended", None, "currency_differs"),
        (entry(1, "payment", "T1", "P", 10, currency="PEN"), "matched", 15, None),
        (entry(1, "payment", "T1", "A1", 0), "suspended", None, "amount_zero"),
        (entry(1, "payment", "T1", "A1", -1), "suspended", None, "sign_differs_from_kind"),
        (entry(1, "debit", "T1", "A1", 1), "suspended", None, "sign_differs_from_kind"),
        (entry(1, "debit", "T1", "A1", -1), "suspended", None, "debit"),
        (entry(1, "debit", "T1", "987", -1), "not_ours", None, "foreign_reference"),
        (entry(1, "payment", "T1", "987", 10), "not_ours", None, "foreign_reference"),
        (entry(1, "payment", "T1", "987x", 10), "suspended", None, "unknown_reference"),
        (entry(1, "payment", "T1", "EXT", 10), "matched", 16, None),
        (
            entry(1, "reversal", "R1", "A1", -10, reverses="T1"),
            "suspended",
            None,
            "reversal_without_original",
        ),
        (
            entry(1, "reversal", "R1", "A1", -10),
            "suspended",
            None,
            "reversal_without_original",
        ),
    ],
)
def test_one_entry(row: dict[str, Any], kind: str, account: int | None, reason: str | None) -> None:
    result = matched(row)
    assert result.select("class", "account_id", "reason").rows() == [(kind, account, reason)]
    assert result["posts"].to_list() == [kind == "matched"]
    assert result["stage"].to_list() == ["exact_reference" if kind == "matched" else None]
    assert result.columns == list(RESULT)


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
TOLD = ("class", "detail", "account_id", "linked_entry_id", "reason", "posts")


@pytest.mark.parametrize("name", CASES)
def test_together_on_one_day(name: str) -> None:
    rows, expected = CASES[name]
    assert matched(*rows).sort("entry_id").select(TOLD).rows() == expected


#: Cases about the order or the file in which entries are received, or about what is nearest.
_TOGETHER = ("the first ", "a bank's reference twice", "a payment confirms one of")


@pytest.mark.parametrize("name", [name for name in CASES if not name.startswith(_TOGETHER)])
def test_one_entry_a_day_as_listed(name: str) -> None:
    """Known on earlier days counts like listed earlier, unless a later day brings the reference."""
    rows, expected = CASES[name]
    if name == "the bank knows better":
        expected = [suspended("no_reference"), POSTED]
    known, told = NOTHING_KNOWN, []
    for row in rows:
        result = matched(row, known=known)
        told += result.select(TOLD).rows()
        known = pl.concat([known, remembered(entries(row), result)])
    assert told == expected


def test_a_reversal_by_the_bank_takes_back_the_posting_it_confirmed() -> None:
    result = matched(PAID, CREDIT, UNDO_CREDIT)
    assert result["linked_entry_id"].to_list() == [None, 1, 2]
    assert result["undoes_entry_id"].to_list() == [None, None, 1]


def test_the_payment_file_may_come_after_the_bank() -> None:
    first = matched(CREDIT | {"account_number": "A1"})
    known = remembered(entries(CREDIT), first)
    later = matched(PAID, known=known)
    assert later.select(TOLD).rows() == [("matched", "corroborates", 11, 2, None, False)]


def test_a_known_entry_stands_even_against_an_earlier_date() -> None:
    known = remembered(entries(PAID), matched(PAID))
    again = PAID | {"entry_id": 2, "booked_on": date(2026, 1, 1)}
    result = matched(again, UNDO, known=known)
    assert result.select(TOLD).rows() == [suspended("transaction_id_reused"), UNDONE]


def test_the_nearest_of_the_banks_payments_is_confirmed() -> None:
    """The bank's came on earlier days, both posted; then the institution tells of one."""
    known = NOTHING_KNOWN
    for number, day in ((2, 25), (3, 28)):
        row = CREDIT | {
            "entry_id": number, "account_number": "A1", "booked_on": date(2026, 11, day)
        }  # fmt: skip
        result = matched(row, known=known)
        assert result["posts"].to_list() == [True]
        known = pl.concat([known, remembered(entries(row), result)])
    later = matched(PAID | {"entry_id": 4}, known=known)
    assert later.select(TOLD).rows() == [("matched", "corroborates", 11, 3, None, False)]


def test_an_entry_id_occurs_once() -> None:
    with pytest.raises(Fault, match="twice"):
        matched(PAID, PAID)


def test_nothing_received() -> None:
    assert matched().columns == list(RESULT)
