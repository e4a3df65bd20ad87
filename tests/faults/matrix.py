"""The fault matrix: every row, in the order people read them."""

from __future__ import annotations

from tests.faults import file_rows, server_rows, wire_rows, worker_rows
from tests.faults.row import Row

MATRIX: tuple[Row, ...] = (
    *wire_rows.ROWS,
    *file_rows.ROWS,
    *server_rows.ROWS,
    *worker_rows.ROWS,
)
