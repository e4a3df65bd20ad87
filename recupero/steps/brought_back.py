"""Whose rejected lines a received file brings back, by its name; and which came back already."""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce
from operator import or_

import polars as pl

from recupero.profiles.repair import PREFIX, stems_in
from recupero.steps.reject_paper import KIND
from recupero.store import manifest
from recupero.store.manifest import Receipt
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import document, receipt_outcome, repair


def original_of(unit: Unit, receipt: Receipt) -> Receipt | None:
    """The file whose rejected lines *receipt* brings back, by the name we gave them.

    Lines that were rejected again are still those of the first file.
    """
    stems = stems_in(receipt.name)
    if not stems:
        return None
    called = [document.c.name.startswith(f"{stem}.", autoescape=True) for stem in stems]
    sent = rows_of(
        unit,
        document,
        document.c.destination == unit.institution,
        document.c.kind == KIND,
        reduce(or_, called),
    )
    if sent.is_empty():
        return None
    longest = sent.sort(pl.col("name").str.len_chars(), "name")["about_receipt_id"][-1]
    about = manifest.receipt_by_id(unit, longest)
    return None if about is None else original_of(unit, about) or about


def repairs_of(unit: Unit, receipts: Collection[int]) -> list[int]:
    """The receipts that bring back lines of *receipts*, whatever became of them."""
    if not receipts:
        return []
    named = ((one, original_of(unit, one)) for one in manifest.receipts_beginning(unit, PREFIX))
    return [one.receipt_id for one, original in named if original is not None
            and original.receipt_id in receipts]  # fmt: skip


def kind_of(unit: Unit, receipt: Receipt) -> str | None:
    """What kind of lines *receipt* brings back, if it does."""
    original = original_of(unit, receipt)
    if original is None:
        return None
    outcome = rows_of(unit, receipt_outcome, receipt_outcome.c.receipt_id == original.receipt_id)
    return str(outcome["kind"][0])


def repaired_before(unit: Unit, receipt: Receipt) -> set[int]:
    """Lines of *receipt* that came back repaired after these same bytes came before: what they were
    repaired to stands, and they say nothing against it, nor are they to be repaired once more.
    """
    before = [
        one.receipt_id
        for one in manifest.receipts_at(unit, receipt.address)
        if one.receipt_id != receipt.receipt_id
    ]
    return set(rows_of(unit, repair, repair.c.of_receipt_id.in_(before))["of_line_number"])
