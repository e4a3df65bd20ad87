"""What a file declares of itself against what was counted, as part of its acknowledgement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from recupero.money import to_decimal, to_text
from reports.acknowledgement_words import Words
from reports.labels import count
from reports.page import Sheet
from reports.painter import Column, figures, paint
from reports.table import Cell


@dataclass(frozen=True)
class ControlTotals:
    """What the file declares against what was counted; ``None`` = not declared, not summed."""

    counted_rows: int
    counted_sum_minor: int | None
    currency: str
    agrees: bool
    declared_rows: int | None = None
    declared_sum_minor: int | None = None
    declared_hash: int | None = None
    counted_hash: int | None = None

    @property
    def difference(self) -> tuple[int | None, int | None] | None:
        """Counted less declared, rows and sum; none where nothing is declared."""
        rows = _less(self.counted_rows, self.declared_rows)
        summed = _less(self.counted_sum_minor, self.declared_sum_minor)
        return None if rows is None and summed is None else (rows, summed)


def _less(counted: int | None, declared: int | None) -> int | None:
    return None if counted is None or declared is None else counted - declared


def paint_control(sheet: Sheet, control: ControlTotals, country: str, words: Words) -> None:
    """Declared, counted, their difference and whether they agree, a row for each figure."""
    sheet.section(words["control"])
    columns = [Column(words["figure"], 38), figures(words["declared"], 38),
               figures(words["counted"], 38), figures(words["difference"], 34),
               Column(words["outcome"], 26, "R")]  # fmt: skip
    rows = [
        _control_row(
            words["control_rows"], control.declared_rows, control.counted_rows,
            lambda n: count(n, country), words,
        ),
        _control_row(
            words["control_sum"], control.declared_sum_minor, control.counted_sum_minor,
            lambda n: to_text(n, control.currency), words,
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
    """Records of the CSV: what was counted, then what was declared; the hash total as ``valor``."""
    for name, rows, summed, hashed in (
        ("contado", control.counted_rows, control.counted_sum_minor, control.counted_hash),
        ("declarado", control.declared_rows, control.declared_sum_minor, control.declared_hash),
    ):
        units = None if summed is None else to_decimal(summed, control.currency)
        valor = None if hashed is None else str(hashed)
        yield ("control", name, None, None, None, valor, None, None, rows, units, control.currency)
    if (differing := control.difference) is not None:
        rows, summed = differing
        units = None if summed is None else to_decimal(summed, control.currency)
        blank: tuple[Cell, ...] = (None,) * 6
        yield ("control", "diferencia", *blank, rows, units, control.currency)
