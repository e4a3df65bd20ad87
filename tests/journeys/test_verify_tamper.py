"""Whatever an insider changes behind the application's back, `verify` names the object."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import text

from recupero.steps.services import AGENCY
from recupero.steps.verify import verify
from recupero.store.manifest import receipts_named
from recupero.store.proof import Finding, prove
from recupero.store.tables import APPEND_ORDER
from tests.journeys.small_world import CODES, Tampered, World, changed, named

CODE = "caja-pacifico"
MINE = f"institution = '{CODE}'"


# --- the untouched world ---


@pytest.mark.parametrize("code", [*CODES, AGENCY])
def test_nothing_is_found_where_nothing_was_done(world: World, code: str) -> None:
    verification = verify(world.services, code, deep=True)
    assert named(verification) == ""
    assert all(verification.invariants.values())
    assert len(verification.invariants) == 14


def test_the_world_is_worth_tampering_with(world: World) -> None:
    """Every table a day fills has rows, so that the tests below prove something."""
    with world.tampered() as insider:
        filled = {
            table.name
            for table in APPEND_ORDER
            if insider.connection.execute(text(f"SELECT 1 FROM {table.name} LIMIT 1")).first()
        }
    thin = {"instalment_version", "guarantee_version", "document_version", "hold_version"}
    assert {table.name for table in APPEND_ORDER} - filled == thin


def test_an_open_tamper_leaves_no_trace(world: World) -> None:
    with world.tampered() as insider:
        assert insider.execute("DELETE FROM journal") > 0
        assert not verify(insider.services, CODE).holds
    assert verify(world.services, CODE).holds


# --- the vault ---


def objects(world: World, code: str = CODE) -> list[Path]:
    return sorted((world.home / "vault" / code / "objects").glob("*/*[0-9a-f]"))


def vaulted(world: World, name: str) -> Path:
    """Where the bytes of a received file lie."""
    with world.services.store.unit(CODE) as unit:
        (received,) = {receipt.address for receipt in receipts_named(unit, name)}
    return next(path for path in objects(world) if path.name == received)


@pytest.mark.parametrize("place", [0, 10, -1])
def test_one_byte_of_a_vaulted_file(world: World, place: int) -> None:
    path = vaulted(world, "CP_COLOCACION_20261127.txt")
    content = path.read_bytes()
    altered = bytearray(content)
    altered[place] ^= 1
    try:
        path.write_bytes(altered)
        assert f"vault: vault object {path.name}" in named(verify(world.services, CODE))
        if place == 0:
            deep = named(verify(world.services, CODE, deep=True))
            assert f"vault: vault object {path.name}" in deep
            assert re.search(r"inputs: recording \d+ .*: cannot be made again", deep)
    finally:
        path.write_bytes(content)


@pytest.mark.parametrize("part", ["", ".key"])
def test_a_deleted_object_or_its_key(world: World, part: str) -> None:
    for path in objects(world)[:2]:
        gone = path.with_name(path.name + part)
        content = gone.read_bytes()
        try:
            gone.unlink()
            assert f"vault: vault object {path.name}" in named(verify(world.services, CODE))
        finally:
            gone.write_bytes(content)


def test_an_object_exchanged_for_another(world: World) -> None:
    one, other = objects(world)[:2]
    content = one.read_bytes()
    try:
        one.write_bytes(other.read_bytes())
        assert f"vault object {one.name}" in named(verify(world.services, CODE))
    finally:
        one.write_bytes(content)


def test_an_object_nobody_received_or_wrote(world: World) -> None:
    address = world.services.vault.put(CODE, b"slipped in")
    try:
        found = named(verify(world.services, CODE))
        assert re.search(rf"vault: vault object {address}: no receipt.* names it", found)
    finally:
        world.services.vault.destroy(CODE, address)


# --- rows ---

CHANGES = {
    "an amount in the journal": (
        changed("journal", "principal_minor = principal_minor + 1", "account_id IS NOT NULL"),
        r"journal -?\d+: \w+ does not sum to zero"),
    "an entry moved to another account": (
        changed("journal", "account_id = account_id + 1", "account_id IS NOT NULL"),
        r"recording \d+ \((intake|settlement)"),
    "an event nobody knows": (
        changed("journal", "event = 'gift'", "account_id IS NOT NULL"), r"recording \d+ "),
    "an amount in a fact": (
        changed("account_version", "principal_minor = 0"), r"account_version account_id=-?\d+ "),
    "a fact's date of knowledge": (
        changed("account_version", "recorded_on = recorded_on - 1"), r"recording \d+ \(intake"),
    "a debtor's name": (changed("person_version", "name = 'X'"), r"person_version person_id="),
    "a phone": (
        changed("contact_point_version", "value = '+5100'", "channel = 'phone'"),
        r"contact_point_version person_id=-?\d+ channel=phone"),
    "a payer's reference": (
        changed("money_entry_detail", "account_number = 'X'"), r"money_entry_detail entry_id="),
    "an amount in a match": (
        changed("match", "amount_minor = amount_minor - 1"), r"recording \d+ \(settlement"),
    "a match's account": (
        changed("match", "account_id = account_id + 1", "account_id IS NOT NULL"),
        r"recording \d+ \(settlement"),
    "an amount received": (
        changed("money_entry", "amount_minor = amount_minor + 1"), r"recording \d+ \(intake"),
    "a permission": (
        changed("permission", "allowed = NOT allowed"), r"recording \d+ \(permissions"),
    "a permission's hour": (
        changed("permission", "planned_at = planned_at + interval '1 minute'"),
        r"recording \d+ \(permissions"),
    "a letter's permission": (
        changed("letter", "permission_id = 1"), r"I5_contacts: letter -?\d+: no permission"),
    "a condition of a certificate": (
        changed("opinion_condition", "state = 'unmet'",
                "opinion_id IN (SELECT opinion_id FROM opinion WHERE met)"),
        r"I6_opinions: opinion -?\d+: met, yet"),
    "evidence that is no evidence": (
        changed("opinion_condition", "evidence = '?'", "state = 'met'"),
        r"recording \d+ \(opinions"),
    "an outcome's counts": (
        changed("receipt_outcome", "rows_booked = rows_booked + 1"), r"I1_rows: receipt -?\d+"),
    "rejected called booked": (
        changed("receipt_outcome", "rows_booked = rows_booked + 1, rows_rejected = 0",
                "rows_rejected = 1"),
        r"I1_rows: receipt -?\d+: its reject rows"),
    "a receipt's address": (
        changed("receipt", f"address = '{'0' * 64}'"), rf"vault object {'0' * 64}"),
    "a row of a recording that never was": (
        changed("effort", "recording_id = 1"), "effort 1: rows of an unknown recording"),
    "an added entry": (
        "INSERT INTO journal SELECT (jsonb_populate_record(j, '{\"entry_number\": 9999}')).*"
        f" FROM journal j WHERE {MINE} AND contra IS NOT NULL LIMIT 1",
        r"journal -?\d+: \w+ does not sum"),
    "what overviews are told": (
        "UPDATE published_total SET totals = replace(totals, '\"letters\":', '\"letters\"\\:1')"
        f" WHERE {MINE} AND business_date = (SELECT min(business_date) FROM recording)",
        r"published: published total \S+ summary 0001: is not what"),
    "an added permission": (
        "INSERT INTO permission SELECT (jsonb_populate_record(p, '{\"permission_id\": 9}')).*"
        f" FROM permission p WHERE {MINE} LIMIT 1", r"recording \d+ \(permissions"),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_row(world: World, what: str) -> None:
    statement, finding = CHANGES[what]
    with world.tampered() as insider:
        assert insider.execute(statement) == 1
        found = named(verify(insider.services, CODE))
    assert re.search(finding, found), found


def chain(insider: Tampered, code: str) -> list[Finding]:
    """What verify's check of the chain alone finds."""
    with insider.snapshot(code) as unit:
        return list(prove(unit, insider.services.row_key(code)))


@pytest.mark.parametrize("table", [table.name for table in APPEND_ORDER])
def test_a_removed_row(world: World, table: str) -> None:
    with world.tampered() as insider:
        if not insider.execute(f"DELETE FROM {table} WHERE ctid = (SELECT max(ctid) FROM {table})"):
            return  # nothing fills it yet
        found = [finding for code in (AGENCY, *CODES) for finding in chain(insider, code)]
    assert any(re.match(r"recording \d+ \(", finding.object) for finding in found)
