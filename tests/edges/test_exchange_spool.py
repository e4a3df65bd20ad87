"""A file on its way into the vault: given again as it came, in the clear nowhere but in memory."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from recupero.exchange.spool import MEMORY_BYTES, Spool

KIB = 1024


def pieces(size: int, of: int = 32 * KIB) -> list[bytes]:
    content = Random(size).randbytes(size)
    return [content[start : start + of] for start in range(0, size, of)]


@pytest.mark.parametrize(
    "size", [0, 1, MEMORY_BYTES - 1, MEMORY_BYTES, MEMORY_BYTES + 1, 3 * MEMORY_BYTES + 7]
)
def test_what_goes_in_comes_out_as_often_as_asked(size: int) -> None:
    content = b"".join(pieces(size))
    spool = Spool(iter(pieces(size)))
    assert [b"".join(spool) for _ in range(2)] == [content, content]
    spool.close()


def test_a_large_file_lies_on_disk_without_a_name_and_sealed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = []
    real = tempfile.TemporaryFile

    def temporary(**where: Path) -> object:
        made.append(real(**where))
        return made[-1]

    monkeypatch.setattr(tempfile, "TemporaryFile", temporary)
    content = b"el nombre del deudor;" * (MEMORY_BYTES // 20)
    spool = Spool([content, b"fin"])
    [file] = made
    assert os.fstat(file.fileno()).st_nlink == 0
    file.seek(0)
    assert b"deudor" not in file.read()
    assert b"".join(spool) == content + b"fin"
    spool.close()
    assert file.closed


@pytest.mark.parametrize("size", [10, 2 * MEMORY_BYTES])
def test_what_breaks_off_is_no_file_and_leaves_nothing_open(size: int) -> None:
    """A file left open would be a warning, and warnings fail tests."""

    def broken() -> Iterator[bytes]:
        yield from pieces(size)
        raise ConnectionError("cut")

    with pytest.raises(ConnectionError, match="cut"):
        Spool(broken())
