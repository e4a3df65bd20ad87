"""A file screened: the rows that may be booked, and for every other row the reason it may not."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from recupero.errors import FileRefused
from recupero.profiles.fields import Kind
from recupero.profiles.language import Language
from recupero.profiles.profile import Layout, Profile
from schemas.amounts import refuse_unsummable
from schemas.control import Control, Declared, Unread, compare, refuse_digest, refuse_disagreement
from schemas.control_file import differences
from schemas.duplicates import repeated
from schemas.judge import Judged, joined, judge
from schemas.message_texts import EXCESS
from schemas.messages import explain, message
from schemas.money_stated import money_of, sum_of
from schemas.parts import Source, source
from schemas.rule import Context

#: Reasons named when a file is refused for its rejects; the rejects themselves are all listed.
REASONS_TOLD = 3
#: Where it does not matter how the rows are judged.
_NO_COUNTRY = "ZZ"


def no_keys() -> pl.Series:
    """No account numbers."""
    return pl.Series("account_number", [], dtype=pl.String)


@dataclass(frozen=True)
class Screened:
    """rows_read = rows.height + rows_rejected + rows_duplicate + rows_empty, always.

    rows           accepted rows: ``line_number``, then every canonical field of the kind
    rejects        ``line_number, field, rule, message, value, raw``: one row per rule broken
    warnings       the same shape; their rows are accepted
    rows_empty     rows the layout declares to be no event (``zero_amount = "skip"``)
    readable_keys  every account number that could be read, rejected rows included
    rejected_keys  the account number of each rejected row, null where it could not be read
    statements     what the bank statements among them are known again by
    rejected_minor, duplicate_minor    the money of those rows by currency, as far as it was read
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
    rejected_keys: pl.Series = field(default_factory=no_keys)
    statements: tuple[Mapping[str, object], ...] = ()
    rejected_minor: Mapping[str, int] = field(default_factory=dict)
    duplicate_minor: Mapping[str, int] = field(default_factory=dict)


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
    stated: Declared | None = None,
    repaired: Collection[int] = (),
) -> Screened:
    """As ``screen``, however many rows are rejected; *stated* is what its control file says, and
    *repaired* are its lines that came back from an earlier sending: they count as duplicates.
    """
    if layout.control == "sha256" or side_digest:
        refuse_digest(layout, hashlib.sha256(content).hexdigest(), side_digest)
    file, digest = source(content, layout), hashlib.sha256(content).hexdigest() if stated else ""
    return screened_rows(file, layout, profile, business_date, stated, digest, repaired)


def screened_rows(
    file: Source,
    layout: Layout,
    profile: Profile,
    business_date: date,
    stated: Declared | None = None,
    digest: str = "",
    repaired: Collection[int] = (),
) -> Screened:
    """What is to be said of the rows of *file*; raises ``FileRefused`` for its control figures, or
    for those *stated* in its control file, which may state the *digest* of its bytes too.
    """
    context, language = (
        Context(business_date, profile.institution.country),
        profile.institution.speaks,
    )
    whole = joined([judge(part, layout, context, language) for part in file.parts()], layout)
    control = compare(stated or file.control, whole.rows_read, whole.counted, layout, whole.hashed)
    others = differences(stated, digest, _cut_off(whole)) if stated else []
    named = stated.source if stated else ""
    refuse_disagreement(control, layout, _unread(whole, layout, language), named, others)
    again = repeated(whole.accepted, file.at, layout, language)
    rejects = pl.concat([whole.rejects, explain(again.found, again.rows, layout, language)])
    broken = rejects["line_number"].unique()
    told = pl.Series(sorted(repaired), dtype=pl.Int64)
    done = [_lines(rows, told)["line_number"] for rows in (whole.accepted, rejects)]
    passed = pl.concat([again.same, *done]).unique()
    dropped = pl.concat([passed, again.found["line_number"]]).implode()
    accepted, warnings = (
        frame if dropped[0].is_empty() else frame.filter(~pl.col("line_number").is_in(dropped))
        for frame in (whole.accepted, whole.warnings)
    )
    refuse_unsummable(accepted)
    rejected = broken.filter(~broken.is_in(passed.implode()))
    return Screened(
        kind=layout.kind,
        layout_version=layout.version,
        rows=accepted,
        rejects=_ordered(_lines(rejects, rejected)),
        warnings=_ordered(warnings),
        rows_read=whole.rows_read,
        rows_rejected=rejected.len(),
        rows_duplicate=passed.len(),
        rows_empty=whole.empty,
        readable_keys=_readable_keys(whole),
        rejected_keys=_rejected_keys(whole, broken),
        control=control,
        rejected_minor=_money(whole, rejected, layout),
        duplicate_minor=_money(whole, passed, layout),
    )


def readable_keys(file: Source, layout: Layout, business_date: date) -> pl.Series:
    """Every account number that can be read in *file*, however its rows are judged."""
    context = Context(business_date, _NO_COUNTRY)
    parts = file.parts()
    whole = joined([judge(part, layout, context, "es") for part in parts], layout)
    return _readable_keys(whole)


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
    # A control file of which a row does not count proves nothing.
    share_max = 0.0 if screened.kind == "control" else profile.policy.rejects_share_max
    if screened.rows_rejected <= share_max * screened.rows_read:
        return
    reasons = (
        screened.rejects.group_by("field", "rule")
        .agg(pl.len(), pl.first("line_number", "message"))
        .sort(["len", "line_number", "field", "rule"], descending=[True, False, False, False])
    )
    whole, each, mend = EXCESS[profile.institution.speaks]
    told = " · ".join(
        each.format(count=count, line=line_number, text=text)
        for count, line_number, text in reasons.head(REASONS_TOLD)
        .select("len", "line_number", "message")
        .rows()
    )
    what = whole.format(
        rejected=screened.rows_rejected, read=screened.rows_read, share=share_max, reasons=told
    )
    raise FileRefused(what, mend=mend, rule="too_many_rejects")


def _money(whole: Judged, lines: pl.Series, layout: Layout) -> dict[str, int]:
    told = (_lines(rows, lines) for rows in (whole.accepted, whole.refused))
    return sum_of(*(money_of(rows, layout.kind) for rows in told))


def _lines(rows: pl.DataFrame, lines: pl.Series) -> pl.DataFrame:
    return rows.filter(pl.col("line_number").is_in(lines.implode()))


def _cut_off(whole: Judged) -> date | None:
    """The newest cut-off that the rows state."""
    known = "cut_off" in whole.accepted.columns
    cut_off = whole.accepted["cut_off"].max() if known else None
    return cut_off if isinstance(cut_off, date) else None


def _unread(whole: Judged, layout: Layout, language: Language) -> Unread | None:
    """What control figures cannot count: broken lines and amounts that did not read."""
    counted = ["", "currency", *sorted(layout.summed)]
    lost = whole.unread.filter(pl.col("field").is_in(counted)).sort("line_number")
    if lost.is_empty():
        return None
    line_number, at, rule = lost.row(0)
    return Unread(lost.height, line_number, message(rule, at, layout, language))


def _ordered(rejects: pl.DataFrame) -> pl.DataFrame:
    return rejects.sort("line_number", "field", "rule")


def _readable_keys(whole: Judged) -> pl.Series:
    if "account_number" not in whole.counted.columns:
        return whole.keys
    keys = pl.concat([whole.counted["account_number"], whole.keys])
    keys = keys.filter(keys.is_not_null() & (keys != ""))
    distinct = keys.hash().n_unique() == keys.len()  # hashes that differ are of keys that differ
    return keys if distinct else keys.unique(maintain_order=True)


def _rejected_keys(whole: Judged, lines: pl.Series) -> pl.Series:
    if "account_number" not in whole.counted.columns:
        return no_keys()
    read = whole.counted.filter(pl.col("line_number").is_in(lines.implode()))["account_number"]
    broken = whole.unread.filter(pl.col("field") == "").height
    unread = pl.Series([None] * (broken - whole.keys.len()), dtype=pl.String)
    keys = pl.concat([series.alias("account_number") for series in (read, whole.keys, unread)])
    return keys.replace("", None).unique(maintain_order=True)
