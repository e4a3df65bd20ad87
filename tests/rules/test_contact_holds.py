"""What happens in court as holds: what stops contacts, under which law, until when."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from recupero.rules.contact_holds import judicial_holds, with_other_accounts
from tests.rules.contact_frames import HOLDS, law_of

DAY = date(2026, 11, 27)
EVENTS = {
    "account_id": pl.Int64, "event": pl.String, "occurred_on": pl.Date, "reference": pl.String,
}  # fmt: skip
Held = tuple[str, int, int | None]


def day(number: int) -> date:
    return date(2026, 11, number)


#: Events by day of November, and the holds they make in Chile and in Colombia: kind, first day,
#: and the day after the last.
TABLE: list[tuple[list[tuple[str, int] | tuple[str, int, str]], list[Held], list[Held]]] = [
    ([("insolvency_opened", 3)], [("insolvency", 3, None)], [("insolvency", 3, None)]),
    ([("insolvency_opened", 3), ("insolvency_ended", 9)],
     [("insolvency", 3, 10)], [("insolvency", 3, 10)]),
    ([("insolvency_opened", 3), ("insolvency_ended", 9), ("insolvency_opened", 12)],
     [("insolvency", 3, 10), ("insolvency", 12, None)],
     [("insolvency", 3, 10), ("insolvency", 12, None)]),
    ([("insolvency_ended", 3), ("insolvency_opened", 3)],
     [("insolvency", 3, None)], [("insolvency", 3, None)]),
    ([("demand_filed", 3), ("precautionary_measure", 4)], [], []),
    ([("demand_served", 3)], [("lawsuit", 3, None)], []),
    ([("judgment", 3), ("auction", 5)], [("lawsuit", 3, None), ("lawsuit", 5, None)], []),
    ([("demand_served", 3), ("proceeding_ended", 20)], [("lawsuit", 3, 21)], []),
    ([("insolvency_opened", 3), ("proceeding_ended", 20)],
     [("insolvency", 3, None)], [("insolvency", 3, None)]),
    ([("insolvency_ended", 3), ("proceeding_ended", 3)], [], []),
    # Several proceedings: each ends for itself, and for no other.
    ([("demand_served", 3, "R1"), ("demand_served", 4, "R2"), ("proceeding_ended", 20, "R1")],
     [("lawsuit", 3, 21), ("lawsuit", 4, None)], []),
    ([("demand_served", 3, "R1"), ("demand_served", 3, "R2"), ("proceeding_ended", 20, "R2")],
     [("lawsuit", 3, None), ("lawsuit", 3, 21)], []),
    ([("demand_served", 3, "R1"), ("demand_served", 4, "R2"), ("proceeding_ended", 20)],
     [("lawsuit", 3, None), ("lawsuit", 4, None)], []),
    ([("insolvency_opened", 3, "R1"), ("insolvency_ended", 9)],
     [("insolvency", 3, 10)], [("insolvency", 3, 10)]),
    ([("insolvency_opened", 3), ("insolvency_ended", 9, "R1")],
     [("insolvency", 3, 10)], [("insolvency", 3, 10)]),
]  # fmt: skip


@pytest.mark.parametrize(("events", "chile", "colombia"), TABLE)
def test_what_stops_contacts_and_until_when(
    events: list[tuple[str, int] | tuple[str, int, str]], chile: list[Held], colombia: list[Held]
) -> None:
    rows = [(1, event, day(number), *of, None)[:4] for event, number, *of in events]
    frame = pl.DataFrame([*rows, (2, "demand_filed", day(1), None)], schema=EVENTS, orient="row")
    for country, expected in (("CL", chile), ("CO", colombia)):
        held = judicial_holds(frame, law_of(country, DAY))
        assert held.schema == pl.Schema(HOLDS)
        wanted = [(1, kind, day(a), b and day(b)) for kind, a, b in expected]
        assert sorted(held.rows(), key=str) == sorted(wanted, key=str)


def test_without_a_law_an_insolvency_still_stops() -> None:
    frame = pl.DataFrame([(1, "insolvency_opened", day(3), None)], schema=EVENTS, orient="row")
    assert judicial_holds(frame, None).rows() == [(1, "insolvency", day(3), None)]


def test_what_is_about_a_person_is_on_all_accounts_of_the_person() -> None:
    """Accounts 1 and 2 are of one debtor, 3 of another; 4 has none."""
    debtors = pl.DataFrame({"account_id": [1, 2, 3], "person_id": [7, 7, 8]})
    ever = debtors.with_columns(effective_until=pl.lit(None, pl.Date))
    kinds = ("insolvency", "deceased", "protected", "lawsuit", "dispute", "hardship")
    for kind in kinds:
        rows = [(account, kind, day(3), None) for account in (1, 4)]
        held = with_other_accounts(pl.DataFrame(rows, schema=HOLDS, orient="row"), debtors, ever)
        assert held.schema == pl.Schema(HOLDS)
        accounts = [1, 2, 4] if kind in kinds[:3] else [1, 4]
        assert sorted(held["account_id"]) == accounts, kind


@pytest.mark.parametrize(("left", "held"), [(None, {1, 2}), (20, {1, 2, 3}), (3, {1, 3})])
def test_a_debt_that_changes_hands_takes_no_protection_with_it(
    left: int | None, held: set[int]
) -> None:
    """Person 7 died on day 3, told of account 1, which is theirs or, since *left*, of an heir, 8.

    Account 2 is of 7, account 3 of the heir.
    """
    now = 7 if left is None else 8
    debtors = pl.DataFrame({"account_id": [1, 2, 3], "person_id": [now, 7, 8]})
    before = pl.DataFrame({
        "account_id": [1, 1], "person_id": [7, 8],
        "effective_until": [left and day(left), None],
    }, schema_overrides={"effective_until": pl.Date})  # fmt: skip
    ever = before if left else before.head(1)
    told = pl.DataFrame([(1, "deceased", day(3), None)], schema=HOLDS, orient="row")
    assert set(with_other_accounts(told, debtors, ever)["account_id"]) == held
