"""The money of the demo's story: what the files say against what the generator planted."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest

from deployments.demo.facts import Story
from deployments.demo.markets import ALLOCATION, CUT_1, DAY_1, DAY_2, MARKETS
from deployments.demo.story import make_story
from tests.edges import story_reader as reader

CURRENCY = {market.institution: market.currency for market in MARKETS}
PARTS = ("principal", "interest", "default_interest", "fees", "expenses")
CAMT = "{urn:iso:std:iso:20022:tech:xsd:camt.053.001.08}"


@pytest.fixture(scope="module")
def story() -> Story:
    return make_story(11, 240)


def rows_of(story: Story, institution: str, kind: str, day: Any) -> list[dict[str, Any]]:
    """Rows of the accepted file; those that do not read as declared are left out."""
    (facts,) = [
        facts
        for facts in story.planted.files
        if (facts.institution, facts.kind, facts.day, facts.outcome)
        == (institution, kind, day, "accepted")
    ]
    (content,) = [
        upload.content for d in story.days for upload in d.uploads if upload.name == facts.name
    ]
    layout = reader.layout_of(institution, facts.name)
    rows = []
    for raw in reader.raw_rows(content, layout):
        try:
            row = {
                name: reader.value_of(name, seen, layout, CURRENCY[institution])
                for name, seen in raw.items()
            }
        except (ValueError, ArithmeticError):
            continue
        rows.append(row)
    return rows


def parts(row: dict[str, Any]) -> list[int]:
    return [row.get(f"{name}_minor", 0) for name in PARTS]


def by_number(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """By account number, the first of equals."""
    return {row["account_number"]: row for row in reversed(rows) if row["account_number"]}


@pytest.mark.parametrize("institution", list(CURRENCY))
def test_day_two_is_day_one_less_payments_plus_charges(story: Story, institution: str) -> None:
    before = by_number(rows_of(story, institution, "placement", DAY_1))
    after = by_number(rows_of(story, institution, "placement", DAY_2))
    (moves,) = [m for m in story.planted.movements if m.institution == institution]
    paid = {
        p.account_number: p.amount_minor
        for p in story.planted.payments
        if p.institution == institution and p.day == DAY_1 and p.planted in
        ("exact", "in_full", "overpaid")
    }  # fmt: skip
    if institution == "banco-andino":  # whose second cut-off has what its bank alone told, too
        paid |= {
            credit.account_number: credit.amount_minor
            for credit in story.planted.statement
            if credit.known is None and credit.account_number
        }
    assert set(moves.paid) == set(paid)
    charged = dict(moves.charged)
    for number in before.keys() & after.keys() - set(moves.mended):
        owed = dict(zip(PARTS, parts(before[number]), strict=True))
        owed["interest"] += charged.get(number, 0)
        left = paid.get(number, 0)
        for name in ALLOCATION[institution]:
            taken = min(left, owed[name])
            owed[name] -= taken
            left -= taken
        assert parts(after[number]) == list(owed.values()), number
    assert set(moves.gone) == before.keys() - after.keys() - set(moves.spoiled)
    assert set(moves.new) == after.keys() - before.keys() - set(moves.mended)
    changed = {n for n in before.keys() & after.keys() if before[n]["phone"] != after[n]["phone"]}
    assert changed - set(moves.mended) == set(moves.moved)


@pytest.mark.parametrize("institution", list(CURRENCY))
def test_payments_are_what_they_were_planted_as(story: Story, institution: str) -> None:
    planted = [p for p in story.planted.payments if p.institution == institution]
    first, second = (
        rows_of(story, institution, "payment", day) for day in (DAY_1, DAY_2)
    )  # fmt: skip
    accounts = by_number(rows_of(story, institution, "placement", DAY_1))
    in_files = [
        (row["transaction_id"], row["account_number"], row["amount_minor"], row["kind"],
         row["reverses"], row["paid_on"])
        for row in (*first, *second)
    ]  # fmt: skip
    assert in_files == [
        (p.transaction_id, p.account_number, p.amount_minor, p.kind, p.reverses, p.paid_on)
        for p in planted
    ]
    for p in planted:
        owed = sum(parts(accounts[p.account_number])) if p.account_number in accounts else None
        assert (p.account_number is None) == (p.planted == "no_reference")
        assert (owed is None) == (p.planted in ("no_reference", "unknown_reference"))
        if p.planted in ("in_full", "overpaid"):
            assert p.amount_minor == owed + p.excess_minor
        if owed is not None and p.planted not in ("in_full", "overpaid"):
            assert 0 < p.amount_minor < owed
    known = {row["transaction_id"]: row for row in first}
    (reversal,) = [row for row in second if row["kind"] == "reversal"]
    assert known[reversal["reverses"]]["amount_minor"] == reversal["amount_minor"]
    (again,) = [row for row in second if row["transaction_id"] in known]
    assert again == known[again["transaction_id"]]
    classes = Counter(p.planted for p in planted)
    assert min(classes.values()) >= 1
    assert len(classes) == 7


def test_file_amounts_are_the_sums_of_accepted_rows(story: Story) -> None:
    for facts in story.planted.files:
        if facts.kind == "payment" and facts.outcome == "accepted":
            rows = rows_of(story, facts.institution, "payment", facts.day)
            received = sum(row["amount_minor"] for row in rows if row["kind"] == "payment")
            assert received == facts.amount_minor
        if facts.kind == "placement" and facts.outcome == "accepted" and facts.day == DAY_2:
            rows = rows_of(story, facts.institution, "placement", facts.day)
            assert sum(sum(parts(row)) for row in rows) == facts.amount_minor


def test_the_statement_ties_and_confirms_the_payment_file(story: Story) -> None:
    (content,) = [
        upload.content
        for day in story.days
        for upload in day.uploads
        if upload.name == "EXTRACTO_20261130.xml"
    ]
    statement = ElementTree.fromstring(content)

    def minor(element: Any) -> int:
        return int(Decimal(element.find(f"{CAMT}Amt").text).scaleb(2))

    opening, closing = (minor(balance) for balance in statement.iter(f"{CAMT}Bal"))
    entries = list(statement.iter(f"{CAMT}Ntry"))
    assert opening + sum(map(minor, entries)) == closing
    booked = {entry.findtext(f"{CAMT}AcctSvcrRef"): minor(entry) for entry in entries}
    assert len(booked) == len(entries)
    told = {
        row["transaction_id"]: row["amount_minor"]
        for row in rows_of(story, "banco-andino", "payment", DAY_1)
    }
    assert told.items() < booked.items()
    untold = [credit for credit in story.planted.statement if credit.known is None]
    assert {credit.bank_reference for credit in untold} == booked.keys() - told.keys()
    accounts = by_number(rows_of(story, "banco-andino", "placement", DAY_1))
    assert [credit.account_number in accounts for credit in untold] == [True, False]


def test_exhaustion_cases_meet_or_lack_exactly_what_they_should(story: Story) -> None:
    accounts = by_number(rows_of(story, "caja-pacifico", "placement", DAY_2))
    debtors = Counter(row["debtor_id_number"] for row in accounts.values())
    efforts = Counter(
        row["account_number"]
        for row in rows_of(story, "caja-pacifico", "effort", DAY_1)
        if row["performed_at"].date()
        > accounts.get(row["account_number"], {}).get("due_date", DAY_2)
    )
    said = {
        (row["account_number"], row["attestation"]): row["holds"]
        for row in rows_of(story, "caja-pacifico", "attestation", DAY_2)
    }
    for case in story.planted.exhaustion:
        row, number = accounts[case.account_number], case.account_number
        overdue = (CUT_1 - row["due_date"]).days
        large = sum(parts(row)) > 1_650_000
        conditions = {
            "risk_evidence": overdue > 366 or efforts[number] > 0,
            "provisioned": said.get((number, "provisioned"), False),
            "itemised_in_inventory_book": said.get((number, "itemised_in_inventory_book"), False),
            "unrelated_party": said[number, "unrelated_party"] and not row["related_party"],
            "unguaranteed": said[number, "unguaranteed"] and not row["guaranteed"],
            "not_renewed": said[number, "not_renewed"] and row["renewed_on"] is None,
            "amount_or_suit": not large or said.get((number, "uneconomic_to_sue"), False),
        }
        assert [name for name, met in conditions.items() if not met] == [case.lacks] * bool(
            case.lacks
        )
        assert large == case.above_three_uit
        assert debtors[row["debtor_id_number"]] == 1
        assert (efforts[number] >= 10) == (case.lacks != "risk_evidence")
    lacks = [case.lacks for case in story.planted.exhaustion]
    assert lacks.count(None) >= 6
    assert len(set(lacks)) == 8


def test_write_off_instructions_state_the_ledger_balance_but_for_one(story: Story) -> None:
    balances = {
        number: sum(parts(row))
        for number, row in by_number(rows_of(story, "caja-pacifico", "placement", DAY_2)).items()
    }
    first = by_number(rows_of(story, "caja-pacifico", "placement", DAY_1))
    moved = {p.account_number for p in story.planted.payments}
    lacks = {case.account_number: case.lacks for case in story.planted.exhaustion}
    rows = rows_of(story, "caja-pacifico", "write_off", DAY_2)
    assert len(rows) == len(story.planted.write_offs) == 6
    for row, case in zip(rows, story.planted.write_offs, strict=True):
        number = row["account_number"]
        assert (number, row["amount_minor"]) == (case.account_number, case.amount_minor)
        assert balances[number] == sum(parts(first[number])) == case.balance_minor
        assert number not in moved
        assert (row["amount_minor"] == balances[number]) == (case.refused_for != "wrong_amount")
        assert (lacks[number] is None) == (case.refused_for != "not_certified")
    assert [case.refused_for for case in story.planted.write_offs].count("") == 4
