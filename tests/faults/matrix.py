"""The fault matrix: every row, in the order people read them."""

from __future__ import annotations

from tests.faults import delivery_rows, file_rows, name_rows, server_rows, wire_rows, worker_rows
from tests.faults.row import Row

PARTS: dict[str, tuple[Row, ...]] = {
    "Taking files in: the wire": wire_rows.PICK_UP,
    "Taking files in: the files": (*file_rows.ROWS, *name_rows.ROWS),
    "Taking files in: the server, and our own disk": server_rows.ROWS,
    "Delivering papers": (*wire_rows.DELIVERY, *delivery_rows.ROWS),
    "Our own workers": worker_rows.ROWS,
}

MATRIX: tuple[Row, ...] = tuple(row for rows in PARTS.values() for row in rows)
