"""A part of a file judged: what each of its rows says by itself, whatever the others say."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from recupero.profiles.language import Language
from recupero.profiles.profile import Layout
from schemas.contacts import normalise
from schemas.contract import breaches
from schemas.control import counted_hash, together
from schemas.convert import Converted, convert
from schemas.lines import MOJIBAKE
from schemas.messages import explain, message
from schemas.parts import Part
from schemas.read import RawTable
from schemas.rule import FINDING, REJECT, Context, findings, no_findings

#: C1 controls: what cp1252 quotes and dashes turn into when they are read as latin-1.
_C1 = r"[\x{80}-\x{9f}]"


@dataclass(frozen=True)
class Judged:
    """rows_read = accepted.height + rejected lines + empty.

    accepted           typed rows that break no rule, telephones in E.164
    rejects, warnings  as of ``Screened``
    empty              rows the layout declares to be no event
    counted            by line, what control and keys are taken from, of rows that could be split
    keys               what stands where the account number should in broken lines
    hashed             ``counted_hash`` of the rows, of a layout that declares one
    unread             findings for broken lines (without a field) and cells that did not read
    refused            typed rows that break a rule, as far as they were read
    """

    rows_read: int
    accepted: pl.DataFrame
    rejects: pl.DataFrame
    warnings: pl.DataFrame
    empty: int
    counted: pl.DataFrame
    keys: pl.Series
    hashed: int | None
    unread: pl.DataFrame
    refused: pl.DataFrame


def judge(part: Part, layout: Layout, context: Context, language: Language) -> Judged:
    """The rows of *part*, typed and held against the rules of their kind."""
    typed = convert(part.rows, layout, context.business_date, bare=part.bare)
    candidates = _without_empty(typed.rows, layout)
    found = _found(candidates, part.slow, typed, layout, context)
    accepted = candidates
    if found.height:
        accepted = candidates.join(found, on="line_number", how="anti", maintain_order="left")
    accepted, doubtful = normalise(accepted, context.country)
    doubtful = pl.concat([doubtful, _suspect_text(accepted, part.slow)])
    rows = part.at(pl.concat([found["line_number"], doubtful["line_number"]]).unique())
    broken = part.slow.broken
    lost = _broken_rejects(broken, layout, language)
    refused = typed.rows.filter(pl.col("line_number").is_in(found["line_number"].implode()))
    kept = {"line_number", "account_number", *layout.summed}
    kept |= {"currency"} if layout.summed else set()
    return Judged(
        rows_read=part.rows_read,
        accepted=accepted,
        rejects=pl.concat([explain(found, rows, layout, language), lost]),
        warnings=explain(doubtful, rows, layout, language),
        empty=typed.rows.height - candidates.height,
        counted=typed.rows.select(name for name in typed.rows.columns if name in kept),
        keys=part.slow.keys,
        hashed=counted_hash(part.rows, layout),
        unread=pl.concat([_findings_of(broken), typed.found]),
        refused=refused,
    )


def joined(parts: list[Judged], layout: Layout) -> Judged:
    """All *parts*, in their order, as one."""
    hashed = [part.hashed for part in parts if part.hashed is not None]
    return Judged(
        rows_read=sum(part.rows_read for part in parts),
        accepted=pl.concat([part.accepted for part in parts]),
        rejects=pl.concat([part.rejects for part in parts]),
        warnings=pl.concat([part.warnings for part in parts]),
        empty=sum(part.empty for part in parts),
        counted=pl.concat([part.counted for part in parts]),
        keys=pl.concat([part.keys for part in parts]),
        hashed=together(hashed, layout) if hashed else None,
        unread=pl.concat([part.unread for part in parts]),
        refused=pl.concat([part.refused for part in parts]),
    )


def _without_empty(rows: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """The rows that tell of an event."""
    if layout.zero_amount != "skip":
        return rows
    return rows.filter((pl.col("amount_minor") != 0).fill_null(True))


def _found(
    candidates: pl.DataFrame, table: RawTable, typed: Converted, layout: Layout, context: Context
) -> pl.DataFrame:
    """Every finding on the rows: of cells that did not read, then of rules broken.

    A field that did not read is null; no rule complains about the same field again.
    """
    unread = pl.concat([table.found, typed.found])
    broken = breaches(candidates, layout.kind, context)
    if "due_date" not in layout.declared:  # either will do, and this one they have
        due = (pl.col("field") == "due_date") & (pl.col("rule") == "required")
        told = pl.when(due).then(pl.lit("days_past_due")).otherwise("field")
        broken = broken.with_columns(field=told)
    if unread.is_empty():
        return broken
    unread = unread.join(candidates.select("line_number"), on="line_number", how="semi")
    unread = unread.unique(["line_number", "field"], keep="first", maintain_order=True)
    return pl.concat([unread, broken.join(unread, on=["line_number", "field"], how="anti")])


def _suspect_text(accepted: pl.DataFrame, table: RawTable) -> pl.DataFrame:
    odd = table.rows.filter(pl.col("raw").str.contains(rf"{_C1}|{MOJIBAKE}"))
    if odd.is_empty():
        return no_findings()
    lines = odd.join(accepted, on="line_number", how="semi")["line_number"]
    return findings(lines, "", "encoding_suspect")


def _findings_of(broken: pl.DataFrame) -> pl.DataFrame:
    """Lines that could not be split into cells, as findings."""
    return broken.select("line_number", field=pl.lit(""), rule="rule").cast(FINDING)


def _broken_rejects(broken: pl.DataFrame, layout: Layout, language: Language) -> pl.DataFrame:
    rules = broken["rule"].unique().sort().to_list()
    texts = {rule: message(rule, "", layout, language) for rule in rules}
    return broken.select(
        "line_number",
        field=pl.lit(""),
        rule="rule",
        message=pl.col("rule").replace(texts),
        value=pl.lit(None, pl.String),
        raw="raw",
    ).cast(REJECT)
