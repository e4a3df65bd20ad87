"""Identity numbers against their check digits, by python-stdnum, once per distinct number."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module

import polars as pl

from schemas.rule import Context, Rule

#: python-stdnum module by country and type. A type that is not here has no check we can make.
MODULES = {
    ("CO", "NIT"): "stdnum.co.nit",
    ("CL", "RUT"): "stdnum.cl.rut",
    ("CL", "RUN"): "stdnum.cl.rut",
    ("MX", "RFC"): "stdnum.mx.rfc",
    ("MX", "CURP"): "stdnum.mx.curp",
    ("PE", "RUC"): "stdnum.pe.ruc",
    ("ES", "DNI"): "stdnum.es.dni",
    ("ES", "NIE"): "stdnum.es.nie",
}
#: Numbers whose length alone is fixed. The check digit of a Peruvian DNI is not part of the number.
SHAPES = {("PE", "DNI"): r"[0-9]{8}"}


def bad_ids(frame: pl.DataFrame, country: str) -> dict[str, list[str]]:
    """The numbers in *frame* that are not valid for their type in *country*, by type."""
    if "debtor_id_type" not in frame.columns:
        return {}
    found: dict[str, list[str]] = {}
    pairs = frame.select("debtor_id_type", "debtor_id_number").drop_nulls().unique()
    for kind in sorted(set(pairs["debtor_id_type"])):
        valid = _validator(country, kind)
        if valid is None:
            continue
        numbers = pairs.filter(pl.col("debtor_id_type") == kind)["debtor_id_number"]
        bad = [number for number in numbers.to_list() if not valid(number)]
        if bad:
            found[kind] = sorted(bad)
    return found


def _validator(country: str, kind: str) -> Callable[[str], bool] | None:
    shape = SHAPES.get((country, kind))
    if shape is not None:
        return lambda number: re.fullmatch(shape, number) is not None
    module = MODULES.get((country, kind))
    if module is None:
        return None
    is_valid = import_module(module).is_valid
    return lambda number: number.isascii() and bool(is_valid(number))


def check_digits(context: Context) -> Rule:
    """The rule that a debtor's identity number is valid, given those found not to be."""
    kind, number = pl.col("debtor_id_type"), pl.col("debtor_id_number")
    bad = [(kind == name) & number.is_in(numbers) for name, numbers in context.bad_ids.items()]
    ok = ~pl.any_horizontal(bad) if bad else pl.lit(True)
    return Rule("bad_check_digit", "debtor_id_number", ok)
