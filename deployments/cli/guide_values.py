"""Values for examples: fictitious, valid in the institution's country, written as a layout wants.

Whatever follows from the profile alone, so that the same profile gives the same example.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from deployments.cli.guide_account_fields import EXAMPLES
from deployments.cli.guide_movement_fields import EMPTY_IN_MOVEMENTS, EXAMPLES_OF_MOVEMENTS
from recupero.money import exponent
from recupero.profiles.canonical import Canonical
from recupero.profiles.layout import Layout
from recupero.profiles.profile import Institution

#: A field's value before it is written: amounts in minor units, None for what may stay empty.
Value = str | int | date | datetime | None

#: Units of money; the total is made of those the layout has.
_UNITS = {
    "principal_minor": 1_250_000, "interest_minor": 37_500, "default_interest_minor": 12_500,
    "fees_minor": 5_000, "expenses_minor": 0,
}  # fmt: skip
_OTHER_UNITS = 150_000
#: Days before the day of the example.
_DAYS_BEFORE = {"opened_on": 600, "due_date": 92}
_HOUR = time(10, 15)
_INTEGERS = {"days_past_due": 92}
#: By country and type of document; three persons each.
_IDENTITY: dict[str, dict[str, tuple[str, str, str]]] = {
    "CO": {
        "CC": ("1020304050", "52847163", "79345120"),
        "NIT": ("869970451-2", "900100201-8", "830555017-8"),
        "CE": ("284615", "310942", "356201"),
    },
    "CL": {"RUT": ("12.345.678-5", "9.876.543-3", "15.432.109-8")},
    "MX": {
        "RFC": ("GODE561231GR8", "PESA850412AB1", "GOLL790923QX5"),
        "CURP": ("BOXW310820HNERXN09", "PEXA850412MDFRTN05", "GOXL790923HJCMPS05"),
    },
    "PE": {
        "DNI": ("45678912", "40123987", "09871234"),
        "RUC": ("20512333797", "20600111222", "10456789124"),
    },
    "AR": {
        "DNI": ("30123456", "27345678", "35987654"),
        "CUIT": ("20-12345678-6", "27-23456789-1", "30-70001234-0"),
    },
    "BR": {"CPF": ("123.456.789-09", "987.654.321-00", "246.813.579-28")},
    "EC": {"CI": ("1712345675", "0923456784", "0102345675")},
    "ES": {"DNI": ("12345678Z", "23456789D", "34567890V")},
}
#: Of a type or a country whose numbers carry no check that we know.
_UNCHECKED = ("10203040", "10203041", "10203042")
_PHONE = {
    "CO": "3012345678", "CL": "961234567", "MX": "5512345678", "PE": "987654321",
    "AR": "1123456789", "BR": "11961234567", "EC": "991234567", "ES": "612345678",
    "US": "2015550123", "UY": "94231234", "PA": "60012345", "CR": "83123456", "GT": "51234567",
    "BO": "71234567", "PY": "961456789", "DO": "8092345678",
}  # fmt: skip
_NAMES = ("Ana Pérez Soto", "Luis Gómez Peña", "Carmen Núñez Díaz")
#: Texts; where rows must differ, the figures at the end count up.
TEXT = {
    "account_number": "4000123456", "product": "Libre inversión",
    "email": "persona1@example.com", "address": "Calle 10 # 20-30", "city": "Capital",
    "region": "Centro", "transaction_id": "T-000481", "effort_id": "G-009120",
    "evidence": "Acta 2026-14", "resolution": "Acta 2026-14", "collector_code": "G-07",
    "skills": "prejuridica;juridica", "channel": "sucursal", **EXAMPLES, **EXAMPLES_OF_MOVEMENTS,
}  # fmt: skip
#: Fields that a file may leave empty, and whose value would say something of another row.
EMPTY = frozenset({"reverses", "proposal", "phone_2", "renewed_on"}) | EMPTY_IN_MOVEMENTS


def day_of(layout: Layout) -> date:
    """The day the examples are of: a month's end, so that nobody takes its day for a month, and
    never later than the layout comes into force."""
    agreed = layout.constants.get("cut_off")
    if isinstance(agreed, date):
        return agreed
    return layout.valid_from.replace(day=1) - timedelta(days=1)


def value_of(field: Canonical, layout: Layout, given: Institution, row: int = 0) -> Value:
    """What *field* says in example row *row*: the institution's own word where it has words."""
    if field.name in layout.values:
        return _word(field, layout, given.country)
    if field.name in EMPTY:
        return None
    if field.type == "amount":
        return _minor(field.name, layout, given.currency, row)
    if field.type == "decimal":
        return f"3912{row}{layout.decimal}45" if layout.decimal else f"3912{row}"
    if field.name == "month":
        return day_of(layout).replace(day=1)
    if field.name == "valid_from":  # what one value after another is known by
        return day_of(layout) - timedelta(days=row)
    if field.type == "date":
        return day_of(layout) - timedelta(days=_DAYS_BEFORE.get(field.name, 0))
    if field.type == "datetime":
        return datetime.combine(day_of(layout), _HOUR) + timedelta(minutes=row)
    if field.type == "integer":
        return _INTEGERS.get(field.name, 120 + row)
    if field.type == "identity":
        known = _IDENTITY.get(given.country, {})
        return known.get(_identity_type(layout, given.country), _UNCHECKED)[row % 3]
    return _text(field, layout, given, row)


def written(field: Canonical, layout: Layout, given: Institution, row: int = 0) -> str:
    """The text by which a file of *layout* says it; empty for what may stay empty."""
    return text_of(value_of(field, layout, given, row), field, layout, given)


def text_of(value: Value, field: Canonical, layout: Layout, given: Institution) -> str:
    """*value* of *field* as a text of *layout*."""
    place = layout.columns.get(field.name)
    width = place[1] if isinstance(place, tuple) else 0
    if field.type == "amount" and isinstance(value, int):
        return amount_text(value, layout, given.currency, width)
    if isinstance(value, datetime):
        return value.strftime(layout.datetimes or "%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.strftime(layout.dates or "%Y-%m-%d")
    text = "" if value is None else str(value)
    if layout.format == "delimited" and layout.quote is None and field.name not in layout.values:
        text = text.replace(layout.delimiter, " ")
    # The figures that tell rows apart stand at the end.
    return text if not width or len(text) <= width else re.sub(r"[.\s-]", "", text)[-width:]


def amount_text(amount_minor: int, layout: Layout, currency: str, width: int = 0) -> str:
    """An amount of zero or more with the marks of *layout*, zeros before it up to *width*."""
    places = exponent(currency)
    if layout.implied_decimals:
        digits = str(amount_minor * 10**layout.implied_decimals // 10**places)
    else:
        whole, fraction = divmod(amount_minor, 10**places)
        digits = f"{whole:,}".replace(",", layout.thousands)
        if layout.decimal and places:
            digits += f"{layout.decimal}{fraction:0{places}}"
    sign = layout.sign
    mark = sign.positive if sign.place in ("before", "after") else ""
    if not layout.thousands:
        digits = digits.zfill(width - len(mark))
    return f"{digits}{mark}" if sign.place == "after" else f"{mark}{digits}"


def _word(field: Canonical, layout: Layout, country: str) -> str:
    """The institution's own word: of a document the one of the example number's type, of a row that
    may undo another (a reversal) the one that does not."""
    words = {word: value for word, value in layout.values[field.name].items() if word}
    wanted: object = field.absent
    if field.name == "debtor_id_type":
        wanted = _identity_type(layout, country)
    return next((word for word, value in words.items() if value == wanted), next(iter(words), ""))


def _identity_type(layout: Layout, country: str) -> str:
    """The type the example's document has: what the layout can say, first what is usual there."""
    known = _IDENTITY.get(country, {})
    usual = next(iter(known), "CC")
    constant = layout.constants.get("debtor_id_type")
    said = [constant] if constant else list(layout.values.get("debtor_id_type", {}).values())
    possible = [str(name) for name in said if str(name) in known] or [str(name) for name in said]
    return usual if usual in possible or not possible else possible[0]


def _text(field: Canonical, layout: Layout, given: Institution, row: int) -> str:
    special = {
        "currency": given.currency,
        "country": given.country,
        "debtor_id_type": _identity_type(layout, given.country),
        "debtor_name": _NAMES[row % 3],
        "payer_name": _NAMES[row % 3],
    }
    if field.name in special:
        return special[field.name]
    if field.allowed:
        return str(field.absent or field.allowed[0])
    text = _PHONE.get(given.country, "") if field.name == "phone" else TEXT.get(field.name, "")
    return re.sub(r"[0-9]+(?=[^0-9]*$)", lambda end: _counted_up(end[0], row), text)


def _counted_up(figures: str, row: int) -> str:
    return str(int(figures) + row).zfill(len(figures))


def _minor(name: str, layout: Layout, currency: str, row: int) -> int:
    scale: int = 10 ** exponent(currency)
    small = _divisor(layout, currency)
    parts = {part: (units - row * units // 10) // small for part, units in _UNITS.items()}
    if name in parts:
        return parts[name] * scale
    if name != "total_minor":
        return (_OTHER_UNITS - row * _OTHER_UNITS // 10) // small * scale
    agreed = [layout.constants.get(part) for part in parts]
    fixed = sum(each for each in agreed if isinstance(each, int))
    return sum(parts[part] for part in parts if part in layout.columns) * scale + fixed


def _divisor(layout: Layout, currency: str) -> int:
    """By how much the amounts are made smaller to have room in the narrowest column of one."""
    widths = [
        place[1]
        for name, place in layout.columns.items()
        if isinstance(place, tuple) and layout.fields[name].type == "amount"
    ]
    scale = 10 ** exponent(currency)
    for divisor in (1, 10, 100, 1_000, 10_000, 100_000):
        largest = 2 * _UNITS["principal_minor"] // divisor * scale
        if len(amount_text(largest, layout, currency)) <= min(widths, default=99):
            return divisor
    return 1_000_000
