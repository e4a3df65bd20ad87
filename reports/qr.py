"""The payment reference as a QR code: runs of dark modules, ready to draw."""

from __future__ import annotations

from functools import lru_cache

import segno

#: A fixed mask is conforming (readers take any) and spares trying all eight, five times the work.
MASK = 3


@lru_cache(maxsize=256)
def dark_runs(payload: str) -> tuple[int, tuple[tuple[int, int, int], ...]]:
    """``(modules per side, ((row, column, length), …))`` without the quiet zone; level M."""
    code = segno.make_qr(payload, error="m", mask=MASK, boost_error=False)
    runs = []
    for row, line in enumerate(code.matrix):
        column = 0
        while column < len(line):
            length = 0
            while column + length < len(line) and line[column + length]:
                length += 1
            if length:
                runs.append((row, column, length))
            column += length + 1
    return len(code.matrix), tuple(runs)
