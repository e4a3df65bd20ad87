"""Chain, schema, and the insider who recomputes every hash: inputs and anchors tell on him."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from recupero.steps.verify import verify
from recupero.store.tables import APPEND_ORDER, recording
from tests.journeys.small_world import Tampered, World, named

CODE = "caja-pacifico"
MINE = f"institution = '{CODE}'"
LAST_DAY = "(SELECT max(business_date) FROM recording)"
ON_LAST_DAY = f"business_date = {LAST_DAY}"


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


def test_every_changed_column_of_a_recording(world: World) -> None:
    """Each in a recording of its own, not one after another: a head is named after it too."""
    other = {"recording_id": "1", "business_date": "business_date + 1"}
    columns = [c.name for c in recording.columns if c.name not in {"institution", "position"}]
    changed = dict(zip(columns, range(5, 99, 2), strict=False))
    with world.tampered() as insider:
        for column, position in changed.items():
            value = other.get(column, f"{column} || ' '")
            statement = f"UPDATE recording SET {column} = {value} WHERE {MINE}"
            assert insider.execute(f"{statement} AND position = {position}") == 1
        found = named(verify(insider.services, CODE))
    told = re.findall(r"^chain: recording (\d+) \(.*\): its own columns were changed", found, re.M)
    assert [int(position) for position in told] == list(changed.values())
    unlinked = re.findall(r"^chain: recording (\d+) \(.*\): does not link", found, re.M)
    after = changed["head"] + 1
    assert [int(position) for position in unlinked] == [changed["previous_head"], after]


def test_a_recording_moved_to_the_end(world: World) -> None:
    with world.tampered() as insider:
        assert insider.execute(f"UPDATE recording SET position = 900 WHERE {MINE} AND position = 5")
        (gap,) = insider.chain(CODE)
    assert (gap.object.split()[1], gap.what) == ("6", "position 5 is missing before it")


def test_two_recordings_swapped(world: World) -> None:
    with world.tampered() as insider:
        for old, new in ((5, 0), (6, 5), (0, 6)):
            insider.execute(
                f"UPDATE recording SET position = {new} WHERE {MINE} AND position = {old}"
            )
        found = {finding.object.split()[1] for finding in insider.chain(CODE)}
    assert found == {"5", "6", "7"}, "the two, and the one that followed them"


def test_a_recording_dated_back_and_resealed(world: World) -> None:
    """Whoever slips money under a day already reported on leaves a chain whose dates go back."""
    with world.tampered() as insider:
        last = position_of(insider, "kind = 'summary' OR kind = 'delivery'")
        assert insider.execute(
            f"UPDATE recording SET business_date = business_date - 3 WHERE {MINE} "
            f"AND position = {last}"
        )
        insider.reseal(CODE)
        (back,) = insider.chain(CODE)
    assert back.object.startswith(f"recording {last} (")
    assert re.fullmatch(r"is dated \S+, after \S+ had begun", back.what)


@pytest.mark.parametrize("kind", ["intake", "settlement", "permissions", "opinions", "letters"])
def test_a_cut_tail(world: World, kind: str) -> None:
    with world.tampered() as insider:
        cut(insider, position_of(insider, f"kind = '{kind}'"))
        found = named(verify(insider.services, CODE))
    assert "chain:" not in found, "what is left links"
    assert re.search(r"vault: vault object \w{64}: no receipt.* names it", found)


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
    assert re.search(r"anchors: document ACUSE_\S+: the chain lacks a head it printed", found)


# --- the schema ---

LOOSENED = {
    "ALTER TABLE journal__caja_pacifico DISABLE ROW LEVEL SECURITY": "journal__caja_pacifico",
    "GRANT SELECT ON person_version__banco_andino TO recupero_app": "person_version__banco_andino",
    "GRANT UPDATE ON journal TO recupero_app": "journal",
    "DROP TRIGGER append_only ON match": "match",
}


def test_a_loosened_schema(world: World) -> None:
    with world.tampered() as insider:
        for statement in LOOSENED:
            insider.execute(statement)
        found = named(verify(insider.services, CODE))
    told = set(re.findall(r"^I7_isolation: table (\w+): ", found, re.M))
    partitions = {table for table in told if table.startswith("match__")}
    assert told - partitions == set(LOOSENED.values()), "a trigger is dropped from partitions too"


# --- everything recomputed, so that chain, digests and row hashes hold ---

#: table, what is set, which row: the first that the condition picks. Nothing depends on them.
LEAVES = {
    "a permission": ("permission", "allowed = true, rule = NULL", f"NOT allowed AND {ON_LAST_DAY}"),
    "a permission's hour": (
        "permission", "planned_at = planned_at + interval '1 hour'", f"allowed AND {ON_LAST_DAY}"),
    "a match": ("match", "class = 'not_ours', reason = NULL", "class = 'suspended'"),
    "a matched amount": (
        "match", "amount_minor = amount_minor + 1", f"class = 'matched' AND {ON_LAST_DAY}"),
    "evidence": ("opinion_condition", "evidence = '[\"x\"]'", "state = 'met'"),
    "a certificate": ("opinion", "met = NOT met", "met"),
    "a write-off": ("write_off", "accepted = true, reason = NULL", "NOT accepted"),
    "a payment's date": (
        "journal", "effective_on = effective_on - 1",
        f"event = 'paid' AND account_id IS NOT NULL AND recorded_on = {LAST_DAY}"),
    "booked called unchanged": (
        "receipt_outcome", "rows_booked = 0, rows_unchanged = rows_unchanged + rows_booked",
        f"rows_booked > 0 AND {ON_LAST_DAY}"),
}  # fmt: skip

#: Checks that run steps again: on the contacts, on the opinions, and on everything received.
DECIDED_AGAIN = ("I5_contacts", "I6_opinions", "inputs")

#: Later steps build on these; each on its own row all the same.
ROOTS = {
    "an opening's account": (
        "journal", "account_id = account_id + 1", "event = 'placed' AND account_id IS NOT NULL"),
    "a fact": ("account_version", "principal_minor = principal_minor + 1", "true"),
    "a debtor's id": ("person_version", "id_number = '1'", "true"),
    "an introduction": ("introduction", "principal_minor = principal_minor + 1", "true"),
    "an amount received": ("money_entry", "amount_minor = amount_minor + 5", "true"),
    "a reference": ("money_entry_detail", "account_number = 'X'", "true"),
    "an assessment": ("assessment", "collector_code = 'X'", "true"),
    "a gestión's result": ("effort", "result = 'refusal', direct = NOT direct", "true"),
    "an attestation": ("attestation", "holds = NOT holds", "true"),
    "a share of capacity": ("collector_quota", "capacity = capacity + 1", "true"),
    "an instruction": ("instruction", "amount_minor = amount_minor + 1", "true"),
    "a reject": ("reject", "rule = 'x'", "true"),
}  # fmt: skip


@pytest.mark.parametrize("tampers", [LEAVES, ROOTS], ids=["leaves", "roots"])
def test_an_insider_with_code_and_keys(
    world: World, tampers: dict[str, tuple[str, str, str]]
) -> None:
    """He changes a row of each and recomputes every hash; running the steps again tells."""
    rows = {}
    with world.tampered() as insider:
        for what, (table, assignment, condition) in tampers.items():
            rows[what] = insider.change(table, assignment, condition)
        insider.reseal(CODE)
        verification = verify(insider.services, CODE, deep=True)
    assert "chain: " not in named(verification), "he has recomputed every hash"
    found = {finding.object for check, finding in verification.findings if check in DECIDED_AGAIN}
    assert {what: row for what, row in rows.items() if row not in found} == {}


def test_an_insider_at_the_manifest_and_at_whole_batches(world: World) -> None:
    with world.tampered() as insider:
        insider.change("receipt", "name = 'otro.txt'", "duplicate_of IS NULL")
        insider.change("receipt", "duplicate_of = 7", "duplicate_of IS NULL")
        insider.change("document", "destination = '_agency'", "destination <> '_agency'")
        insider.change("document", "size_bytes = 1", "kind = 'letters'")
        assert insider.execute(
            "UPDATE journal SET interest_minor = 0, principal_minor = principal_minor"
            f" + interest_minor WHERE event = 'paid' AND {MINE} AND recorded_on = {LAST_DAY}"
        )
        insider.execute(
            "UPDATE recording SET counts = replace(counts, 'entries', 'entrada')"
            f" WHERE kind = 'settlement' AND {MINE} AND {ON_LAST_DAY}"
        )
        insider.reseal(CODE)
        found = named(verify(insider.services, CODE, deep=True))
    for finding in (
        r"receipt -?\d+: its name or its address was changed",
        r"receipt -?\d+: what it is a duplicate of was changed",
        r"document \S+: its name or its destination was changed",
        r"document CARTAS\S+: has \d+ bytes, not 1",
        r"journal entry_number=\d+: does not follow from the inputs of recording \d+ \(settlement",
        r"recording \d+ \(settlement\S+: its counts are not those that follow",
    ):
        assert re.search(finding, found), finding


def test_early_rows_resealed_show_without_the_inputs_too(world: World) -> None:
    """The acknowledgements that came after them printed other heads."""
    with world.tampered() as insider:
        insider.change("journal", "account_id = 7", "event = 'placed' AND account_id IS NOT NULL")
        insider.reseal(CODE)
        found = named(verify(insider.services, CODE))
    assert re.search(r"anchors: document ACUSE_\S+: the chain lacks a head it printed", found)


def test_a_cut_tail_shows_in_what_the_institution_holds(world: World) -> None:
    """Everything after the last acknowledgement cut off, documents and vault objects too."""
    with world.tampered() as insider:
        first = position_of(insider, f"kind = 'permissions' AND {ON_LAST_DAY}")
        last = position_of(insider, f"kind = 'anchor' AND {ON_LAST_DAY}") - 1
        for table in (*APPEND_ORDER, recording):
            insider.execute(
                f"DELETE FROM {table.name} WHERE {MINE} AND recording_id IN (SELECT recording_id"
                f" FROM recording WHERE {MINE} AND position BETWEEN {first} AND {last})"
            )
        insider.reseal(CODE)
        found = named(verify(insider.services, CODE))
    assert re.search(r"anchors: document CADENA_\S+: the chain lacks a head it printed", found)


def test_contacts_and_opinions_are_decided_again_without_being_asked_deeply(world: World) -> None:
    with world.tampered() as insider:
        allowed = insider.change(*LEAVES["a permission"])
        certified = insider.change(*LEAVES["a certificate"])
        insider.reseal(CODE)
        found = named(verify(insider.services, CODE))
    assert f"I5_contacts: {allowed}: does not follow" in found
    assert f"I6_opinions: {certified}: does not follow" in found


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
