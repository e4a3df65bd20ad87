"""Where a stored row comes from: the file and line behind it, and the recording it is part of."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from recupero.steps.documents import folio
from recupero.store import manifest
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import receipt_outcome, recording, repair

Row = dict[str, Any]
_LINE = ["receipt_id", "line"]


class Sources:
    """The receipts and recordings of one institution, joined onto rows that name them."""

    def __init__(self, unit: Unit) -> None:
        files = pl.DataFrame(
            [(receipt.receipt_id, receipt.name) for receipt in manifest.all_receipts(unit)],
            schema={"receipt_id": pl.Int64, "file": pl.String},
            orient="row",
        )
        layouts = rows_of(unit, receipt_outcome).select(
            "receipt_id", pl.col("layout_version").alias("layout")
        )
        self._files = files.join(layouts, on="receipt_id", how="left", maintain_order="left")
        self._repairs = _repairs(unit, files)
        self._recordings = rows_of(unit, recording)
        self._used: set[int] = set()

    def rows(self, frame: pl.DataFrame, *columns: str) -> list[Row]:
        """*columns* of *frame* plus file, line, layout version, the line of another file that the
        line repairs, and the recording's place in the chain.

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
            placed = placed.rename({"line_number": "line"})
            for known, by in ((self._files, ["receipt_id"]), (self._repairs, _LINE)):
                placed = placed.join(known, on=by, how="left", maintain_order="left")
            wanted += ["file", "line", "layout", "repairs"]
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


def _repairs(unit: Unit, files: pl.DataFrame) -> pl.DataFrame:
    """By receipt and line of what came back mended, the file and line that was rejected."""
    return (
        rows_of(unit, repair)
        .join(files, left_on="of_receipt_id", right_on="receipt_id", how="left")
        .select(
            "receipt_id",
            pl.col("line_number").alias("line"),
            pl.format("{}:{}", "file", "of_line_number").alias("repairs"),
        )
    )


def mended_in(unit: Unit, receipt_id: int) -> pl.DataFrame:
    """By line_number of a file, the file and line in which it came back mended (repaired_in)."""
    mending = rows_of(unit, repair, repair.c.of_receipt_id == receipt_id)
    names = manifest.names_of(unit, mending["receipt_id"].unique().to_list())
    return mending.select(
        pl.col("of_line_number").alias("line_number"),
        pl.format(
            "{}:{}",
            pl.col("receipt_id").replace_strict(names, return_dtype=pl.String, default=None),
            "line_number",
        ).alias("repaired_in"),
    )


def printed(row: Row) -> Row:
    """*row* with its 64-bit ids as documents print them."""
    return {
        name: folio(value) if name.endswith("_id") and isinstance(value, int) else value
        for name, value in row.items()
    }
