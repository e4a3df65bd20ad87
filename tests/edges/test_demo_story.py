"""The demo's story against a reader and checkers that share no code with its generator."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from datetime import date
from importlib import import_module
from random import Random
from typing import Any

import holidays
import phonenumbers
import pytest

from deployments.demo import exhaustion, history, names, payments, roster, snapshots
from deployments.demo.cast import Cast, make_cast
from deployments.demo.facts import FileFacts, Story, Upload
from deployments.demo.files import Control, cells, render
from deployments.demo.layouts import SHEETS
from deployments.demo.markets import ALLOCATION, CUT_1, DAY_1, DAY_2, MARKETS
from deployments.demo.population import Market, make_accounts
from deployments.demo.sheets import Row
from deployments.demo.story import make_story
from recupero.errors import Refused
from tests.edges import story_reader as reader

COUNT = 240
CURRENCY = {market.institution: market.currency for market in MARKETS} | {"_agency": "COP"}
ID_MODULES = {"NIT": "stdnum.co.nit", "RUT": "stdnum.cl.rut", "RUC": "stdnum.pe.ruc",
              "DNI": "stdnum.pe.cui", "RFC": "stdnum.mx.rfc"}  # fmt: skip
PARTS = ("principal", "interest", "default_interest", "fees", "expenses")


@pytest.fixture(scope="module")
def story() -> Story:
    return make_story(11, COUNT)


def uploads(story: Story) -> dict[str, Upload]:
    return {upload.name: upload for day in story.days for upload in day.uploads}


def data_files(story: Story, *kinds: str) -> list[tuple[FileFacts, Upload]]:
    """Accepted files of *kinds* (all but statements by default) with their facts."""
    found = uploads(story)
    return [
        (facts, found[facts.name])
        for facts in story.planted.files
        if facts.outcome == "accepted"
        and (facts.kind in kinds if kinds else facts.kind != "statement")
    ]


def raw(facts: FileFacts, upload: Upload) -> list[dict[str, Any]]:
    return reader.raw_rows(upload.content, reader.layout_of(facts.institution, facts.name))


def typed(facts: FileFacts, upload: Upload) -> list[dict[str, Any]]:
    layout = reader.layout_of(facts.institution, facts.name)
    return reader.typed_rows(upload.content, layout, CURRENCY[facts.institution])


def digest(story: Story) -> str:
    whole = hashlib.sha256()
    for upload in (upload for day in story.days for upload in day.uploads):
        whole.update(f"{upload.institution} {upload.name} {upload.partial}".encode())
        whole.update(upload.content)
    return whole.hexdigest()


# The same bytes, always


def test_same_seed_same_bytes_in_another_process() -> None:
    program = (
        "from deployments.demo.story import make_story\n"
        "from tests.edges.test_demo_story import digest\n"
        "print(digest(make_story(5, 60)))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "3", "PYTHONPATH": os.getcwd()}
    other = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == digest(make_story(5, 60))
    assert other.stdout.strip() != digest(make_story(6, 60))


def test_too_few_accounts_are_refused() -> None:
    with pytest.raises(Refused):
        make_story(1, 59)


# Layouts


def one_market(institution: str) -> tuple[Market, Cast, list[Any]]:
    market = next(m for m in MARKETS if m.institution == institution)
    rng = Random(institution)
    accounts = make_accounts(rng, market, 120, CUT_1)
    fitted, cases = exhaustion.make_cases(rng, accounts)
    return market, make_cast(rng, accounts, (), fitted, ()), cases


def canonical(institution: str, kind: str) -> list[Row]:
    """Some canonical rows of every kind, straight from the generator."""
    if kind == "roster":
        return roster.roster_rows({"CO": 900, "PE": 100})
    market, cast, cases = one_market(institution)
    rng = Random(kind)
    first = payments.first_payments(rng, market, cast)
    second = payments.second_payments(rng, market, cast, first)
    if kind == "placement":
        return [snapshots.placement_row(a, CUT_1, market.currency) for a in cast.accounts]
    if kind == "payment":
        return [payments.payment_row(payment) for payment in (*first, *second)]
    if kind == "effort":
        return history.effort_rows(rng, market, cast, cast.exhausted)
    if kind == "consent":
        return history.consent_rows(rng, cast.accounts)
    if kind == "attestation":
        return exhaustion.attestation_rows(cases)
    return exhaustion.write_off_rows(exhaustion.write_off_cases(cases, cast.exhausted))


@pytest.mark.parametrize(("institution", "kind"), list(SHEETS))
def test_every_layout_reads_back_to_the_canonical_rows(institution: str, kind: str) -> None:
    sheet, rows = SHEETS[institution, kind], canonical(institution, kind)
    content = render(sheet, [cells(sheet, row) for row in rows], DAY_1, Control(len(rows), 0))
    layout = reader.layout_of(institution, sheet.file_name(DAY_1))
    assert layout["kind"] == kind
    back = reader.typed_rows(content, layout, CURRENCY[institution])
    fields = list(layout["columns"])
    assert fields == [name for name, _ in sheet.columns]
    assert back == [
        {name: None if row[name] == "" else row[name] for name in fields} for row in rows
    ]


def test_profiles_apply_payments_the_way_the_generator_does() -> None:
    for institution, order in ALLOCATION.items():
        policy = reader.profile_of(institution)["policy"]
        assert tuple(policy["allocation_order"]) == order


# People


def test_identity_numbers_are_valid_but_for_the_planted_ones(story: Story) -> None:
    for facts, upload in data_files(story, "placement"):
        layout = reader.layout_of(facts.institution, facts.name)
        wrong = 0
        for row in raw(facts, upload):
            kind = row.get("debtor_id_type") or layout["constants"]["debtor_id_type"]
            kind = layout.get("values", {}).get("debtor_id_type", {}).get(kind, kind)
            number = row["debtor_id_number"]
            if kind == "RFC":
                rfc = import_module("stdnum.mx.rfc")
                wrong += not rfc.is_valid(number, validate_check_digits=True)
            elif kind in ID_MODULES:
                wrong += not import_module(ID_MODULES[kind]).is_valid(number)
            else:
                assert kind in ("CC", "CE")
                assert number.isdigit()
        assert wrong == dict(facts.bad).get("bad_identity", 0)


def test_phones_are_valid_mobiles_and_mails_lead_nowhere(story: Story) -> None:
    countries = {market.institution: market.country.code for market in MARKETS}
    for facts, upload in data_files(story, "placement"):
        rows = raw(facts, upload)
        assert 0.8 < sum(bool(row["phone"]) for row in rows) / len(rows) < 1
        for text in (row[name] for row in rows for name in ("phone", "phone_2") if row.get(name)):
            number = phonenumbers.parse(text, countries[facts.institution])
            assert phonenumbers.is_valid_number(number)
        mails = [row["email"] for row in rows if row["email"]]
        assert all(m.split("@")[1] in ("example.com", "example.org") or m.endswith(".test")
                   for m in mails)  # fmt: skip


def test_credisol_shares_about_15_percent_of_its_debtors_with_banco_andino() -> None:
    whole = make_story(2, 1000)
    people: dict[str, dict[str, str]] = {}
    for facts, upload in data_files(whole, "placement"):
        if facts.institution in ("banco-andino", "credisol") and facts.day == DAY_1:
            people[facts.institution] = {
                row["debtor_id_number"]: row["debtor_name"] for row in raw(facts, upload)
            }
    both = people["banco-andino"].keys() & people["credisol"].keys()
    assert 0.11 < len(both) / len(people["credisol"]) < 0.19
    assert both == {n for _, n in whole.planted.shared_persons}
    assert all(people["banco-andino"][key] == people["credisol"][key] for key in both)


# Mishaps


def test_rows_are_as_many_as_stated_and_repeats_are_whole_rows(story: Story) -> None:
    for facts, upload in data_files(story):
        rows = raw(facts, upload)
        assert len(rows) == facts.rows
        repeats = sum(n - 1 for n in Counter(str(row) for row in rows).values())
        assert repeats == facts.duplicates
        assert facts.accepted > 0


def test_trailers_agree_but_for_the_one_planted(story: Story) -> None:
    checked = 0
    for facts in story.planted.files:
        if facts.kind == "statement" or facts.outcome == "unfinished":
            continue
        layout = reader.layout_of(facts.institution, facts.name)
        if layout.get("control") != "trailer":
            continue
        checked += 1
        content, currency = uploads(story)[facts.name].content, CURRENCY[facts.institution]
        rows, total = reader.trailer_of(content, layout, currency)
        details = reader.raw_rows(content, layout)
        assert rows == len(details)
        if total is not None:
            field = layout["trailer"]["sum_of"]
            read = [reader.value_of(field, row[field], layout, currency) for row in details]
            assert (total == sum(read)) == (facts.outcome == "accepted")
    assert checked == 13


def test_side_files_vouch_for_all_but_the_truncated_upload(story: Story) -> None:
    found, outcomes = uploads(story), {}
    for name in (name for name in found if name.endswith(".sha256")):
        said, of = found[name].content.decode().split()
        assert of == name.removesuffix(".sha256")
        outcomes[of] = said == hashlib.sha256(found[of].content).hexdigest()
    cut = "credisol_cartera_2026-11-27.csv"
    assert [name for name, agrees in outcomes.items() if not agrees] == [cut]
    whole = found["credisol_cartera_2026-11-27_R.csv"].content
    assert whole.startswith(found[cut].content)
    assert len(whole) > len(found[cut].content)
    part = found["credisol_pagos_2026-11-27.csv.part"]
    assert part.partial
    assert found["credisol_pagos_2026-11-27.csv"].content.startswith(part.content)
    assert [u.name for u in found.values() if u.partial] == [part.name]


def test_the_repeated_file_has_the_same_content(story: Story) -> None:
    found = uploads(story)
    assert story.planted.file("CARTERA_20261127_B.txt").outcome == "repeated"
    assert found["CARTERA_20261127_B.txt"].content == found["CARTERA_20261127.txt"].content


def test_past_efforts_keep_to_working_days_and_hours(story: Story) -> None:
    rest = {
        day
        for country in ("CO", "CL", "MX", "PE")
        for day in holidays.country_holidays(country, years=(2025, 2026))
    }
    assert {
        day for day in rest if day.weekday() < 5 and date(2025, 6, 1) <= day <= DAY_2
    } == names.REST_DAYS
    for facts, upload in data_files(story, "effort"):
        rows = typed(facts, upload)
        assert len({row["effort_id"] for row in rows}) == len(rows)
        for row in rows:
            at = row["performed_at"]
            assert at.date() < DAY_1
            assert at.date() not in rest
            assert at.weekday() < 5
            assert 9 <= at.hour < 18
        week = {
            row["account_number"]
            for row in rows
            if row["performed_at"].date() >= CUT_1.replace(day=13)
        }
        planted = {*story.planted.recent_direct, *story.planted.recent_attempts}
        assert week == {number for code, number in planted if code == facts.institution}
