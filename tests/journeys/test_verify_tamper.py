"""Whatever an insider changes behind the application's back, `verify` names the object."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from recupero.steps.services import AGENCY
from recupero.steps.verify import verify
from recupero.store.manifest import receipts_named
from recupero.store.outgoing import documents
from recupero.store.tables import APPEND_ORDER
from tests.journeys.small_world import CODES, World, changed, named

CODE = "caja-pacifico"
MINE = f"institution = '{CODE}'"


# --- the untouched world ---


@pytest.mark.parametrize("code", [*CODES, AGENCY])
def test_nothing_is_found_where_nothing_was_done(world: World, code: str) -> None:
    verification = verify(world.services, code, deep=True)
    assert named(verification) == ""
    assert all(verification.invariants.values())
    assert len(verification.invariants) == 16


def test_the_world_is_worth_tampering_with(world: World) -> None:
    """Every table a day fills has rows, so that the tests below prove something."""
    with world.tampered() as insider:
        filled = {
            table.name
            for table in APPEND_ORDER
            if insider.connection.execute(text(f"SELECT 1 FROM {table.name} LIMIT 1")).first()
        }
    thin = {
        # tests/edges/test_booking_lists.py and test_booking_holds.py fill them
        "instalment_version", "guarantee_version", "document_version", "hold_version",
        "judicial_event_version",
        "delivery_decision", "erasure",
        "member",  # nothing comes sealed: see tests/edges/test_unseal.py
        # No such files come: see tests/edges/test_recalls.py, test_adjustments, test_agency_files.
        "recall", "adjustment", "absence", "effort_cost", "goal", "unit_value",
        "repair",  # tests/edges/test_repair.py
    }  # fmt: skip
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


def papers(world: World) -> list[Path]:
    """Where documents lie; no step reads them again."""
    with world.services.store.unit(CODE) as unit:
        written = {paper.address for paper in documents(unit)}
    return [path for path in objects(world) if path.name in written]


@contextmanager
def put_back(*paths: Path) -> Iterator[None]:
    """Whatever becomes of the files in between."""
    contents = {path: path.read_bytes() for path in paths}
    try:
        yield
    finally:
        for path, content in contents.items():
            path.write_bytes(content)


def key_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.key")


def test_every_damaged_object_is_named_and_no_other(world: World) -> None:
    """One byte, at the start, within, at the end; object or key gone; another's bytes."""
    received = vaulted(world, "CP_COLOCACION_20261127.txt")
    tenth, last, *others = papers(world)
    gone, keyless, (exchanged, whole) = others[:2], others[2:4], others[4:6]
    damaged = [received, tenth, last, *gone, *keyless, exchanged]
    with put_back(*damaged, *map(key_of, keyless)):
        for path, place in ((received, 0), (tenth, 10), (last, -1)):
            altered = bytearray(path.read_bytes())
            altered[place] ^= 1
            path.write_bytes(altered)
        for path in (*gone, *map(key_of, keyless)):
            path.unlink()
        exchanged.write_bytes(whole.read_bytes())
        verification = verify(world.services, CODE, deep=True)
    told = [found.object for check, found in verification.findings if check == "vault"]
    assert sorted(told) == sorted(f"vault object {path.name}" for path in damaged)
    again = re.findall(r"inputs: recording \d+ (.*): cannot be made again", named(verification))
    with world.services.store.unit(CODE) as unit:
        [receipt] = receipts_named(unit, "CP_COLOCACION_20261127.txt")
    assert again == [f"(intake:{receipt.receipt_id})"], "the papers are read by no step"


def test_a_damaged_object_is_named_without_being_asked_deeply(world: World) -> None:
    """And one that nobody received or wrote."""
    received = vaulted(world, "CP_COLOCACION_20261127.txt")
    address = world.services.vault.put(CODE, b"slipped in")
    try:
        with put_back(received):
            received.write_bytes(received.read_bytes()[:-1])
            found = named(verify(world.services, CODE))
    finally:
        world.services.vault.destroy(CODE, address)
    assert f"vault: vault object {received.name}" in found
    assert re.search(rf"vault: vault object {address}: no receipt.* names it", found)


# --- rows ---

#: What the chain alone tells: digests of recordings, row hashes of facts, batches that sum to zero.
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
    "an amount in an introduction": (
        changed("introduction", "principal_minor = 0"), r"introduction account_id=-?\d+ "),
    "an introduced debtor's phone": (
        changed("introduction", "phone = '+5100'"), r"introduction account_id=-?\d+ "),
    "the day of an introduction": (
        changed("introduction", "effective_from = effective_from - 1"), r"recording \d+ \(intake"),
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
    "evidence that is no evidence": (
        changed("opinion_condition", "evidence = '?'", "state = 'met'"),
        r"recording \d+ \(opinions"),
    "a row of a recording that never was": (
        changed("effort", "recording_id = 1"), "effort 1: rows of an unknown recording"),
    "an added entry": (
        "INSERT INTO journal SELECT (jsonb_populate_record(j, '{\"entry_number\": 9999}')).*"
        f" FROM journal j WHERE {MINE} AND contra IS NOT NULL LIMIT 1",
        r"journal -?\d+: \w+ does not sum"),
    "an added permission": (
        "INSERT INTO permission SELECT (jsonb_populate_record(p, '{\"permission_id\": 9}')).*"
        f" FROM permission p WHERE {MINE} LIMIT 1", r"recording \d+ \(permissions"),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_row(world: World, what: str) -> None:
    statement, finding = CHANGES[what]
    with world.tampered() as insider:
        assert insider.execute(statement) == 1
        found = "\n".join(f"{one.object}: {one.what}" for one in insider.chain(CODE))
    assert re.search(rf"^{finding}", found, re.MULTILINE), found


def test_changed_rows_do_not_hide_each_other(world: World) -> None:
    with world.tampered() as insider:
        for statement, _ in CHANGES.values():
            assert insider.execute(statement) == 1
        found = named(verify(insider.services, CODE))
    for what, (_, finding) in CHANGES.items():
        assert re.search(rf"^chain: {finding}", found, re.MULTILINE), what


#: Table, what is set, in which row, and what other checks than the chain's say of that row.
CONTRADICTED = {
    "a letter's permission": (
        "letter", "permission_id = 1", "true",
        "I5_contacts: letter {letter_id}: no permission allowed it"),
    "a condition of a certificate": (
        "opinion_condition", "state = 'unmet'",
        "opinion_id IN (SELECT opinion_id FROM opinion WHERE met)",
        "I6_opinions: opinion {opinion_id}: met, yet "),
    "an outcome's counts": (
        "receipt_outcome", "rows_booked = rows_booked + 2", "rows_rejected = 0 AND rows_read > 0",
        "I1_rows: receipt {receipt_id}: "),
    "rejected called booked": (
        "receipt_outcome", "rows_booked = rows_booked + 1, rows_rejected = 0", "rows_rejected = 1",
        "I1_rows: receipt {receipt_id}: its reject rows"),
    "a receipt's address": (
        "receipt", f"address = '{'0' * 64}'", "true", f"vault: vault object {'0' * 64}: "),
}  # fmt: skip


def test_changed_rows_that_others_contradict(world: World) -> None:
    """All at once: each is told, and of the row that was changed."""
    expected = {"what overviews are told": r"published: published total \S+ summary 0001: is not"}
    with world.tampered() as insider:
        for what, (table, assignment, condition, finding) in CONTRADICTED.items():
            row = insider.change(table, assignment, condition)
            key = dict(part.split("=") for part in row.split()[1:])
            expected[what] = re.escape(finding.format(**key))
        assert insider.execute(
            "UPDATE published_total SET totals = replace(totals, '\"letters\":', '\"letters\"\\:1')"
            f" WHERE {MINE} AND business_date = (SELECT min(business_date) FROM recording)"
        ) == 1  # fmt: skip
        found = named(verify(insider.services, CODE))
    for what, finding in expected.items():
        assert re.search(rf"^{finding}", found, re.MULTILINE), f"{what}: {finding}\n{found}"


@pytest.mark.parametrize("table", [table.name for table in APPEND_ORDER])
def test_a_removed_row(world: World, table: str) -> None:
    """The recording that brought it is named, and no other."""
    one = f"SELECT institution, max(ctid) FROM {table} GROUP BY 1 ORDER BY 1 DESC LIMIT 1"
    statement = (
        f"WITH gone AS (DELETE FROM {table} WHERE (institution, ctid) IN ({one}) RETURNING *)"
        " SELECT institution, position, subject FROM gone"
        " JOIN recording USING (institution, recording_id)"
    )
    with world.tampered() as insider:
        removed = insider.connection.execute(text(statement)).all()
        if not removed:
            return  # nothing fills it yet
        [(code, position, subject)] = removed
        found = {one.object for one in insider.chain(code) if one.object.startswith("recording")}
    assert found == {f"recording {position} ({subject})"}
