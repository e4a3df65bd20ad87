"""Rows of every kind of file as its rules allow them, drawn: canonical values by field."""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from recupero.money import EXPONENT
from recupero.profiles.fields import FIELDS, KEYS, KINDS, Kind

DAY = date(2026, 11, 27)
Row = dict[str, Any]

#: Known by codes and dates alone (no text tells their rows apart), or bound to true periods.
_LEFT = ("cost", "goal", "unit_value", "control")
DRAWN = [kind for kind in KINDS if FIELDS[kind] and kind not in _LEFT]

#: What a letter of UTF-8 read as latin-1 or cp1252 begins with, and the mark of what was lost.
_MISTAKEN = "ÂÃÌâïÏ\ufffd"
#: By what writes them: letters of one byte, those a fixed width has room for, and any.
ALPHABETS = {
    "latin": st.characters(
        codec="latin-1", exclude_categories=("C", "Z"), exclude_characters=_MISTAKEN
    ),
    "plane": st.characters(
        max_codepoint=0xFFFF, exclude_categories=("C", "Z", "M"), exclude_characters=_MISTAKEN
    ),
    "any": st.characters(exclude_categories=("C", "Z"), exclude_characters=_MISTAKEN),
}
#: Never one of the texts by which a layout says that there is nothing.
_CODE = st.text(string.ascii_uppercase + string.digits, max_size=11).map(lambda one: f"7{one}")
_FIRST, _MINOR_MAX = date(1990, 1, 1), 10**12
_PARTS = ("principal_minor", "interest_minor", "default_interest_minor", "fees_minor",
          "expenses_minor")  # fmt: skip


def words(alphabet: str) -> st.SearchStrategy[str]:
    """Texts of one word or several; accents may stand apart but never first."""
    word = st.text(ALPHABETS[alphabet], min_size=1, max_size=8).map(lambda one: f"x{one}")
    return st.lists(word, min_size=1, max_size=3).map(" ".join)


def currencies(places: int) -> list[str]:
    return [code for code, exponent in EXPONENT.items() if exponent == places]


@st.composite
def rows(draw: st.DrawFn, kind: Kind, alphabet: str, currency: list[str], step: int) -> list[Row]:
    """Up to six rows with different keys; amounts are multiples of *step* minor units."""
    chance = draw(st.randoms(use_true_random=False))
    keys = draw(st.lists(_CODE, min_size=1, max_size=6, unique=True))
    texts = draw(st.lists(words(alphabet), min_size=1, max_size=4))
    amounts = draw(st.lists(st.integers(0, _MINOR_MAX // step), min_size=1, max_size=6))
    optional = [field.name for field in FIELDS[kind] if not field.required]
    given = {name for name in optional if chance.random() < 0.6}
    drawn = []
    for key in keys:
        row = {
            field.name: _value(field.type, chance, texts, [one * step for one in amounts])
            if field.required or (field.name in given and chance.random() < 0.8)
            else None
            for field in FIELDS[kind]
        }
        for field in FIELDS[kind]:
            if field.allowed and row[field.name] is not None:
                row[field.name] = chance.choice(field.allowed)
        if "currency" in row:
            row["currency"] = chance.choice(currency)
        row[distinct(kind)] = key
        drawn.append(_AS_RULED.get(kind, lambda row, _: row)(row, chance))
    return drawn


def distinct(kind: Kind) -> str:
    """The field that tells a file's rows apart: it is always there, so no line is blank."""
    return next(name for name in KEYS[kind] if not name.endswith("_type"))


def _value(type_: str, chance: random.Random, texts: list[str], amounts: list[int]) -> Any:
    day = _FIRST + timedelta(days=chance.randrange((DAY - _FIRST).days + 1))
    at = time(chance.randrange(24), chance.randrange(60), chance.randrange(60))
    return {
        "text": chance.choice(texts),
        "identity": "7" + "".join(chance.choices(string.digits + "K", k=chance.randint(0, 13))),
        "amount": chance.choice(amounts),
        "date": day,
        "datetime": datetime.combine(day, at),
        "integer": chance.choice([0, 1, 30, 999_999_999]),
        "boolean": chance.random() < 0.5,
        "decimal": chance.choice(["1", "39123"]),
    }[type_]


def _placement(row: Row, chance: random.Random) -> Row:
    earlier = sorted(_value("date", chance, [""], [0]) for _ in range(3))
    opened, due, cut_off = earlier
    row["cut_off"] = cut_off
    row["opened_on"] = opened if row["opened_on"] else None
    row["due_date"] = due
    if chance.random() < 0.2:  # not yet due
        row["due_date"], row["days_past_due"] = cut_off + timedelta(days=40), 0
    elif chance.random() < 0.2:
        row["due_date"], row["days_past_due"] = None, 12
    row["principal_minor"] *= chance.choice([1, 1, -1])
    # Types whose numbers carry a check are judged elsewhere.
    row["debtor_id_type"] = chance.choice(["XX", None])
    row["phone"], row["phone_2"] = chance.choice(["+573128622935", None]), None
    if row["total_minor"] is not None:
        row["total_minor"] = sum(row[name] or 0 for name in _PARTS)
    return row


def _payment(row: Row, chance: random.Random) -> Row:
    row["amount_minor"] = row["amount_minor"] or 10**4
    row["reverses"] = "OTRA-1" if row["kind"] == "reversal" else None
    return row


def _write_off(row: Row, chance: random.Random) -> Row:
    row["amount_minor"] = row["amount_minor"] or 10**4
    return row


def _roster(row: Row, chance: random.Random) -> Row:
    row["country"] = chance.choice(["CO", "PE", "CL", "MX"])
    return row


def _ordered(first: str, last: str) -> Callable[[Row, random.Random], Row]:
    """What ends does so after it began."""

    def ruled(row: Row, chance: random.Random) -> Row:
        if row[first] and row[last]:
            row[first], row[last] = sorted((row[first], row[last]))
        return row

    return ruled


def _numbered(number: str) -> Callable[[Row, random.Random], Row]:
    def ruled(row: Row, chance: random.Random) -> Row:
        return row | {number: chance.choice([1, 30, 999_999])}

    return ruled


def _person(row: Row, chance: random.Random) -> Row:
    # Types whose numbers carry a check, and telephones, are judged elsewhere.
    row = row | {"debtor_id_type": "XX", "phone": "+573128622935", "phone_2": None, "email": None}
    return _ordered("since", "until")(row, chance) if "since" in row else row


def _adjustment(row: Row, chance: random.Random) -> Row:
    return row | {"event": "charge", "principal_minor": row["principal_minor"] or 10**4}


_AS_RULED: dict[Kind, Callable[[Row, random.Random], Row]] = {
    "placement": _placement, "payment": _payment, "write_off": _write_off,
    "roster": _roster, "instalment": _numbered("instalment_number"),
    "guarantee": _numbered("guarantee_number"), "document_index": _numbered("document_number"),
    "hold": _ordered("since", "until"), "dispute": _ordered("opened_on", "closed_on"),
    "related_person": _person, "debtor_update": _person, "adjustment": _adjustment,
    "absence": _ordered("absent_from", "absent_until"),
}  # fmt: skip
