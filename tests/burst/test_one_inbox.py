"""Ten thousand files in one inbox: listed, taken, archived, each once, by one pull."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from recupero.exchange.server import SftpServer, generate_key
from recupero.steps.pull import Pulled, pull
from recupero.steps.verify import verify
from recupero.store.embedded import Addresses
from recupero.store.tables import receipt
from tests.edges.one_bank import DAYS, Bank, services_for

CODE = "colmada"


@pytest.mark.slow
@pytest.mark.parametrize("files", [int(os.environ.get("RECUPERO_BURST_FILES", "10000"))])
def test_one_inbox(
    migrated: Addresses, tmp_path: Path, capsys: pytest.CaptureFixture[str], files: int
) -> None:
    bank = Bank(services_for(tmp_path, migrated, CODE), CODE)
    users = {f"gw-{CODE}": generate_key(tmp_path / "key")}
    with SftpServer(tmp_path / "server", users, tmp_path / "host.key") as server:
        bank.services.connection_file(CODE).write_text(
            f'host = "127.0.0.1"\nport = {server.port}\nuser = "gw-{CODE}"\n'
            f'key_file = "{tmp_path}/key"\nfingerprints = ["{server.fingerprint}"]\n'
        )
        folder = tmp_path / "server" / CODE
        names = [f"payment_{number:05}" for number in range(files)]
        for name in names:
            (folder / "inbox" / name).write_text(f"{name};A;1,00")
        begun = time.monotonic()
        assert pull(bank.services, CODE, DAYS[0]) == Pulled(files, 0, 0)
        seconds = time.monotonic() - begun
        assert list((folder / "inbox").iterdir()) == []
        assert len(list((folder / "archive").iterdir())) == files
    assert bank.stored(receipt).sort("sequence")["name"].to_list() == names
    assert verify(bank.services, CODE).findings == ()
    with capsys.disabled():
        print(f"\n{files} files of one inbox in {seconds:.0f} s: {files / seconds:.0f} files/s")
