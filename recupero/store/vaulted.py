"""Who names which object of the vault: files, papers, inputs of runs; and what was destroyed."""

from __future__ import annotations

from datetime import date

import polars as pl
from sqlalchemy import func, select

from recupero.store import bulk, manifest, outgoing, sightings
from recupero.store.recordings import newest_date
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import (
    delivery,
    delivery_attempt,
    delivery_decision,
    document,
    encrypted_document,
    erasure,
    member,
    receipt,
    recording,
    run_input,
)

#: ``reference`` is file, paper, encrypted, input or unnamed; the last two have no ``reference_id``.
#: A paper as it left encrypted has the paper's id and all that is the paper's but the address: it
#: goes with it. ``unnamed`` is what nothing named when it was destroyed, or is to be.
#: ``bundle`` is the receipt of the container a file came in; the container bears its own.
REFERENCES = ("reference", "reference_id", "bundle", "address", "kind", "kept_from", "erased")
_FORM = r"_(csv|pdf|xlsx|rejects)$"
#: The kind of recording by which operations clear away what nothing names.
CLEARING = "clearing"


def references(unit: Unit, as_of: date = date.max) -> pl.DataFrame:
    """Every reference to an object (``REFERENCES``), as ``recupero.rules.retain`` judges them.

    ``kept_from`` is the date on which a file was decided about, a paper delivered, withheld or
    lost: the last on which a run needed its bytes. It is null before, for a file that is held, and
    until an anchor of a date before *as_of* has told the institution what is recorded of them.
    """
    gone = rows_of(unit, erasure)
    files, papers = _files(unit), _papers(unit)
    made = rows_of(unit, encrypted_document).select(
        pl.col("document_id").alias("reference_id"), "address"
    )
    encrypted = papers.drop("address").join(
        made, on="reference_id", how="inner", maintain_order="left_right"
    )
    is_told = pl.col("recording_id").is_in(_anchored(unit, as_of).implode())
    named = [
        rows.with_columns(
            pl.lit(reference).alias("reference"),
            pl.when(is_told).then("kept_from").alias("kept_from"),
            pl.col("reference_id").is_in(gone[erased].drop_nulls().implode()).alias("erased"),
        ).select(REFERENCES)
        for reference, rows, erased in (
            ("file", files, "receipt_id"), ("paper", papers, "document_id"),
            ("encrypted", encrypted, "document_id"),
        )
    ]  # fmt: skip
    return pl.concat([*named, _inputs(unit), _unnamed(gone)])


def destroyed(known: pl.DataFrame) -> pl.DataFrame:
    """The *known* references whose object is destroyed: no later one opened its life again."""
    return known.filter(pl.col("erased").all().over("address"))


def come_again(unit: Unit) -> set[str]:
    """Addresses of what was sent again on the open date: a pull puts it into the vault to look at
    it, and the end of that night destroys what is destroyed."""
    opened = newest_date(unit)
    seen = [] if opened is None else sightings.seen_again(unit, opened)
    return set(rows_of(unit, receipt, receipt.c.receipt_id.in_(seen))["address"])


def unnamed_yet_named(unit: Unit) -> pl.DataFrame:
    """Rows of ``erasure`` of what was cleared away because nothing named it, and something did."""
    cleared = rows_of(unit, recording, recording.c.kind == CLEARING).select(
        "recording_id", "position"
    )
    rows = rows_of(unit, erasure).join(cleared, on="recording_id", how="inner")
    places = rows_of(unit, recording).select("recording_id", pl.col("position").alias("named_at"))
    named = pl.concat(
        [
            rows_of(unit, table).select("recording_id", "address")
            for table in (receipt, document, run_input)
        ]
    ).join(places, on="recording_id", how="inner")
    first = named.group_by("address").agg(pl.col("named_at").min())
    encrypted = rows_of(unit, encrypted_document)["address"].implode()
    is_named = (
        (pl.col("named_at") < pl.col("position")).fill_null(value=False)
        | pl.col("address").is_in(encrypted)
        | pl.col("receipt_id").is_not_null()
        | pl.col("document_id").is_not_null()
    )
    found = rows.join(first, on="address", how="left").filter(is_named)
    return found.sort("position", "number")


def only_announced(unit: Unit) -> set[str]:
    """Addresses of papers encrypted that nothing depends on: a later one stands for them, or none
    was attempted or sent again; a killed run may have left them without an object."""
    made = rows_of(unit, encrypted_document)
    last = pl.col("number") == pl.col("number").max().over("document_id")
    tried = rows_of(unit, delivery_attempt)["address"].implode()
    sent = rows_of(unit, delivery_decision, delivery_decision.c.decision == "resent")
    left = pl.col("address").is_in(tried) | pl.col("document_id").is_in(
        sent["document_id"].implode()
    )
    return set(made.filter(~(last & left))["address"])


def destroyed_files(unit: Unit) -> list[int]:
    """The receipts whose bytes are destroyed."""
    files = destroyed(references(unit)).filter(pl.col("reference") == "file")
    return files["reference_id"].to_list()


def _files(unit: Unit) -> pl.DataFrame:
    """A repetition is what its bytes were booked as first, where its own name tells no kind."""
    received = rows_of(unit, receipt).sort("sequence").select("receipt_id", "address")
    decided = manifest.outcomes(unit).select(
        "receipt_id", "recording_id", "state", "kind", "business_date"
    )
    files = received.join(decided, on="receipt_id", how="left", maintain_order="left")
    inside = rows_of(unit, member).select("receipt_id", pl.col("container_id").alias("bundle"))
    containers = inside.select(pl.col("bundle").alias("receipt_id"), "bundle").unique()
    bundles = pl.concat([inside, containers])
    booked = files.filter(pl.col("state") == "booked").unique("address", keep="first")
    state, kind = pl.col("state"), pl.coalesce("kind", "booked_as")
    by_state = {*manifest.REFUSED, "opened"}
    return files.join(
        booked.select("address", pl.col("kind").alias("booked_as")),
        on="address", how="left", maintain_order="left",
    ).join(bundles, on="receipt_id", how="left", maintain_order="left").select(
        pl.col("receipt_id").alias("reference_id"),
        "recording_id",
        "bundle",
        "address",
        pl.format("files.{}", pl.when(state.is_in(sorted(by_state))).then(state)
                  .otherwise(kind)).fill_null("files").alias("kind"),
        pl.when(state != "held").then("business_date").alias("kept_from"),
    )  # fmt: skip


def _papers(unit: Unit) -> pl.DataFrame:
    told = ~outgoing.ended_in(outgoing.UNCERTAIN)  # an uncertain one may be sent again
    ended = rows_of(unit, delivery, told).select(
        "document_id", pl.col("business_date").alias("ended_on")
    )
    papers = rows_of(unit, document).join(
        ended, on="document_id", how="left", maintain_order="left"
    )
    return papers.select(
        pl.col("document_id").alias("reference_id"),
        "recording_id",
        pl.lit(None, pl.Int64).alias("bundle"),
        "address",
        pl.format("papers.{}", pl.col("kind").str.replace(_FORM, "")).alias("kind"),
        pl.col("ended_on").alias("kept_from"),
    )


def _inputs(unit: Unit) -> pl.DataFrame:
    return rows_of(unit, run_input).select(
        pl.lit("input").alias("reference"),
        pl.lit(None, pl.Int64).alias("reference_id"),
        pl.lit(None, pl.Int64).alias("bundle"),
        "address",
        pl.format("inputs.{}", "kind").alias("kind"),
        pl.lit(None, pl.Date).alias("kept_from"),
        pl.lit(False).alias("erased"),
    )


def _unnamed(gone: pl.DataFrame) -> pl.DataFrame:
    """What went because nothing named it; the same bytes, received since, are kept by that."""
    of_nothing = pl.col("receipt_id").is_null() & pl.col("document_id").is_null()
    return gone.filter(of_nothing).select(
        pl.lit("unnamed").alias("reference"),
        pl.lit(None, pl.Int64).alias("reference_id"),
        pl.lit(None, pl.Int64).alias("bundle"),
        "address",
        pl.lit("unnamed").alias("kind"),
        pl.lit(None, pl.Date).alias("kept_from"),
        pl.lit(True).alias("erased"),
    )


def _anchored(unit: Unit, as_of: date) -> pl.Series:
    """The recordings before the last anchor that is dated before *as_of*."""
    own = recording.c.institution == unit.institution
    last = select(func.max(recording.c.position)).where(
        own, recording.c.kind == "anchor", recording.c.business_date < as_of
    )
    before = recording.c.position < last.scalar_subquery()
    found = bulk.read(unit.connection, select(recording.c.recording_id).where(own, before))
    return found["recording_id"]
