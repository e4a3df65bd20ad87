"""What was taken is moved away, over SFTP and over a plain folder alike."""

import hashlib
import os
from datetime import date

import pytest

from recupero.errors import FileMoved, RemoteRefused
from recupero.exchange.archive import (
    Archive,
    archive,
    archive_side_file,
    archived_name,
    lacks_side_file,
)
from recupero.exchange.folder import FolderRemote
from recupero.exchange.pickup import Fetched
from tests.edges.inbox import fetch_all, fetched, opened, put, side

DAY = date(2026, 3, 31)


@pytest.fixture(params=["sftp", "folder"])
def place(request, tmp_path):
    """A session, and the folder on disk behind it."""
    with opened(request.param, tmp_path) as both:
        yield both


def take(remote, name: str = "data.txt") -> Fetched:
    return fetched(fetch_all(remote, "inbox", poll_seconds=0))[name]


def test_archiving_moves_the_file_and_its_side_file(place):
    remote, root = place
    put(root, "Año 1.txt", b"content")
    put(root, "Año 1.txt.sha256", side(b"content"))
    item = take(remote, "Año 1.txt")
    assert archive(remote, "inbox", "archive", item, DAY) == "moved"
    target = f"2026-03-31-{item.digest[:12]}-Ano_1.txt"
    assert sorted(os.listdir(root / "archive")) == [target, f"{target}.sha256"]
    assert (root / "archive" / target).read_bytes() == b"content"
    assert os.listdir(root / "inbox") == []
    assert archive(remote, "inbox", "archive", item, DAY) == "gone"


def test_a_version_nobody_read_is_left(place):
    remote, root = place
    put(root, "data.txt", b"content")
    put(root, "data.txt.sha256", side(b"content"))
    item = take(remote)
    put(root, "data.txt", b"corrected content", mtime=2_000)
    assert archive(remote, "inbox", "archive", item, DAY) == "left"
    assert sorted(os.listdir(root / "inbox")) == ["data.txt", "data.txt.sha256"]


class Meanwhile(FolderRemote):
    """Something happens between the last look at a file and its move, or right after that."""

    def __init__(self, root, before=lambda _: None, after=lambda _: None):
        super().__init__(root)
        self.before, self.after = before, after

    def rename(self, folder, name, to_folder, to_name):
        self.before(self.root / folder / name)
        super().rename(folder, name, to_folder, to_name)
        self.after(self.root / to_folder / to_name)
        self.before = self.after = lambda _: None


@pytest.mark.parametrize("correction", [b"corrected content", b"CONTENT"], ids=["longer", "equal"])
def test_a_version_written_over_right_before_the_move_goes_back_unread(tmp_path, correction):
    for folder in ("inbox", "archive"):
        (tmp_path / folder).mkdir()
    put(tmp_path, "data.txt", b"content")
    remote = Meanwhile(tmp_path, before=lambda _: put(tmp_path, "data.txt", correction, 2_000))
    assert archive(remote, "inbox", "archive", take(remote), DAY) == "left"
    assert (tmp_path / "inbox" / "data.txt").read_bytes() == correction
    assert os.listdir(tmp_path / "archive") == []
    assert archive(remote, "inbox", "archive", take(remote), DAY) == "moved"


def test_a_server_that_gives_a_moved_file_another_time_is_believed_by_the_content(tmp_path):
    for folder in ("inbox", "archive"):
        (tmp_path / folder).mkdir()
    put(tmp_path, "data.txt", b"content")
    remote = Meanwhile(tmp_path, after=lambda path: os.utime(path, (3_000, 3_000)))
    assert archive(remote, "inbox", "archive", take(remote), DAY) == "moved"
    assert os.listdir(tmp_path / "inbox") == []


def _become(path, content):
    path.write_bytes(content)
    os.utime(path, (3_000, 3_000))


def _denied(_path):
    raise RemoteRefused("permission denied")


def _taken(path):
    path.unlink()
    raise FileMoved("went before it was read")


def _written_still(_path):
    raise FileMoved("changed while it was read")


@pytest.mark.parametrize(
    ("found", "there", "told"),
    [
        (_denied, b"content", "moved"),
        (_denied, b"corrected content", "left"),
        (_taken, b"content", "moved"),
        (_written_still, b"content", "left"),
    ],
)
def test_what_cannot_be_read_in_the_archive_ends_no_pull(tmp_path, monkeypatch, found, there, told):
    for folder in ("inbox", "archive"):
        (tmp_path / folder).mkdir()
    put(tmp_path, "data.txt", b"content")
    remote = Meanwhile(tmp_path, after=lambda path: _become(path, there))
    item = take(remote)
    monkeypatch.setattr(remote, "read", lambda folder, name: found(tmp_path / folder / name))
    assert archive(remote, "inbox", "archive", item, DAY) == told
    assert os.listdir(tmp_path / "inbox") == (["data.txt"] if told == "left" else [])


def test_the_same_file_again_finds_a_free_name(place):
    remote, root = place
    for _ in range(3):
        put(root, "data.txt", b"content")
        assert archive(remote, "inbox", "archive", take(remote), DAY) == "moved"
    name = archived_name("data.txt", hashlib.sha256(b"content").hexdigest(), DAY)
    assert sorted(os.listdir(root / "archive")) == [name, f"{name}.2", f"{name}.3"]
    put(root, "data.txt", b"content")
    put(root, "data.txt.sha256", side(b"content"))
    archive(remote, "inbox", "archive", take(remote), date(2026, 4, 1))
    put(root, "data.txt", b"other content")
    archive(remote, "inbox", "archive", take(remote), DAY)
    digest = side(b"content").decode()
    listed = Archive(remote, "archive")
    assert listed.copies("data.txt", digest) == 4
    assert listed.copies("a.txt", digest) == 0
    listed.add("data.txt", digest)
    assert listed.copies("data.txt", digest) == 5
    assert Archive(remote, "no folder of ours").copies("data.txt", digest) == 0


def test_a_number_at_the_end_may_be_the_files_own(place):
    remote, root = place
    for name in ("pagos.2", "pagos.2", "pagos"):
        put(root, name, b"content")
        archive(remote, "inbox", "archive", take(remote, name), DAY)
    listed = Archive(remote, "archive")
    assert listed.copies("pagos.2", side(b"content").decode()) == 2


@pytest.mark.parametrize("stated", [b"content", b"another"], ids=["agrees", "disagrees"])
def test_a_side_file_goes_with_its_file_whatever_it_states(place, stated):
    remote, root = place
    put(root, "data.txt", b"content")
    put(root, "data.txt.sha256", side(stated))
    assert archive(remote, "inbox", "archive", take(remote), DAY) == "moved"
    assert os.listdir(root / "inbox") == []


def test_a_side_file_of_the_next_version_stays(place):
    remote, root = place
    put(root, "data.txt", b"content")
    item = take(remote)
    put(root, "data.txt.sha256", side(b"next version"))
    assert archive(remote, "inbox", "archive", item, DAY) == "moved"
    assert os.listdir(root / "inbox") == ["data.txt.sha256"]


def test_a_crash_between_the_two_moves_can_be_mended(place):
    remote, root = place
    put(root, "data.txt", b"content")
    archive(remote, "inbox", "archive", take(remote), DAY)
    put(root, "data.txt.sha256", side(b"content"))
    digest = side(b"content").decode()
    assert lacks_side_file(remote, "archive", "data.txt", digest, DAY)
    assert archive_side_file(remote, "inbox", "archive", "data.txt", digest, DAY) == "moved"
    assert not lacks_side_file(remote, "archive", "data.txt", digest, DAY)
    assert archive_side_file(remote, "inbox", "archive", "data.txt", digest, DAY) == "gone"
    name = archived_name("data.txt", digest, DAY)
    assert sorted(os.listdir(root / "archive")) == [name, f"{name}.sha256"]


def test_archived_names_are_plain():
    digest = "ab" * 32
    assert archived_name("../../x y\n.txt", digest, DAY) == "2026-03-31-abababababab-.._.._x_y_.txt"
    assert len(archived_name("x" * 500, digest, DAY)) == 24 + 120
