"""Chain, schema, and the insider who recomputes every hash: inputs and anchors tell on him."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from recupero.steps.verify import verify
from recupero.store.tables import APPEND_ORDER, recording
from tests.journeys.small_world import Tampered, World, changed, named

CODE = "caja-pacifico"
MINE = f"institution = '{CODE}'"
LAST_DAY = "(SELECT max(business_date) FROM recording)"


def position_of(insider: Tampered, condition: str) -> int:
    found = insider.connection.execute(
        text(f"SELECT max(position) FROM recording WHERE {MINE} AND {condition}")
    )
    return int(found.scalar_one())


def cut(insider: Tampered, position: int) -> None:
    """The recordings from *position* on, and all their rows, never happened."""
    gone = f"SELECT recording_id FROM recording WHERE {MINE} AND position >= {position}"
    for table in (*APPEND_ORDER, recording):
        insider.execute(f"DELETE FROM {table.name} WHERE {MINE} AND recording_id IN ({gone})")


# --- the chain ---


@pytest.mark.parametrize("column", [c.name for c in recording.columns if c.name != "institution"])
def test_a_changed_column_of_a_recording(world: World, column: str) -> None:
    other = {"position": "900", "recording_id": "1", "business_date": "business_date + 1"}
    value = other.get(column, f"{column} || ' '")
    statement = f"UPDATE recording SET {column} = {value} WHERE {MINE} AND position = 5"
    with world.tampered() as insider:
        assert insider.execute(statement) == 1
        assert re.search(r"chain: recording (5|6|900) \(", named(verify(insider.services, CODE)))


def test_two_recordings_swapped(world: World) -> None:
    with world.tampered() as insider:
        for old, new in ((5, 0), (6, 5), (0, 6)):
            insider.execute(
                f"UPDATE recording SET position = {new} WHERE {MINE} AND position = {old}"
            )
        assert re.search(r"chain: recording 5 \(", named(verify(insider.services, CODE)))


@pytest.mark.parametrize("kind", ["intake", "settlement", "permissions", "opinions", "letters"])
def test_a_cut_tail(world: World, kind: str) -> None:
    with world.tampered() as insider:
        cut(insider, position_of(insider, f"kind = '{kind}'"))
        found = named(verify(insider.services, CODE))
    assert "chain:" not in found, "what is left links"
    assert re.search(r"vault: vault object \w{64}: no receipt, document or input names it", found)


def test_a_cut_middle_closed_again(world: World) -> None:
    """The acknowledgements that came later printed heads that the new chain lacks."""
    with world.tampered() as insider:
        first = position_of(insider, f"kind = 'settlement' AND business_date < {LAST_DAY}")
        for table in (*APPEND_ORDER, recording):
            insider.execute(
                f"DELETE FROM {table.name} WHERE {MINE} AND recording_id ="
                f" (SELECT recording_id FROM recording WHERE {MINE} AND position = {first})"
            )
        insider.reseal(CODE)
        found = named(verify(insider.services, CODE))
    assert "chain:" not in found
    assert re.search(r"anchors: document ACUSE_\S+: the chain lacks the head it printed", found)


# --- the schema ---

LOOSENED = {
    "ALTER TABLE journal__caja_pacifico DISABLE ROW LEVEL SECURITY": "journal__caja_pacifico",
    "GRANT SELECT ON person_version__banco_andino TO recupero_app": "person_version__banco_andino",
    "GRANT UPDATE ON journal TO recupero_app": "journal",
    "DROP TRIGGER append_only ON match": "match",
}


@pytest.mark.parametrize("statement", LOOSENED)
def test_a_loosened_schema(world: World, statement: str) -> None:
    with world.tampered() as insider:
        insider.execute(statement)
        found = named(verify(insider.services, CODE))
    assert f"I7_isolation: table {LOOSENED[statement]}: " in found


# --- everything recomputed, so that chain, digests and row hashes hold ---

RESEALED = {
    "an opening of day one": (
        ("UPDATE journal SET principal_minor = 2 * principal_minor WHERE recording_id ="
         " (SELECT min(recording_id) FROM journal WHERE event = 'placed' AND {mine}) AND {mine}"),
        r"anchors: document ACUSE_"),
    "a payment on another component": (
        ("UPDATE journal SET principal_minor = principal_minor + interest_minor,"
         " interest_minor = 0 WHERE event = 'paid' AND {mine} AND recorded_on = {last}"),
        r"journal recording_id=-?\d+ entry_number=\d+: does not follow"),
    "a fact of the second day": (
        changed("account_version", "principal_minor = principal_minor + 1",
                f"recorded_on = {LAST_DAY}"),
        r"account_version account_id=-?\d+ .*does not follow"),
    "a consent": (
        changed("consent_version", "granted = NOT granted"),
        r"consent_version person_id=-?\d+ .*does not follow"),
    "a match": (
        changed("match", "class = 'not_ours', reason = NULL", "class = 'suspended'"),
        r"match entry_id=-?\d+ .*does not follow"),
    "two amounts of matches, the sum kept": (
        ("UPDATE match SET amount_minor = amount_minor + CASE entry_id WHEN (SELECT min(entry_id)"
         " FROM match WHERE class = 'matched' AND {mine}) THEN 1 ELSE -1 END WHERE {mine} AND"
         " entry_id IN ((SELECT min(entry_id) FROM match WHERE class = 'matched' AND {mine}),"
         " (SELECT max(entry_id) FROM match WHERE class = 'matched' AND {mine}))"),
        r"match entry_id=-?\d+ .*does not follow"),
    "an amount received": (
        changed("money_entry", "amount_minor = amount_minor + 5"),
        r"money_entry entry_id=-?\d+: does not follow"),
    "a permission of the last day": (
        changed("permission", "allowed = true, rule = NULL, norm = NULL",
                f"NOT allowed AND business_date = {LAST_DAY}"),
        r"permission permission_id=-?\d+: does not follow"),
    "an assessment": (
        changed("assessment", "collector_code = 'X'", f"business_date = {LAST_DAY}"),
        r"assessment business_date=\S+ account_id=-?\d+: does not follow"),
    "a gestión that was not": (
        f"DELETE FROM effort WHERE effort_id = (SELECT max(effort_id) FROM effort WHERE {MINE})",
        r"effort effort_id=-?\d+: is missing"),
    "an attestation": (
        changed("attestation", "holds = NOT holds"), r"attestation receipt_id=-?\d+ line"),
    "a certificate": (
        changed("opinion", "met = NOT met", "met"), r"opinion opinion_id=-?\d+: does not"),
    "evidence": (
        changed("opinion_condition", "evidence = '[\"x\"]'", "state = 'met'"),
        r"opinion_condition opinion_id=-?\d+ number=\d+: does not follow"),
    "a write-off": (
        changed("write_off", "accepted = true, reason = NULL", "NOT accepted"),
        r"write_off receipt_id=-?\d+ line_number=\d+: does not follow"),
    "booked called unchanged": (
        changed("receipt_outcome", "rows_booked = 0, rows_unchanged = rows_booked",
                "rows_unchanged = 0 AND rows_booked > 0"),
        r"receipt_outcome receipt_id=-?\d+: does not follow"),
    "counts of a recording": (
        ("UPDATE recording SET counts = replace(counts, '\"matched\":', '\"matched\":1')"
         " WHERE kind = 'settlement' AND business_date = {last} AND {mine}"),
        r"recording \d+ \(settlement\S+: its counts are not those that follow"),
    "a receipt's name": (
        changed("receipt", "name = 'otro.txt'"), r"receipt -?\d+: its name or its address"),
    "a document's destination": (
        changed("document", "destination = '_agency'", "destination <> '_agency'"),
        r"document \S+: its name or its destination was changed"),
    "a document's size": (
        changed("document", "size_bytes = 1"), r"document \S+: has \d+ bytes, not 1"),
}  # fmt: skip


@pytest.mark.parametrize("what", RESEALED)
def test_an_insider_with_code_and_keys(world: World, what: str) -> None:
    statement, finding = RESEALED[what]
    with world.tampered() as insider:
        assert insider.execute(statement.replace("{mine}", MINE).replace("{last}", LAST_DAY))
        insider.reseal(CODE)
        found = named(verify(insider.services, CODE, deep=True))
    assert "chain: " not in found, "he has recomputed every hash"
    assert re.search(finding, found), found


def test_an_intake_that_never_was(world: World) -> None:
    """A payment file's booking removed without a trace: its money was settled all the same."""
    with world.tampered() as insider:
        gone = position_of(
            insider, "kind = 'intake' AND recording_id IN (SELECT recording_id FROM money_entry)"
        )
        for table in (*APPEND_ORDER, recording):
            insider.execute(
                f"DELETE FROM {table.name} WHERE {MINE} AND recording_id = (SELECT recording_id"
                f" FROM recording WHERE {MINE} AND position = {gone})"
            )
        insider.reseal(CODE)
        found = named(verify(insider.services, CODE, deep=True))
    assert re.search(r"inputs: recording \d+ \(settlement\S+: what was received does not", found)
