"""What the agency states about itself: absences, unit costs, goals and values of units."""

from __future__ import annotations

import polars as pl

from recupero.money import EXPONENT
from recupero.profiles.agency_fields import MONEY_MEASURES
from schemas.rule import Context, Rule

_CURRENCY = Rule("not_allowed", "currency", pl.col("currency").is_in(list(EXPONENT)))


def absence(_: Context) -> tuple[Rule, ...]:
    """The rules of a row about a collector who is away."""
    ordered = pl.col("absent_until") >= pl.col("absent_from")
    return (Rule("ends_before_it_begins", "absent_until", ordered),)


def cost(_: Context) -> tuple[Rule, ...]:
    """The rules of a row about what an effort costs."""
    return (Rule("negative", "amount_minor", pl.col("amount_minor") >= 0), _CURRENCY)


def goal(_: Context) -> tuple[Rule, ...]:
    """The rules of a row about what is aimed at: money has an amount, a count a quantity."""
    money = pl.col("measure").is_in(MONEY_MEASURES)
    amount, quantity = pl.col("amount_minor"), pl.col("quantity")
    return (
        Rule("not_first_of_month", "month", pl.col("month").dt.day() == 1),
        Rule("required", "amount_minor", ~money | amount.is_not_null()),
        Rule("required", "quantity", money | quantity.is_not_null()),
        Rule("negative", "amount_minor", amount >= 0),
        Rule("negative", "quantity", quantity >= 0),
        _CURRENCY,
    )


def unit_value(_: Context) -> tuple[Rule, ...]:
    """The rules of a row about what a unit is worth; it may be told before it is in force."""
    ordered = pl.col("valid_until") >= pl.col("valid_from")
    return (
        Rule("not_allowed", "unit", pl.col("unit").str.contains(r"^[A-Z]{2,8}$")),
        Rule("zero_amount", "value", pl.col("value").str.contains("[1-9]")),
        Rule("ends_before_it_begins", "valid_until", ordered),
        _CURRENCY,
    )
