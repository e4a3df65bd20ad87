"""Control files: what an institution says of a file in another one."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from recupero.errors import FileRefused
from recupero.money import EXPONENT
from recupero.profiles.control_fields import CONTROL
from recupero.profiles.layout import Layout
from schemas.control import Declared, together
from schemas.rule import Context, Rule

_MEND = "envíe el archivo de control como se acordó"


def rules(_: Context) -> tuple[Rule, ...]:
    """The rules of a row of a control file."""
    return (
        Rule("negative", "rows", pl.col("rows") >= 0),
        Rule("not_allowed", "currency", pl.col("currency").is_in(list(EXPONENT))),
        Rule("not_allowed", "hash_total", pl.col("hash_total").str.contains("^[0-9]{1,18}$")),
        Rule("not_allowed", "sha256", pl.col("sha256").str.contains("^[0-9a-fA-F]{64}$")),
    )


def declared_in(rows: pl.DataFrame, name: str, layout: Layout, file_name: str) -> Declared:
    """What the *rows* of the control file *name* say of the file *file_name*, of *layout*.

    Raises ``FileRefused`` with rule ``control_total`` where they speak of another file, say two
    things at once or sum what the file does not have.
    """
    if rows.is_empty():
        raise _refused(f"el archivo de control {name} no trae ninguna fila")
    once = {of: _once(rows, of, name) for of in ("file_name", "cut_off", "sha256")}
    if once["file_name"] not in (None, file_name):
        raise _refused(f"el archivo de control {name} habla de otro archivo")
    sums = {}
    amounts = [field.name for field in CONTROL if field.type == "amount"]
    for row in rows.iter_rows(named=True):
        for of in amounts:
            if row[of] is None:
                continue
            if of not in layout.summed:
                raise _refused(f"el archivo de control {name} suma lo que el archivo no trae: {of}")
            sums[of, row["currency"]] = row[of]
    hashed = rows["hash_total"].drop_nulls().cast(pl.Int64).to_list()
    if hashed and layout.hashed is None:
        raise _refused(f"no se acordó de qué es el total de comprobación de {name}")
    return Declared(
        int(rows["rows"].sum()),
        sums,
        together(hashed, layout) if len(hashed) > 1 else next(iter(hashed), None),
        source=name,
        cut_off=once["cut_off"],
        digest=once["sha256"].lower() if once["sha256"] else None,
    )


def differences(declared: Declared, digest: str, cut_off: date | None) -> list[str]:
    """What *declared* says otherwise of the bytes and of the cut-off, in Spanish."""
    told = []
    if declared.digest not in (None, digest):
        told.append(f"declara SHA-256 {str(declared.digest)[:12]}… y es {digest[:12]}…")
    if declared.cut_off not in (None, cut_off):
        found = f"{cut_off:%d/%m/%Y}" if cut_off else "ninguno"
        told.append(f"declara el corte {declared.cut_off:%d/%m/%Y} y trae {found}")
    return told


def _once(rows: pl.DataFrame, of: str, name: str) -> Any:
    values = rows[of].drop_nulls().unique().to_list()
    if len(values) > 1:
        raise _refused(f"las filas del archivo de control {name} no dicen lo mismo en {of}")
    return next(iter(values), None)


def _refused(what: str) -> FileRefused:
    return FileRefused(what, mend=_MEND, rule="control_total")
