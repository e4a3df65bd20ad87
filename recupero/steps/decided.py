"""What was decided about a received file, and the row that says so."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from recupero.errors import Fault
from recupero.exchange.container import Member
from recupero.profiles.layout import Layout
from recupero.steps.booking.case import NO_REJECTS, Booking
from recupero.steps.reject_paper import Unrepaired
from recupero.store import manifest
from recupero.store.bulk import empty_frame
from recupero.store.manifest import Receipt
from recupero.store.recordings import Draft, canonical_json
from recupero.store.tables import receipt_outcome, reject, repair
from reports.compared import Part
from schemas.control import Control
from schemas.money_stated import money_of, sum_of
from schemas.screen import Screened


@dataclass(frozen=True)
class Rows:
    """I1: read = booked + unchanged + held + rejected + duplicate."""

    read: int = 0
    booked: int = 0
    unchanged: int = 0
    held: int = 0
    rejected: int = 0
    duplicate: int = 0

    def __post_init__(self) -> None:
        parts = self.booked + self.unchanged + self.held + self.rejected + self.duplicate
        if parts != self.read:
            raise Fault(f"{self.read} rows read, but {parts} accounted for")


@dataclass(frozen=True)
class Intake:
    """A receipt with the decision about it; ``rows`` are the counts of I1 by name.

    ``original`` is the receipt that a duplicate repeats; ``refused_rows`` are the rejects for
    which a whole file was refused: told, so that they can be mended, and not counted. ``members``
    are the files that were found in a sealed one. ``control`` are the figures a file was refused
    for, ``control_file`` is what it was judged with. ``repairs`` is the receipt whose rejected
    lines came back, ``repaired`` those that screening let pass (line_number, of_line_number,
    content) and ``again`` those that may come back once more.
    """

    receipt: Receipt
    state: str
    layout: Layout | None = None
    rule: str | None = None
    reason: str | None = None
    mend: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    screened: Screened | None = None
    booking: Booking | None = None
    original: Receipt | None = None
    refused_rows: pl.DataFrame | None = None
    members: tuple[Member, ...] = ()
    control: Control | None = None
    repairs: Receipt | None = None
    repaired: pl.DataFrame | None = None
    again: Unrepaired | None = None
    part: Part | None = None
    control_file: Receipt | None = None

    @property
    def kind(self) -> str | None:
        return self.layout.kind if self.layout else None

    @property
    def cut_off(self) -> date | None:
        """The newest cut-off the rows state, for a portfolio."""
        rows = self.screened.rows if self.screened else None
        if rows is None or "cut_off" not in rows.columns:
            return None
        newest = rows["cut_off"].max()
        return newest if isinstance(newest, date) else None

    @property
    def money(self) -> dict[str, dict[str, int]]:
        """By count of I1 and currency, the money of those rows as far as it could be read."""
        if self.screened is None or self.booking is None:
            return {}
        screened, booking = self.screened, self.booking
        refused = booking.rejects["line_number"].implode()
        by_ledger = screened.rows.filter(pl.col("line_number").is_in(refused))
        held = screened.rows.filter(~pl.col("line_number").is_in(refused))
        parts = {
            "booked": booking.booked_minor,
            "unchanged": booking.unchanged_minor,
            "held": money_of(held, screened.kind) if booking.held else {},
            "rejected": sum_of(screened.rejected_minor, money_of(by_ledger, screened.kind)),
            "duplicate": screened.duplicate_minor,
        }
        return {**{step: dict(of) for step, of in parts.items()}, "read": sum_of(*parts.values())}

    def reject_lines(self) -> pl.DataFrame:
        """Line, field and rule of every reject, screening's and the ledger's."""
        found = [self.screened.rejects.select(NO_REJECTS.columns)] if self.screened else []
        found += [self.booking.rejects] if self.booking else []
        return pl.concat([NO_REJECTS, *found]).sort("line_number", "field", "rule")

    def repaired_lines(self) -> pl.DataFrame:
        """The rows of ``repair``: lines that are booked now, or say what was booked already."""
        if self.repairs is None or self.repaired is None or self.state != "booked":
            return empty_frame(repair)
        refused = self.reject_lines().select("line_number")
        return self.repaired.join(refused, on="line_number", how="anti").with_columns(
            pl.lit(self.receipt.receipt_id).alias("receipt_id"),
            pl.lit(self.repairs.receipt_id).alias("of_receipt_id"),
        )


def outcome_frame(intake: Intake, business_date: date) -> pl.DataFrame:
    """What became of the receipt, as its row."""
    nullable = ("rule", "reason", "kind", "layout_version", "control")
    row = {
        "receipt_id": intake.receipt.receipt_id,
        "state": intake.state,
        "rule": intake.rule,
        "reason": intake.reason,
        "kind": intake.kind,
        "layout_version": intake.layout.version if intake.layout else None,
        "business_date": business_date,
        "cut_off": intake.cut_off,
        **{f"rows_{name}": count for name, count in intake.rows.items()},
        "control": canonical_json(_control(intake, intake.screened)) if intake.screened else None,
        "amounts": canonical_json(intake.booking.booked_minor if intake.booking else {}),
    }
    overrides = dict.fromkeys(nullable, pl.String) | {"cut_off": pl.Date}
    return pl.DataFrame([row], schema_overrides=overrides)


def _control(intake: Intake, screened: Screened) -> dict[str, Any]:
    """What the file or its control file says of it; of a portfolio whether it states it in full,
    which where the institution has several, and which part of it; whose lines it brings back
    repaired; and what its statements are known again by.
    """
    control = screened.control.told()
    if screened.control.declared_hash is None:
        del control["declared_hash"], control["counted_hash"]
    if intake.kind == "placement" and intake.layout:
        control["snapshot"] = intake.layout.snapshot
    if intake.layout and intake.layout.portfolio:
        control["portfolio"] = intake.layout.portfolio
    if intake.control_file:
        control["control_file"] = intake.control_file.receipt_id
    if intake.part:
        control["part"] = intake.part.name
    if intake.repairs:
        control["repairs"] = intake.repairs.receipt_id
    return {**control, "statements": screened.statements} if screened.statements else control


def draft(intake: Intake, business_date: date, inputs: dict[str, str]) -> Draft:
    """The recording of the decision about a plain file, by the *inputs* of the run."""
    counts: dict[str, Any] = {"state": intake.state, **intake.rows}
    frames = dict(intake.booking.frames) if intake.booking else {}
    frames[receipt_outcome] = outcome_frame(intake, business_date)
    controlled = {"control": intake.control_file.address} if intake.control_file else {}
    lines = intake.reject_lines()
    if lines.height:
        frames[reject] = lines.with_row_index("number", offset=1).with_columns(
            pl.lit(intake.receipt.receipt_id).alias("receipt_id")
        )
    if intake.repairs is not None:
        frames[repair] = intake.repaired_lines()
    return Draft(
        kind="intake",
        subject=manifest.subject_of(intake.receipt.receipt_id),
        business_date=business_date,
        counts=counts,
        inputs={**inputs, "file": intake.receipt.address, **controlled},
        frames=frames,
    )
