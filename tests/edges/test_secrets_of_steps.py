"""A step on a server with a password: it comes from where settings and conductor keep secrets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from recupero.errors import RemoteUnavailable, SettingsError
from recupero.steps.deliver import deliver_answers
from recupero.steps.pull import pull
from recupero.steps.services import Services
from recupero.store.embedded import Addresses
from tests.edges.one_bank import DAYS, Bank, services_for

NAME = "SFTP_ONE"
CONNECTION = f"""
host = "127.0.0.1"
port = 1
user = "recupero"
password = "{NAME}"
authentication = ["password"]
fingerprints = ["SHA256:{"A" * 43}"]
"""


@pytest.mark.parametrize("step", [pull, deliver_answers])
def test_a_step_looks_where_settings_and_conductor_say(
    migrated: Addresses, tmp_path: Path, step: Callable[[Services, str, date], object]
) -> None:
    code = f"clave-{step.__name__.replace('_', '-')}"
    blocks: dict[str, str] = {}
    services = replace(services_for(tmp_path, migrated, code), secret_block=blocks.get)
    Bank(services, code).place(DAYS[0], {"A1": (100_00,)})
    services.connection_file(code).write_text(CONNECTION)
    places = f"RECUPERO_SECRET_{NAME}, {tmp_path}/secrets/{NAME}, Prefect Secret block sftp-one"
    with pytest.raises(SettingsError) as refused:
        step(services, code, DAYS[0])
    assert str(refused.value) == f"{NAME}: there is no such secret (looked at {places})"
    blocks[NAME] = "found"
    with pytest.raises(RemoteUnavailable, match="cannot be reached"):
        step(services, code, DAYS[0])
