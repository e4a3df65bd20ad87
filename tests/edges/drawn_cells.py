"""Cells as an institution writes them: the marks it declares, and each value in them."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from recupero.money import EXPONENT
from recupero.profiles.fields import Canonical

#: A cell: text, a number or a day of a spreadsheet, or ``Raw`` of JSON.
Cell = Any
#: Texts that stand for another value in the file.
_WORDS = ("S", "N", "Sí", "No", "01", "02", "tipo A", "tipo B", "x", "y", "Z9", "otro", "más",
          "menos", "q", "r", "1", "2", "3", "4")  # fmt: skip


class Raw(str):
    """JSON as it stands in the line."""


@dataclass(frozen=True)
class Manner:
    """How one file's cells are written; ``stored`` where it keeps numbers: "", "book" or "json"."""

    chance: random.Random
    stored: str
    dates: str
    datetimes: str
    decimal: str
    thousands: str
    implied: int
    place: str
    negative: str
    positive: str
    blank: tuple[str, ...]
    signed_apart: frozenset[str] = frozenset()
    words: dict[str, dict[str, Any]] = field(default_factory=dict)

    def often(self, share: float = 0.5) -> bool:
        return self.chance.random() < share

    def settings(self) -> dict[str, Any]:
        """The keys of a layout that say all this."""
        sign = {"place": self.place, "negative": self.negative, "positive": self.positive}
        return {
            "dates": self.dates, "datetimes": self.datetimes, "decimal": self.decimal,
            "thousands": self.thousands, "implied_decimals": self.implied,
            "blank": list(self.blank), "sign": sign, "values": self.words,
        }  # fmt: skip


def manner(chance: random.Random, form: str, delimiter: str | None) -> Manner:
    """Any that contradicts nothing; *delimiter* is one that no cell may hold."""
    marks = [mark for mark in ("", ",", ".") if mark != delimiter]
    decimal = chance.choice(marks)
    groups = ["", ",", ".", "'", " "]
    thousands = chance.choice([mark for mark in groups if mark not in (decimal, delimiter)])
    implied = 0
    if form in ("delimited", "fixed", "jsonl") and chance.random() < 0.3:
        decimal, thousands, implied = "", "", 4
    place = chance.choice(["before", "after", "around", "column"])
    negative, positive = "-", ""
    if place != "around":
        negative = chance.choice(["-", "C", "CR"])
        positive = chance.choice(["", "D", "DB", "+"])
    parted = chance.choice(["/", "-", ".", "", " "])
    day = parted.join(chance.sample(["%d", "%m", "%Y"], 3))
    at = chance.choice(["%H:%M", "%H%M", "%H:%M:%S"])
    return Manner(
        chance=chance,
        stored={"jsonl": "json", "delimited": "", "fixed": ""}.get(form, "book"),
        dates=day,
        datetimes=f"{day}{chance.choice(['T', ' ', '_'])}{at}",
        decimal=decimal,
        thousands=thousands,
        implied=implied,
        place=place,
        negative=negative,
        positive=positive,
        blank=chance.choice([(), ("N/A",), ("-", "NULL"), ("0000",)]),
    )


def words_for(one: Canonical, values: list[Any], chance: random.Random) -> dict[str, Any]:
    """What texts stand for the *values* of a field: always of truth values, else sometimes."""
    mappable = one.type in ("boolean", "integer") or (one.type == "text" and not one.required)
    if not (mappable or one.allowed) or (one.type != "boolean" and chance.random() < 0.6):
        return {}
    distinct = list(dict.fromkeys(value for value in values if value is not None))
    if one.type == "boolean":
        distinct = [True, False]
    if len(distinct) > len(_WORDS):
        return {}
    texts = chance.sample(_WORDS, len(distinct))
    return dict(zip(texts, distinct, strict=True))


def written(one: Canonical, value: Any, currency: str, how: Manner) -> tuple[Cell, str]:
    """The cell of *value*, and what stands in its column of signs where it has one."""
    if value is None:
        return _nothing(how), ""
    words = how.words.get(one.name)
    if words is not None:
        value = how.chance.choice([text for text, stands in words.items() if stands == value])
    elif one.type == "amount":
        return _amount(one.name, value, EXPONENT[currency], how)
    elif one.type == "integer" and how.stored and how.often():
        return (Raw(value) if how.stored == "json" else value), ""
    elif one.type == "identity" and len(value) > 4 and how.often():
        value = f" {value[:2]}.{value[2:4]}-{value[4:].lower()}"
    elif isinstance(value, datetime):
        value = value.strftime(how.datetimes)
    elif isinstance(value, date):
        if how.stored == "book" and how.often():
            return value, ""
        value = value.strftime(how.dates)
    return str(value), ""


def _nothing(how: Manner) -> Cell:
    text = how.chance.choice(["", *how.blank])
    if not how.stored or how.often():
        return text
    return Raw("null") if how.stored == "json" else None


def _amount(name: str, minor: int, places: int, how: Manner) -> tuple[Cell, str]:
    apart = name in how.signed_apart
    mark = how.negative if minor < 0 else how.positive
    if how.stored and how.often():
        number = Decimal(abs(minor) if apart else minor).scaleb(how.implied or -places)
        if how.implied:
            number = Decimal(abs(minor) if apart else minor) * 10 ** (how.implied - places)
        digits = f"{number:f}"
        return (Raw(digits) if how.stored == "json" else float(digits)), mark if apart else ""
    digits = digits_of(minor, places, how)
    if apart:
        return digits, mark
    return signed(digits, minor, how), ""


def digits_of(minor: int, places: int, how: Manner) -> str:
    """The amount without its sign."""
    minor = abs(minor)
    if how.implied:
        digits = str(minor * 10 ** (how.implied - places))
        return digits.zfill(how.chance.choice([1, 15]))
    whole, fraction = divmod(minor, 10**places)
    text = f"{whole:,}".replace(",", how.thousands) if how.often() else str(whole)
    if places and how.decimal and (fraction or how.often()):
        text += f"{how.decimal}{fraction:0{places}}"
    return text


def signed(digits: str, minor: int, how: Manner) -> str:
    """With the sign that amounts carry themselves."""
    if how.place == "around":
        return f"({digits})" if minor < 0 else digits
    if how.place == "column":
        return f"-{digits}" if minor < 0 else digits
    mark = how.negative if minor < 0 else how.positive
    gap = " " if mark.isalpha() and how.often() else ""
    return f"{mark}{gap}{digits}" if how.place == "before" else f"{digits}{gap}{mark}"


def as_json(cell: Cell) -> str:
    return str(cell) if isinstance(cell, Raw) else json.dumps(cell, ensure_ascii=False)
