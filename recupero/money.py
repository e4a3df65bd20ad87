"""Money as integers: int64 minor units with the exponent ISO 4217 gives the currency.

``Decimal`` and text appear only here, at the edges; floats never.
"""

from __future__ import annotations

from decimal import Decimal

from recupero.errors import Refused

#: Minor-unit exponent by ISO 4217 code, indexed units (CLF, COU, MXV, UYW) included.
EXPONENT: dict[str, int] = {
    "ARS": 2, "BOB": 2, "BRL": 2, "CLF": 4, "CLP": 0, "COP": 2, "COU": 2, "CRC": 2, "DOP": 2,
    "EUR": 2, "GBP": 2, "GTQ": 2, "HNL": 2, "MXN": 2, "MXV": 2, "NIO": 2, "PAB": 2, "PEN": 2,
    "PYG": 0, "TWD": 2, "USD": 2, "UYU": 2, "UYW": 4, "VES": 2, "JPY": 0, "CHF": 2, "SEK": 2,
    "NOK": 2, "DKK": 2, "PLN": 2, "CZK": 2, "HUF": 2, "CAD": 2, "AUD": 2, "TRY": 2, "RUB": 2,
}  # fmt: skip

#: Symbols as people in the country write them; anything else is shown by its ISO code.
SYMBOL = {"CLP": "$", "COP": "$", "MXN": "$", "PEN": "S/", "USD": "US$", "EUR": "€"}

#: Currencies whose country writes 1,234.56; the others write 1.234,56.
POINT_DECIMAL = frozenset({"MXN", "PEN", "USD", "GBP", "TWD", "CAD", "AUD"})


def exponent(currency: str) -> int:
    """Number of decimals of *currency*; refuses a code that is not in the table."""
    try:
        return EXPONENT[currency]
    except KeyError:
        raise Refused(
            f"currency {currency!r} is not known", mend="use an ISO 4217 code such as COP"
        ) from None


def to_minor(amount: Decimal, currency: str) -> int:
    """*amount* in minor units; refuses digits beyond the currency's exponent."""
    scaled = amount.scaleb(exponent(currency))
    if scaled != scaled.to_integral_value():
        raise Refused(f"amount has more decimals than {currency} allows")
    return int(scaled)


def to_decimal(amount_minor: int, currency: str) -> Decimal:
    """*amount_minor* as an exact decimal with the currency's number of places."""
    return Decimal(amount_minor).scaleb(-exponent(currency))


def to_plain(amount_minor: int, currency: str) -> str:
    """Digits with a decimal point and no grouping, for machines: ``-1234.50``."""
    return f"{to_decimal(amount_minor, currency):f}"


def to_text(amount_minor: int, currency: str, *, symbol: bool = True) -> str:
    """The amount as the country's readers write it: ``$ 1.234.567,89``, ``S/ 1,234.50``."""
    digits = f"{abs(to_decimal(amount_minor, currency)):,f}"
    if currency not in POINT_DECIMAL:
        digits = digits.translate(str.maketrans(",.", ".,"))
    sign = "-" if amount_minor < 0 else ""
    if not symbol:
        return f"{sign}{digits}"
    return f"{sign}{SYMBOL.get(currency, currency)} {digits}"


def share(amount_minor: int, weights: list[int]) -> list[int]:
    """Split *amount_minor* by *weights*, losing nothing; largest remainders get the rest."""
    total = sum(weights)
    if total <= 0:
        raise ValueError("weights must sum to a positive number")
    parts = [amount_minor * weight // total for weight in weights]
    remainders = sorted(
        range(len(weights)), key=lambda i: (-(amount_minor * weights[i] % total), i)
    )
    for index in remainders[: amount_minor - sum(parts)]:
        parts[index] += 1
    return parts
