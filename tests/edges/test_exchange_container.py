"""What is opened of a sealed file, what is refused and by which rule, and at what cost."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable

import pytest

from recupero.errors import FileRefused
from recupero.exchange import zip_archive
from recupero.exchange.container import open_container
from tests.edges.sealed_files import called, entry, overlapping, stating, with_flag, zipped

PLAIN = b"1;2;3\n" * 100
GZ = gzip.compress(PLAIN)
ZIP = zipped(("CARTERA.txt", PLAIN), ("PAGOS.txt", b"1\n"))


def opened(name: str, content: bytes) -> dict[str, bytes]:
    """The members, read twice: what a second reading gives is what the first one did."""
    members = open_container(name, content).members
    twice = [{one.name: b"".join(one.pieces) for one in members} for _ in range(2)]
    assert twice[0] == twice[1]
    assert {one.name: one.size_bytes for one in members} == {n: len(b) for n, b in twice[0].items()}
    return twice[0]


TWO = {"CARTERA.txt": PLAIN, "PAGOS.txt": b"1\n"}


@pytest.mark.parametrize(
    ("name", "content", "inside"),
    [
        ("CARTERA.txt.gz", GZ, {"CARTERA.txt": PLAIN}),
        ("CARTERA.TXT.GZ", GZ, {"CARTERA.TXT": PLAIN}),
        ("CARTERA.txt.gz", GZ + GZ, {"CARTERA.txt": PLAIN * 2}),
        ("CARTERA.txt.gz", gzip.compress(b""), {"CARTERA.txt": b""}),
        ("CARTERA.txt.gz.gz", gzip.compress(GZ), {"CARTERA.txt": PLAIN}),
        ("envio.zip", ZIP, TWO),
        ("envio.zip.gz", gzip.compress(ZIP), TWO),
        ("envio.zip", zipped(*reversed(TWO.items())), TWO),
        ("envio.zip", zipped(*TWO.items(), method=zipfile.ZIP_STORED), TWO),
        ("envio.zip", zipped(("salida/", b""), ("salida/A.txt", b"1")), {"A.txt": b"1"}),
        ("envio.zip", zipped(("Señal.txt", b"1")), {"Señal.txt": b"1"}),
        ("envio.zip", zipped(("A.txt", b"")), {"A.txt": b""}),
        ("envio.zip", zipped((entry("A.txt", mode=0, system=0, attributes=0x20), b"1")),
         {"A.txt": b"1"}),
    ],
)  # fmt: skip
def test_what_is_opened(name: str, content: bytes, inside: dict[str, bytes]) -> None:
    found = opened(name, content)
    assert list(found) == sorted(inside)
    assert found == inside


def streamed() -> bytes:
    """A zip written to a pipe: sizes stand behind the data, not before it."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.held = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, piece: bytes) -> int:
            self.held += piece
            return len(piece)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("A.txt", PLAIN)
    return bytes(pipe.held)


def test_a_zip_written_to_a_pipe() -> None:
    assert opened("envio.zip", streamed()) == {"A.txt": PLAIN}


FLIPPED = bytearray(ZIP)
FLIPPED[45] ^= 0xFF
MISNAMED = ZIP.replace(b"CARTERA.txt", b"CARTERA.csv", 1)
LIES_SHORT = stating(6, zipped(("A.txt", PLAIN)), zlib.crc32(PLAIN[:6]))
LIES_LONG = stating(1 << 30, zipped(("A.txt", PLAIN)))
ZEROS = bytes(40 << 20)
REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "not a gzip": ("A.gz", lambda: PLAIN, "damaged_container"),
    "an empty gzip": ("A.gz", lambda: b"", "damaged_container"),
    "a gzip cut off": ("A.gz", lambda: GZ[:-9], "damaged_container"),
    "a gzip without its check sum": ("A.gz", lambda: GZ[:-8], "damaged_container"),
    "a gzip of another check sum": (
        "A.gz", lambda: GZ[:-8] + b"\0\0\0\0" + GZ[-4:], "damaged_container"),
    "a gzip of another length": ("A.gz", lambda: GZ[:-1] + b"\x01", "damaged_container"),
    "garbage after a gzip": ("A.gz", lambda: GZ + b"junk", "damaged_container"),
    "zeros after a gzip": ("A.gz", lambda: GZ + bytes(512), "damaged_container"),
    "a gzip that grows too much": ("A.gz", lambda: gzip.compress(ZEROS), "expands_too_far"),
    "a gzip in a gzip that grows": (
        "A.gz.gz", lambda: gzip.compress(gzip.compress(ZEROS)), "expands_too_far"),
    "not a zip": ("A.zip", lambda: PLAIN, "damaged_container"),
    "an empty file": ("A.zip", lambda: b"", "damaged_container"),
    "a zip cut off": ("A.zip", lambda: ZIP[:-40], "damaged_container"),
    "a zip whose data is cut": ("A.zip", lambda: ZIP[:40] + ZIP[60:], "damaged_container"),
    "a damaged member": ("A.zip", lambda: bytes(FLIPPED), "damaged_container"),
    "two names for one file": ("A.zip", lambda: MISNAMED, "damaged_container"),
    "a size too small, with its check sum": ("A.zip", lambda: LIES_SHORT, "damaged_container"),
    "a size too large": ("A.zip", lambda: LIES_LONG, "damaged_container"),
    "overlapping files": ("A.zip", lambda: overlapping(20, 1 << 20), "damaged_container"),
    "a zip that grows too much": ("A.zip", lambda: zipped(("A", ZEROS)), "expands_too_far"),
    "a zip that says it does not": (
        "A.zip", lambda: stating(9, zipped(("A", ZEROS))), "damaged_container"),
    "many that grow together": (
        "A.zip", lambda: zipped(*((f"A{n}", ZEROS[: 2 << 20]) for n in range(20))),
        "expands_too_far"),
    "no file": ("A.zip", lambda: zipped(), "empty_container"),
    "only a folder": ("A.zip", lambda: zipped(("salida/", b"")), "empty_container"),
    "too many files": (
        "A.zip", lambda: zipped(*((f"A{n}", b"") for n in range(201))), "too_many_members"),
    "a password": ("A.zip", lambda: with_flag(1, ZIP), "container_encrypted"),
    "another method": (
        "A.zip", lambda: zipped(("A", PLAIN), method=zipfile.ZIP_LZMA), "compression_unsupported"),
    "a zip in a zip": ("A.zip", lambda: zipped(("B.zip", ZIP)), "nested_container"),
    "a gzip in a zip": ("A.zip", lambda: zipped(("B.txt.gz", GZ)), "nested_container"),
    "the same name in two folders": (
        "A.zip", lambda: zipped(("a/A.txt", b"1"), ("b/A.txt", b"2")), "member_repeated"),
    "the same name in two spellings": (
        "A.zip", lambda: zipped(("é.txt", b"1"), ("e\u0301.txt", b"2")), "member_repeated"),
    "a link": (
        "A.zip", lambda: zipped((entry("A", mode=0o120777), b"/etc/passwd")), "member_not_regular"),
    "a device": ("A.zip", lambda: zipped((entry("A", mode=0o020644), b"")), "member_not_regular"),
    "a folder by its attributes": (
        "A.zip", lambda: zipped((entry("A", mode=0, system=0, attributes=0x10), b"")),
        "member_not_regular"),
    "a folder with content": ("A.zip", lambda: zipped(("A/", b"1")), "member_not_regular"),
    "a hidden file": ("A.zip", lambda: zipped((".A", b"1")), "member_unfinished"),
    "a hidden folder": ("A.zip", lambda: zipped((".a/A", b"1")), "member_unfinished"),
    "what macOS adds": (
        "A.zip", lambda: zipped(("__MACOSX/A", b"1"), ("A", b"1")), "member_unfinished"),
    "a temporary file": ("A.zip", lambda: zipped(("A.part", b"1")), "member_unfinished"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_what_is_refused(case: str) -> None:
    name, content, rule = REFUSED[case]
    with pytest.raises(FileRefused) as refused:
        open_container(name, content())
    assert refused.value.rule == rule
    assert refused.value.what.startswith("el archivo ")
    assert refused.value.mend


@pytest.mark.parametrize(
    "name",
    [b"/etc/passwd", b"../A", b"a/../A", b"a/./A", b"a//A", b"a\\A", b"C:A", b"c:/A", b"A\0.txt",
     b"A\n", b"\x1b[2J", b"..", b"A" * 201, b"a/" * 120 + b"A"],
)  # fmt: skip
def test_names_that_are_refused(name: bytes) -> None:
    with pytest.raises(FileRefused) as refused:
        open_container("A.zip", called(name))
    assert refused.value.rule == "member_name"
    assert "A" not in refused.value.what, "a name may be a debtor's"


def test_a_name_that_is_not_utf8_though_it_says_so() -> None:
    with pytest.raises(FileRefused) as refused:
        open_container("A.zip", with_flag_utf8(called(b"A\xff\xfe")))
    assert refused.value.rule == "member_name"


def with_flag_utf8(content: bytes) -> bytes:
    changed = bytearray(content)
    for mark, at in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        changed[content.index(mark) + at] |= 0x08
    return bytes(changed)


def test_a_directory_too_long_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_archive, "_ENTRIES_READ_MAX", 1)
    with pytest.raises(FileRefused, match="más de 200 archivos"):
        open_container("A.zip", ZIP)


def test_too_many_layers() -> None:
    content = PLAIN
    for _ in range(4):
        content = gzip.compress(content)
    with pytest.raises(FileRefused) as refused:
        open_container("A.gz.gz.gz.gz", content)
    assert refused.value.rule == "nested_container"


def test_a_container_too_large_to_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """At any layer: what is opened further is held too; what comes out of the last is not."""
    monkeypatch.setattr("recupero.exchange.container.CONTAINER_BYTES_MAX", len(GZ) + 100)
    assert len(opened("A.gz", GZ)["A"]) > len(GZ) + 100
    grown = gzip.compress(GZ * 100)
    assert len(grown) < len(GZ) + 100 < len(GZ) * 100
    for name, content in (("A.gz", GZ * 100), ("A.gz.gz", grown)):
        with pytest.raises(FileRefused) as refused:
            open_container(name, content)
        assert refused.value.rule == "container_too_large"


def test_a_side_file_in_a_zip_is_its_files() -> None:
    inside = (("A.txt", b"1"), ("A.txt.sha256", b"ab" * 32), ("B.txt.sha256", b"cd" * 32))
    members = open_container("A.zip", zipped(*inside)).members
    assert [(one.name, one.side_digest) for one in members] == [
        ("A.txt", "ab" * 32),
        ("B.txt.sha256", None),
    ]


_BOMB = """
import gzip, resource, zlib
from recupero.errors import FileRefused
from recupero.exchange.container import open_container
from recupero.exchange.inflate import Allowance
Allowance._TOTAL_MAX = 64 << 20  # a gibibyte takes no more memory, only seconds
packer = zlib.compressobj(9, zlib.DEFLATED, -15)
zeros = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
packed = gzip.compress(b"")[:10] + zeros * 10_000
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    open_container("A.gz", packed)
except FileRefused as refused:
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(refused.rule, grown < 16 << 10)
"""


def test_ten_gigabytes_of_zeros_are_stopped_early_in_little_memory() -> None:
    """Ten megabytes packed: what is looked at is what is allowed, and a few MiB are held."""
    done = subprocess.run(
        [sys.executable, "-c", _BOMB], capture_output=True, text=True, check=True
    )  # fmt: skip
    assert done.stdout.split() == ["expands_too_far", "True"]
