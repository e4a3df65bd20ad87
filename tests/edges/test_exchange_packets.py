"""What speed hangs on: full packets, requests that leave together, and of the size agreed."""

from __future__ import annotations

from pathlib import Path

import pytest

from recupero.exchange.read_ahead import GROUP_FILES
from recupero.exchange.sftp import SftpRemote
from recupero.exchange.sftp_wire import REQUEST_BYTES, WireClient
from tests.edges.inbox import opened, put

SIZE = 3_000_000


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The bytes of every packet that leaves, as it does."""
    sizes: list[int] = []
    send = WireClient._write_all

    def noted(client: WireClient, out: bytes) -> None:
        sizes.extend([len(out)] if out else [])
        send(client, out)

    monkeypatch.setattr(WireClient, "_write_all", noted)
    return sizes


def test_small_files_take_three_round_trips_for_all_of_them(
    tmp_path: Path, sent: list[int]
) -> None:
    with opened("sftp", tmp_path) as (remote, root):
        for number in range(GROUP_FILES):
            put(root, f"{number:02}", bytes(4_096))
        seen = remote.list("inbox")
        sent.clear()
        assert remote.read_small("inbox", seen) == [bytes(4_096)] * GROUP_FILES
    assert len(sent) == 3


@pytest.mark.parametrize("request_bytes", [REQUEST_BYTES, 255 * 1024])
def test_what_is_written_leaves_in_full_packets(
    tmp_path: Path, sent: list[int], request_bytes: int
) -> None:
    """Whatever a request's size: a packet of some bytes costs nearly as much as a full one."""
    with opened("sftp", tmp_path) as (remote, root):
        assert isinstance(remote, SftpRemote)
        remote._client.write_bytes = request_bytes
        sent.clear()
        remote.write("outbox", "file", bytes(SIZE))
        assert (root / "outbox" / "file").read_bytes() == bytes(SIZE)
    assert max(sent) < REQUEST_BYTES  # with what paramiko adds, one packet of the least allowed
    assert len(sent) < 1.1 * SIZE / REQUEST_BYTES + 3


@pytest.mark.parametrize("offered", [False, True], ids=["not offered", "offered, then refused"])
def test_requests_are_of_a_size_every_server_takes_unless_it_says_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offered: bool
) -> None:
    monkeypatch.setattr(WireClient, "_offers_limits", offered)
    with opened("sftp", tmp_path) as (remote, _):
        assert isinstance(remote, SftpRemote)
        assert remote._client.read_bytes == remote._client.write_bytes == REQUEST_BYTES
        assert remote.list("inbox") == []
