"""A pull over several sessions: every file receipted and archived, once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from recupero.exchange.server import SftpServer, generate_key
from recupero.exchange.sessions import FILES_PER_SESSION
from recupero.steps.pull import Pulled, pull
from recupero.store.embedded import Addresses
from recupero.store.tables import receipt
from tests.edges.one_bank import DAYS, Bank, services_for

MON = DAYS[0]
FILES = 5 * FILES_PER_SESSION


@pytest.mark.parametrize("sessions", [1, 4])
def test_many_files(migrated: Addresses, tmp_path: Path, sessions: int) -> None:
    code = f"varias-{sessions}"
    bank = Bank(services_for(tmp_path, migrated, code), code)
    users = {f"gw-{code}": generate_key(tmp_path / "key")}
    with SftpServer(tmp_path / "server", users, tmp_path / "host.key") as server:
        bank.services.connection_file(code).write_text(
            f'host = "127.0.0.1"\nport = {server.port}\nuser = "gw-{code}"\n'
            f'key_file = "{tmp_path}/key"\nfingerprints = ["{server.fingerprint}"]\n'
            f"sessions = {sessions}\n"
        )
        folder = tmp_path / "server" / code
        for number in range(FILES):
            (folder / "inbox" / f"payment_{number:03}").write_text(f"T{number};A;1,00")
        assert pull(bank.services, code, MON) == Pulled(FILES, 0, 0)
        assert pull(bank.services, code, MON) == Pulled(0, 0, 0)
        assert list((folder / "inbox").iterdir()) == []
        assert len(list((folder / "archive").iterdir())) == FILES
    received = bank.stored(receipt).sort("sequence")["name"].to_list()
    assert received == [f"payment_{number:03}" for number in range(FILES)]


def test_a_file_more_costs_the_same_however_many_have_come(
    migrated: Addresses, tmp_path: Path
) -> None:
    """Nothing looks through the receipts again for each: ten thousand would take for ever."""
    bank = Bank(services_for(tmp_path, migrated, "muchas"), "muchas")
    inbox = tmp_path / "remote" / "muchas" / "inbox"
    asked: list[str] = []

    def heard(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    event.listen(bank.services.store._engine, "before_cursor_execute", heard)
    for round_number in range(2):
        asked.clear()
        for number in range(20):
            (inbox / f"payment_{round_number}_{number:03}").write_text(f"T{round_number}{number}")
        assert pull(bank.services, "muchas", MON) == Pulled(20, 0, 0)
        # About the first, and then once for all.
        assert sum("FROM receipt" in statement for statement in asked) <= 3
    received = bank.stored(receipt)
    assert sorted(received["sequence"]) == list(range(1, 41))
