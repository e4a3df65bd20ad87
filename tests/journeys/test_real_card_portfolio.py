"""The night of 30,000 real card accounts under Prefect, against their file read plainly.

Over SFTP come the portfolio, the same bytes under a payments name, and two real statements of a
bank in another currency. Stored rows are read by plain SQL, documents as the institution gets them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from deployments.conductor import Conductor
from recupero.steps.verify import verify
from recupero.store.embedded import EmbeddedPostgres
from tests.journeys.card_day import (
    DATED,
    PAYMENTS,
    PORTFOLIO,
    SUMS,
    UNDATED,
    Day,
    play_night,
    played,
)
from tests.journeys.card_office import CODE
from tests.journeys.raw_files import Card


@pytest.fixture(scope="module")
def day(
    shared: Path,
    conducted: Conductor,
    postgres: EmbeddedPostgres,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Day]:
    with played(shared, postgres, tmp_path_factory.mktemp("cards")) as found:
        yield found


def total(amounts: Any) -> int:
    return sum(amounts)


# --- the files are those the issue describes ---


def test_the_raw_figures_are_the_known_ones(day: Day) -> None:
    assert len(day.cards) == len({card.number for card in day.cards}) == 30_000
    assert sum(card.bill_minor < 0 for card in day.cards) == 590
    assert sum(card.excess_minor > 0 for card in day.cards) == 4_044
    assert [len(entries) for entries in day.bank.values()] == [264, 10]
    assert {entry.currency for entry in day.entries} == {"EUR"}


# --- I1: every byte kept, every row accounted for ---


def test_every_file_is_kept_as_it_came(day: Day) -> None:
    kept = dict(day.office.select("SELECT name, address FROM receipt WHERE institution = %s", CODE))
    assert {
        name: day.office.services.vault.get(CODE, address) for name, address in kept.items()
    } == day.files
    assert day.office.outside("inbox") == {}
    assert sorted(day.office.outside("archive").values()) == sorted(day.files.values())


def test_every_row_is_booked_or_says_nothing(day: Day) -> None:
    found = day.office.select(
        "SELECT name, state, rows_read, rows_booked, rows_unchanged, rows_held, rows_rejected,"
        " rows_duplicate FROM receipt JOIN receipt_outcome USING (institution, receipt_id)"
        " WHERE institution = %s",
        CODE,
    )
    paid = len(day.payments)
    expected = {
        PORTFOLIO: (30_000, 30_000, 0),
        PAYMENTS: (30_000, paid, 30_000 - paid),
        **{name: (len(entries), len(entries), 0) for name, entries in day.bank.items()},
    }
    assert {row[0]: row[1:] for row in found} == {
        name: ("booked", *rows, 0, 0, 0) for name, rows in expected.items()
    }
    assert day.office.select("SELECT * FROM reject WHERE institution = %s", CODE) == []


def test_acknowledgements_state_the_raw_figures(day: Day) -> None:
    bills = total(card.bill_minor for card in day.cards)
    paid = total(card.paid_minor for card in day.payments)
    states = day.acknowledged()
    assert states[PORTFOLIO] == (30_000, 30_000, {"TWD": bills})
    assert states[PAYMENTS] == (30_000, len(day.payments), {"TWD": paid})
    for name, entries in day.bank.items():
        net = total(entry.amount_minor for entry in entries)
        assert states[name] == (len(entries), len(entries), {"EUR": net})


# --- I2: the ledger, by account and as a whole ---


def test_a_negative_bill_opens_as_money_held(day: Day) -> None:
    held = day.moved("placed")
    assert held == {
        card.number: (card.placed_minor, 0, 0, 0, 0, card.credit_minor)
        for card in day.cards
        if card.bill_minor
    }
    negative = [amounts for amounts in held.values() if amounts[5]]
    assert len(negative) == 590
    assert all(amounts[0] == 0 for amounts in negative)


def test_what_a_payment_exceeds_the_claim_by_is_held(day: Day) -> None:
    paid = day.moved("paid")
    assert paid == {
        card.number: (-card.settled_minor, 0, 0, 0, 0, -card.excess_minor) for card in day.payments
    }
    assert sum(amounts[5] < 0 for amounts in paid.values()) == 4_044


def test_every_account_closes_where_arithmetic_says(day: Day) -> None:
    rows = day.office.select(
        f"SELECT account_number, a.currency, {SUMS}"
        " FROM account_version a LEFT JOIN journal j USING (institution, account_id)"
        " WHERE institution = %s GROUP BY account_number, a.currency",
        CODE,
    )
    assert sorted(rows) == sorted(
        (card.number, "TWD", card.principal_minor, 0, 0, 0, 0, card.unapplied_minor)
        for card in day.cards
    )


def test_nothing_but_openings_and_payments_moved_and_all_batches_cancel(day: Day) -> None:
    events = day.office.select(
        "SELECT DISTINCT ledger, event FROM journal WHERE institution = %s ORDER BY event", CODE
    )
    assert events == [("claim", "paid"), ("claim", "placed")]
    batches = day.office.select(
        f"SELECT {SUMS} FROM journal j WHERE institution = %s GROUP BY recording_id", CODE
    )
    assert batches == [(0,) * 6] * 2


def test_the_delivered_roll_forward_is_that_of_the_raw_file(day: Day) -> None:
    lines = day.sheet("Movimiento TWD")
    placed = total(card.placed_minor for card in day.cards)
    credit = total(card.credit_minor for card in day.cards)
    settled = total(card.settled_minor for card in day.cards)
    excess = total(card.excess_minor for card in day.cards)
    for name, principal, unapplied in (
        ("Saldo inicial", 0, 0),
        ("Asignado", placed, credit),
        ("Pagado", -settled, -excess),
        ("Saldo final del libro", placed - settled, credit - excess),
        ("Sin explicar", 0, 0),
    ):
        six = (principal, 0, 0, 0, 0, unapplied)
        assert lines[name][1:] == [units(amount) for amount in (*six, sum(six))], name


def units(amount_minor: int) -> float:
    return float(Decimal(amount_minor) / 100)


# --- I8: everything received is in exactly one class ---


def test_everything_received_has_one_class(day: Day) -> None:
    found = day.office.select(
        "SELECT source, e.currency, class, coalesce(reason, ''), posts, count(*),"
        " sum(e.amount_minor)::bigint, sum(m.amount_minor)::bigint"
        " FROM money_entry e LEFT JOIN match m USING (institution, entry_id)"
        " WHERE institution = %s GROUP BY 1, 2, 3, 4, 5",
        CODE,
    )
    paid = total(card.paid_minor for card in day.payments)
    expected = [("payment_file", "TWD", "matched", "", True, len(day.payments), paid, paid)]
    for reason, amounts in classes_of(day).items():
        sums = (total(amounts), total(amounts))
        expected.append(("statement", "EUR", "suspended", reason, False, len(amounts), *sums))
    assert sorted(found) == sorted(expected)


def classes_of(day: Day) -> dict[str, list[int]]:
    """Euros are nobody's here: a credit names no account of ours, and no reversal is marked."""
    return {
        reason: amounts
        for reason, amounts in (
            ("debit", [e.amount_minor for e in day.entries if e.amount_minor < 0]),
            ("unknown_reference", [e.amount_minor for e in day.bank[DATED] if e.amount_minor > 0]),
            ("no_reference", [e.amount_minor for e in day.bank[UNDATED] if e.amount_minor > 0]),
        )
        if amounts
    }


def test_the_delivered_receipts_are_those_of_the_raw_files(day: Day) -> None:
    lines = day.sheet("Recibido")
    came_in = total(e.amount_minor for e in day.entries if e.amount_minor > 0)
    went_out = total(e.amount_minor for e in day.entries if e.amount_minor < 0)
    paid = total(card.paid_minor for card in day.payments)
    for name, received, matched in (
        ("Archivo de pagos de la institución", paid, paid),
        ("Extracto bancario", came_in, 0),
        ("Extracto bancario (débitos)", went_out, 0),
    ):
        rest = received - matched
        assert lines[name][3:] == [
            units(received), units(matched), 0.0, units(rest), 0.0, 0.0, 0.0, "sí"
        ]  # fmt: skip


def test_an_entry_without_a_date_is_as_old_as_its_closing_balance(day: Day) -> None:
    stored = day.office.select(
        "SELECT amount_minor, currency, booked_on::text FROM money_entry"
        " WHERE institution = %s AND source = 'statement'",
        CODE,
    )
    assert Counter(stored) == Counter(
        (entry.amount_minor, entry.currency, entry.booked_on) for entry in day.entries
    )
    assert {entry.booked_on for entry in day.bank[UNDATED]} == {"2024-03-28"}


# --- what the file does not say is not invented, and nobody is contacted ---


@pytest.mark.parametrize(
    "table",
    ["introduction", "person_version", "party_version", "contact_point_version",
     "consent_version", "effort", "permission", "contact_grant", "letter", "opinion", "write_off"],
)  # fmt: skip
def test_nothing_is_invented(day: Day, table: str) -> None:
    query = f"SELECT count(*) FROM {table} WHERE institution = %s"
    assert day.office.select(query, CODE) == [(0,)]


def test_every_account_is_left_alone_for_a_recorded_reason(day: Day) -> None:
    """No contact is proposed: there is nobody to reach. The plan had no law to allow one by."""
    found = day.office.select(
        "SELECT action, reason, count(*) FROM assessment WHERE institution = %s GROUP BY 1, 2", CODE
    )
    expected = Counter(("none", left_alone(card)) for card in day.cards)
    assert {(action, reason): count for action, reason, count in found} == expected
    query = "SELECT counts, inputs FROM recording WHERE institution = %s AND kind = 'permissions'"
    [(counts, inputs)] = [map(json.loads, plan) for plan in day.office.select(query, CODE)]
    assert (counts["allowed"], counts["withheld"]) == (0, 0)
    assert sorted(inputs) == ["calendar", "profile"]


def left_alone(card: Card) -> str:
    if card.principal_minor + card.unapplied_minor <= 0:
        return "nothing_owed"
    return "no_contact_point" if card.months_late else "no_treatment"


def test_no_letter_and_no_call_leaves_the_house(day: Day) -> None:
    kinds = dict(
        day.office.select(
            "SELECT kind, count(*) FROM document WHERE institution = %s GROUP BY kind", CODE
        )
    )
    assert {"letters", "certificate", "proposal"}.isdisjoint(kinds)
    assert (kinds["acknowledgement_csv"], kinds["reconciliation_pdf"]) == (4, 1)
    done = day.office.select(
        "SELECT counts FROM recording WHERE institution = %s AND kind IN ('letters', 'worklists')"
        " ORDER BY kind",
        CODE,
    )
    assert [json.loads(counts) for (counts,) in done] == [
        {"letters": 0, "refused_at_release": 0}, {"work_items": 0, "withheld": 0}
    ]  # fmt: skip


# --- and the product's own proof agrees ---


def test_the_deep_proof_holds(day: Day) -> None:
    proof = verify(day.office.services, CODE, deep=True)
    assert proof.findings == ()
    assert all(proof.invariants.values())


def test_the_day_again_changes_nothing(day: Day) -> None:
    chain = "SELECT position, subject, head FROM recording WHERE institution = %s ORDER BY 1"
    before, there = day.office.select(chain, CODE), day.office.outside("outbox")
    play_night()
    assert day.office.select(chain, CODE) == before
    assert day.office.outside("outbox") == there
