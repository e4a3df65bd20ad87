"""The vault, killed anywhere or shared with others: an object is under the first key, or not."""

import random
import subprocess
import sys
import threading
from contextlib import closing

import pytest

from recupero import durable
from recupero.exchange.vault import Vault

ONE = "banco-andino"
MASTER = bytes(range(32))
MIB = 1 << 20


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.fixture(params=["folder", "memory"])
def url(request, tmp_path):
    return {"folder": str(tmp_path / "vault"), "memory": f"memory://{tmp_path}/vault"}[
        request.param
    ]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "vault"


@pytest.mark.parametrize("before", ["nothing", "destroyed half"])
def test_killed_anywhere_and_run_again_the_object_is_there(tmp_path, before):
    def act(number: int, observer) -> tuple[Vault, str]:
        folder = tmp_path / f"vault-{number}"
        vault = Vault(str(folder), MASTER)
        if before == "destroyed half":
            address = vault.put(ONE, b"content")
            (folder / ONE / "objects" / address[:2] / f"{address}.key").unlink()
        durable.observe(observer)
        try:
            return vault, vault.put(ONE, b"content")
        finally:
            durable.observe(None)

    points: list[str] = []
    act(-1, points.append)
    assert len(points) == (8 if before == "nothing" else 6)
    for number in range(len(points)):
        left = iter(range(number, -1, -1))

        def kill(point, left=left):
            if next(left) == 0:
                raise Killed(point)

        with pytest.raises(Killed):
            act(number, kill)
        folder = tmp_path / f"vault-{number}"
        address = Vault(str(folder), MASTER).put(ONE, b"content")
        assert Vault(str(folder), MASTER).get(ONE, address) == b"content"
        kept = [path.name for path in folder.rglob("*") if path.is_file()]
        assert sorted(kept) == sorted(
            ["institution.key", "institution.key", address, f"{address}.key"]
        )


@pytest.mark.parametrize("size", [7, 2 * MIB + 7])
def test_the_first_key_stands_for_whoever_comes_with_another(url, size):
    """A run killed before its object, or another one that is placing the same content now."""
    content = random.Random(size).randbytes(size)
    vault = Vault(url, MASTER)
    with closing(vault.receive(ONE, [content])) as first:
        address = first.address
        durable.observe(killing_after("vault.place"))
        try:
            with pytest.raises(Killed):
                vault.place(first)
        finally:
            durable.observe(None)
    key = vault._keyring.object_key(ONE, address)
    with closing(vault.receive(ONE, [content])) as second:
        assert second.key != key
        assert vault.place(second) == address
    assert vault._keyring.object_key(ONE, address) == key
    assert Vault(url, MASTER).get(ONE, address) == content


#: Killed by the system where its file has two names, its place and the one it was written under.
_KILLED_IN_PLACE = """
import os, sys
from recupero import durable
from recupero.exchange.vault import Vault

points = []

def observe(point):
    points.append(point)
    if points.count("after vault.place") == 4:  # three keys came first
        os.kill(os.getpid(), 9)

durable.observe(observe)
Vault(sys.argv[1], bytes(range(32))).put("banco-andino", b"content")
"""


def test_what_was_placed_before_the_kill_stays_and_only_that(folder):
    done = subprocess.run([sys.executable, "-c", _KILLED_IN_PLACE, str(folder)], check=False)
    assert done.returncode == -9
    [address] = Vault(str(folder), MASTER).addresses(ONE)
    assert len(list((folder / "_arriving").iterdir())) == 1
    vault = Vault(str(folder), MASTER)
    vault.unlock()
    assert list((folder / "_arriving").iterdir()) == []
    assert vault.get(ONE, address) == b"content"


def killing_after(effect):
    def observer(point):
        if point == f"after {effect}":
            raise Killed(point)

    return observer


def test_many_writers_of_the_same_bytes_agree(folder):
    content = random.Random(6).randbytes(MIB)
    addresses = []

    def put():
        addresses.append(Vault(str(folder), MASTER).put(ONE, content))

    threads = [threading.Thread(target=put) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(addresses) == 8
    assert len(set(addresses)) == 1
    assert Vault(str(folder), MASTER).get(ONE, addresses[0]) == content
    assert list((folder / "_arriving").iterdir()) == []
