"""The same days the obvious way: pandas, pandera and ``to_sql``, each as its documentation has it.

A file is read as text, converted by column, validated lazily, telephones by the library one by one,
and the table is written anew every day. No reject reasons by row, no ledger, no versions, no proof:
all it must agree in is the rows and the money.
"""

from __future__ import annotations

import io
import statistics
import tempfile
import time
from datetime import date
from functools import partial
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
import phonenumbers
from sqlalchemy import Engine, create_engine, text

from recupero.rules.components import COLUMNS
from recupero.store import ledger
from recupero.store.cluster import SUPERUSER
from recupero.store.embedded import EmbeddedPostgres
from tests.bench.days import CODE, STEPS, take
from tests.bench.portfolios import PROFILE, next_day, portfolio, written
from tests.bench.report import Measure
from tests.bench.spending import Spending, tend, tended_by_hand
from tests.databases import made_database, migrated_database
from tests.edges.one_bank import Bank, services_for

ROWS = 100_000

_AMOUNTS = ["CAPITAL", "INTERES", "MORA", "HONORARIOS", "GASTOS", "TOTAL"]
_DAYS = ["CORTE", "APERTURA", "VENCIMIENTO"]
_PHONES = ["TELEFONO", "TELEFONO_2"]
_MONEY = r"^-?[0-9]{1,3}(\.[0-9]{3})*,[0-9]{2}$|^-?[0-9]+,[0-9]{2}$"
#: Days of one bank in the two ways, and the least that ours must be faster.
_DAYS_TAKEN = (("naive_day1_speedup", 10.0), ("naive_repeat_speedup", 20.0))


def naive(runs: int) -> tuple[list[Measure], list[str]]:
    """Two days of 100,000 rows in our way and in the obvious one, by turns on one server."""
    first = portfolio(ROWS)
    files = (written(first), written(next_day(first)))
    ratios: dict[str, list[float]] = {key: [] for key, _ in _DAYS_TAKEN}
    seconds: dict[str, list[tuple[float, ...]]] = {key: [] for key in ratios}
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "p") as postgres:
        tended_by_hand(postgres)
        spending = Spending.on(postgres)
        # The first run of either way loads what it needs, and does not count.
        for number in range(-1, runs):
            home, name = Path(folder) / f"run{number}", f"naive_{number + 1}"
            home.mkdir()
            with (
                migrated_database(postgres, f"{name}_ours") as ours,
                made_database(postgres, f"{name}_theirs"),
            ):
                engine = create_engine(
                    postgres.url(SUPERUSER, f"{name}_theirs").replace("://", "+psycopg://", 1)
                )
                bank = Bank(services_for(home, ours, CODE, text=PROFILE.format(code=CODE)), CODE)
                for (key, _), step, content in zip(_DAYS_TAKEN, STEPS, files, strict=False):
                    whole, journal, outcome = take(bank, spending, step[2], content)
                    cost, phones = spending.of(partial(store, content, engine))
                    _agree(bank, step[2], engine, outcome.rows.read)
                    tend(postgres, f"{name}_ours", CODE)
                    tend(postgres, f"{name}_theirs")
                    if number >= 0:
                        ratios[key].append(cost / (whole - journal))
                        seconds[key].append((whole, journal, cost, phones))
                engine.dispose()
    measures = [
        Measure(key, statistics.median(ratios[key]), target,
                f"pandas, pandera, to_sql; {ROWS:,} rows", at_least=True)
        for key, target in _DAYS_TAKEN
    ]  # fmt: skip
    return measures, [_note(key, seconds[key]) for key in ratios]


def store(content: bytes, engine: Engine) -> float:
    """Read, convert, validate and write a portfolio; CPU seconds of its telephones alone."""
    rows = pd.read_csv(io.BytesIO(content), dtype=str, sep=";", encoding="latin-1")
    for name in _AMOUNTS:
        stated = rows[name].where(rows[name].str.match(_MONEY))
        rows[name] = stated.str.replace(r"[.,]", "", regex=True).astype("int64")
    for name in _DAYS:
        rows[name] = pd.to_datetime(rows[name], format="%d/%m/%Y")
    begun = time.process_time()
    for name in _PHONES:
        rows[name] = rows[name].map(_e164)
    phones = time.process_time() - begun
    SCHEMA.validate(rows, lazy=True).to_sql("cartera", engine, if_exists="replace", index=False)
    return phones


def _e164(stated: str) -> str | None:
    number = phonenumbers.parse(stated, "CO")
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _not_below_zero() -> pa.Column:
    return pa.Column("int64", pa.Check.ge(0))


#: The rules of a placement row, as far as this portfolio's columns go.
SCHEMA = pa.DataFrameSchema(
    {
        "OBLIGACION": pa.Column(str, unique=True),
        "TIPO_DOCUMENTO": pa.Column(str, pa.Check.isin(["CC", "CE", "NIT", "TI", "PAS"])),
        "DOCUMENTO": pa.Column(str, pa.Check.str_matches(r"^0*[1-9][0-9]{0,9}$")),
        "NOMBRE": pa.Column(str, nullable=True),
        "MONEDA": pa.Column(str, pa.Check.isin(["COP", "USD", "EUR"])),
        "CORTE": pa.Column("datetime64[us]", pa.Check.le(pd.Timestamp(STEPS[-1][2])), coerce=True),
        "APERTURA": pa.Column("datetime64[us]", coerce=True),
        "VENCIMIENTO": pa.Column("datetime64[us]", coerce=True),
        "CAPITAL": pa.Column("int64"),
        **{name: _not_below_zero() for name in ("INTERES", "MORA", "HONORARIOS", "GASTOS")},
        "TOTAL": pa.Column("int64"),
        "CORREO": pa.Column(str, pa.Check.str_matches(r"^[^@\s]+@[^@\s]+\.[^@\s.]+$")),
        "GARANTIA": pa.Column(str, pa.Check.isin(["S", "N"])),
    },
    checks=[
        pa.Check(lambda rows: rows[_AMOUNTS[:-1]].sum(axis=1) == rows["TOTAL"]),
        pa.Check(lambda rows: rows["VENCIMIENTO"] <= rows["CORTE"]),
        pa.Check(lambda rows: rows["APERTURA"] <= rows["VENCIMIENTO"]),
    ],
)


def _agree(bank: Bank, day: date, engine: Engine, rows_read: int) -> None:
    """Both ways hold the same rows and the same money, or the comparison is void."""
    with engine.connect() as connection:
        theirs = connection.execute(text('SELECT count(*), sum("TOTAL") FROM cartera')).one()
    with bank.services.store.unit(bank.code) as unit:
        mine = ledger.balances(unit).select(COLUMNS).sum().sum_horizontal().item()
    if tuple(map(int, theirs)) != (rows_read, mine):
        raise AssertionError(f"{day}: {rows_read} rows and {mine}, the other way {theirs}")


def _note(key: str, seconds: list[tuple[float, ...]]) -> str:
    whole, journal, theirs, phones = (
        statistics.median(each) for each in zip(*seconds, strict=True)
    )
    return (
        f"{key}: ours {whole:.2f} s (reasons, proof and answers included), of them the journal "
        f"{journal:.2f}, which the other way has none of; theirs {theirs:.2f} s, of them "
        f"{phones:.2f} telephones by phonenumbers; without these, and with our journal, "
        f"{(theirs - phones) / whole:.1f} times; to_sql with its defaults, psycopg 3"
    )
