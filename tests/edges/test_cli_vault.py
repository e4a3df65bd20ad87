"""``recupero vault rotate`` as an operator types it."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest

from recupero.exchange.vault import Vault, load_master_key, make_master_key
from tests.edges.console import Console

CODE = "banco-andino"


@pytest.fixture
def recupero(tmp_path: Path) -> Console:
    console = Console(tmp_path)
    make_master_key(console.home / "master.key")
    return console


@pytest.fixture
def address(recupero: Console) -> str:
    return opened(recupero).put(CODE, b"content")


def opened(recupero: Console, key: str = "master.key") -> Vault:
    return Vault(str(recupero.home / "vault"), load_master_key(recupero.home / key))


def key_files(recupero: Console) -> dict[str, bytes]:
    vault = recupero.home / "vault"
    return {str(path): path.read_bytes() for path in sorted(vault.rglob("*.key"))}


def test_wrapping_keys_are_rotated_and_a_dry_run_changes_nothing(
    recupero: Console, address: str
) -> None:
    before = key_files(recupero)
    wrapped = {"_agency": 0, CODE: 1}
    ran = recupero("vault", "rotate", "--dry-run", "--json")
    assert (ran.code, ran.document) == (0, {"dry_run": True, "wrapped": wrapped})
    assert key_files(recupero) == before
    ran = recupero("vault", "rotate", CODE)
    assert (ran.code, ran.out) == (0, f"{CODE}: keys wrapped again: 1\n")
    changed = [name for name, content in key_files(recupero).items() if content != before[name]]
    assert [name for name in before if CODE in name] == changed
    assert opened(recupero).get(CODE, address) == b"content"


def test_a_master_key_is_rotated_and_the_next_step_said(recupero: Console, address: str) -> None:
    new = recupero.home / "master.new"
    option = ("vault", "rotate", "--new-master-key", new)
    ran = recupero(*option, "--dry-run", "--json")
    assert ran.document == {
        "dry_run": True, "master_key": str(new), "institutions": ["_agency", CODE],
    }  # fmt: skip
    assert not new.exists()
    for _ in range(2):  # the second time nothing is left to do
        ran = recupero(*option)
        assert (ran.code, ran.err) == (0, "")
        aside, after = ran.out.splitlines()[-2:]
        assert aside.startswith("Put the old one aside")
        assert after == f"Next: move it to {recupero.home / 'master.key'}."
        assert opened(recupero, "master.new").get(CODE, address) == b"content"
    refused = recupero("vault", "rotate")
    assert (refused.code, refused.out) == (2, "")
    assert "not the key this vault was sealed with" in refused.err
    new.rename(recupero.home / "master.key")
    assert recupero("vault", "rotate").code == 0


def test_a_finished_rotation_of_the_master_key_typed_again_makes_no_third_key(
    recupero: Console, address: str
) -> None:
    """It cannot be told from another one by FILE alone, which was moved into place."""
    master, new = recupero.home / "master.key", recupero.home / "master.new"
    assert recupero("vault", "rotate", "--new-master-key", new).code == 0
    new.rename(recupero.home / "elsewhere")
    before = key_files(recupero)
    for dry in ([], ["--dry-run"]):  # not where it belongs: the one in use opens nothing
        ran = recupero("vault", "rotate", "--new-master-key", new, *dry)
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
        assert "after a rotation it is the new one" in ran.err
    (recupero.home / "elsewhere").rename(master)
    for dry in ([], ["--dry-run"]):
        ran = recupero("vault", "rotate", "--new-master-key", f"{new.parent}/x/../{new.name}", *dry)
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
        assert f"{new}: the master key in use was made there: that rotation is done" in ran.err
    assert (new.exists(), key_files(recupero)) == (False, before)
    another = recupero.home / "master.newer"
    assert recupero("vault", "rotate", "--new-master-key", another).code == 0
    another.rename(master)
    assert recupero("vault", "rotate", "--new-master-key", another).code == 2
    assert recupero("vault", "rotate", "--new-master-key", new).code == 0  # another one than then
    assert opened(recupero, "master.new").get(CODE, address) == b"content"


@pytest.mark.parametrize("rotated", [[], ["_agency"]])
def test_a_rotation_that_was_cut_off_is_not_called_done(
    recupero: Console, address: str, rotated: list[str]
) -> None:
    """Whoever believes it would throw away the key that opens the rest."""
    master, new = recupero.home / "master.key", recupero.home / "master.new"
    waiting = [each for each in ("_agency", CODE) if each not in rotated]
    before = key_files(recupero)
    assert recupero("vault", "rotate", "--new-master-key", new).code == 0
    vault = recupero.home / "vault"
    for each in waiting:
        old = vault / each / "institution.key"
        old.write_bytes(before[str(old)])
    aside = master.rename(recupero.home / "aside")
    new.rename(master)
    begun = key_files(recupero)
    for dry in ([], ["--dry-run"]):
        ran = recupero("vault", "rotate", "--new-master-key", new, *dry)
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
        assert f"does not open {', '.join(waiting)}: that rotation was cut off" in ran.err
        ran = recupero("vault", "rotate", "--new-master-key", recupero.home / "third", *dry)
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
        assert f"the master key: does not open {', '.join(waiting)}" in ran.err
    assert (new.exists(), (recupero.home / "third").exists()) == (False, False)
    assert key_files(recupero) == begun
    master.rename(new)
    aside.rename(master)
    assert recupero("vault", "rotate", "--new-master-key", new).code == 0
    assert opened(recupero, "master.new").get(CODE, address) == b"content"


def test_a_file_that_cannot_be_reached_is_refused_in_one_line(
    recupero: Console, address: str
) -> None:
    loop = recupero.home / "loop"
    loop.symlink_to(loop)
    for nowhere in (loop, recupero.home / ("x" * 300)):
        ran = recupero("vault", "rotate", "--new-master-key", nowhere)
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("something", [Path.mkdir, lambda path: path.symlink_to("/dev/null")])
def test_what_lies_in_the_place_of_the_lock_is_named(
    recupero: Console, address: str, something: Callable[[Path], None]
) -> None:
    lock = recupero.home / "vault" / "_rotating"
    something(lock)
    before = key_files(recupero)
    for arguments in ([], ["--new-master-key", recupero.home / "new"]):
        ran = recupero("vault", "rotate", *arguments)
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
        assert f"{lock}: cannot be opened as a lock: " in ran.err
    assert key_files(recupero) == before


def test_refused_in_one_line_and_nothing_changed(recupero: Console, address: str) -> None:
    before = key_files(recupero)
    master, short = recupero.home / "master.key", recupero.home / "short.key"
    short.touch(mode=0o600)
    short.write_text("abc")
    said = {
        ("nobody",): "nobody: the vault holds no key of this institution",
        (CODE, "--new-master-key", "x"): "a master key is everybody's",
        ("--new-master-key", str(master)): "holds the master key that is in use",
        ("--new-master-key", str(short)): "must hold 64 hexadecimal digits",
        ("--new-master-key", "home/vault/_master_key"): "lies in the vault, which it is to open",
    }
    for nowhere in ("/proc/new.key", f"{master}/new.key"):
        ran = recupero("vault", "rotate", "--new-master-key", nowhere)
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
        assert f"{nowhere}: cannot be written: " in ran.err
    for arguments, what in said.items():
        for dry in ([], ["--dry-run"]):
            ran = recupero("vault", "rotate", *arguments, *dry)
            assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
            assert what in ran.err
    for lock, arguments in [("serving.lock", ["--new-master-key", "x"]), ("vault/_rotating", [])]:
        with (recupero.home / lock).open("a") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            ran = recupero("vault", "rotate", *arguments)
        assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert key_files(recupero) == before
