"""The institution's words for ours, the texts that say nothing, and what no column need say."""

from __future__ import annotations

from collections.abc import Mapping

from recupero.money import EXPONENT
from recupero.profiles.canonical import Canonical
from recupero.profiles.drafting.day_forms import no_day
from recupero.profiles.drafting.entry import Entry, is_open
from recupero.profiles.drafting.sample import Column
from recupero.profiles.drafting.words import document_type, is_blank, meaning_of

#: More different texts than these are no codes.
_CODES_MAX = 40
_TYPED = ("amount", "date", "datetime", "integer")


def words_of(field: Canonical, column: Column, country: str) -> list[Entry]:
    """Entries for the words of a *field* that has a closed list; none where it has none."""
    if not (field.allowed or field.type == "boolean" or field.name in _OTHER_CODES):
        return []
    said = sorted({text for text in (*column.texts, *column.numbers) if not is_blank(text)})
    if len(said) > _CODES_MAX:
        return [is_open(f"values.{field.name}", f"{len(said)} different texts are no codes")]
    ours = {text: meaning_of(text, field, country) for text in said}
    if field.name == "currency":
        ours = {text: text if text in EXPONENT else word for text, word in ours.items()}
    known = {text: word for text, word in ours.items() if word is not None}
    unknown = [text for text in said if ours[text] is None]
    entries = []
    if unknown or not said:
        told = f"what do these mean: {', '.join(map(repr, unknown))}" if said else "no row has any"
        entries.append(is_open(f"values.{field.name}", told))
    if known and (field.type == "boolean" or any(text != word for text, word in known.items())):
        because = "known from elsewhere: see that they mean the same here, and which are missing"
        entries.append(Entry(f"values.{field.name}", known, "guess", because))
    return entries


#: Fields of texts whose words have to be ours although no list closes them.
_OTHER_CODES = ("debtor_id_type", "currency")


def blanks(columns: Mapping[str, Column], fields: Mapping[str, Canonical]) -> list[Entry]:
    """The entry ``blank``: texts in columns of amounts and days that stand for no value."""
    found: set[str] = set()
    values: set[str] = set()
    for name, column in columns.items():
        if fields[name].type not in _TYPED:
            values |= {text for text in column.texts if not is_blank(text)}
            continue
        days = fields[name].type.startswith("date")
        empty = {text for text in column.texts if (no_day(text) if days else is_blank(text))}
        found |= empty
        values |= {*column.texts} - empty
    told = tuple(sorted(found - values))
    return [Entry("blank", told, "guess", "they stand where amounts or days do")] if told else []


def document_constant(columns: Mapping[str, Column], country: str) -> list[Entry]:
    """The type of all documents, where no column says it and the name of their column does."""
    column = columns.get("debtor_id_number")
    if column is None or "debtor_id_type" in columns:
        return []
    said = document_type(column.name, country)
    if said is None:
        told = "no column says the type of the documents, and none is checked without it"
        return [is_open("constants.debtor_id_type", told)]
    return [Entry("constants.debtor_id_type", said, "guess", f"{column.name} holds them")]
