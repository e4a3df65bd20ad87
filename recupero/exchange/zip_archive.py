"""The files in a zip, or why none of them is taken: one that is hostile or unclear spoils all.

The directory is only believed where the bytes agree: places, names, sizes and check sums.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from recupero.errors import FileRefused
from recupero.exchange.inflate import PIECE_BYTES, Inflated, damaged, refused
from recupero.exchange.pickup import NAME_BYTES_MAX, TEMPORARY_SUFFIXES
from recupero.profiles.sealed import outermost

MEMBERS_MAX = 200

_DIRECTORY_ENTRY = b"PK\x01\x02"
#: Above it the directory is not even read: each entry would take memory.
_ENTRIES_READ_MAX = 1 << 14
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_STORED, _DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_UTF8_NAME = 0x800
_UNIX, _DOS_FOLDER = 3, 0x10
#: What zipfile raises over a directory that is none, or not one that it knows: for a newer version
#: of the format it is NotImplementedError. All of them refuse the file in one way.
_UNREADABLE = (
    zipfile.BadZipFile, struct.error, ValueError, OverflowError, NotImplementedError, OSError,
    EOFError, IndexError,
)  # fmt: skip


@dataclass(frozen=True)
class ZipMember:
    """A file of the zip; ``pieces`` are expanded and checked anew each time."""

    name: str
    pieces: Iterable[bytes]


def members_of(content: bytes) -> list[ZipMember]:
    """The files of a zip by name; FileRefused with the rule that forbids it."""
    entries = _directory(content)
    files = [entry for entry in entries if not _is_folder(entry)]
    if not files:
        mend = "envíelo con los archivos acordados"
        raise refused("no contiene ningún archivo", mend, "empty_container")
    if len(files) > MEMBERS_MAX:
        raise _too_many()
    for entry in files:
        _refuse_unfit(entry)
    _refuse_repeated(files)
    places = _places(entries, content)
    return sorted(
        (
            ZipMember(_own_name(entry), _Checked(entry, memoryview(content)[slice(*place)]))
            for entry, place in zip(entries, places, strict=True)
            if not _is_folder(entry)
        ),
        key=lambda member: member.name,
    )


def _directory(content: bytes) -> list[zipfile.ZipInfo]:
    """The entries in the order they lie in the file."""
    if content.count(_DIRECTORY_ENTRY) > _ENTRIES_READ_MAX:
        raise _too_many()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except UnicodeDecodeError:
        raise _hostile("uno de sus nombres no es UTF-8") from None
    except _UNREADABLE:
        raise damaged("no es un zip, o está cortado o dañado") from None
    for entry in entries:
        _refuse_path(entry.orig_filename)
    return sorted(entries, key=lambda entry: entry.header_offset)


def _places(entries: list[zipfile.ZipInfo], content: bytes) -> list[tuple[int, int]]:
    """Where the packed bytes of each entry begin and end; none may lie in another's."""
    places, free_from = [], 0
    for entry in entries:
        if entry.header_offset < free_from:
            raise damaged("dos de sus archivos comparten los mismos bytes")
        begin = _begin(entry, content)
        free_from = begin + entry.compress_size
        if free_from > len(content):
            raise damaged("está cortado")
        places.append((begin, free_from))
    return places


def _begin(entry: zipfile.ZipInfo, content: bytes) -> int:
    """Where the packed bytes begin, by the header before them, which must name the same file."""
    header = content[entry.header_offset : entry.header_offset + _LOCAL_HEADER.size]
    if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
        raise damaged()
    *_, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    begin = entry.header_offset + _LOCAL_HEADER.size
    name = content[begin : begin + name_length]
    codec = "utf-8" if entry.flag_bits & _UTF8_NAME else "cp437"
    if name.decode(codec, errors="replace") != entry.orig_filename:
        raise damaged("nombra sus archivos de dos maneras")
    return int(begin + name_length + extra_length)


def _is_folder(entry: zipfile.ZipInfo) -> bool:
    """Whether the entry says no more than that there is a folder."""
    return entry.orig_filename.endswith("/") and entry.file_size == 0


def _own_name(entry: zipfile.ZipInfo) -> str:
    """The name without the folders before it."""
    return entry.orig_filename.rpartition("/")[2]


def _refuse_path(path: str) -> None:
    """Names that lead out of a folder, or that cannot be shown."""
    parts = path.removesuffix("/").split("/")
    if "\\" in path or re.match("[A-Za-z]:", path) or not {"", ".", ".."}.isdisjoint(parts):
        raise _hostile("uno de sus nombres lleva a otra carpeta")
    if not path.isprintable():
        raise _hostile("uno de sus nombres tiene caracteres no admitidos")
    if len(path.encode("utf-8", "surrogatepass")) > NAME_BYTES_MAX:
        raise _hostile(f"uno de sus nombres pasa de {NAME_BYTES_MAX} bytes")


def _refuse_unfit(entry: zipfile.ZipInfo) -> None:
    """Entries that are no plain, finished, openable file."""
    mode = entry.external_attr >> 16 if entry.create_system == _UNIX else 0
    dos_folder = entry.external_attr & _DOS_FOLDER and not mode
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG) or dos_folder or not _own_name(entry):
        raise _unfit("contiene un enlace, u otra cosa que no es un archivo", "member_not_regular")
    path = entry.orig_filename
    if any(part.startswith(".") for part in path.split("/")) or path.startswith("__MACOSX/"):
        raise _unfit("contiene un archivo oculto", "member_unfinished")
    if path.lower().endswith(TEMPORARY_SUFFIXES):
        raise _unfit("contiene un archivo con nombre temporal", "member_unfinished")
    if outermost(path) is not None:
        raise _unfit("contiene otro archivo comprimido o cifrado", "nested_container")
    if entry.flag_bits & _ENCRYPTED:
        mend = "envíelo sin contraseña: el canal ya va cifrado"
        raise refused("está protegido con contraseña", mend, "container_encrypted")
    if entry.compress_type not in (_STORED, _DEFLATED):
        mend = "comprímalo con el método usual (deflate)"
        what = "usa un método de compresión que no se admite"
        raise refused(what, mend, "compression_unsupported")


def _refuse_repeated(files: list[zipfile.ZipInfo]) -> None:
    names = {unicodedata.normalize("NFC", _own_name(entry)) for entry in files}
    if len(names) < len(files):
        raise _unfit("contiene dos archivos con el mismo nombre", "member_repeated")


class _Checked:
    """The content of one entry; at its end size and check sum are those of the directory."""

    def __init__(self, entry: zipfile.ZipInfo, packed: memoryview) -> None:
        self._entry = entry
        self._packed = packed

    def __iter__(self) -> Iterator[bytes]:
        checksum = size = 0
        for piece in self._expanded():
            checksum, size = zlib.crc32(piece, checksum), size + len(piece)
            if size > self._entry.file_size:
                break
            yield piece
        if (checksum, size) != (self._entry.CRC, self._entry.file_size):
            raise damaged("un archivo no tiene el tamaño o la suma que declara el zip")

    def _expanded(self) -> Iterator[bytes]:
        if self._entry.compress_type == _DEFLATED:
            yield from Inflated(self._packed)
            return
        for start in range(0, len(self._packed), PIECE_BYTES):
            yield bytes(self._packed[start : start + PIECE_BYTES])


def _hostile(what: str) -> FileRefused:
    return _unfit(what, "member_name")


def _too_many() -> FileRefused:
    mend = "envíelos en varios zip"
    return refused(f"contiene más de {MEMBERS_MAX} archivos", mend, "too_many_members")


def _unfit(what: str, rule: str) -> FileRefused:
    return refused(what, "envíe un zip que contenga solo los archivos acordados", rule)
