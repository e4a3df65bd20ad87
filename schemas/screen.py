"""A file screened: the rows that may be booked, and for every other row the reason it may not."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from recupero.errors import FileRefused
from recupero.profiles.fields import Kind
from recupero.profiles.profile import Layout, Profile
from schemas.amounts import refuse_unsummable
from schemas.contacts import normalise
from schemas.contract import breaches
from schemas.control import Control, Unread, compare, refuse_digest, refuse_disagreement
from schemas.convert import Converted, convert
from schemas.duplicates import repeated
from schemas.lines import MOJIBAKE
from schemas.messages import explain, message
from schemas.read import RawTable, read
from schemas.rule import REJECT, Context, findings

#: C1 controls: what cp1252 quotes and dashes turn into when they are read as latin-1.
_C1 = r"[\x{80}-\x{9f}]"
#: Reasons named when a file is refused for its rejects; the rejects themselves are all listed.
REASONS_TOLD = 3


@dataclass(frozen=True)
class Screened:
    """rows_read = rows.height + rows_rejected + rows_duplicate + rows_empty, always.

    rows           accepted rows: ``line_number``, then every canonical field of the kind
    rejects        ``line_number, field, rule, message, value, raw``: one row per rule broken
    warnings       the same shape; their rows are accepted
    rows_empty     rows the layout declares to be no event (``zero_amount = "skip"``)
    readable_keys  every account number that could be read, rejected rows included
    statements     what the bank statements among them are known again by
    """

    kind: Kind
    layout_version: str
    rows: pl.DataFrame
    rejects: pl.DataFrame
    warnings: pl.DataFrame
    rows_read: int
    rows_rejected: int
    rows_duplicate: int
    rows_empty: int
    readable_keys: pl.Series
    control: Control
    statements: tuple[Mapping[str, object], ...] = ()


def screen(
    content: bytes,
    layout: Layout,
    profile: Profile,
    business_date: date,
    side_digest: str | None = None,
) -> Screened:
    """Read, type and judge *content*; *side_digest* is what its ``.sha256`` file states.

    Raises ``FileRefused`` when the file cannot be read as declared, when its control figures
    disagree (``control_missing``, ``control_total``) or when too many rows are rejected.
    """
    screened = sift(content, layout, profile, business_date, side_digest)
    refuse_excess(screened, layout, profile)
    return screened


def sift(
    content: bytes,
    layout: Layout,
    profile: Profile,
    business_date: date,
    side_digest: str | None = None,
) -> Screened:
    """As ``screen``, however many rows are rejected."""
    refuse_digest(layout, hashlib.sha256(content).hexdigest(), side_digest)
    table = read(content, layout)
    rows_read = table.rows.height + table.broken.height
    typed = convert(table.rows, layout, business_date)
    control = compare(table.control, rows_read, typed.rows, layout)
    refuse_disagreement(control, _unread(table, typed, layout))
    candidates, empty = _without_empty(typed, layout)
    found = _found(candidates, table, typed, layout, profile, business_date)
    accepted = candidates.join(found, on="line_number", how="anti")
    again = repeated(accepted, table.rows, layout)
    found = pl.concat([found.with_columns(message=pl.lit(None, pl.String)), again.found])
    dropped = pl.concat([again.same, again.found["line_number"]])
    accepted = accepted.filter(~pl.col("line_number").is_in(dropped.implode()))
    refuse_unsummable(accepted)
    accepted, doubtful = normalise(accepted, profile.institution.country)
    suspect = _suspect_text(accepted, table)
    rejects = pl.concat([explain(found, table.rows, layout), _broken_rejects(table, layout)])
    warnings = explain(pl.concat([doubtful, suspect]), table.rows, layout)
    return Screened(
        kind=layout.kind,
        layout_version=layout.version,
        rows=accepted,
        rejects=_ordered(rejects),
        warnings=_ordered(warnings),
        rows_read=rows_read,
        rows_rejected=rejects["line_number"].n_unique(),
        rows_duplicate=again.same.len(),
        rows_empty=empty,
        readable_keys=_readable_keys(typed.rows, table),
        control=control,
    )


def refuse_excess(screened: Screened, layout: Layout, profile: Profile) -> None:
    """Raise ``FileRefused``: ``too_many_rejects`` above the share the policy allows, ``empty`` for
    a full portfolio without a row, which would recall every account. Never for a bank's statement:
    what a bank only announces is told row by row and is no fault of the file."""
    if screened.kind == "statement":
        return
    if screened.kind == "placement" and layout.snapshot == "full" and not screened.rows_read:
        raise FileRefused(
            "la cartera completa no trae ninguna fila; retiraría todas las cuentas",
            mend="envíe el archivo con sus datos",
            rule="empty",
        )
    share_max = profile.policy.rejects_share_max
    if screened.rows_rejected <= share_max * screened.rows_read:
        return
    reasons = (
        screened.rejects.group_by("field", "rule")
        .agg(pl.len(), pl.first("line_number", "message"))
        .sort(["len", "line_number", "field", "rule"], descending=[True, False, False, False])
    )
    told = " · ".join(
        f"{count} desde la línea {line_number}: {text}"
        for count, line_number, text in reasons.head(REASONS_TOLD)
        .select("len", "line_number", "message")
        .rows()
    )
    raise FileRefused(
        f"{screened.rows_rejected} de {screened.rows_read} filas rechazadas, más del "
        f"{share_max:.0%} acordado. {told}",
        mend="corrija esas filas y envíe el archivo de nuevo",
        rule="too_many_rejects",
    )


def _without_empty(typed: Converted, layout: Layout) -> tuple[pl.DataFrame, int]:
    """The rows that tell of an event, and how many do not."""
    if layout.zero_amount != "skip":
        return typed.rows, 0
    kept = typed.rows.filter((pl.col("amount_minor") != 0).fill_null(True))
    return kept, typed.rows.height - kept.height


def _found(
    candidates: pl.DataFrame,
    table: RawTable,
    typed: Converted,
    layout: Layout,
    profile: Profile,
    business_date: date,
) -> pl.DataFrame:
    """Every finding on the rows: of cells that did not read, then of rules broken.

    A field that did not read is null; no rule complains about the same field again.
    """
    context = Context(business_date, profile.institution.country)
    unread = pl.concat([table.found, typed.found]).join(candidates, on="line_number", how="semi")
    unread = unread.unique(["line_number", "field"], keep="first", maintain_order=True)
    broken = breaches(candidates, layout.kind, context)
    if "due_date" not in layout.declared:  # either will do, and this one they have
        due = (pl.col("field") == "due_date") & (pl.col("rule") == "required")
        told = pl.when(due).then(pl.lit("days_past_due")).otherwise("field")
        broken = broken.with_columns(field=told)
    return pl.concat([unread, broken.join(unread, on=["line_number", "field"], how="anti")])


def _unread(table: RawTable, typed: Converted, layout: Layout) -> Unread | None:
    """What control figures cannot count: broken lines and amounts that did not read."""
    summed = layout.trailer.sum_of if layout.trailer else None
    cells = typed.found.filter(pl.col("field") == (summed or ""))
    broken = table.broken.select("line_number", "rule", field=pl.lit(""))
    lost = pl.concat([broken, cells.select(broken.columns)]).sort("line_number")
    if lost.is_empty():
        return None
    line_number, rule, at = lost.row(0)
    return Unread(lost.height, line_number, message(rule, at, layout))


def _suspect_text(accepted: pl.DataFrame, table: RawTable) -> pl.DataFrame:
    odd = table.rows.filter(pl.col("raw").str.contains(rf"{_C1}|{MOJIBAKE}"))
    lines = odd.join(accepted, on="line_number", how="semi")["line_number"]
    return findings(lines, "", "encoding_suspect")


def _broken_rejects(table: RawTable, layout: Layout) -> pl.DataFrame:
    rules = table.broken["rule"].unique().sort().to_list()
    texts = {rule: message(rule, "", layout) for rule in rules}
    return table.broken.select(
        "line_number",
        field=pl.lit(""),
        rule="rule",
        message=pl.col("rule").replace(texts),
        value=pl.lit(None, pl.String),
        raw="raw",
    ).cast(REJECT)


def _ordered(rejects: pl.DataFrame) -> pl.DataFrame:
    return rejects.sort("line_number", "field", "rule")


def _readable_keys(typed: pl.DataFrame, table: RawTable) -> pl.Series:
    if "account_number" not in typed.columns:
        return table.keys
    keys = pl.concat([typed["account_number"], table.keys])
    return keys.filter(keys.is_not_null() & (keys != "")).unique(maintain_order=True)
