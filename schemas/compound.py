"""The container of a workbook of Excel 97-2003 (xls), taken apart and put together again.

The reader of its cells trusts every number it finds there: a chain that bites its own tail, or a
count of strings that was never true, would take this process down with it. So it is shown a new
container with nothing but the stream of cells, looked through first. Source: MS-CFB, MS-XLS.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

#: First bytes of the container.
MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END, _FREE, _IS_FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_SMALL_BELOW, _SMALL_SECTOR = 4096, 64
_NAMES = ("Workbook", "Book")
_SECTOR = 4096
#: Sectors that the header alone can list.
_LISTED = 109
# Records: a sheet's place, its end, its extent, the strings, a password.
_SHEET, _EOF, _EXTENT, _STRINGS, _PASSWORD = 0x0085, 0x000A, 0x0200, 0x00FC, 0x002F
_UNKNOWN = 0x0FFF
#: Records of one cell, which begin with its row and column; the last two hold several.
_CELL = frozenset({0x0006, 0x0203, 0x0204, 0x0205, 0x027E, 0x00FD})
_CELLS = frozenset({0x00BD, 0x00BE})


class NotExcel(Exception):
    """The bytes are no workbook of Excel 97-2003 that can be read."""


class Protected(NotExcel):
    """The workbook has a password."""


def stream_of(content: bytes) -> bytes:
    """The stream of cells in *content*. Raises ``NotExcel``."""
    try:
        return _Container(content).stream()
    except (struct.error, IndexError):
        raise NotExcel from None


class _Container:
    """Sectors in chains, and a directory of streams. Every chain is followed once at most."""

    def __init__(self, content: bytes) -> None:
        if not content.startswith(MAGIC):
            raise NotExcel
        shift, small = struct.unpack_from("<HH", content, 30)
        if shift not in (9, 12) or small != 6:
            raise NotExcel
        self.size = 1 << shift
        self.content = content
        self.sectors = len(content) // self.size
        self.fat: list[int] = []
        for sector in self._fat_sectors():
            self.fat += self._numbers(sector)

    def stream(self) -> bytes:
        entries = self._entries()
        root = next((one for one in entries if one[1] == 5), None)
        named = {name: (start, size) for name, kind, start, size in entries if kind == 2}
        found = next((named[name] for name in _NAMES if name in named), None)
        if root is None or found is None:
            raise NotExcel
        start, size = found
        if size >= _SMALL_BELOW:
            return self._chain(start)[:size]
        small = self._chain(root[2])
        (first,) = struct.unpack_from("<I", self.content, 60)
        links = _numbers(self._chain(first))
        places = _followed(start, links)
        step = _SMALL_SECTOR
        return b"".join(small[at * step : (at + 1) * step] for at in places)[:size]

    def _fat_sectors(self) -> list[int]:
        listed = list(struct.unpack_from(f"<{_LISTED}I", self.content, 76))
        (sector,) = struct.unpack_from("<I", self.content, 68)
        seen: set[int] = set()
        while sector not in (_END, _FREE):
            if sector in seen:
                raise NotExcel
            seen.add(sector)
            *more, sector = self._numbers(sector)
            listed += more
        found = [sector for sector in listed if sector != _FREE]
        if len(found) != len(set(found)):
            raise NotExcel
        return found

    def _entries(self) -> list[tuple[str, int, int, int]]:
        """Name, kind (5 the root, 2 a stream), first sector and size of all it holds."""
        (first,) = struct.unpack_from("<I", self.content, 48)
        listing = self._chain(first)
        entries = []
        for at in range(0, len(listing) - 127, 128):
            length, kind = struct.unpack_from("<HB", listing, at + 64)
            start, size = struct.unpack_from("<II", listing, at + 116)
            name = listing[at : at + max(min(length, 64) - 2, 0)]
            entries.append((name.decode("utf-16-le", errors="replace"), kind, start, size))
        return entries

    def _sector(self, number: int) -> bytes:
        if number >= self.sectors:
            raise NotExcel
        return self.content[(number + 1) * self.size : (number + 2) * self.size]

    def _numbers(self, number: int) -> list[int]:
        return _numbers(self._sector(number))

    def _chain(self, first: int) -> bytes:
        return b"".join(map(self._sector, _followed(first, self.fat)))


def _numbers(content: bytes) -> list[int]:
    count = len(content) // 4
    return list(struct.unpack_from(f"<{count}I", content))


def _followed(first: int, links: list[int]) -> list[int]:
    seen: dict[int, None] = {}
    while first != _END:
        if first in seen:
            raise NotExcel
        seen[first] = None
        first = links[first]
    return list(seen)


def cells_in(stream: bytes) -> int:
    """Cells between A1 and the last one, of all sheets. Raises ``NotExcel``, ``Protected``."""
    try:
        return sum(_extent(stream, at, end) for at, end in _sheets(stream))
    except struct.error:
        raise NotExcel from None


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Kind, place of the data and its length of every record from *at* to the end of its part."""
    while True:
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, at + 4, length
        if kind == _EOF:
            return
        at += 4 + length


def _sheets(stream: bytes) -> list[tuple[int, int]]:
    """Where each sheet begins, and where it must have ended."""
    starts: list[int] = []
    for kind, at, _ in _records(stream, 0):
        if kind == _SHEET:
            starts += struct.unpack_from("<I", stream, at)
        elif kind == _PASSWORD and struct.unpack_from("<H", stream, at) != (0,):
            raise Protected
        elif kind == _STRINGS:
            _, count = struct.unpack_from("<II", stream, at)
            if count > len(stream):
                raise NotExcel
    if starts != sorted(set(starts)):
        raise NotExcel  # one place read as many sheets
    return list(zip(starts, [*starts[1:], len(stream)], strict=True))


def _extent(stream: bytes, start: int, end: int) -> int:
    last_row = last_column = 0
    for kind, at, length in _records(stream, start):
        if at > end:
            raise NotExcel
        if kind in _CELL or kind in _CELLS:
            row, column = struct.unpack_from("<HH", stream, at)
            if kind in _CELLS:
                column += length // 2
            last_row, last_column = max(last_row, row + 1), max(last_column, column + 1)
    return last_row * last_column


def container_of(stream: bytes) -> bytes:
    """A container of *stream* alone, without what it says beforehand of its sheets' extent."""
    whole = bytearray(stream)
    for start, _ in [(0, 0), *_sheets(stream)]:
        for kind, at, _ in _records(stream, start):
            if kind == _EXTENT:
                struct.pack_into("<H", whole, at - 4, _UNKNOWN)
    whole += bytes(max(_SMALL_BELOW - len(whole), 0))
    size = len(whole)
    whole += bytes(-size % _SECTOR)
    data = len(whole) // _SECTOR
    per_sector = _SECTOR // 4
    fat = next(n for n in range(1, 1 << 20) if n * per_sector >= data + 2 + n)
    if fat > _LISTED:
        raise NotExcel
    # Sectors: the stream, one for small streams (there are none), the directory, the table.
    chain = [*range(1, data), _END, _END, _END, *[_IS_FAT] * fat]
    chain += [_FREE] * (fat * per_sector - len(chain))
    directory = _entry("Root Entry", 5, 1, data, _SMALL_SECTOR) + _entry(
        "Workbook", 2, _FREE, 0, size
    )
    header = MAGIC + bytes(16) + struct.pack("<5H", 0x3E, 4, 0xFFFE, 12, 6) + bytes(6)
    header += struct.pack("<9I", 1, fat, data + 1, 0, _SMALL_BELOW, _END, 0, _END, 0)
    header += struct.pack(
        f"<{_LISTED}I", *range(data + 2, data + 2 + fat), *[_FREE] * (_LISTED - fat)
    )
    return b"".join(
        [
            header.ljust(_SECTOR, b"\0"),
            whole,
            bytes(_SECTOR),
            directory.ljust(_SECTOR, b"\0"),
            struct.pack(f"<{len(chain)}I", *chain),
        ]
    )


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    named = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<HBBIII", len(named), kind, 1, _FREE, _FREE, child)
    return named.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)
