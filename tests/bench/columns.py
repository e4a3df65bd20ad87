"""Columns of identity numbers and telephones, beside python-stdnum and phonenumbers by value."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

import phonenumbers
import polars as pl
from stdnum.cl import rut
from stdnum.co import nit
from stdnum.mx import curp, rfc
from stdnum.pe import ruc

from schemas.identity import check_digits
from schemas.phones import numbers
from schemas.rule import Context
from tests.bench.report import Measure, interleaved

#: Values of each type of number, and telephones of each country.
ROWS = 40_000
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MODULES: dict[tuple[str, str], Any] = {
    ("CO", "NIT"): nit, ("CL", "RUT"): rut, ("PE", "RUC"): ruc, ("MX", "RFC"): rfc,
    ("MX", "CURP"): curp,
}  # fmt: skip
#: Beginnings and whole lengths of numbers that are given out.
MOBILES = {"CO": ("31", 10), "CL": ("9", 9), "MX": ("55", 10), "PE": ("9", 9)}
Found = tuple[list[Measure], list[str]]


def ids(runs: int) -> Found:
    """Numbers with right check digits, one in fifty with a wrong character."""
    random = Random(1)
    columns = {key: [_number(random, *key) for _ in range(ROWS)] for key in MODULES}
    frames = {
        (country, kind): pl.DataFrame({"debtor_id_type": kind, "debtor_id_number": values})
        for (country, kind), values in columns.items()
    }

    def ours() -> list[pl.Series]:
        rules = {key: check_digits(Context(date(2026, 11, 27), key[0])) for key in frames}
        return [frame.select(rules[key].ok).to_series() for key, frame in frames.items()]

    def theirs() -> list[list[bool]]:
        return [[MODULES[key].is_valid(one) for one in columns[key]] for key in columns]

    return _compared(
        "ids_speedup", 15.0, "python-stdnum's is_valid, value by value", ours, theirs, runs
    )


def phones(runs: int) -> Found:
    """Mobile numbers as files have them; one in fifty too short, one in two hundred with more to
    it than a pattern tells (an extension, another country's)."""
    random = Random(2)
    columns = {country: [_phone(random, country) for _ in range(ROWS)] for country in MOBILES}
    series = {country: pl.Series(texts) for country, texts in columns.items()}

    def ours() -> list[pl.Series]:
        return [numbers(texts, country) for country, texts in series.items()]

    def theirs() -> list[list[str | None]]:
        return [[_e164(text, country) for text in texts] for country, texts in columns.items()]

    against = "phonenumbers' parse, is_valid_number and format_number, value by value"
    return _compared("phones_speedup", 30.0, against, ours, theirs, runs)


def _compared(
    key: str,
    target: float,
    against: str,
    ours: Callable[[], list[pl.Series]],
    theirs: Callable[[], list[list[Any]]],
    runs: int,
) -> Found:
    """How many times faster ours is, once every answer is the same."""
    values = [value for column in theirs() for value in column]
    agreed = sum(mine == their for mine, their in zip(pl.concat(ours()), values, strict=True))
    assert agreed == len(values), f"{key}: {len(values) - agreed} answers are not the library's"
    pairs = interleaved(ours, theirs, runs, time.process_time)
    good = sum(bool(value) for value in values)
    notes = [
        pairs.told(f"{key}, CPU of {len(values):,} values"),
        f"{key}: {agreed:,} of {len(values):,} answers agree, {good / len(values):.1%} valid",
    ]
    return [Measure(key, 1 / pairs.ratio, target, against, at_least=True)], notes


def _number(random: Random, country: str, kind: str) -> str:
    letters = "".join(random.choices(LETTERS, k=20))
    born = f"{random.randrange(100):02}{random.randrange(1, 13):02}{random.randrange(1, 29):02}"
    if kind == "RFC":
        number = f"{letters[: random.choice((3, 4))]}{born}{letters[10:13]}"
    elif kind == "CURP":
        body = f"{letters[:4]}{born}{random.choice('HM')}DF{letters[4:7]}0"
        number = body + curp.calc_check_digit(body)
    else:
        first = {"NIT": 800_000_000, "RUT": 5_000_000, "RUC": 1_040_000_000}[kind]
        body = str(first + random.randrange(first // 20))
        number = body + MODULES[country, kind].calc_check_digit(body)
    if random.random() < 0.02:
        at = random.randrange(len(number))
        number = number[:at] + random.choice("0123456789") + number[at + 1 :]
    return number


def _phone(random: Random, country: str) -> str:
    start, length = MOBILES[country]
    digits = start + "".join(random.choices("0123456789", k=length - len(start)))
    code = phonenumbers.country_code_for_region(country)
    spelled = f"{digits[:3]} {digits[3:6]} {digits[6:]}"
    shapes = {
        digits: 47, spelled: 20, f"+{code} {spelled}": 15, f"({digits[:2]}) {digits[2:]}": 10,
        f"{code}{digits}": 5, digits[:6]: 2, f"{digits} ext 12": 0.3, f"+1 202 {digits[-7:]}": 0.2,
    }  # fmt: skip
    [shape] = random.choices(list(shapes), list(shapes.values()))
    return shape


def _e164(text: str, country: str) -> str | None:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
