"""Control figures: what a file says of itself against what was counted in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from recupero.errors import FileRefused
from recupero.money import exponent, to_text
from recupero.profiles.identify import cells_of
from recupero.profiles.profile import Layout
from schemas.amounts import amount_of

#: What to do about figures of the trailer that do not read.
_TRAILER = "escriba el registro de control como se acordó"


@dataclass(frozen=True, slots=True)
class Declared:
    """The figures of a trailer record; sum and hash are None where the layout declares none."""

    rows: int
    sum_minor: int | None
    hash_total: int | None = None


@dataclass(frozen=True, slots=True)
class Control:
    """Declared against counted. Figures that nobody declared are None and agree with anything."""

    declared_rows: int | None
    counted_rows: int
    declared_sum_minor: int | None
    counted_sum_minor: int | None
    agrees: bool
    currency: str | None
    declared_hash: int | None = None
    counted_hash: int | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """Lines whose figures could not be counted: how many, the first, and why that one."""

    lines: int
    line_number: int
    message: str


def declared_by(trailer: str | None, layout: Layout) -> Declared | None:
    """The figures in the *trailer* line; None without one. Refuses figures that do not read."""
    places = layout.trailer
    if trailer is None or places is None:
        return None
    count = _cell(trailer, places.rows, layout)
    if not re.fullmatch(r"[0-9]{1,12}", count):
        what = "el número de registros de control no se lee"
        raise FileRefused(what, mend=_TRAILER, rule="control_total")
    hashed = _declared_hash(trailer, layout)
    if places.sum_minor is None:
        return Declared(int(count), None, hashed)
    text = _cell(trailer, places.sum_minor, layout)
    total = amount_of(text, layout, exponent(str(layout.constants["currency"])))
    if total is None:
        raise FileRefused("la suma de control no se lee", mend=_TRAILER, rule="control_total")
    return Declared(int(count), total, hashed)


def _declared_hash(trailer: str, layout: Layout) -> int | None:
    places = layout.trailer
    if places is None or places.hash_total is None:
        return None
    text = _cell(trailer, places.hash_total, layout)
    if not re.fullmatch(r"[0-9]{1,18}", text):
        what = "el total de comprobación no se lee"
        raise FileRefused(what, mend=_TRAILER, rule="control_total")
    return int(text)


def _cell(line: str, place: int | tuple[int, int], layout: Layout) -> str:
    if isinstance(place, tuple):
        start, width = place
        # A figure cut short reads like a smaller one.
        cell = line[start - 1 : start - 1 + width]
        return cell.strip() if len(cell) == width else ""
    cells = cells_of(line, layout)
    return cells[place] if place < len(cells) else ""


def counted_hash(rows: pl.DataFrame, layout: Layout) -> int | None:
    """The hash total of *rows* of text; None where the layout declares none."""
    places = layout.trailer
    if places is None or places.hash_of is None:
        return None
    figures = pl.col(places.hash_of).str.replace_all("[^0-9]", "").str.tail(places.hash_digits)
    total = rows.select(figures.cast(pl.Int64, strict=False).cast(pl.Int128).sum()).item()
    return together([int(total or 0)], layout)


def together(hashed: Sequence[int], layout: Layout) -> int:
    """The hash total of rows counted apart."""
    modulus: int = 10 ** (layout.trailer.hash_digits if layout.trailer else 0)
    return sum(hashed) % modulus


def compare(
    declared: Declared | None,
    counted_rows: int,
    typed: pl.DataFrame,
    layout: Layout,
    hashed: int | None,
) -> Control:
    """*declared* against all detail lines, broken ones included, and the sums of what was read.

    *typed* are the rows converted, *hashed* is their ``counted_hash``.
    """
    currency = layout.constants.get("currency")
    sum_of = layout.trailer.sum_of if layout.trailer else None
    counted = None
    if sum_of is not None:
        counted = int(typed[sum_of].cast(pl.Int128).sum() or 0)
    rows = declared.rows if declared else None
    total = declared.sum_minor if declared else None
    said = declared.hash_total if declared else None
    return Control(
        declared_rows=rows,
        counted_rows=counted_rows,
        declared_sum_minor=total,
        counted_sum_minor=counted,
        agrees=rows in (None, counted_rows) and total in (None, counted) and said in (None, hashed),
        currency=str(currency) if currency is not None else None,
        declared_hash=said,
        counted_hash=hashed,
    )


def refuse_disagreement(control: Control, unread: Unread | None = None) -> None:
    """Raise ``FileRefused`` with rule ``control_total`` when the figures differ.

    *unread* is what was not read: it explains a sum that is not the one declared.
    """
    if control.agrees:
        return
    parts = []
    if control.declared_rows != control.counted_rows:
        parts.append(f"declara {control.declared_rows} registros y trae {control.counted_rows}")
    if control.declared_sum_minor != control.counted_sum_minor and control.currency:
        said, read = (
            to_text(total or 0, control.currency)
            for total in (control.declared_sum_minor, control.counted_sum_minor)
        )
        parts.append(f"declara un total de {said} y suma {read}")
    if control.declared_hash != control.counted_hash:
        parts.append(
            f"declara un total de comprobación de {control.declared_hash} y resulta "
            f"{control.counted_hash}"
        )
    mend = "envíe el archivo completo, con su registro de control al día"
    if unread is not None:
        mend = "corrija las líneas que no se leen"
        lines = "1 línea" if unread.lines == 1 else f"{unread.lines} líneas"
        parts.append(f"sin leer {lines}; la línea {unread.line_number}: {unread.message}")
    what = f"el control no cuadra: {'; '.join(parts)}"
    raise FileRefused(what, mend=mend, rule="control_total", control=control)


def refuse_digest(layout: Layout, actual: str, stated: str | None) -> None:
    """Refuse what its side file contradicts, whatever the layout asks for; under control
    ``sha256`` also what no side file vouches for.

    *stated* is None without a side file and empty where that states no digest: what nobody asked
    for may be a file of another use.
    """
    if layout.control != "sha256" and not stated:
        return
    if stated is None:
        raise FileRefused(
            "falta el archivo .sha256 que lo acompaña",
            mend="envíelo con el mismo nombre y .sha256 al final",
            rule="control_missing",
        )
    refuse_other_digest(actual, stated)


def refuse_other_digest(actual: str, stated: str) -> None:
    """Refuse the content of digest *actual* whose side file states another one, or none."""
    if not stated:
        raise FileRefused(
            "su archivo .sha256 no trae una suma SHA-256 (64 cifras hexadecimales), o trae varias",
            mend="escriba en él lo que imprime sha256sum",
            rule="control_missing",
        )
    if stated != actual:
        raise FileRefused(
            f"el contenido no corresponde a su archivo .sha256: declara {stated[:12]}… y es "
            f"{actual[:12]}…; llegó cortado o cambiado, o el .sha256 es de otro archivo",
            mend="envíe otra vez el archivo y su .sha256",
            rule="control_total",
        )
