"""Secrets that a real Prefect server keeps: found by name, as they were written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from recupero.errors import SettingsError
from recupero.exchange.named_secret import NamedSecrets

pytestmark = pytest.mark.usefixtures("conducted")


@pytest.mark.parametrize("value", ["Clave-ñ 007", "007", "true", '"quoted"', "null"])
def test_a_secret_block_is_found_by_name_and_read_as_it_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    from prefect.blocks.system import Secret

    from tasks.secret_block import secret_block

    Secret(value=value).save("sftp-banco-2", overwrite=True)
    secrets = NamedSecrets(tmp_path, secret_block)
    assert secrets.value("SFTP_BANCO_2").get_secret_value() == value
    monkeypatch.setenv("RECUPERO_SECRET_SFTP_BANCO_2", "nearer")
    assert secrets.value("SFTP_BANCO_2").get_secret_value() == "nearer"


def test_a_block_that_is_none_or_no_text_is_told_by_its_name(tmp_path: Path) -> None:
    from prefect.blocks.system import Secret

    from tasks.secret_block import secret_block

    secrets = NamedSecrets(tmp_path, secret_block)
    with pytest.raises(SettingsError, match=r"^NOBODY_S: .*Prefect Secret block nobody-s\)$"):
        secrets.value("NOBODY_S")
    Secret(value={"user": "u", "password": "p4ss"}).save("sftp-pair", overwrite=True)
    with pytest.raises(SettingsError) as refused:
        secrets.value("SFTP_PAIR")
    assert str(refused.value) == "Prefect Secret block sftp-pair: is not a text"


def test_steps_under_prefect_know_its_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    from tasks import workplace
    from tasks.secret_block import secret_block

    @dataclass(frozen=True)
    class Opened:
        secret_block: object = None
        tell: object = None

    @contextmanager
    def opening(_: object) -> Iterator[Opened]:
        yield Opened()

    workplace.close()
    monkeypatch.setattr(workplace, "open_services", opening)
    try:
        assert workplace.services().secret_block is secret_block
    finally:
        workplace.close()
