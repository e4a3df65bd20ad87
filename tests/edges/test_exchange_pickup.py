"""What is taken from an inbox and what is left, over SFTP and over a plain folder alike."""

import hashlib
import os

import pytest

from recupero.errors import RemoteRefused, RemoteUnavailable
from recupero.exchange.folder import FolderRemote
from recupero.exchange.pickup import fetch_each
from recupero.exchange.remote import unnamed
from recupero.exchange.sessions import Sessions
from tests.edges.inbox import fetch_all, fetched, opened, put, receive, side, skipped


@pytest.fixture(params=["sftp", "folder"])
def place(request, tmp_path):
    """A session, and the folder on disk behind it."""
    with opened(request.param, tmp_path) as both:
        yield both


def test_settled_files_come_whole_and_in_order(place):
    remote, root = place
    contents = {"b.txt": b"b" * 200_000, "a.txt": b"", "ñandú.csv": b"n"}
    for name, content in contents.items():
        put(root, name, content)
    waited = []
    found = fetch_all(remote, "inbox", poll_seconds=31, wait=waited.append)
    assert waited == [31]
    assert [item.name for item in found] == ["a.txt", "b.txt", "ñandú.csv"]
    for item in found:
        content = contents[item.name]
        assert (item.content, item.size_bytes) == (content, len(content))
        assert (item.modified_at, item.side_digest, item.side_agrees) == (1_000, None, None)
        assert item.digest == hashlib.sha256(content).hexdigest()


def test_unfinished_uploads_and_odd_names_are_left_and_reported(place):
    remote, root = place
    unfinished = (".hidden", ".x.part", "up.part", "up.TMP", "up.filepart", "up.sha256.part")
    for name in unfinished:
        put(root, name)
    put(root, "año.txt".encode("latin-1"))
    put(root, "line\nbreak\x1b[0m")
    put(root, "ñ" * 101)
    (root / "inbox" / "folder").mkdir()
    (root / "inbox" / "link").symlink_to("/etc/passwd")
    os.mkfifo(root / "inbox" / "pipe")
    put(root, "alone.txt.sha256", side(b"x"))
    waits = []
    found = fetch_all(remote, "inbox", poll_seconds=0, wait=waits.append)
    assert fetched(found) == {}
    assert waits == []  # nothing to wait for
    assert skipped(found) == {
        "a\\xf1o.txt": "name_not_utf8",
        "line\\nbreak\\x1b[0m": "name_hostile",
        "ñ" * 101: "name_too_long",
        "folder": "not_regular",
        "link": "not_regular",
        "pipe": "not_regular",
        "alone.txt.sha256": "side_file_alone",
        **dict.fromkeys(unfinished, "unfinished"),
    }


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda path: path.write_bytes(b"longer than before"),
        lambda path: os.utime(path, (2_000, 2_000)),
        lambda path: path.unlink(),
    ],
    ids=["grows", "touched", "goes"],
)
def test_what_changes_between_two_looks_has_not_settled(place, meanwhile):
    remote, root = place
    path = put(root, "moving.txt")
    put(root, "still.txt")
    found = fetch_all(remote, "inbox", poll_seconds=0, wait=lambda _: meanwhile(path))
    assert set(fetched(found)) == {"still.txt"}
    assert skipped(found) == {"moving.txt": "not_settled"}


def test_what_changes_after_the_second_look_is_not_read(place):
    remote, root = place
    put(root, "a.txt")
    path = put(root, "b.txt")
    found = []
    for item in fetch_each(Sessions(remote), "inbox", receive, poll_seconds=0, wait=lambda _: None):
        found.append(item)
        path.write_bytes(b"another version")
    assert set(fetched(found)) == {"a.txt"}
    assert skipped(found) == {"b.txt": "moved"}


@pytest.mark.parametrize(
    "written",
    [
        lambda digest: digest,
        lambda digest: digest.upper() + b"\r\n",
        lambda digest: digest + b"  data.txt\n",
        lambda digest: b"SHA256 (data.txt) = " + digest + b"\n",
        lambda digest: b"\xef\xbb\xbf" + digest,
        lambda digest: digest.decode().encode("utf-16"),
    ],
    ids=["bare", "upper", "sha256sum", "bsd", "bom", "utf-16"],
)
def test_a_side_file_that_agrees_settles_a_file_at_once(place, written):
    remote, root = place
    put(root, "data.txt", b"content")
    put(root, "data.txt.sha256", written(side(b"content")))
    (item,) = fetch_all(
        remote, "inbox", poll_seconds=0, wait=lambda _: pytest.fail("waited"), wants_side_file=bool
    )
    assert (item.name, item.side_agrees) == ("data.txt", True)
    assert item.side_digest == item.digest


@pytest.mark.parametrize(
    ("stated", "digest"),
    [(side(b"other"), side(b"other").decode()), (b"nonsense", ""), (b"0" * 5_000, "")],
)
def test_a_side_file_that_disagrees_is_told_once_both_have_settled(place, stated, digest):
    remote, root = place
    put(root, "data.txt", b"content")
    put(root, "data.txt.sha256", stated)
    waited = []
    (item,) = fetch_all(remote, "inbox", poll_seconds=5, wait=waited.append)
    assert waited == [5]
    assert (item.side_digest, item.side_agrees) == (digest, False)


def test_a_wanted_side_file_is_waited_for(place):
    remote, root = place
    put(root, "wanted.txt")
    put(root, "free.txt")
    found = fetch_all(
        remote, "inbox", poll_seconds=0, wants_side_file=lambda name: name == "wanted.txt"
    )
    assert skipped(found) == {"wanted.txt": "side_file_missing"}
    assert set(fetched(found)) == {"free.txt"}


def test_one_refused_file_does_not_stop_the_others(tmp_path, monkeypatch):
    class Refusing(FolderRemote):  # as root, no file of one's own can be unreadable
        def read(self, folder, name, seen=None):
            if name == "a.txt":
                raise RemoteRefused("permission denied")
            return super().read(folder, name, seen)

    (tmp_path / "inbox").mkdir()
    put(tmp_path, "a.txt")
    put(tmp_path, "b.txt")
    found = fetch_all(Refusing(tmp_path), "inbox", poll_seconds=0)
    assert skipped(found) == {"a.txt": "unreadable"}
    assert set(fetched(found)) == {"b.txt"}


def test_a_session_that_ends_is_not_a_skipped_file(tmp_path):
    class Cut(FolderRemote):
        def read(self, folder, name, seen=None):
            raise RemoteUnavailable("the connection was lost")

    (tmp_path / "inbox").mkdir()
    put(tmp_path, "a.txt")
    with pytest.raises(RemoteUnavailable):
        fetch_all(Cut(tmp_path), "inbox", poll_seconds=0)


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("127.0.0.1:22 in/box/ANA PEREZ.csv", "127.0.0.1:22 in/box/"),
        ("in/box/ANA PEREZ.csv", "in/box/"),
        ("127.0.0.1:22 archive/2026-11-27-0123456789ab-ANA_PEREZ.csv", "127.0.0.1:22 archive/"),
        ("127.0.0.1:22", "127.0.0.1:22"),
    ],
)
def test_what_goes_wrong_with_a_file_is_told_without_its_name(where, told):
    with pytest.raises(RemoteUnavailable) as raised, unnamed("in/box", "archive"):
        raise RemoteUnavailable("the connection was lost", where, "again")
    assert str(raised.value) == f"{told}: the connection was lost (again)"
    assert raised.value.args == ("the connection was lost", told, "again")
