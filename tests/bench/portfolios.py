"""Portfolios of any size as a bank writes them: thirty columns, Latin-1, ``dd/mm/aaaa``,
``1.234.567,89``; and what the next days make of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

CUT_OFF = date(2026, 11, 20)
#: Of a portfolio's accounts, from one day to the next.
GONE, CHANGED, NEW = 0.01, 0.03, 0.01

_FIRST = ("María", "José", "Ana", "Luis", "Carlos", "Sofía", "Andrés", "Lucía", "Jorge", "Íngrid")
_LAST = ("Muñoz", "García", "Rodríguez", "Peña", "Gómez", "Ibáñez", "López", "Ruiz")
_CITIES = {"Bogotá": "Cundinamarca", "Medellín": "Antioquia", "Cali": "Valle del Cauca"}
_NOTES = ("sin novedad", "gestión previa", "llamar en la tarde")

PROFILE = """
[institution]
code = "{code}"
name = "Un Banco Grande S.A."
country = "CO"
currency = "COP"
timezone = "America/Bogota"
[exchange]
connection = "{code}"
[[layout]]
kind = "placement"
version = "v1"
from = 2026-01-01
name = 'cartera.*'
format = "delimited"
encoding = "latin-1"
header = true
decimal = ","
thousands = "."
dates = "%d/%m/%Y"
snapshot = "full"
[layout.columns]
account_number = "OBLIGACION"
debtor_id_type = "TIPO_DOCUMENTO"
debtor_id_number = "DOCUMENTO"
debtor_name = "NOMBRE"
product = "PRODUCTO"
currency = "MONEDA"
cut_off = "CORTE"
opened_on = "APERTURA"
due_date = "VENCIMIENTO"
principal_minor = "CAPITAL"
interest_minor = "INTERES"
default_interest_minor = "MORA"
fees_minor = "HONORARIOS"
expenses_minor = "GASTOS"
total_minor = "TOTAL"
phone = "TELEFONO"
phone_2 = "TELEFONO_2"
email = "CORREO"
address = "DIRECCION"
city = "CIUDAD"
region = "DEPARTAMENTO"
guaranteed = "GARANTIA"
[layout.values.guaranteed]
S = true
N = false
[layout.constants]
obligation_kind = "loan"
"""


def portfolio(rows: int, seed: int = 1, first: int = 0) -> pl.DataFrame:
    """The cells of *rows* accounts, as text; *first* numbers the first of them."""
    random = np.random.default_rng(seed)

    def any_of(values: Sequence[str]) -> pl.Series:
        return pl.Series(values).gather(random.integers(0, len(values), rows))

    def figures(low: int, high: int) -> pl.Series:
        return pl.Series(random.integers(low, high, rows))

    number = pl.Series(np.arange(first, first + rows))
    principal, fees = figures(10_000_00, 9_000_000_00), figures(0, 50_000_00)
    parts = {
        "CAPITAL": principal, "INTERES": principal // 20, "MORA": principal // 50,
        "HONORARIOS": fees, "GASTOS": fees // 3,
    }  # fmt: skip
    total = principal + parts["INTERES"] + parts["MORA"] + fees + parts["GASTOS"]
    due = pl.Series([CUT_OFF.toordinal() - date(1970, 1, 1).toordinal()] * rows) - figures(1, 900)
    city = any_of(tuple(_CITIES))
    return pl.DataFrame(
        {
            "OBLIGACION": _text(number + 4_000_000_000),
            "TIPO_DOCUMENTO": pl.repeat("CC", rows, eager=True),
            "DOCUMENTO": _text(number * 7 + 10_000_000),
            "NOMBRE": any_of(_FIRST) + " " + any_of(_LAST) + " " + any_of(_LAST),
            "PRODUCTO": any_of(("LIBRE_INVERSION", "VEHICULO", "HIPOTECARIO")),
            "MONEDA": pl.repeat("COP", rows, eager=True),
            "CORTE": pl.repeat(f"{CUT_OFF:%d/%m/%Y}", rows, eager=True),
            "APERTURA": _day(due - figures(60, 1500)),
            "VENCIMIENTO": _day(due),
            **{name: _money(minor) for name, minor in {**parts, "TOTAL": total}.items()},
            "TELEFONO": _text(figures(3_200_000_000, 3_240_000_000)),
            "TELEFONO_2": _text(figures(3_100_000_000, 3_200_000_000)),
            "CORREO": "deudor" + _text(number) + "@correo.example.co",
            "DIRECCION": "Calle " + _text(figures(1, 200)) + " # " + _text(figures(1, 99)) + "-10",
            "CIUDAD": city,
            "DEPARTAMENTO": city.replace_strict(_CITIES),
            "GARANTIA": any_of(("S", "N")),
            "SUCURSAL": _text(figures(1, 400)),
            "ASESOR": _text(figures(1000, 9999)),
            "TASA": pl.repeat("24,50", rows, eager=True),
            "PLAZO": _text(figures(6, 84)),
            "CUOTA": _money(principal // 36),
            "SEGMENTO": any_of(("A", "B", "C")),
            "CANAL": any_of(("oficina", "digital")),
            "NOTA": any_of(_NOTES),
        }
    )


def next_day(cells: pl.DataFrame, seed: int = 2) -> pl.DataFrame:
    """The portfolio a day later: some accounts gone, some at another address, some new."""
    fate = pl.Series(np.random.default_rng(seed).random(cells.height))
    moved = pl.when(fate < GONE + CHANGED).then(pl.lit("Carrera 7 # 1-1"))
    left = cells.with_columns(moved.otherwise("DIRECCION").alias("DIRECCION")).filter(fate >= GONE)
    return pl.concat([left, portfolio(int(cells.height * NEW), seed, cells.height)])


def shuffled(cells: pl.DataFrame, seed: int = 3) -> pl.DataFrame:
    """The same rows in another order."""
    return cells.sample(fraction=1, shuffle=True, seed=seed)


#: What is wrong with a bad row, by turns: the column and its text. The last two make a cell too
#: many, and the account of another row.
_DEFECTS = (
    ("VENCIMIENTO", "31/02/2026"), ("CAPITAL", "12,5"), ("DOCUMENTO", "10x"), ("CORTE", ""),
    ("GARANTIA", "X"), ("TOTAL", "1,00"), ("MONEDA", "PESOS"), ("NOTA", "a;b"),
    ("OBLIGACION", "4000000001"),
)  # fmt: skip


def spoilt(cells: pl.DataFrame, one_in: int = 5) -> pl.DataFrame:
    """The same rows, one in *one_in* of them with a defect."""
    row = pl.int_range(pl.len())
    turn = pl.when(row % one_in == 0).then(row // one_in % len(_DEFECTS))
    return cells.with_columns(
        pl.when(turn == at).then(pl.lit(text)).otherwise(name).alias(name)
        for at, (name, text) in enumerate(_DEFECTS)
    )


def written(cells: pl.DataFrame) -> bytes:
    """The file."""
    return cells.write_csv(separator=";", quote_style="never").encode("latin-1")


def _text(values: pl.Series) -> pl.Series:
    return values.cast(pl.String)


def _day(days: pl.Series) -> pl.Series:
    return days.cast(pl.Int32).cast(pl.Date).dt.strftime("%d/%m/%Y")


def _money(minor: pl.Series) -> pl.Series:
    whole = _text(minor // 100)
    grouped = whole.str.reverse().str.replace_all(r"([0-9]{3})", "$1.").str.reverse()
    return grouped.str.strip_prefix(".") + "," + _text(minor % 100).str.zfill(2)
