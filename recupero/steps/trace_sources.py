"""Where a stored row comes from: the file and line behind it, and the recording it is part of."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from recupero.steps.documents import folio
from recupero.store import manifest
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import recording

Row = dict[str, Any]


class Sources:
    """The receipts and recordings of one institution, joined onto rows that name them."""

    def __init__(self, unit: Unit) -> None:
        self._files = pl.DataFrame(
            [(receipt.receipt_id, receipt.name) for receipt in manifest.all_receipts(unit)],
            schema={"receipt_id": pl.Int64, "file": pl.String},
            orient="row",
        )
        self._recordings = rows_of(unit, recording)
        self._used: set[int] = set()

    def rows(self, frame: pl.DataFrame, *columns: str) -> list[Row]:
        """*columns* of *frame* plus file, line and the recording's place in the chain.

        In the order recorded; ids appear as documents print them.
        """
        if frame.is_empty():
            return []
        placed = frame.join(
            self._recordings.select("recording_id", "position"), on="recording_id", how="left"
        ).sort("position", maintain_order=True)
        self._used.update(placed["recording_id"].drop_nulls())
        wanted = list(columns)
        if "receipt_id" in placed.columns:
            placed = placed.join(
                self._files, on="receipt_id", how="left", maintain_order="left"
            ).rename({"line_number": "line"})
            wanted += ["file", "line"]
        return [printed(row) for row in placed.select(*wanted, "position").iter_rows(named=True)]

    def recordings(self) -> list[Row]:
        """The recordings named so far: which profile, pack and rules they used, and their head."""
        used = self._recordings.filter(pl.col("recording_id").is_in(list(self._used)))
        return [
            {
                "position": row["position"],
                "kind": row["kind"],
                "business_date": row["business_date"],
                "inputs": json.loads(row["inputs"]),
                "head": row["head"],
            }
            for row in used.sort("position").iter_rows(named=True)
        ]


def printed(row: Row) -> Row:
    """*row* with its 64-bit ids as documents print them."""
    return {
        name: folio(value) if name.endswith("_id") and isinstance(value, int) else value
        for name, value in row.items()
    }
