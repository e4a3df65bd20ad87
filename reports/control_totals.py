"""What a file declares of itself against what was counted, as part of its acknowledgement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from recupero.money import to_decimal, to_text
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


def paint_control(sheet: Sheet, control: ControlTotals, country: str) -> None:
    """Declared, counted and whether they agree, a row for each figure."""
    sheet.section("Totales de control")
    columns = [Column("Control", 60), figures("Declarado", 44), figures("Contado", 44),
               Column("Resultado", 24, "R")]  # fmt: skip
    rows = [
        _control_row(
            "Filas", control.declared_rows, control.counted_rows, lambda n: count(n, country)
        ),
        _control_row(
            "Suma", control.declared_sum_minor, control.counted_sum_minor,
            lambda n: to_text(n, control.currency),
        ),
    ]  # fmt: skip
    if control.declared_hash is not None:
        name = "Total de comprobación"
        rows.append(_control_row(name, control.declared_hash, control.counted_hash, str))
    paint(sheet, columns, rows, size=8.5)


def _control_row(
    name: str, declared: int | None, counted: int | None, written: Callable[[int], str]
) -> tuple[str, str, str, str]:
    if counted is None:
        return name, "no declarado", "—", "—"
    if declared is None:
        return name, "no declarado", written(counted), "—"
    verdict = "Coincide" if declared == counted else "No coincide"
    return name, written(declared), written(counted), verdict


def control_records(control: ControlTotals) -> Iterator[tuple[Cell, ...]]:
    """Records of the CSV: what was counted, then what was declared; the hash total as ``valor``."""
    for name, rows, summed, hashed in (
        ("contado", control.counted_rows, control.counted_sum_minor, control.counted_hash),
        ("declarado", control.declared_rows, control.declared_sum_minor, control.declared_hash),
    ):
        units = None if summed is None else to_decimal(summed, control.currency)
        valor = None if hashed is None else str(hashed)
        yield ("control", name, None, None, None, valor, None, None, rows, units, control.currency)
