"""Delivery: once under the final name, or not visible; over SFTP and over a plain folder."""

import os
import random

import pytest

from recupero import durable
from recupero.errors import DeliveryConflict, RemoteUnavailable
from recupero.exchange.connect import connect
from recupero.exchange.connection import Connection, folder_connection
from recupero.exchange.outbox import deliver
from recupero.exchange.rooted import RootedFiles
from recupero.exchange.server import SftpServer, generate_key

CODE = "banco-andino"
CONTENT = random.Random(3).randbytes(300_000)


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.fixture
def server(tmp_path):
    users = {f"gw-{CODE}": generate_key(tmp_path / "key")}
    with SftpServer(tmp_path / "root", users, tmp_path / "host.key") as server:
        yield server


@pytest.fixture
def outbox(server, tmp_path):
    return tmp_path / "root" / CODE / "outbox"


def sftp(server, tmp_path):
    return connect(
        Connection(
            host="127.0.0.1",
            port=server.port,
            user=f"gw-{CODE}",
            key_file=tmp_path / "key",
            fingerprints=(server.fingerprint,),
        )
    )


@pytest.fixture(params=["sftp", "folder"])
def remote(request, server, outbox, tmp_path):
    if request.param == "sftp":
        remote = sftp(server, tmp_path)
    else:
        remote = connect(folder_connection(outbox.parent))
    yield remote
    remote.close()


@pytest.mark.parametrize("content", [b"", b"short", CONTENT], ids=["empty", "short", "long"])
def test_a_document_arrives_once(remote, outbox, content):
    assert deliver(remote, "outbox", "acuse.pdf", content) == "sent"
    assert deliver(remote, "outbox", "acuse.pdf", content) == "already"
    assert os.listdir(outbox) == ["acuse.pdf"]
    assert (outbox / "acuse.pdf").read_bytes() == content


@pytest.mark.parametrize("there", [b"other", CONTENT[:-1] + b"?", CONTENT + b"?"])
def test_other_content_is_never_overwritten(remote, outbox, there):
    (outbox / "acuse.pdf").write_bytes(there)
    with pytest.raises(DeliveryConflict, match="other content"):
        deliver(remote, "outbox", "acuse.pdf", CONTENT)
    assert (outbox / "acuse.pdf").read_bytes() == there
    assert os.listdir(outbox) == ["acuse.pdf"]


def test_a_rerun_writes_over_what_a_killed_run_left(remote, outbox):
    (outbox / ".acuse.pdf.part").write_bytes(CONTENT * 2)
    assert deliver(remote, "outbox", "acuse.pdf", CONTENT) == "sent"
    assert os.listdir(outbox) == ["acuse.pdf"]


def test_what_is_hidden_and_whole_is_shown_and_not_written_anew(remote, outbox):
    """A server may do a rename long after its session was lost: what it shows must be whole."""
    (outbox / ".acuse.pdf.part").write_bytes(CONTENT)
    points = []
    durable.observe(points.append)
    try:
        assert deliver(remote, "outbox", "acuse.pdf", CONTENT, attempted=True) == "sent"
    finally:
        durable.observe(None)
    assert [point for point in points if "write" in point] == []
    assert os.listdir(outbox) == ["acuse.pdf"]


def test_killed_anywhere_and_run_again_the_end_is_the_same(remote, outbox):
    points = []
    durable.observe(points.append)
    try:
        deliver(remote, "outbox", "probe.pdf", CONTENT)
    finally:
        durable.observe(None)
    assert len(points) >= 6
    for number in range(len(points)):
        name = f"acuse-{number}.pdf"
        left = iter(range(number, -1, -1))

        def kill(point, left=left):
            if next(left) == 0:
                raise Killed(point)

        durable.observe(kill)
        try:
            with pytest.raises(Killed):
                deliver(remote, "outbox", name, CONTENT)
        finally:
            durable.observe(None)
        assert deliver(remote, "outbox", name, CONTENT) in ("sent", "already")
        assert (outbox / name).read_bytes() == CONTENT
    assert not [name for name in os.listdir(outbox) if name.startswith(".")]


class Lying(RootedFiles):
    """Says yes to every write and stores something else, as one product is known to."""

    def open(self, path, flags, attr):
        handle = super().open(path, flags, attr)
        handle.write = lambda offset, data: 0
        return handle


def test_a_server_that_stores_nothing_is_found_out(tmp_path):
    users = {f"gw-{CODE}": generate_key(tmp_path / "key")}
    server = SftpServer(tmp_path / "root", users, tmp_path / "host.key")
    server.files = Lying
    with server:
        remote = sftp(server, tmp_path)
        with pytest.raises(RemoteUnavailable, match="not what was sent"):
            deliver(remote, "outbox", "acuse.pdf", CONTENT)
        remote.close()
    assert os.listdir(tmp_path / "root" / CODE / "outbox") == []


class DropBox(RootedFiles):
    """Takes a document away the moment it appears."""

    def rename(self, oldpath, newpath):
        answer = super().rename(oldpath, newpath)
        os.unlink(os.path.join(self._root, newpath))
        return answer


def test_a_document_taken_at_once_counts_as_sent(tmp_path):
    users = {f"gw-{CODE}": generate_key(tmp_path / "key")}
    server = SftpServer(tmp_path / "root", users, tmp_path / "host.key")
    server.files = DropBox
    with server:
        remote = sftp(server, tmp_path)
        assert deliver(remote, "outbox", "acuse.pdf", CONTENT) == "sent"
        remote.close()


class Racing(RootedFiles):
    """Somebody else is a moment faster to the name, after we looked."""

    theirs = b""

    def rename(self, oldpath, newpath):
        with open(os.path.join(self._root, newpath), "wb") as file:
            file.write(self.theirs)
        return super().rename(oldpath, newpath)


@pytest.mark.parametrize("theirs", [CONTENT, b"other"], ids=["equal", "other"])
def test_a_name_taken_meanwhile(tmp_path, theirs):
    users = {f"gw-{CODE}": generate_key(tmp_path / "key")}
    server = SftpServer(tmp_path / "root", users, tmp_path / "host.key")
    server.files = type("Racing", (Racing,), {"theirs": theirs})
    with server:
        remote = sftp(server, tmp_path)
        if theirs == CONTENT:
            assert deliver(remote, "outbox", "acuse.pdf", CONTENT) == "already"
        else:
            with pytest.raises(DeliveryConflict):
                deliver(remote, "outbox", "acuse.pdf", CONTENT)
        remote.close()
    # What is hidden stays after a conflict: it says that ours was not the one that was seen.
    left = {"acuse.pdf"} if theirs == CONTENT else {"acuse.pdf", ".acuse.pdf.part"}
    assert set(os.listdir(tmp_path / "root" / CODE / "outbox")) == left
