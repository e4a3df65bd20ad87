"""A layout drafted from a sample and what somebody said of it.

Each key rests on something and says so; what the sample leaves open is left open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from recupero.errors import Refused
from recupero.profiles.canonical import Canonical
from recupero.profiles.drafting.codes import blanks, document_constant, words_of
from recupero.profiles.drafting.day_forms import day_form
from recupero.profiles.drafting.entry import Entry, Said, is_open
from recupero.profiles.drafting.file_names import kinds_named, name_pattern
from recupero.profiles.drafting.marks import amount_marks
from recupero.profiles.drafting.match import Matched, match
from recupero.profiles.drafting.sample import Column, Sample
from recupero.profiles.fields import BUSINESS_DATE, FIELDS, KINDS, Kind, fields_of
from recupero.profiles.layout import BOOKS, Layout

_NUMBERS = frozenset({"implied_decimals", "header_row", "line_length", "cells"})
_TRUTHS = frozenset({"header", "scientific"})


@dataclass(frozen=True)
class Told:
    """What is known besides the sample: its file's name, whose it is, and what was said of keys."""

    file_name: str
    country: str
    currency: str
    today: date
    has_side_file: bool = False
    said: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Draft:
    """A layout of *kind* key by key, and the columns that none of them reads."""

    kind: Kind
    entries: tuple[Entry, ...]
    unused: tuple[str, ...]
    rows: int

    @property
    def open(self) -> tuple[Entry, ...]:
        """What a person has to say."""
        return tuple(entry for entry in self.entries if entry.sure == "open")


def kind_of(sample: Sample, told: Told) -> Entry:
    """The entry ``kind``: what most names, and the file's own, are those of.

    Open where several kinds fit alike, the file's name says another one, or it says none and most
    of what such a file must have was not found.
    """
    ranks: dict[Kind, tuple[int, int]] = {}
    known: set[Kind] = set()
    named = kinds_named(told.file_name)
    for kind in KINDS:
        if not FIELDS[kind] or kind == "control":  # a table of few rows says too little
            continue
        found = match(sample.columns, kind, told.country, {}).columns
        needed = [name for name, field in fields_of(kind).items()
                  if field.required and field.absent is None and name != "currency"]  # fmt: skip
        missing = sum(name not in found for name in needed)
        ranks[kind] = (len(found) - 2 * missing + 3 * (kind in named), len(found))
        if kind in named or 2 * missing <= len(needed):
            known.add(kind)
    best = max(ranks, key=lambda kind: ranks[kind])
    rivals = [kind for kind in ranks if kind != best and ranks[kind][0] == ranks[best][0]]
    if rivals or best not in known or ranks[best][1] < 2 or (named and best not in named):
        among = " or ".join(sorted({best, *rivals, *named}))
        return is_open("kind", f"the names of its columns do not tell ({among}?)")
    also = ", and so is the file" if best in named else ""
    because = f"{ranks[best][1]} of its columns are called like those of such files{also}"
    return Entry("kind", best, "guess", because)


def draft_of(sample: Sample, kind: Entry, told: Told) -> Draft:
    """The layout of a file like *sample*; *kind* is decided."""
    said = dict(told.said or {})
    _refuse_unknown(said)
    of_kind: Kind = next(each for each in KINDS if each == kind.value)
    fields = fields_of(of_kind)
    named = {key.removeprefix("columns."): _column(sample, key, name)
             for key, name in said.items() if key.startswith("columns.")}  # fmt: skip
    for name in named.keys() - fields.keys():
        raise Refused(f"is no field of a {of_kind} file", f"--set columns.{name}")
    matched = match(sample.columns, of_kind, told.country, named)
    entries = [
        kind,
        Entry("version", f"{told.today:%Y-%m}", "guess", "a name for this way of writing"),
        Entry("from", told.today, "guess", "files before are written otherwise, or never came"),
        name_pattern(told.file_name),
        *sample.entries,
        *_written(matched, fields, sample, told),
        *_agreed(of_kind, told),
        *matched.entries,
        *document_constant(matched.columns, told.country),
    ]
    for name, column in matched.columns.items():
        entries += words_of(fields[name], column, told.country)
    return Draft(of_kind, _answered(entries, said, fields), matched.unused, sample.rows)


def _written(
    matched: Matched, fields: Mapping[str, Canonical], sample: Sample, told: Told
) -> list[Entry]:
    """The marks of amounts and the orders of days, from all columns that hold such."""
    entries = blanks(matched.columns, fields)
    texts: dict[str, list[str]] = {"amount": [], "date": [], "datetime": []}
    held = set()
    for name, column in matched.columns.items():
        kind = fields[name].type
        if kind in texts:
            texts[kind] += column.texts
            held.add(kind)
    marks = amount_marks(texts["amount"], told.currency)
    entries += [each for each in marks if sample.form not in BOOKS or each.value != 0]
    for kind, key in (("date", "dates"), ("datetime", "datetimes")):
        if kind not in held:
            continue
        days = [
            column.days for name, column in matched.columns.items() if fields[name].type == kind
        ]
        if not texts[kind] and any(days):
            form = "%Y-%m-%d" if kind == "date" else "%Y-%m-%d %H:%M"
            entries.append(Entry(key, form, "certain", "only of texts: the sheet has real dates"))
        else:
            entries.append(day_form(key, texts[kind]))
    return entries


def _agreed(kind: Kind, told: Told) -> list[Entry]:
    """What is agreed with an institution and no file tells."""
    entries = []
    if kind == "placement":
        because = 'one sample cannot tell: "full" recalls every account that a file does not name'
        entries.append(Entry("snapshot", "full", "guess", f'{because}; "delta" does not'))
    if told.has_side_file:
        entries.append(Entry("control", "sha256", "guess", "a side file lies beside the sample"))
    return entries


def _answered(
    entries: list[Entry], said: Mapping[str, str], fields: Mapping[str, Canonical]
) -> tuple[Entry, ...]:
    """*entries* with what somebody *said* in place of what was guessed."""
    others = {key: text for key, text in said.items() if not key.startswith("columns.")}
    tables = {key.split(".")[0] for key in others if key.startswith(("sign.", "values."))}
    gone = {key.replace("constants.", "columns.", 1) for key in others if "constants." in key}
    kept = [
        entry
        for entry in entries
        if entry.key not in gone and not (entry.key == "sign" and "sign" in tables)
    ]
    words: dict[str, dict[str, str | bool | int]] = {}
    for key, text in others.items():
        if key.startswith("values."):
            _, name, word = key.split(".", 2)
            words.setdefault(name, {})[word] = _typed(fields.get(name), text)
        elif key.startswith("constants."):
            value = _typed(fields.get(key.removeprefix("constants.")), text)
            kept = _in_place(kept, Entry(key, value, "certain", "as said"))
        else:
            kept = _in_place(kept, Entry(key, _setting(key, text), "certain", "as said"))
    for name, mapped in words.items():
        kept = _with_words(kept, name, mapped)
    return tuple(kept)


def _in_place(entries: list[Entry], said: Entry) -> list[Entry]:
    """*entries* with what is *said* where its key was guessed, or else last."""
    at = next((at for at, each in enumerate(entries) if each.key == said.key), len(entries))
    return [*entries[:at], said, *(each for each in entries[at:] if each.key != said.key)]


def _with_words(
    entries: list[Entry], name: str, said: Mapping[str, str | bool | int]
) -> list[Entry]:
    """*entries* whose words of field *name* are completed by those *said*."""
    key = f"values.{name}"
    guessed = next((e.value for e in entries if e.key == key and isinstance(e.value, Mapping)), {})
    kept = [entry for entry in entries if entry.key != key]
    whole = {**guessed, **said} if isinstance(guessed, Mapping) else dict(said)
    return [*kept, Entry(key, whole, "guess" if guessed else "certain", "as said")]


def _setting(key: str, text: str) -> Said:
    try:
        if key in _NUMBERS:
            return int(text)
        if key == "from":
            return date.fromisoformat(text)
    except ValueError:
        raise Refused("is no such value", f"--set {key}={text}") from None
    if key in ("dates", "datetimes") and not all(each in text for each in ("%d", "%m", "%Y")):
        raise Refused("is written with %d, %m and %Y", f"--set {key}={text}")
    return text == "true" if key in _TRUTHS else text


def _typed(field: Canonical | None, text: str) -> Any:
    """*text* as a value of *field*: what TOML has a type for is not written as a text."""
    try:
        if field is None or text == BUSINESS_DATE:
            return text
        if field.type == "date":
            return date.fromisoformat(text)
        if field.type in ("amount", "integer"):
            return int(text)
    except ValueError:
        raise Refused("is no such value", f"--set …{field.name if field else ''}={text}") from None
    return text == "true" if field.type == "boolean" else text


def _column(sample: Sample, key: str, name: str) -> Column:
    """The column called *name*, or at that place."""
    for column in sample.columns:
        if name in (column.name, str(column.source)):
            return column
    raise Refused(f"the sample has no column {name!r}", f"--set {key}")


def _refuse_unknown(said: Mapping[str, str]) -> None:
    """Refuse keys that a layout does not have."""
    known = {info.alias or name for name, info in Layout.model_fields.items()} - {"kind", "format"}
    for key in said:
        head, dot, rest = key.partition(".")
        if head not in known or (head in ("columns", "constants", "values") and not (dot and rest)):
            raise Refused("a layout has no such key", f"--set {key}", "see docs/profiles.md")
