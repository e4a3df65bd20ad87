from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from recupero.errors import Fault
from recupero.rules.match import KNOWN_SCHEMA, RESULT, MatchPolicy, empty_known, match
from tests.rules.match_cases import (
    CASES,
    CREDIT,
    PAID,
    POSTED,
    UNDO,
    UNDO_CREDIT,
    UNDONE,
    entries,
    entry,
    suspended,
)

POLICY = MatchPolicy(foreign_references=("9\\d+", "EXT"))
ACCOUNTS = pl.DataFrame(
    {
        "account_id": [11, 12, 13, 14, 15, 16, 17],
        "account_number": ["A1", "A2", "B", "B", "P", "EXT", "G"],
        "currency": ["COP", "COP", "COP", "COP", "PEN", "COP", "COP"],
        "recalled": [*[False] * 6, True],
    }
)
NOTHING_KNOWN = empty_known(pl.Int64())


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
        (entry(1, "payment", "T1", "G", 10), "suspended", None, "account_recalled"),
        (entry(1, "credit", None, "G", 10, currency="PEN"), "suspended", None, "account_recalled"),
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
