"""A disk of ours that is full: one clear line, nothing kept by half, and on with it afterwards."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from recupero.errors import DiskFull
from recupero.exchange.spool import Spools

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
print(list(Path(sys.argv[1]).glob("_arriving/*")))
"""


def test_a_spool_without_room_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel's own device that is always full."""
    spool = Spools(tmp_path).begin()
    path = spool.file()
    with Path("/dev/full").open("wb", buffering=0) as full, monkeypatch.context() as patched:
        patched.setattr(spool, "_laid", (path, full.fileno()))
        with pytest.raises(DiskFull, match="the disk is full"):
            spool.write(b"x")
    spool.close()
    assert list(tmp_path.iterdir()) == []


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
        f"{disk}/_arriving: the disk is full (make room and run it again)",
        "True b'small'",
        "[]",
    ]
