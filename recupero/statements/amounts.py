"""Amounts and dates as bank files write them, read without rounding or guessing.

What cannot be read exactly raises `StatementRefused`, whose text never repeats the file's content.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

from recupero.money import EXPONENT
from recupero.statements.reasons import Reason, refused

__all__ = ["decimal_text", "places", "read_date", "read_minor", "rescaled"]

#: Decimals assumed for a currency that `recupero.money` does not list; always reported.
PLACES_UNKNOWN = 2

#: The greatest amount a 64-bit column holds.
MINOR_MAX = 2**63 - 1

# XML Schema's decimal without sign ("8.850", "5."), and SWIFT's 15d, whose comma is mandatory.
_WRITTEN = {
    ".": re.compile(r"[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40}"),
    ",": re.compile(r"[0-9]{1,40},[0-9]{0,40}"),
}
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[TZ+-].{0,40})?")


def places(currency: str) -> int:
    """Decimals of *currency*; `PLACES_UNKNOWN` for a code that is not in the table."""
    return EXPONENT.get(currency, PLACES_UNKNOWN)


@lru_cache(maxsize=1024)
def read_minor(text: str, currency: str, mark: str) -> int:
    """*text* with the decimal *mark* in minor units of *currency*: "8.850" EUR is 885.

    Zeros beyond the exponent carry no money and are read; any other digit there is refused.
    """
    if not _WRITTEN[mark].fullmatch(text):
        raise refused("amount_unreadable")
    whole, _, fraction = text.partition(mark)
    exponent = places(currency)
    if fraction[exponent:].strip("0"):
        raise refused("amount_too_precise", currency=currency or Reason("its_currency"))
    amount_minor = int(whole + fraction[:exponent].ljust(exponent, "0"))
    if amount_minor > MINOR_MAX:
        raise refused("amount_too_large")
    return amount_minor


@lru_cache(maxsize=4096)
def read_date(text: str) -> date:
    """The day of an ISO date or date and time, as the bank's local calendar wrote it."""
    match = _DAY.fullmatch(text)
    if match is None:
        raise refused("date_unreadable")
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise refused("date_impossible") from None


def decimal_text(amount_minor: int, currency: str) -> str:
    """Digits with a decimal point for machines, also for a currency that is not in the table."""
    return f"{Decimal(amount_minor).scaleb(-places(currency)):f}"


def rescaled(amount_minor: int, currency: str, other: str) -> int | None:
    """A figure of *currency* with the decimals of *other*; None where digits would be lost."""
    scaled = Decimal(amount_minor).scaleb(places(other) - places(currency))
    return int(scaled) if scaled == scaled.to_integral_value() else None
