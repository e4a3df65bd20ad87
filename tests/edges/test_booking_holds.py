"""Holds, disputes and what happened in court: what is booked stops the contact it should stop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import polars as pl
import pytest

from recupero.steps.assess import assess
from recupero.steps.intake import Rows
from recupero.steps.letters import write_letters
from recupero.steps.plan import known_on, plan
from recupero.steps.slots import grant_slots
from recupero.steps.trace_account import account_sections
from recupero.store.tables import (
    account_version,
    hold_version,
    judicial_event_version,
    permission,
    reject,
    release_refusal,
)
from tests.edges.one_bank import DAYS, Bank

MON, TUE, WED, THU, FRI = DAYS
SUN = MON - timedelta(days=1)
ACCOUNTS = "ABCDEFGH"


@pytest.fixture
def bank(fact_bank: Callable[[str], Bank]) -> Bank:
    made = fact_bank("address = 8\n")
    lines = (f"{one};{one};Ana;{MON};2026-09-01;10,00;0;0;Calle 1" for one in ACCOUNTS)
    made.take(MON, "placement", *lines)
    made.take(MON, "consent", *(f"{one};letter;S;{SUN}" for one in ACCOUNTS))
    return made


def judged(bank: Bank, day: date) -> dict[str, str | None]:
    """By account of those planned on *day*, the rule that withholds its letter."""
    assess(bank.services, bank.code, day)
    grant_slots(bank.services, "CO", [bank.code], day)
    plan(bank.services, bank.code, day)
    numbers = bank.stored(account_version).select("account_id", "account_number")
    planned = bank.stored(permission).filter(pl.col("business_date") == day)
    told = planned.join(numbers, on="account_id").sort("account_number")
    return dict(told.select("account_number", "rule").iter_rows())


def held(bank: Bank, day: date) -> set[str]:
    """Accounts about which nobody may be contacted on *day*, as the contact rules are told."""
    numbers = bank.stored(account_version).select("account_id", "account_number").unique()
    with bank.services.store.unit(bank.code) as unit:
        holds = known_on(unit, "CO", day).holds
    return set(holds.join(numbers, on="account_id")["account_number"])


def test_what_is_in_force_withholds_the_contact_and_nothing_else_does(bank: Bank) -> None:
    holds = (
        f"A;hardship;{MON};;", f"B;protected;2026-10-01;{MON};", f"C;deceased;2026-10-01;{SUN};",
        f"D;force_majeure;{TUE};;", f"E;other;2026-10-01;{SUN};", "E;other;2026-11-01;;",
    )  # fmt: skip
    assert bank.take(MON, "hold", *holds).rows == Rows(read=6, booked=6)
    told = (f"F;Q1;denied;{MON};", f"G;Q2;treatment;2026-10-01;{SUN}", f"G;Q3;paid;{SUN};")
    assert bank.take(MON, "dispute", *told).rows == Rows(read=3, booked=3)
    withheld = dict.fromkeys("ABEFG", "hold")
    assert judged(bank, MON) == {**dict.fromkeys(ACCOUNTS), **withheld}
    assert held(bank, MON) == set(withheld)
    bank.take(MON, "dispute", f"C;Q1;denied;{MON};")
    planned = bank.stored(permission)["planned_at"].min()
    assert isinstance(planned, datetime)
    counts = write_letters(bank.services, bank.code, MON, planned)
    assert counts == {"letters": 2, "refused_at_release": 1}, "told after the plan"
    assert bank.stored(release_refusal)["rule"].to_list() == ["hold"]


def test_an_insolvency_stops_contacts_and_a_demand_is_kept_as_evidence(bank: Bank) -> None:
    events = (
        "A;insolvency_opened;2026-03-01;E-1", "B;demand_filed;2026-03-01;E-2",
        "C;insolvency_opened;2026-03-01;E-3", f"C;insolvency_ended;{SUN};E-3",
        "D;insolvency_opened;2026-03-01;E-4", f"D;insolvency_ended;{MON};E-4",
    )  # fmt: skip
    assert bank.take(MON, "judicial_event", *events).rows == Rows(read=6, booked=6)
    other = bank.take(MON, "judicial_event", "B;demand_filed;2026-03-01;E-9", events[0])
    assert other.rows == Rows(read=2, booked=1, unchanged=1)
    lines = (f"{one};{debtor};Ana;{MON};2026-09-01;10,00;0;0;Calle 1"
             for one, debtor in [*zip(ACCOUNTS, ACCOUNTS, strict=True), ("I", "A")])  # fmt: skip
    bank.take(MON, "placement", *lines)
    withheld = dict.fromkeys("ADI", "hold")
    assert judged(bank, MON) == {**dict.fromkeys(ACCOUNTS), **withheld}, "I is of A's debtor"
    (account,) = (
        bank.stored(judicial_event_version).filter(event="demand_filed")["account_id"].unique()
    )
    with bank.services.store.unit(bank.code) as unit:
        told = account_sections(unit, account)["judicial_events"]
    assert [row["reference"] for row in told] == ["E-2", "E-9"]
    assert told[0]["file"].startswith("judicial_event")


def test_ended_closed_and_said_again(bank: Bank) -> None:
    """The last word on a hold or a complaint counts, and a repeated one writes nothing."""
    bank.take(MON, "hold", f"A;hardship;{SUN};;", f"B;hardship;{SUN};{MON};")
    bank.take(MON, "dispute", f"C;Q1;paid;{SUN};", f"C;Q2;amount;{SUN};", f"D;Q1;paid;{SUN};")
    again = bank.take(TUE, "hold", f"A;hardship;{SUN};{MON};", f"B;hardship;{SUN};{MON};")
    assert again.rows == Rows(read=2, booked=1, unchanged=1)
    closed = bank.take(TUE, "dispute", f"C;Q1;paid;{SUN};{MON}", f"D;Q1;paid;{SUN};{TUE}")
    assert closed.rows == Rows(read=2, booked=2)
    assert held(bank, TUE) == {"C", "D"}
    longer = bank.take(WED, "hold", f"B;hardship;{SUN};{FRI};", f"A;hardship;{SUN};{MON};")
    assert longer.rows == Rows(read=2, booked=1, unchanged=1), "long over, and told again"
    opened_later = bank.take(WED, "dispute", f"D;Q1;paid;2026-10-01;{WED}")
    assert opened_later.rows == Rows(read=1, rejected=1)
    assert bank.stored(reject)["rule"].to_list() == ["outdated_fact"]
    assert bank.stored(hold_version).height == 9
    both = bank.take(THU, "hold", f"B;hardship;{SUN};{MON};", f"B;hardship;{SUN};;")
    assert both.rows == Rows(read=2, booked=1, rejected=1)
    assert held(bank, THU) == {"B", "C"}, "of two rows the one without an end stands"
    bank.take(FRI, "hold", f"A;hardship;{SUN};;", f"B;hardship;{SUN};{MON};")
    assert held(bank, FRI) == {"A", "C"}, "Monday's bytes, and again as on Monday"
