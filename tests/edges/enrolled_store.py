"""An enrolled database for tests of the store, and the smallest recording."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from recupero.store.cluster import APPLICATION
from recupero.store.embedded import Addresses
from recupero.store.owner import enrol, migrate
from recupero.store.recordings import Draft
from recupero.store.rows import Table
from recupero.store.session import Store
from recupero.store.tables import FILLED_BY, receipt

DAY = date(2026, 11, 20)
ONE, OTHER = "banco-uno", "caja-dos"


def enrolled_store(database: Addresses, *codes: str) -> Store:
    """A migrated database with institutions enrolled, as the application reaches it."""
    migrate(database.owner_url, APPLICATION)
    for code in codes or (ONE, OTHER):
        enrol(database.owner_url, code=code, name=code.title(), country="CO", currency="COP")
    return Store(database.database_url)


def draft(subject: str, frames: Mapping[Table, pl.DataFrame] | None = None, **counts: int) -> Draft:
    """A recording of *frames*, of the first kind that fills them, on the test's business date."""
    kind = next(kind for kind, tables in FILLED_BY.items() if tables >= (frames or {}).keys())
    return Draft(kind, subject, DAY, counts, {"profile": "p"}, frames or {})


def receipts(*ids: int, **columns: Any) -> dict[Table, pl.DataFrame]:
    """Frames with one receipt row per id; *columns* replace values."""
    row = {"name": "CARTERA.txt", "address": "a" * 64, "size_bytes": 1, "side_digest": None,
           "business_date": DAY, "sequence": 1, "duplicate_of": None}  # fmt: skip
    return {receipt: pl.DataFrame([{"receipt_id": id_, **row, **columns} for id_ in ids])}
