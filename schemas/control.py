"""Control figures: what a file says of itself against what was counted in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import polars as pl

from recupero.errors import FileRefused
from recupero.money import EXPONENT, exponent, to_text
from recupero.profiles.identify import cells_of
from recupero.profiles.layout import Place
from recupero.profiles.profile import Layout
from schemas.amounts import amount_of

#: What to do about figures of the trailer that do not read.
_TRAILER = "escriba el registro de control como se acordó"


@dataclass(frozen=True, slots=True)
class Declared:
    """The figures of the trailer records, or of the control file ``source``: sums by amount and
    currency; None where nothing is said."""

    rows: int
    sums: Mapping[tuple[str, str], int] = field(default_factory=dict)
    hash_total: int | None = None
    source: str = ""
    cut_off: date | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of the amount ``of`` in one currency; None where it is not declared."""

    of: str
    currency: str
    declared_sum_minor: int | None
    counted_sum_minor: int


@dataclass(frozen=True, slots=True)
class Control:
    """Declared against counted. Figures that nobody declared are None and agree with anything, but
    for a sum where others of the same amount are declared. ``currency`` is that of all rows."""

    declared_rows: int | None
    counted_rows: int
    agrees: bool
    currency: str | None
    sums: tuple[Sum, ...] = ()
    declared_hash: int | None = None
    counted_hash: int | None = None

    def told(self) -> dict[str, Any]:
        """As it is stored and printed: one sum beside the other figures, several as ``sums``."""
        told: dict[str, Any] = asdict(self)
        sums = [asdict(one) for one in self.sums]
        only = sums[0] if len(sums) == 1 else {}
        for name in ("declared_sum_minor", "counted_sum_minor"):
            told[name] = only.get(name)
        told["currency"] = self.currency or only.get("currency") or None
        del told["sums"]
        return {**told, "sums": sums} if len(sums) > 1 else told


@dataclass(frozen=True, slots=True)
class Unread:
    """Lines whose figures could not be counted: how many, the first, and why that one."""

    lines: int
    line_number: int
    message: str


def declared_by(trailers: Sequence[str], layout: Layout) -> Declared | None:
    """The figures in the *trailers*; None without one. Refuses figures that do not read."""
    places = layout.trailer
    if not trailers or places is None:
        return None
    sums: dict[tuple[str, str], int] = {}
    hashed = [
        _figure(line, places.hash_total, layout, 18, "el total de comprobación")
        for line in trailers
        if places.hash_total is not None
    ]
    for line in trailers:
        for (of, currency), total in _sums(line, layout).items():
            if (of, currency) in sums:
                what = f"hay dos registros de control en {currency}"
                raise FileRefused(what, mend=_TRAILER, rule="control_total")
            sums[of, currency] = total
    return Declared(
        sum(_figure(line, places.rows, layout, 12, "el número de registros") for line in trailers),
        sums,
        together(hashed, layout) if len(hashed) > 1 else next(iter(hashed), None),
    )


def _figure(line: str, place: Place, layout: Layout, digits_max: int, what: str) -> int:
    text = _cell(line, place, layout)
    if not re.fullmatch(rf"[0-9]{{1,{digits_max}}}", text):
        raise FileRefused(f"{what} de control no se lee", mend=_TRAILER, rule="control_total")
    return int(text)


def _sums(line: str, layout: Layout) -> dict[tuple[str, str], int]:
    """What one trailer record says its rows sum to."""
    places = layout.trailer
    if places is None:
        return {}
    of_record = _currency(line, layout)
    sums = {}
    for place in places.every_sum:
        currency = place.currency or of_record
        total = amount_of(_cell(line, place.at, layout), layout, exponent(currency))
        if total is None:
            what = f"la suma de control de {layout.label(place.of)} no se lee"
            raise FileRefused(what, mend=_TRAILER, rule="control_total")
        sums[place.of, currency] = total
    return sums


def _currency(line: str, layout: Layout) -> str:
    """What the rows are in that a trailer record speaks of; empty where its sums say it."""
    place = layout.trailer.currency if layout.trailer else None
    if place is None:
        return str(layout.constants.get("currency", ""))
    text = _cell(line, place, layout)
    currency = str(layout.values.get("currency", {text: text}).get(text, ""))
    if currency not in EXPONENT:
        raise FileRefused(
            "la moneda del registro de control no se lee", mend=_TRAILER, rule="control_total"
        )
    return currency


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
    if layout.hashed is None:
        return None
    of, digits = layout.hashed
    figures = pl.col(of).str.replace_all("[^0-9]", "").str.tail(digits)
    total = rows.select(figures.cast(pl.Int64, strict=False).cast(pl.Int128).sum()).item()
    return together([int(total or 0)], layout)


def together(hashed: Sequence[int], layout: Layout) -> int:
    """The hash total of rows counted apart."""
    modulus: int = 10 ** (layout.hashed[1] if layout.hashed else 0)
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
    rows = declared.rows if declared else None
    said = declared.hash_total if declared else None
    sums = _compared(declared.sums if declared else {}, typed)
    same = all(one.declared_sum_minor == one.counted_sum_minor for one in sums)
    return Control(
        declared_rows=rows,
        counted_rows=counted_rows,
        agrees=rows in (None, counted_rows) and same and said in (None, hashed),
        currency=str(currency) if currency is not None else None,
        sums=sums,
        declared_hash=said,
        counted_hash=hashed,
    )


def _compared(declared: Mapping[tuple[str, str], int], typed: pl.DataFrame) -> tuple[Sum, ...]:
    """Every sum declared, and what else the rows of *typed* sum to of the same amounts."""
    sums = []
    for of in dict.fromkeys(of for of, _ in declared):
        by = typed.group_by("currency").agg(pl.col(of).cast(pl.Int128).sum()).drop_nulls()
        counted = {currency: int(total) for currency, total in by.iter_rows()}
        known = [currency for each, currency in declared if each == of]
        others = sorted(one for one in counted.keys() - set(known) if counted[one])
        sums += [
            Sum(of, currency, declared.get((of, currency)), counted.get(currency, 0))
            for currency in known + others
        ]
    return tuple(sums)


def refuse_disagreement(
    control: Control,
    layout: Layout,
    unread: Unread | None = None,
    source: str = "",
    others: Sequence[str] = (),
) -> None:
    """Raise ``FileRefused`` with rule ``control_total`` when the figures differ.

    *unread* is what was not read: it explains a sum that is not the one declared. *others* is what
    else differs from the control file *source*.
    """
    if control.agrees and not others:
        return
    parts = list(others)
    if control.declared_rows != control.counted_rows:
        parts.append(f"declara {control.declared_rows} registros y trae {control.counted_rows}")
    parts += [
        _difference(one, layout)
        for one in control.sums
        if one.declared_sum_minor != one.counted_sum_minor
    ]
    if control.declared_hash != control.counted_hash:
        parts.append(
            f"declara un total de comprobación de {control.declared_hash} y resulta "
            f"{control.counted_hash}"
        )
    mend = "envíe el archivo completo, con su registro de control al día"
    if source:
        mend = "envíe el archivo completo, o el archivo de control corregido"
    if unread is not None and not control.agrees:
        mend = "corrija las líneas que no se leen"
        lines = "1 línea" if unread.lines == 1 else f"{unread.lines} líneas"
        parts.append(f"sin leer {lines}; la línea {unread.line_number}: {unread.message}")
    named = f"el archivo de control {source}" if source else "el control"
    what = f"{named} no cuadra: {'; '.join(parts)}"
    raise FileRefused(what, mend=mend, rule="control_total", control=control)


def _difference(total: Sum, layout: Layout) -> str:
    """What is wrong with a sum, under the institution's own name for the amount."""
    label, read = layout.label(total.of), to_text(total.counted_sum_minor, total.currency)
    if total.declared_sum_minor is None:
        return f"no declara el total de {label} en {total.currency}, que suma {read}"
    said = to_text(total.declared_sum_minor, total.currency)
    return f"declara un total de {label} de {said} y suma {read}"


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
