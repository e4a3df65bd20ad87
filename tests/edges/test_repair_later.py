"""Repaired lines say what their file would have said, and nothing against what came since.

That the memory of familiar rows, and everything else, holds is what the deep check proves at each
test's end: it books every file again without it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from recupero.steps.booking import familiar, repaired_people
from recupero.steps.expected import missing_files
from recupero.steps.intake import Outcome, Rows
from recupero.store.embedded import Addresses
from recupero.store.rows import Table, rows_of
from recupero.store.session import Unit
from recupero.store.tables import account_version, contact_point_version, guarantee_version
from tests.edges.in_parts import InParts
from tests.edges.one_bank import DAYS

MON, TUE, WED, THU, FRI = DAYS
SUN = MON - timedelta(days=1)
BOOKED = Rows(read=1, booked=1)
REJECTED = Rows(read=1, rejected=1)
ONE = ("A 1 1000 3011111101", "B 2 1000 3011111102")
TWO = ("C 3 1000 3011111103", "D 1 1000 3011111104")


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path, proven: Callable[[InParts], InParts]) -> InParts:
    """In parts, all of which came on Monday."""
    opened = proven(InParts(tmp_path, migrated))
    opened.part(MON, 1, *ONE)
    opened.part(MON, 2, *TWO)
    return opened


@pytest.fixture
def whole(migrated: Addresses, tmp_path: Path, proven: Callable[[InParts], InParts]) -> InParts:
    """In one file a day, which may be drawn one day before at most."""
    return proven(InParts(tmp_path, migrated, whole=True, policy="cut_off_age_days_max = 1"))


def placed(bank: InParts) -> set[str]:
    newest = bank.stored(account_version).sort("recorded_on", "sequence")
    last = newest.group_by("account_number", maintain_order=True).last()
    return set(last.filter(pl.col("state") == "placed")["account_number"])


def phones(bank: InParts, person: str) -> list[str]:
    return [value.removeprefix("+57") for _, value in bank.points(FRI)[person]]


def test_an_account_whose_number_was_repaired_is_named_by_its_part(bank: InParts) -> None:
    first = bank.part(TUE, 1, ONE[0], "- 2 1000 3011111102")
    assert bank.repair(TUE, first, c1="B").rows == Rows(read=1, unchanged=1)
    bank.part(TUE, 2, *TWO)
    assert placed(bank) == {"A", "B", "C", "D"}


def test_so_it_is_where_the_line_is_still_rejected_for_something_else(bank: InParts) -> None:
    first = bank.part(TUE, 1, ONE[0], "- 2 mil 3011111102")
    assert bank.repair(TUE, first, c1="B").rows == REJECTED
    bank.part(TUE, 2, *TWO)
    assert placed(bank) == {"A", "B", "C", "D"}


def test_a_repair_of_an_older_sending_of_the_part_names_nothing(bank: InParts) -> None:
    first = bank.part(TUE, 1, ONE[0], "- 2 1000 3011111102")
    bank.repair(TUE, first, c1="B")
    bank.part(TUE, 1, ONE[0])
    bank.part(TUE, 2, *TWO)
    assert placed(bank) == {"A", "C", "D"}


def test_another_part_leaves_the_telephones_of_a_repaired_line(bank: InParts) -> None:
    second = bank.part(TUE, 2, TWO[0], "D 1 mil 3011111109")
    bank.repair(TUE, second, c6="10,00")
    bank.part(WED, 1, *ONE)
    all_three = {"3011111101", "3011111104", "3011111109"}
    assert set(phones(bank, "1")) == all_three
    bank.part(THU, 2, *TWO)
    assert phones(bank, "1") == ["3011111101", "3011111104"], "its own part ends it"


def test_another_line_of_the_file_leaves_them_too(whole: InParts) -> None:
    whole.part(MON, 1, "A 1 1000 3011111101", "D 1 1000 3011111104")
    tuesday = whole.part(TUE, 1, "A 1 1000 3011111101", "D 1 mil 3011111109")
    whole.repair(TUE, tuesday, c6="10,00")
    assert set(phones(whole, "1")) == {"3011111101", "3011111104", "3011111109"}
    whole.part(WED, 1, "A 1 1000 3011111101", "D 1 1000 3011111109")
    assert set(phones(whole, "1")) == {"3011111101", "3011111109"}


def test_another_part_of_the_same_cut_off_tells_nothing_newer(bank: InParts) -> None:
    first = bank.part(TUE, 1, "A 1 mil 3011111105", ONE[1])
    bank.part(TUE, 2, TWO[0], "D 1 1000 3011111106")
    bank.repair(TUE, first, c6="10,00")
    assert {"3011111105", "3011111106"} <= set(phones(bank, "1"))


def test_who_has_no_other_account_has_the_telephones_of_the_line(whole: InParts) -> None:
    whole.part(MON, 1, *ONE)
    tuesday = whole.part(TUE, 1, ONE[0], "B 2 mil 3011111109")
    whole.repair(TUE, tuesday, c6="10,00")
    assert phones(whole, "2") == ["3011111109"]


def test_a_late_line_is_booked_where_its_account_was_not_stated_since(whole: InParts) -> None:
    monday = whole.part(MON, 1, ONE[0], "B 2 mil 3011111102")
    assert whole.repair(MON, monday, c6="10,00").rows == BOOKED
    tuesday = whole.part(TUE, 1, ONE[0], "B 2 dos 3011111102")
    whole.part(WED, 1, ONE[0], "B 2 tres 3011111102")
    late = whole.repair(THU, tuesday, c6="20,00")
    assert (late.state, late.rows) == ("booked", BOOKED)
    assert whole.balances()["B"] == {"principal": 2000}
    whole.part(FRI, 1, ONE[0], "B 2 3000 3011111102")
    assert whole.balances()["B"] == {"principal": 3000}


#: What Tuesday's portfolio says, after which Monday's line about B comes back; and why not.
SINCE = {
    "its account": ("B 2 2000 3011111109", "outdated_row", {"principal": 2000}),
    "not its account": ("C 3 2000 3011111109", "unnamed_since", None),
    "its account, unreadably": ("- 2 2000 3011111109", "unnamed_since", None),
}


@pytest.mark.parametrize("since", SINCE)
def test_a_late_line_undoes_nothing(whole: InParts, since: str) -> None:
    row, rule, owed = SINCE[since]
    monday = whole.part(MON, 1, ONE[0], "B 2 mil 3011111102")
    whole.part(TUE, 1, ONE[0], row)
    before = whole.balances().get("B"), placed(whole)
    late = whole.repair(WED, monday, c6="10,00")
    assert (late.state, late.rows, whole.why(late)) == ("booked", REJECTED, [rule])
    assert (whole.balances().get("B"), placed(whole)) == before
    assert before[0] == owed


def test_a_late_line_says_nothing_of_people_of_whom_more_was_told(whole: InParts) -> None:
    whole.part(MON, 1, "A 1 1000 3011111101", "D 1 1000 3011111104")
    tuesday = whole.part(TUE, 1, "A 1 1000 3011111101", "D 1 mil 3011111109")
    whole.part(WED, 1, "A 1 1000 3011111105", "D 1 mil 3011111108")
    before = phones(whole, "1")
    assert whole.repair(THU, tuesday, c6="20,00").rows == BOOKED
    assert whole.balances()["D"] == {"principal": 2000}
    assert phones(whole, "1") == before


def test_what_was_told_since_is_asked_for_of_its_own_people_alone(
    whole: InParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole.part(MON, 1, *ONE, "C 3 1000 3011111103")
    tuesday = whole.part(TUE, 1, ONE[0], "B 2 mil 3011111109", "C 3 1000 3011111103")
    whole.part(WED, 1, "A 1 1000 3011111107", "B 2 dos 3011111102", "C 3 1000 3011111108")
    read: list[int] = []

    def counted(unit: Unit, of: Table, *conditions: Any) -> pl.DataFrame:
        found = rows_of(unit, of, *conditions)
        read.append(found.height if of is contact_point_version else 0)
        return found

    monkeypatch.setattr(repaired_people, "rows_of", counted)
    assert whole.repair(THU, tuesday, c6="20,00").rows == BOOKED
    assert sum(read) == 0, "nothing was told of B"


#: A row, and why it comes too late once the next file of its kind was booked: guarantees come as
#: full lists.
FACTS = {
    "guarantee": ("A;1;pledge", "repair_overtaken"),
    "instalment": ("A;1;2026-12-01", "outdated_fact"),
}


@pytest.mark.parametrize("kind", FACTS)
def test_a_fact_without_a_date_is_of_the_day_of_its_file(whole: InParts, kind: str) -> None:
    row, why = FACTS[kind]
    whole.part(MON, 1, *ONE)
    monday = whole.take(MON, kind, f"{row};mil", f"B{row[1:]};10,00")
    whole.take(TUE, kind, f"{row};20,00")
    late = whole.repair(WED, monday, c4="10,00")
    assert (late.rows, whole.why(late)) == (REJECTED, [why])


def test_what_a_later_full_list_left_out_does_not_come_back(whole: InParts) -> None:
    whole.part(MON, 1, *ONE)
    monday = whole.take(MON, "guarantee", "A;1;pledge;mil", "A;2;pledge;10,00")
    whole.take(TUE, "guarantee", "A;2;pledge;10,00")
    late = whole.repair(WED, monday, c4="10,00")
    assert (late.rows, whole.why(late)) == (REJECTED, ["repair_overtaken"])
    assert whole.stored(guarantee_version)["number"].unique().to_list() == [2]


#: Lists of one kind: in full, by the name of their layout; or what is new in them alone.
WEEKLY, DAILY = "guarantee", "daily"


@pytest.fixture
def listing(whole: InParts) -> InParts:
    """Whose guarantees come as full lists, and as what is new, in files that are called daily."""
    text = whole.services.profile(whole.code).content.decode()
    weekly = text[text.index('[[layout]]\nkind = "guarantee"') :].split("[[layout]]")[1]
    news = {"name = 'guarantee": "name = 'daily", '"full"': '"delta"'}  # of the same version
    for before, now in news.items():
        weekly = weekly.replace(before, now)
    whole.serve(f"{text}\n[[layout]]{weekly}")
    whole.part(MON, 1, *ONE)
    return whole


def guarantees(bank: InParts, name: str, day: date, *rows: str) -> Outcome:
    return bank.take(day, "guarantee", *rows, name=f"{name}_{day}")


#: The list of Monday, those after it, and what becomes of a line of it that comes back.
AFTER = {
    "full, then news of another account": (WEEKLY, [DAILY], None),
    "full, then full": (WEEKLY, [WEEKLY], "repair_overtaken"),
    "full, then full, then news": (WEEKLY, [WEEKLY, DAILY], "repair_overtaken"),
    "news, then full": (DAILY, [WEEKLY], "repair_overtaken"),
    "news, then news of another account": (DAILY, [DAILY], None),
}


@pytest.mark.parametrize("after", AFTER)
def test_a_full_list_overtakes_what_was_before_and_news_only_what_they_name(
    listing: InParts, after: str
) -> None:
    first, later, why = AFTER[after]
    monday = guarantees(listing, first, MON, "A;1;pledge;mil", "A;2;pledge;10,00")
    for day, name in zip((TUE, WED), later, strict=False):
        assert guarantees(listing, name, day, f"B;{day.day};pledge;10,00").rows == BOOKED
    late = listing.repair(THU, monday, c4="10,00")
    assert (late.rows, listing.why(late)) == ((REJECTED, [why]) if why else (BOOKED, []))


def test_what_news_name_a_late_line_does_not_undo(listing: InParts) -> None:
    monday = guarantees(listing, WEEKLY, MON, "A;1;pledge;mil", "A;2;pledge;10,00")
    guarantees(listing, DAILY, TUE, "A;1;pledge;20,00")
    late = listing.repair(WED, monday, c4="10,00")
    assert (late.rows, listing.why(late)) == (REJECTED, ["outdated_fact"])


#: What the portfolio after a repair says of the account, and what is owed and rejected then.
NEXT = {
    "what was repaired": ("{} 2000 3011111107", 2000, []),
    "something else": ("{} 3000 3011111107", 3000, []),
    "the old broken line": ("{} mil 3011111107", 2000, ["unreadable_amount"]),
    "nothing of it": (None, None, []),
}
#: An account that was placed before, and one that the repair places, with their debtors.
MENDED = {"B 2": [ONE[0], *TWO], "E 1": [*ONE, *TWO]}


@pytest.mark.parametrize("mended", MENDED)
@pytest.mark.parametrize("said", NEXT)
def test_a_repaired_row_is_familiar_or_looked_at(
    whole: InParts, monkeypatch: pytest.MonkeyPatch, said: str, mended: str
) -> None:
    monkeypatch.setattr(familiar, "_SHARE_MAX", 100)
    (row, owed, why), rest, account = NEXT[said], MENDED[mended], mended[0]
    whole.part(MON, 1, *ONE, *TWO)
    tuesday = whole.part(TUE, 1, *rest, f"{mended} mil 3011111107")
    assert whole.repair(TUE, tuesday, c6="20,00").rows == BOOKED
    for day in (WED, THU):
        outcome = whole.part(day, 1, *rest, *([row.format(mended)] if row else []))
        assert whole.why(outcome) == why
        assert whole.balances().get(account, {}).get("principal") == owed
    assert (account in placed(whole)) is bool(row)


def test_the_same_portfolio_sent_again_says_nothing_after_its_repairs(whole: InParts) -> None:
    monday = whole.part(MON, 1, ONE[0], "- 2 1000 3011111102")
    whole.repair(MON, monday, c1="B")
    assert whole.part(MON, 1, ONE[0], "- 2 1000 3011111102").state == "duplicate"
    assert placed(whole) == {"A", "B"}


def test_lines_that_come_back_are_not_the_file_expected(whole: InParts) -> None:
    monday = whole.part(MON, 1, ONE[0], "B 2 mil 3011111102")
    whole.repair(TUE, monday, c6="10,00")
    text = whole.services.profile(whole.code).content.decode()
    whole.serve(text.replace("name = 'placement.*'", "name = '.*'\nexpected = \"daily\""))
    with whole.services.store.unit(whole.code) as unit:
        missing = missing_files(unit, whole.services.profile(whole.code), TUE)
    assert [str(one) for one in missing] == ["placement v1"]
