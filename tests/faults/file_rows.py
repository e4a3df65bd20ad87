"""Files that grow, shrink, are replaced, swapped back, wait for their side file, or are none."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from recupero.steps.pull import Pulled
from tests.faults.row import Row
from tests.faults.site import Site, at, differently

_NEXT_POLL = "What was read is discarded; the next try takes the new version whole, once"


def _meanwhile(
    change: Callable[[Site, str, bytes], bytes], stage: str = "reading"
) -> Callable[[Site], None]:
    """A file of which *change* makes another version while it is fetched."""

    def proof(site: Site) -> None:
        name, content = site.name(), site.content()
        site.put(name, content)
        left: list[bytes] = []

        def act() -> None:
            left.append(change(site, name, content))

        def while_reading() -> None:
            site.proxy.when(act, after=300_000)

        with at("before sftp.read", while_reading if stage == "reading" else act):
            assert site.pull() == Pulled(0, 0, 1)
        site.untouched({name: left[0]})
        assert site.pull() == Pulled(1, 0, 0)
        site.taken_once({name: left[0]})

    return proof


def _grow(site: Site, name: str, content: bytes) -> bytes:
    with (site.server.root / "inbox" / name).open("ab") as file:
        file.write(b"more")
    return content + b"more"


def _truncate(site: Site, name: str, content: bytes) -> bytes:
    os.truncate(site.server.root / "inbox" / name, 1000)
    return content[:1000]


def _overwrite(site: Site, name: str, content: bytes) -> bytes:
    (site.server.root / "inbox" / name).write_bytes(differently(content))
    return differently(content)


def _replace(site: Site, name: str, content: bytes) -> bytes:
    """As a sender does that renames its uploads into place."""
    path = _beside(site, differently(content))
    path.replace(site.server.root / "inbox" / name)
    return differently(content)


def _beside(site: Site, content: bytes) -> Path:
    path = site.server.root / f"upload-{site.name()}"
    path.write_bytes(content)
    return path


def _swapped_back(site: Site) -> None:
    name, content = site.name(), site.content()
    path = site.put(name, content)

    def swap() -> None:
        away = path.rename(site.server.root / "away")
        path.write_bytes(differently(content))
        path.unlink()
        away.rename(path)

    with at("before sftp.read", lambda: site.proxy.when(swap, after=300_000)):
        assert site.pull() == Pulled(1, 0, 0)
    site.taken_once({name: content})


def _replaced_before_archiving(site: Site, stage: str = "before vault.place") -> None:
    name, content = site.name(), site.content()
    site.put(name, content)
    with at(stage, lambda: _replace(site, name, content) and None):
        assert site.pull() == Pulled(1, 0, 0)
    assert site.receipts() == [(name, content)]
    assert site.folder("inbox") == {name: differently(content)}
    assert site.folder("archive") == {}
    assert site.pull() == Pulled(1, 0, 0)
    assert site.receipts() == [(name, content), (name, differently(content))]
    assert list(site.folder("archive").values()) == [differently(content)]
    assert site.folder("inbox") == {}


def _replaced_while_archiving(site: Site) -> None:
    _replaced_before_archiving(site, "before sftp.rename")


def _changed_in_place_unseen(site: Site) -> None:
    """Size and time are put back: only the side file can tell."""
    name, content = site.name("effort"), b"E1;A;2026-11-20 10:00;call;promise\n" * 30_000
    path = site.put(name, content)
    site.put_side(name, content)

    def change() -> None:
        before = path.stat()
        path.write_bytes(differently(content))
        os.utime(path, (before.st_atime, before.st_mtime))

    with at("before sftp.read", change):
        site.pull()
    ((registered, taken),) = site.receipts()
    assert (registered, taken) == (name, differently(content))
    assert site.outcomes() == {name: "refused"}


def _went(site: Site) -> None:
    first, other = sorted((site.name("payment_a"), site.name("payment_b")))
    path, content = site.put(first, site.content()), site.content(1000)
    site.put(other, content)
    with at("before sftp.read", path.unlink):
        assert site.pull() == Pulled(1, 0, 1)
    site.taken_once({other: content})


def _empty(site: Site) -> None:
    name = site.name()
    site.put(name, b"")
    assert site.pull() == Pulled(1, 0, 0)
    site.taken_once({name: b""})
    assert site.outcomes() == {name: "refused"}


def _no_files(site: Site) -> None:
    name, content, inbox = site.name(), site.content(1000), site.server.root / "inbox"
    site.put(name, content)
    os.mkfifo(inbox / "payment_pipe")
    (inbox / "payment_folder").mkdir()
    (inbox / "payment_link").symlink_to("/etc/passwd")
    assert site.pull() == Pulled(1, 0, 3)
    assert site.receipts() == [(name, content)]
    there = sorted(path.name for path in inbox.iterdir())
    assert there == ["payment_folder", "payment_link", "payment_pipe"]


def _same_bytes_other_name(site: Site) -> None:
    name, other, content = site.name(), site.name(), b"T1;A;1,00;payment;;2026-11-23\n"
    content += name.encode()
    site.put(name, content)
    assert site.pull() == Pulled(1, 0, 0)
    site.outcomes()
    site.put(other, content)
    assert site.pull() == Pulled(1, 0, 0)
    assert site.outcomes() == {other: "duplicate"}
    site.clear("outbox")
    site.taken_once({name: content, other: content})


def _same_name_other_bytes(site: Site) -> None:
    name, content = site.name(), site.content(1000)
    site.put(name, content)
    assert site.pull() == Pulled(1, 0, 0)
    site.put(name, differently(content))
    assert site.pull() == Pulled(1, 0, 0)
    assert site.receipts() == [(name, content), (name, differently(content))]
    assert sorted(site.folder("archive").values()) == sorted((content, differently(content)))


def _the_same_again(site: Site) -> None:
    name, content = site.name(), b"T1;A;1,00;payment;;2026-11-23\n" + site.name().encode()
    for received, again in ((1, 0), (0, 1)):
        site.put(name, content)
        assert site.pull() == Pulled(received, again, 0)
    assert site.receipts() == [(name, content)]
    assert sorted(site.folder("archive").values()) == [content, content]


ROWS = (
    Row("A file grows while it is fetched", _NEXT_POLL, _meanwhile(_grow)),
    Row("A file is truncated while it is fetched", _NEXT_POLL, _meanwhile(_truncate)),
    Row("A file is overwritten in place while it is fetched", _NEXT_POLL, _meanwhile(_overwrite)),
    Row("A file is replaced by rename while it is fetched", _NEXT_POLL, _meanwhile(_replace)),
    Row(
        "A file is replaced between the listing and the fetching",
        _NEXT_POLL,
        _meanwhile(_replace, stage="before reading"),
    ),
    Row(
        "A file is replaced while it is fetched, and the first put back",
        "Taken once, with the bytes of the first alone",
        _swapped_back,
    ),
    Row(
        "A file is replaced after it was fetched, before it is archived",
        "What was read is registered; the new version stays, and the next try takes it too",
        _replaced_before_archiving,
    ),
    Row(
        "A file is replaced between our last look and its move to the archive",
        "The new version is given back to the inbox, and the next try takes it too",
        _replaced_while_archiving,
    ),
    Row(
        "A file is changed in place, its size and time put back; it has a side file",
        "The side file does not agree: refused with that reason, never booked",
        _changed_in_place_unseen,
    ),
    Row(
        "A file goes between the listing and the fetching",
        "Nothing of it is registered; the other files are taken",
        _went,
    ),
    Row("An empty file", "Registered once, refused with a reason, archived", _empty),
    Row(
        "A pipe, a folder and a link in the inbox",
        "Left where they are, nothing waits for them, no link is followed; files are taken",
        _no_files,
    ),
    Row(
        "The same bytes under another name",
        "Registered as a duplicate, nothing booked, archived",
        _same_bytes_other_name,
    ),
    Row(
        "Other bytes under the same name",
        "Both are registered and archived; neither overwrites the other",
        _same_name_other_bytes,
    ),
    Row(
        "The same file once more",
        "Nothing is registered again; it is archived beside the first",
        _the_same_again,
    ),
)
