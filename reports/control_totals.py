"""What a file declares of itself against what was counted, as part of its acknowledgement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from recupero.money import to_decimal, to_text
from reports.acknowledgement_words import Words
from reports.labels import count
from reports.page import Sheet
from reports.painter import Column, figures, paint
from reports.table import Cell


@dataclass(frozen=True)
class ControlSum:
    """The sum of one amount in one currency; ``label`` is the institution's name for the amount."""

    label: str
    currency: str
    declared_minor: int | None
    counted_minor: int


@dataclass(frozen=True)
class ControlTotals:
    """What the file, or its control file ``source``, declares against what was counted; ``None`` =
    not declared."""

    counted_rows: int
    currency: str
    declared_rows: int | None = None
    sums: tuple[ControlSum, ...] = ()
    declared_hash: int | None = None
    counted_hash: int | None = None
    source: str = ""


def paint_control(sheet: Sheet, control: ControlTotals, country: str, words: Words) -> None:
    """Declared, counted, their difference and whether they agree, a row for each figure."""
    heading = words["control_of"].format(source=control.source) if control.source else None
    sheet.section(heading or words["control"])
    columns = [Column(words["figure"], 38), figures(words["declared"], 38),
               figures(words["counted"], 38), figures(words["difference"], 34),
               Column(words["outcome"], 26, "R")]  # fmt: skip
    rows = [
        _control_row(
            words["control_rows"], control.declared_rows, control.counted_rows,
            lambda n: count(n, country), words,
        ),
        *(
            _control_row(
                words["control_sum_of"].format(amount=one.label) if one.label
                else words["control_sum"],
                one.declared_minor, one.counted_minor, partial(to_text, currency=one.currency),
                words,
            )
            for one in control.sums
        ),
    ]  # fmt: skip
    if control.declared_hash is not None:
        declared, counted = control.declared_hash, control.counted_hash
        name, *shown = _control_row(words["control_hash"], declared, counted, str, words)
        rows.append((name, shown[0], shown[1], "—", shown[3]))  # of hash totals it says nothing
    paint(sheet, columns, rows, size=8.5)


def _control_row(
    name: str,
    declared: int | None,
    counted: int | None,
    written: Callable[[int], str],
    words: Words,
) -> tuple[str, str, str, str, str]:
    if counted is None:
        return name, words["undeclared"], "—", "—", "—"
    if declared is None:
        return name, words["undeclared"], written(counted), "—", "—"
    verdict = words["agrees" if declared == counted else "disagrees"]
    return name, written(declared), written(counted), written(counted - declared), verdict


def control_records(control: ControlTotals) -> Iterator[tuple[Cell, ...]]:
    """Records of the CSV: what was counted, what was declared and the difference of the two, a
    record for each sum; the hash total, of which a difference says nothing, as ``valor``."""
    sums = control.sums
    counted, declared = [one.counted_minor for one in sums], [one.declared_minor for one in sums]
    differing = [_less(one.counted_minor, one.declared_minor) for one in sums]
    rows = _less(control.counted_rows, control.declared_rows)
    source = control.source or None
    yield from _records(control, "contado", control.counted_rows, counted,
                        control.counted_hash, source)  # fmt: skip
    yield from _records(control, "declarado", control.declared_rows, declared,
                        control.declared_hash, source)  # fmt: skip
    if rows is not None or any(one is not None for one in differing):
        yield from _records(control, "diferencia", rows, differing)


def _less(counted: int, declared: int | None) -> int | None:
    return None if declared is None else counted - declared


def _records(
    control: ControlTotals,
    name: str,
    rows: int | None,
    sums_minor: Sequence[int | None],
    hashed: int | None = None,
    source: str | None = None,
) -> Iterator[tuple[Cell, ...]]:
    """The first record bears what is no sum; the amount is named where there are several sums."""
    told: list[tuple[Cell, ...]] = [
        (
            one.label if len(control.sums) > 1 else None,
            None if total is None else to_decimal(total, one.currency),
            one.currency,
        )
        for one, total in zip(control.sums, sums_minor, strict=True)
    ]
    (label, *summed), *others = told or [(None, None, control.currency)]
    valor = None if hashed is None else str(hashed)
    yield ("control", name, None, label, None, valor, source, None, rows, *summed)
    for label, *summed in others:
        yield ("control", name, None, label, *(None,) * 5, *summed)
