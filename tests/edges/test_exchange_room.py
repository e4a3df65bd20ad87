"""A disk of ours that is full: one clear line, nothing kept by half, and on with it afterwards."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from recupero.errors import DiskFull
from recupero.exchange.spool import MEMORY_BYTES, Spool

#: What a vault on a disk of one MiB does with an object of two, and then with a small one.
_SMALL_DISK = """
import sys
from pathlib import Path
from recupero.errors import DiskFull
from recupero.exchange.vault import Vault

vault = Vault(sys.argv[1], b"k" * 32)
try:
    vault.put("banco-uno", bytes(2 << 20))
except DiskFull as error:
    print(error)
address = vault.put("banco-uno", b"small")
print(vault.addresses("banco-uno") == [address], vault.get("banco-uno", address))
print(sum(path.stat().st_size for path in Path(sys.argv[1]).rglob("*.part")))
"""


def test_a_spool_without_room_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel's own device that is always full."""
    with Path("/dev/full").open("r+b", buffering=0) as full:
        monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_where: full)
        with pytest.raises(DiskFull, match="the disk is full"):
            Spool([bytes(MEMORY_BYTES + 1)])
        assert full.closed


def test_a_vault_without_room_keeps_nothing_by_half_and_goes_on(
    tmp_path: Path, root: Path, program: Callable[[str], Path]
) -> None:
    disk = tmp_path / "vault"
    disk.mkdir()
    mounted = f'mount -t tmpfs -o size=1m none {disk} && exec "$@"'
    command = [str(program("unshare")), "--user", "--map-root-user", "--mount",
               "sh", "-c", mounted, "sh"]  # fmt: skip
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("needs user namespaces")
    found = subprocess.run(
        [*command, sys.executable, "-c", _SMALL_DISK, str(disk)],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.stderr == ""
    assert found.stdout.splitlines() == [
        f"{disk}: the disk is full (make room and run it again)",
        "True b'small'",
        "0",
    ]
