"""Names of unfinished uploads, of side files, and hostile ones."""

from __future__ import annotations

import os

from recupero.steps.pull import Pulled
from tests.faults.row import Row
from tests.faults.site import Site


def _unfinished(site: Site) -> None:
    names = ["payment_1.part", "payment_2.tmp", "payment_3.filepart", ".payment_4", ".~payment_5"]
    for name in names:
        site.put(name, b"x")
    assert site.pull() == Pulled(0, 0, len(names))
    site.untouched(dict.fromkeys(names, b"x"))


def _side_file_late(site: Site) -> None:
    name, content = site.name("effort"), site.content()
    site.put(name, content)
    assert site.pull() == Pulled(0, 0, 1)
    site.untouched({name: content})
    site.put_side(name, content)
    assert site.pull() == Pulled(1, 0, 0)
    assert site.receipts() == [(name, content)]
    assert site.folder("inbox") == {}


def _side_file_early(site: Site) -> None:
    name, content = site.name("effort"), site.content()
    site.put_side(name, content)
    assert site.pull() == Pulled(0, 0, 1)
    site.put(name, content)
    assert site.pull() == Pulled(1, 0, 0)
    assert site.receipts() == [(name, content)]
    assert site.folder("inbox") == {}


def _side_file_wrong(site: Site) -> None:
    name, content = site.name("effort"), site.content(1000)
    site.put(name, content)
    site.put_side(name, b"another content")
    assert site.pull() == Pulled(1, 0, 0)
    assert site.receipts() == [(name, content)]
    assert site.outcomes() == {name: "refused"}


def _hostile_names(site: Site) -> None:
    name, content = site.name(), site.content(1000)
    site.put(name, content)
    hostile = ["payment\n2", "payment_\x1b[2J", "payment_" + "x" * 220]
    hostile.append(os.fsdecode("payment_año".encode("latin-1")))
    for one in hostile:
        site.put(one, b"x")
    assert site.pull() == Pulled(1, 0, len(hostile))
    assert site.receipts() == [(name, content)]
    assert site.folder("inbox") == dict.fromkeys(hostile, b"x")


ROWS = (
    Row("Uploads under names of unfinished ones", "Left where they are, and counted", _unfinished),
    Row(
        "A side file that comes later than its file",
        "The file waits for it, and then is taken once",
        _side_file_late,
    ),
    Row(
        "A side file that comes before its file",
        "It waits for its file, which then is taken once",
        _side_file_early,
    ),
    Row(
        "A side file that states another content",
        "Registered, refused with that reason, never booked",
        _side_file_wrong,
    ),
    Row(
        "Names that are not UTF-8, or would move a cursor, break a line or a disk",
        "Left where they are, and counted; the other files are taken",
        _hostile_names,
    ),
)
