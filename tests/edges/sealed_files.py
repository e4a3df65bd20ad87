"""Sealed files as somebody would build them who means harm, or whose program does."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

_CENTRAL = b"PK\x01\x02"
_LOCAL = b"PK\x03\x04"


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = 8) -> bytes:
    """A zip of (name, content); names may be repeated, and equal calls give equal bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", compression=method) as archive:
        for name, content in members:
            made = zipfile.ZipInfo(name) if isinstance(name, str) else name  # of no time of day
            archive.writestr(made, content, compress_type=method)
    return held.getvalue()


def entry(
    name: str, *, mode: int = 0o100644, system: int = 3, attributes: int = 0
) -> zipfile.ZipInfo:
    """An entry that says of itself what it is: a Unix mode, or MS-DOS attributes."""
    made = zipfile.ZipInfo(name)
    made.compress_type = zipfile.ZIP_DEFLATED
    made.create_system = system
    made.external_attr = mode << 16 | attributes
    return made


def called(name: bytes, instead: bytes = b"AAAA") -> bytes:
    """A zip whose one file is called *name*, whatever a library would say to that."""
    honest = zipped((instead.decode() * (len(name) // len(instead) + 1), b"x"))
    long = instead * (len(name) // len(instead) + 1)
    for mark, at in ((_LOCAL, 26), (_CENTRAL, 28)):
        start = honest.index(mark)
        place = start + (30 if mark == _LOCAL else 46)
        header = bytearray(honest[start:place])
        header[at : at + 2] = struct.pack("<H", len(name))
        honest = honest[:start] + bytes(header) + name + honest[place + len(long) :]
    return _relocated(honest)


def with_flag(flag: int, content: bytes) -> bytes:
    """The same zip with *flag* set in both headers of its first file."""
    changed = bytearray(content)
    for mark, at in ((_LOCAL, 6), (_CENTRAL, 8)):
        changed[content.index(mark) + at] |= flag
    return bytes(changed)


def stating(size: int, content: bytes, checksum: int | None = None) -> bytes:
    """The same zip whose directory gives its first file another size, and check sum."""
    changed = bytearray(content)
    start = content.index(_CENTRAL)
    changed[start + 24 : start + 28] = struct.pack("<L", size)
    if checksum is not None:
        changed[start + 16 : start + 20] = struct.pack("<L", checksum)
    return bytes(changed)


def overlapping(files: int, kernel_bytes: int) -> bytes:
    """Many names for the same deflated zeros: each expands, none takes room."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = bytes(kernel_bytes)
    data = packed.compress(zeros) + packed.flush()
    fields = (0, 8, 0, 0x21, zlib.crc32(zeros), len(data), kernel_bytes)
    local = _LOCAL + struct.pack("<HHHHHLLLHH", 20, *fields, 1, 0) + b"a" + data
    directory = b"".join(
        _CENTRAL
        + struct.pack("<HHHHHHLLLHHHHHLL", 20, 20, *fields, 1, 0, 0, 0, 0, 0, 0)
        + bytes([97 + number])
        for number in range(files)
    )
    return local + directory + _end(files, len(directory), len(local))


def _relocated(content: bytes) -> bytes:
    """A one-file zip with an end that says where the directory now is."""
    start, end = content.index(_CENTRAL), content.index(b"PK\x05\x06")
    return content[:end] + _end(1, end - start, start)


def _end(files: int, size: int, start: int) -> bytes:
    return b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, files, files, size, start, 0)
