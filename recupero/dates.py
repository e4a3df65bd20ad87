"""Business dates. The clock is read in the command line only; every rule takes its date."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

MONTHS_ES = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip
MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def is_business_day(day: date, holidays: Collection[date]) -> bool:
    """Monday to Friday and no holiday."""
    return day.weekday() < 5 and day not in holidays


def last_business_day_of_month(day: date, holidays: Collection[date]) -> date:
    """The last business day of the month *day* lies in."""
    last = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    while not is_business_day(last, holidays):
        last -= timedelta(days=1)
    return last


def long_es(day: date) -> str:
    """The date as a Spanish letter writes it: ``27 de noviembre de 2026``."""
    return f"{day.day} de {MONTHS_ES[day.month - 1]} de {day.year}"


def long_en(day: date) -> str:
    """The date as a letter in American English writes it: ``November 27, 2026``."""
    return f"{MONTHS_EN[day.month - 1]} {day.day}, {day.year}"
