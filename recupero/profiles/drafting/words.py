"""What institutions call things (``synonyms.toml``), and how names are compared."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

from recupero.profiles.canonical import Canonical
from recupero.profiles.fields import Kind

#: Where one word ends and the next begins without a mark: fechaCorte, TEL1.
_JOINED = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Za-z])(?=[0-9])")


@cache
def synonyms() -> dict[str, Any]:
    """The tables of ``synonyms.toml``."""
    return tomllib.loads((files(__package__) / "synonyms.toml").read_text("utf-8"))


@cache
def _written_out() -> dict[str, str]:
    return {short: word for word, shorts in synonyms()["same"].items() for short in shorts}


def plain(text: str) -> str:
    """*text* in small letters and figures, without accents, one blank between words."""
    decomposed = unicodedata.normalize("NFKD", text)
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(re.findall(r"[a-z0-9]+", letters.lower()))


def spelled_out(name: str) -> str:
    """The name of a column as names are compared: abbreviations in full, small words left out."""
    apart = _JOINED.sub(" ", unicodedata.normalize("NFC", name))
    words = [_written_out().get(word, word) for word in plain(apart).split()]
    if plain(apart) == "id":
        return "id"  # of an account, of a person or of a row: what it identifies it does not say
    kept = [word for word in words if word not in synonyms()["ignored"]]
    return " ".join(kept or words)


@cache
def names_of(kind: Kind, field: str, table: str = "names") -> tuple[str, ...]:
    """The names under which *field* is known, the plainest first; its own among them."""
    tables = synonyms()[table]
    said = [*tables.get(kind, {}).get(field, ()), *tables.get("any", {}).get(field, ())]
    if table == "names":
        said.append(field.removesuffix("_minor"))
    return tuple(dict.fromkeys(map(spelled_out, said)))


def meaning_of(text: str, field: Canonical, country: str) -> str | bool | None:
    """Our word for an institution's *text* in *field*; None for one that we do not know."""
    word = plain(text)
    if field.name == "debtor_id_type":
        table = synonyms()["documents"].get(country, {})
    else:
        table = synonyms()["values"].get("truth" if field.type == "boolean" else field.name, {})
    for ours, theirs in table.items():
        if field.allowed and ours not in field.allowed:
            continue
        if word in theirs or text.strip() == ours:
            return ours == "true" if field.type == "boolean" else str(ours)
    return text.strip() if text.strip() in field.allowed else None


def is_blank(text: str) -> bool:
    """Whether *text* says that there is no value."""
    upper = text.strip().upper()
    return not upper or upper in synonyms()["blanks"]["words"]


def document_type(name: str, country: str) -> str | None:
    """The type of document that the name of a column tells: ``RUT_CLIENTE`` holds RUT."""
    for word in spelled_out(name).split():
        said = synonyms()["document_columns"].get(word, {}).get(country)
        if said is not None:
            return str(said)
    return None
