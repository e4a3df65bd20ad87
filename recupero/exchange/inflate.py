"""Deflated bytes given back piece by piece, each counted before the next is made.

What a header says of sizes is not believed: an allowance ends a bomb while it expands.
"""

from __future__ import annotations

import zlib
from collections.abc import Generator, Iterable, Iterator

from recupero.errors import FileRefused

#: How much is given back at a time, and how much is fed to get it.
PIECE_BYTES = 1 << 20
_FED_BYTES = 1 << 16
#: Parts of one gzip file: some programs write a part for every 64 KiB.
_PARTS_MAX = 1 << 16

_RAW, _GZIP = -zlib.MAX_WBITS, zlib.MAX_WBITS | 16


class Allowance:
    """How many bytes may still come out of a container."""

    #: Below this nothing is too much, however small the container.
    _ALWAYS = 16 << 20
    _RATIO_MAX = 200
    _TOTAL_MAX = 1 << 30

    def __init__(self, packed_bytes: int) -> None:
        self.bytes_left = min(self._TOTAL_MAX, max(self._ALWAYS, self._RATIO_MAX * packed_bytes))

    def counted(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """*pieces* for as long as there is room for them; FileRefused ``expands_too_far``."""
        for piece in pieces:
            self.bytes_left -= len(piece)
            if self.bytes_left < 0:
                raise too_far()
            yield piece


class Gunzipped:
    """The content of a gzip file, expanded anew each time it is gone through."""

    def __init__(self, packed: bytes) -> None:
        self._packed = packed

    def __iter__(self) -> Iterator[bytes]:
        view, at = memoryview(self._packed), 0
        for _ in range(_PARTS_MAX):
            at = yield from _expanded(view, at, _GZIP)
            if at == len(view):
                return
            if bytes(view[at : at + 2]) != b"\x1f\x8b":
                raise damaged("trae otros datos después del final del gzip")
        raise damaged("consta de demasiadas partes")


class Inflated:
    """Raw deflate, as zip files hold it; it must end exactly where the packed bytes do."""

    def __init__(self, packed: memoryview) -> None:
        self._packed = packed

    def __iter__(self) -> Iterator[bytes]:
        at = yield from _expanded(self._packed, 0, _RAW)
        if at != len(self._packed):
            raise damaged("trae otros datos después del final de un archivo")


def refused(what: str, mend: str, rule: str) -> FileRefused:
    """The refusal of a container; *what* goes on from "el archivo" (Spanish)."""
    return FileRefused(f"el archivo {what}", mend=mend, rule=rule)


def damaged(what: str = "está cortado o dañado") -> FileRefused:
    """What says it is a container cannot be opened."""
    return refused(what, "genérelo y envíelo otra vez", "damaged_container")


def too_far() -> FileRefused:
    """More comes out of a container than it may hold."""
    what = "crece al abrirlo más de lo admitido (200 veces su tamaño, o 1 GiB)"
    return refused(what, "envíe los datos en varios archivos", "expands_too_far")


def _expanded(packed: memoryview, start: int, form: int) -> Generator[bytes, None, int]:
    """One stream from *start* on; returns where it ended. zlib judges the check sum of a gzip."""
    engine = zlib.decompressobj(form)
    at, waiting = start, b""
    while not engine.eof:
        if not waiting:
            waiting = bytes(packed[at : at + _FED_BYTES])
            at += len(waiting)
        exhausted = not waiting
        try:
            piece = engine.decompress(waiting, PIECE_BYTES)
        except zlib.error:
            raise damaged() from None
        waiting = engine.unconsumed_tail
        if piece:
            yield piece
        elif exhausted and not engine.eof:
            raise damaged("está cortado")
    return at - len(engine.unused_data)
