"""Which column is which field: by its name first, and then only if its values are such."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from recupero.profiles.canonical import Canonical
from recupero.profiles.drafting.day_forms import is_day, is_instant, no_day
from recupero.profiles.drafting.entry import Entry, is_open
from recupero.profiles.drafting.marks import is_amount
from recupero.profiles.drafting.sample import Column
from recupero.profiles.drafting.words import is_blank, meaning_of, names_of, spelled_out
from recupero.profiles.fields import KEYS, Kind, fields_of
from recupero.profiles.layout import Source

#: Values that have to be such as the field's.
_SHARE = 0.8
_SHAPES = {
    "email": re.compile(r".+@.+"),
    "phone": re.compile(r"(?:\D*\d){6,15}\D*"),
    "phone_2": re.compile(r"(?:\D*\d){6,15}\D*"),
    "debtor_name": re.compile(r".*[^\W\d].*"),
    "payer_name": re.compile(r".*[^\W\d].*"),
}


@dataclass(frozen=True)
class Matched:
    """``columns`` by field, the entries that say why, and columns nobody claims, by name."""

    columns: Mapping[str, Column]
    entries: tuple[Entry, ...]
    unused: tuple[str, ...]


def match(
    columns: tuple[Column, ...], kind: Kind, country: str, said: Mapping[str, Column]
) -> Matched:
    """The fields of *kind*; *said* are those that somebody named.

    Where several columns are called like a field that must be right (required, or money), none
    is taken.
    """
    taken: dict[str, Column] = dict(said)
    entries = [Entry(f"columns.{name}", each.source, "certain", "as said")
               for name, each in said.items()]  # fmt: skip
    refused: dict[str, str] = {}
    for name, field in fields_of(kind).items():
        if name in said:
            continue
        used = {each.source for each in taken.values()}
        free = [each for each in columns if each.source not in used and each.name]
        claims = _claims(free, kind, field, country, refused)
        if not claims:
            continue
        best, *others = claims
        rivals = [each.name for _, each in others]
        strict = field.required or field.type == "amount"
        if rivals and (strict or others[0][0] == best[0]):
            told = ", ".join([best[1].name, *rivals])
            entries.append(is_open(f"columns.{name}", f"several are called like it: {told}"))
            continue
        taken[name] = best[1]
        entries.append(_claimed(name, best[1], rivals))
    used = {each.source for each in taken.values()}
    told_open = {entry.key.removeprefix("columns.") for entry in entries if entry.value is None}
    entries += _missing(columns, kind, taken, told_open, used)
    unused = [
        f"{each.name}{refused.get(each.name, '')}"
        for each in columns
        if each.name and each.source not in used
    ]
    order = list(fields_of(kind))
    entries.sort(key=lambda entry: order.index(entry.key.removeprefix("columns.")))
    return Matched(taken, tuple(entries), tuple(unused))


def _claims(
    free: list[Column], kind: Kind, field: Canonical, country: str, refused: dict[str, str]
) -> list[tuple[int, Column]]:
    """Columns called like *field*, with the name's rank; those of other values are *refused*."""
    names = names_of(kind, field.name)
    claims = []
    for column in free:
        name = spelled_out(column.name)
        if name not in names:
            continue
        if holds(column, field, kind, country):
            claims.append((names.index(name), column))
        else:
            refused[column.name] = f" (called like {field.name}, and holds no such values)"
    return sorted(claims, key=lambda claim: claim[0])


def _claimed(name: str, column: Column, rivals: list[str]) -> Entry:
    because = "called like it, and its values are such"
    if not column.filled:
        because = "called like it; no row of the sample says anything there"
    if rivals:
        because += f"; {', '.join(rivals)} would be too"
    return Entry(f"columns.{name}", column.source, "guess", because)


def _missing(
    columns: tuple[Column, ...],
    kind: Kind,
    taken: Mapping[str, Column],
    told: set[str],
    used: set[Source],
) -> list[Entry]:
    """Open entries for what a layout of *kind* must declare and no column was found for."""
    needed = {
        name: "no column is called like it"
        for name, field in fields_of(kind).items()
        if field.required and field.absent is None and name != "currency"
    }
    if kind == "placement" and "days_past_due" not in taken:
        needed["due_date"] = "no column is called like it, nor like days_past_due"
    entries = []
    for name, because in needed.items():
        if name in taken or name in told:
            continue
        also = names_of(kind, name, "maybe")
        free = [each.name for each in columns if each.source not in used]
        maybe = [each for each in free if each and spelled_out(each) in also]
        more = f"; perhaps {' or '.join(maybe)}" if maybe else ""
        entries.append(is_open(f"columns.{name}", because + more))
    return entries


def holds(column: Column, field: Canonical, kind: Kind, country: str) -> bool:
    """Whether the values of *column* are such as *field* has; one without values may hold any."""
    texts = [text for text in column.texts if not is_blank(text)]
    filled = len(texts) + len(column.numbers) + column.days
    if not filled:
        return True
    if field.type == "boolean":
        words = {text.lower() for text in (*texts, *column.numbers)}
        known = [meaning_of(word, field, country) is not None for word in words]
        return column.days == 0 and len(words) <= 3 and any(known)
    good = _good(column, field, kind, texts)
    return good >= _SHARE * filled


def _good(column: Column, field: Canonical, kind: Kind, texts: list[str]) -> int:
    """How many of its values are such."""
    numbers = [*column.numbers]
    if field.type == "amount":
        return sum(_is_money(text) for text in texts) + len(numbers)
    if field.type == "date":
        days = [text for text in texts if not no_day(text)]
        return column.days + sum(map(is_day, days)) + len(texts) - len(days)
    if field.type == "datetime":
        return column.days + sum(map(is_instant, texts))
    if field.type == "integer":
        return sum(bool(re.fullmatch(r"-?[0-9]{1,9}", text)) for text in (*texts, *numbers))
    if field.type == "identity":
        return sum(len(re.findall(r"\d", text)) >= 4 and not _is_date(text)
                   for text in (*texts, *numbers))  # fmt: skip
    if field.name in KEYS[kind] or field.name == "account_number":
        return sum(not _is_date(text) for text in (*texts, *numbers))
    shape = _SHAPES.get(field.name)
    good: Callable[[str], object] = shape.fullmatch if shape else lambda text: not _is_date(text)
    return sum(bool(good(text)) for text in (*texts, *numbers))


def _is_money(text: str) -> bool:
    return is_amount(text) and not _is_date(text)


def _is_date(text: str) -> bool:
    """A day with marks between its figures; eight figures alone may be anything."""
    return is_day(text) and not text.isdigit()
