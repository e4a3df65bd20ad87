"""A reject file that came back: known by its name, its lines by their reference.

What is booked is the original line with its corrections, under the layout it was written in: a
part of a file, so no account goes for not being named. Only lines that are still rejected count,
and only where the institution's own columns were left as they were.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from recupero.errors import Fault, FileRefused
from recupero.profiles.fields import KEYS, LISTS
from recupero.profiles.layout import Layout
from recupero.profiles.profile import Profile
from recupero.profiles.repair import as_part, line_of
from recupero.steps.booking.case import Original
from recupero.steps.brought_back import original_of
from recupero.steps.documents import folio
from recupero.steps.read_then import full_since, layout_then, taken_in
from recupero.steps.reject_paper import Unrepaired
from recupero.steps.services import Services
from recupero.store import manifest
from recupero.store.canonical import keyed_hashes
from recupero.store.manifest import Receipt
from recupero.store.recordings import canonical_json
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import reject, repair
from recupero.store.vaulted import destroyed_files
from schemas.control import refuse_digest
from schemas.convert import convert
from schemas.messages import message
from schemas.originals import Originals, originals
from schemas.parts import Source, source
from schemas.repaired import Returned, mended, returned
from schemas.rule import REJECT
from schemas.screen import Screened, readable_keys, screened_rows


@dataclass(frozen=True)
class Mended:
    """The rows that came back, screened, and the file whose lines they are.

    ``lines`` has line_number, of_line_number and content of those that were accepted; ``again`` are
    the lines of that file which may come back once more, should they be rejected.
    """

    original: Original
    layout: Layout
    screened: Screened
    lines: pl.DataFrame
    again: Unrepaired


def mend(
    services: Services,
    unit: Unit,
    profile: Profile,
    receipt: Receipt,
    original: Receipt,
    content: bytes,
    business_date: date,
) -> Mended:
    """Screen the lines of *original* that *receipt* brings back.

    Raises ``FileRefused`` where the original is destroyed or the columns are others.
    """
    if original.receipt_id in destroyed_files(unit):
        raise FileRefused(
            "el archivo original ya no se conserva",
            original.name,
            "envíe esas filas en un archivo nuevo",
            rule="repair_expired",
        )
    known = _read(services, unit, profile, original)
    refuse_digest(known.layout, hashlib.sha256(content).hexdigest(), receipt.side_digest)
    rows = returned(content, known.layout, known.before)
    done = rows_of(unit, repair, repair.c.of_receipt_id == original.receipt_id)
    found = _sorted(
        rows, known, dict(done.select("of_line_number", "content").iter_rows()),
        services.row_key(profile.code),
    )  # fmt: skip
    kind = known.layout.kind
    if kind in LISTS and full_since(services, unit, profile, kind, original):
        found.overtake()
    screened = screened_rows(known.mended(found), known.layout, profile, business_date)
    standing = _standing(services, unit, profile, known, done)
    screened = _without_overruled(screened, standing, found)
    lines = pl.DataFrame(
        [(row.line_number, of, found.contents[row.line_number]) for row, of in found.taken],
        schema={"line_number": pl.Int64, "of_line_number": pl.Int64, "content": pl.Int64},
        orient="row",
    )
    return Mended(
        known.original,
        known.layout,
        _with_refused(screened, found, len(rows), known.layout, profile),
        lines.join(screened.rows, on="line_number", how="semi", maintain_order="left"),
        Unrepaired(known.before, found.again),
    )


def _without_overruled(screened: Screened, standing: pl.DataFrame, found: _Sorted) -> Screened:
    """*screened* without rows that say what others *standing* say; they are refused in *found*."""
    overruled = screened.rows.join(standing, on=standing.columns, how="semi", nulls_equal=True)
    found.refused += [(line, "repair_contradicts") for line in overruled["line_number"]]
    return replace(screened, rows=_without(screened.rows, overruled))


def keys_of(services: Services, unit: Unit, profile: Profile, receipt_id: int) -> pl.Series:
    """The account numbers that can be read in the booked file, or in the repairs, of a receipt.

    Of repairs all that name a line as it was: what became of them says nothing of whether the
    portfolio names the account.
    """
    receipt = manifest.receipt_by_id(unit, receipt_id)
    if receipt is None:
        raise Fault("no such receipt", f"{profile.code} {receipt_id}")
    content = services.vault.get(profile.code, receipt.address)
    original = original_of(unit, receipt)
    if original is None:
        then = taken_in(unit, receipt)
        layout = layout_then(services, unit, profile, then, content)
        return readable_keys(source(content, layout), layout, then.business_date)
    known = _read(services, unit, profile, original)
    rows = returned(content, known.layout, known.before)
    file = known.mended(_sorted(rows, known, {}, services.row_key(profile.code)))
    return readable_keys(file, known.layout, known.original.business_date)


@dataclass(frozen=True)
class _Known:
    """A file with rejected lines: how it was read then, and those lines."""

    original: Original
    layout: Layout
    before: Originals
    rejected: pl.Series

    def mended(self, found: _Sorted) -> Source:
        """What the rows taken say, as a file of the layout."""
        return Source(self.layout, mended(found.taken, self.before, self.layout))


def _standing(
    services: Services, unit: Unit, profile: Profile, known: _Known, done: pl.DataFrame
) -> pl.DataFrame:
    """What tells apart the lines of the file that stand: as they came, or repaired before.

    *done* are the rows of ``repair``. Two lines of a key contradict each other in one file, and so
    they do when one of them comes back later.
    """
    came = [_without(known.before.table.rows, known.rejected.to_frame())]
    destroyed = destroyed_files(unit)
    for receipt_id in sorted(set(done["receipt_id"]) - set(destroyed)):
        receipt = manifest.receipt_by_id(unit, receipt_id)
        assert receipt is not None
        lines = done.filter(pl.col("receipt_id") == receipt_id)
        of = dict(lines.select("line_number", "of_line_number").iter_rows())
        content = services.vault.get(profile.code, receipt.address)
        rows = returned(content, known.layout, known.before)
        taken = [(row, of[row.line_number]) for row in rows if row.line_number in of]
        came.append(mended(taken, known.before, known.layout).rows)
    typed = (convert(rows, known.layout, known.original.business_date).rows for rows in came)
    return pl.concat([rows.select(KEYS[known.layout.kind]) for rows in typed])


def _without(rows: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    return rows.join(others, on="line_number", how="anti", maintain_order="left")


def _read(services: Services, unit: Unit, profile: Profile, original: Receipt) -> _Known:
    file = services.vault.get(profile.code, original.address)
    then = taken_in(unit, original)
    layout = layout_then(services, unit, profile, then, file)
    rejected = rows_of(unit, reject, reject.c.receipt_id == original.receipt_id)["line_number"]
    before = originals(file, layout, rejected.unique().to_list())
    return _Known(then, as_part(layout, then.business_date), before, rejected)


@dataclass
class _Sorted:
    """Rows to be screened, each with its line; refused ones by rule; and mere repetitions.

    ``again`` has every row, by its number, of a line that is still rejected.
    """

    taken: list[tuple[Returned, int]]
    refused: list[tuple[int, str]]
    repeated: int
    contents: dict[int, int]
    again: dict[int, tuple[int, Returned]]

    def overtake(self) -> None:
        """No line counts any more: a later file has said what holds."""
        self.refused += [(row.line_number, "repair_overtaken") for row, _ in self.taken]
        self.taken.clear()
        self.again.clear()


def _sorted(rows: list[Returned], known: _Known, done: dict[int, int], key: bytes) -> _Sorted:
    before, known_by = known.before, folio(known.original.receipt.receipt_id)
    texts = [canonical_json({"of": row.reference.strip(), **row.corrections}) for row in rows]
    hashes = keyed_hashes(pl.Series(texts, dtype=pl.String), key)
    contents = {row.line_number: each for row, each in zip(rows, hashes, strict=True)}
    found = _Sorted([], [], 0, contents, {})
    said: dict[int, set[int]] = defaultdict(set)
    lines = {row.line_number: line_of(row.reference, known_by) for row in rows}
    for row in rows:
        said[lines[row.line_number] or 0].add(contents[row.line_number])
    told: set[int] = set()
    rejected = before.raws.keys() | before.broken.keys()
    for row in rows:
        of, content = lines[row.line_number], contents[row.line_number]
        if of is None or of not in rejected:
            found.refused.append((row.line_number, "repair_unknown"))
            continue
        if of not in done:
            found.again[row.line_number] = (of, row)
        if not row.untouched(of, before):
            found.refused.append((row.line_number, "repair_altered"))
        elif done.get(of, content) != content:
            found.refused.append((row.line_number, "repair_done"))
        elif len(said[of]) > 1:
            found.refused.append((row.line_number, "repair_repeated"))
        elif of in done or of in told:
            found.repeated += 1
        else:
            found.taken.append((row, of))
            told.add(of)
    return found


def _with_refused(
    screened: Screened, found: _Sorted, rows_read: int, layout: Layout, profile: Profile
) -> Screened:
    """*screened* with the rows that were not screened, so that every row is accounted for."""
    refused = pl.DataFrame(
        [
            (line, "", rule, message(rule, "", layout, profile.institution.speaks), None, "")
            for line, rule in found.refused
        ],
        schema=REJECT,
        orient="row",
    )
    rejects = pl.concat([screened.rejects, refused]).sort("line_number", "field", "rule")
    return replace(
        screened,
        rejects=rejects,
        rows_read=rows_read,
        rows_rejected=screened.rows_rejected + refused.height,
        rows_duplicate=screened.rows_duplicate + found.repeated,
    )
