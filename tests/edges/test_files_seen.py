"""What operations see of an inbox: each file and its outcome, no name that may be a debtor's."""

from __future__ import annotations

import itertools
import os
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from deployments.cli.status import lines_of
from recupero.exchange.server import SftpServer, generate_key
from recupero.steps import files_seen as seeing
from recupero.steps import moves
from recupero.steps.files_seen import files_seen
from recupero.steps.intake import pending, take_in
from recupero.steps.pull import pull
from recupero.steps.standing import standing
from recupero.steps.summarise import summarise
from recupero.store.embedded import Addresses
from recupero.store.tables import document
from reports import daily
from reports.daily import DailySummary
from tests.edges.one_bank import DAYS, Bank, profile_text, services_for

MON, TUE = DAYS[:2]
_NUMBERS = itertools.count(1)
PAYMENT = "T1;A;1,00;payment;;2026-11-23"


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path) -> Bank:
    code = f"vista-{next(_NUMBERS)}"
    wants = profile_text(code).replace('kind = "consent"', 'kind = "consent"\ncontrol = "sha256"')
    return Bank(services_for(tmp_path, migrated, code, text=wants), code)


def inbox(bank: Bank) -> Path:
    return bank.services.settings.home / "remote" / bank.code / "inbox"


def conduct(bank: Bank, day: Any = MON) -> list[dict[str, Any]]:
    """An intake, and the table it shows."""
    pull(bank.services, bank.code, day)
    for receipt_id in pending(bank.services, bank.code, day):
        take_in(bank.services, bank.code, receipt_id, day)
    return files_seen(bank.services, bank.code, day)


def told(rows: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(row["file"], row["state"], row["rule"]) for row in rows]


def put(bank: Bank, name: str | bytes, content: str = PAYMENT) -> Path:
    path = inbox(bank) / os.fsdecode(name)
    path.write_text(content)
    return path


def test_every_file_seen_is_a_row_with_its_outcome_and_no_free_name_is_told(bank: Bank) -> None:
    put(bank, "payment_1")
    put(bank, "payment_2", "T2;A")
    put(bank, "JUAN PEREZ", "x")
    put(bank, "placement_3.part")
    put(bank, "consent_4")
    put(bank, b"pay\xf1ment_5")
    put(bank, "MARIA\tLOPEZ")
    (inbox(bank) / "payment_6").mkdir()
    rows = conduct(bank)
    free = [row["file"] for row in rows if row["file"].startswith("#")]
    assert told(rows) == [
        *sorted((name, "left", rule) for name, rule in zip(free, hidden(rows), strict=True)),
        ("consent_4", "left", "side_file_missing"),
        ("payment_6", "left", "not_regular"),
        ("placement_3.part", "left", "unfinished"),
        ("payment_2", "refused", "too_many_rejects"),
        (rows[6]["receipt"], "quarantined", "not_identified"),
        ("payment_1", "booked", ""),
        ("8 files", "1 booked, 5 left, 1 quarantined, 1 refused", ""),
    ]
    assert sorted(hidden(rows)) == ["name_hostile", "name_not_utf8"]
    assert re.search("juan|perez|maria|lopez|xf1", str(rows).casefold()) is None
    booked, totals = rows[-2:]
    assert (booked["kind"], booked["size_bytes"]) == ("payment", len(PAYMENT))
    assert re.fullmatch("[0-9a-f]{12}", booked["address"])
    assert re.fullmatch("[0-9a-f]{16}", booked["receipt"])
    assert (booked["read"], booked["booked"], totals["read"], totals["booked"]) == (1, 1, 1, 1)
    assert {tuple(row) for row in rows} == {tuple(rows[0])}, "one table"


def hidden(rows: list[dict[str, Any]]) -> list[str]:
    return [row["rule"] for row in rows if row["file"].startswith("#")]


def test_a_rerun_shows_the_same(bank: Bank) -> None:
    put(bank, "payment_1")
    put(bank, "MARIA\tLOPEZ")
    assert conduct(bank) == conduct(bank)


def test_killed_between_receipt_and_archive_it_is_seen_once(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(bank, "payment_1")

    def die(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(moves, "archive", die)
        with pytest.raises(KeyboardInterrupt):
            pull(bank.services, bank.code, MON)
    assert told(files_seen(bank.services, bank.code, MON))[0] == ("payment_1", "pending", "")
    assert told(conduct(bank))[:-1] == [("payment_1", "booked", "")]


def test_what_was_left_at_first_is_told_as_what_it_became(bank: Bank) -> None:
    left = put(bank, "consent_1")
    other = put(bank, "PEREZ.part")
    conduct(bank)
    inbox(bank).joinpath("consent_1.sha256").write_text(sha256(left.read_bytes()).hexdigest())
    other.unlink()
    first, second, _totals = conduct(bank)
    assert (first["file"], first["state"]) == ("consent_1", "refused")
    assert (second["state"], second["rule"]) == ("gone", "unfinished")


def test_so_is_one_whose_name_holds_a_backslash(bank: Bank) -> None:
    """What is left is known by its name made printable, in which that is another one."""
    (inbox(bank) / "uno\\dos").mkdir()
    conduct(bank)
    (inbox(bank) / "uno\\dos").rmdir()
    put(bank, "uno\\dos")
    only, _totals = conduct(bank)
    assert (only["state"], only["rule"]) == ("quarantined", "not_identified")


def test_a_file_that_came_again_is_told_beside_what_became_of_it(bank: Bank) -> None:
    """The booked one needs nobody; of the refused one nobody can tell why it came again."""
    put(bank, "payment_1")
    put(bank, "payment_2", "T2;A")
    conduct(bank)
    for path in (inbox(bank).with_name("archive")).iterdir():
        path.unlink()
    put(bank, "payment_1")
    put(bank, "payment_2", "T2;A")
    rows = conduct(bank, TUE)
    assert told(rows) == [
        ("payment_2", "sent_again", ""),
        ("payment_1", "seen_before", ""),
        ("2 files", "1 seen_before, 1 sent_again", ""),
    ]
    assert conduct(bank, TUE) == rows


def test_a_long_table_keeps_what_needs_somebody_and_tells_the_totals_of_all(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(bank, "payment_0", "T;A")
    for number in range(1, 6):
        put(bank, f"payment_{number}", PAYMENT.replace("T1", f"T{number}"))
    monkeypatch.setattr(seeing, "ROWS_MAX", 3)
    rows = conduct(bank)
    assert [row["file"] for row in rows] == [
        "payment_0", "payment_5", "payment_4", "6 files, 3 shown",
    ]  # fmt: skip
    assert (rows[-1]["state"], rows[-1]["booked"]) == ("5 booked, 1 refused", 5)


def test_names_that_cannot_be_taken_stand_in_status_once_a_day(bank: Bank) -> None:
    put(bank, "MARIA\tLOPEZ")
    put(bank, b"pay\xf1ment_5")
    for _poll in range(3):
        conduct(bank)
    found = standing(bank.services, bank.code)
    assert found.left == {"name_hostile": 1, "name_not_utf8": 1}
    assert found.last["position"] == 1, "one notice, however many polls"
    assert "  not taken  1 name_hostile, 1 name_not_utf8" in lines_of(found)


def test_names_that_cannot_be_taken_are_told_once_in_the_summary_and_the_rest_goes_on(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over a real wire: such names are listed as the bytes they are, never opened nor moved."""
    told_by: list[DailySummary] = []
    monkeypatch.setattr(daily, "daily_pdf", lambda data: told_by.append(data) or b"%PDF")
    users = {f"gw-{bank.code}": generate_key(bank.services.settings.home / "key")}
    root = bank.services.settings.home / "served"
    with SftpServer(root, users, root.with_name("host.key")) as server:
        bank.services.connection_file(bank.code).write_text(
            f'host = "127.0.0.1"\nport = {server.port}\nuser = "gw-{bank.code}"\n'
            f'key_file = "{bank.services.settings.home}/key"\n'
            f'fingerprints = ["{server.fingerprint}"]\n'
        )
        served = root / bank.code / "inbox"
        names = [b"pay\xf1ment_5", b"payment\n6", b"payment\x1b[2J", b"\xff", b"p" * 201]
        for name in (*names, b"payment_1"):
            (served / os.fsdecode(name)).write_text(PAYMENT)
        for _poll in range(2):
            conduct(bank)
            summarise(bank.services, bank.code, MON)
        assert sorted(os.listdir(os.fsencode(served))) == sorted(names)
    assert len(told_by) == 1, "nothing new to tell"
    assert told_by[0].attention == (
        "2 en la carpeta de entrada sin recoger: el nombre tiene caracteres no admitidos",
        "2 en la carpeta de entrada sin recoger: el nombre no es UTF-8",
        "1 en la carpeta de entrada sin recoger: el nombre es demasiado largo",
    )
    assert [file.state for file in told_by[0].files] == ["registrado"]


def test_an_empty_file_of_any_kind_is_refused_as_empty_and_answered(bank: Bank) -> None:
    kinds = ("placement", "payment", "effort", "write_off", "statement")
    for kind in kinds:
        put(bank, f"{kind}_0", "")
    assert sorted(told(conduct(bank))[:-1]) == sorted(
        (f"{kind}_0", "refused", "empty") for kind in kinds
    )
    answers = bank.stored(document)["name"].to_list()
    assert len([name for name in answers if name.endswith(".csv")]) == len(kinds)
    put(bank, "payment_0", PAYMENT)
    assert ("payment_0", "booked", "") in told(conduct(bank)), "mended under its own name"
