"""What the text of :86: says of one entry: other party, reference, remittance.

Three ways of writing are known: German ``166?00TEXT?20...``, slashed ``/EREF/.../REMI/...``, and
free text. Lines are wrapped at a fixed width, so the structured ways are joined without a blank.
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Details", "read_details", "stated"]


class Details(NamedTuple):
    """Text is empty where nothing is stated."""

    end_to_end: str
    payer_name: str
    payer_id: str
    remittance: str


#: Written where a reference would be, and none is.
_NOTHING = frozenset({"", "NONREF", "NOTPROVIDED", "EREF", "MARF", "PREF", "KREF+", "EREF+"})

_GERMAN = re.compile(r"[0-9]{3}([?>])[0-9]{2}")
_GERMAN_KEY = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|PURP)\+")
_SLASHED = re.compile(
    r"/(EREF|PREF|MARF|CSID|CNTP|REMI|PURP|ORDP|BENM|NAME|ID|ADDR|ISDT|TRTP|IBAN|BIC|TRCD|RTRN|SVCL)/"
)


def stated(reference: str) -> str:
    """*reference* unless it is one of the words that stand for none."""
    reference = reference.strip()
    return "" if reference in _NOTHING else reference


def read_details(lines: list[str], notes: list[str]) -> Details:
    """*lines* of all :86: of the entry and *notes*, the lines of its :NS: (German, numbered)."""
    joined = "".join(lines).strip()
    german = _GERMAN.match(joined)
    if german:
        return _german(joined, german[1])
    if joined.startswith("/") and _SLASHED.match(joined):
        return _slashed(joined)
    text = [line.strip() for line in lines]
    # Codes 01 to 14 are purpose, 15 and 16 the other party; the rest is booking data.
    text += [note[2:].strip() for note in notes if "01" <= note[:2] <= "14"]
    name = " ".join(note[2:].strip() for note in notes if note[:2] in ("15", "16"))
    return Details("", name, "", " ".join(part for part in text if part))


def _german(joined: str, separator: str) -> Details:
    pieces = re.split(re.escape(separator) + "([0-9]{2})", joined)
    at: dict[str, str] = {}
    for code, text in zip(pieces[1::2], pieces[2::2], strict=True):
        at[code] = at.get(code, "") + text
    purpose = "".join(at.get(str(code), "") for code in (*range(20, 30), *range(60, 64)))
    keyed = _keyed(_GERMAN_KEY, purpose)
    name = f"{at.get('32', '')}{at.get('33', '')}".strip()
    remittance = keyed.get("SVWZ", purpose).strip()
    return Details(stated(keyed.get("EREF", "")), name, "", remittance)


def _slashed(joined: str) -> Details:
    keyed = _keyed(_SLASHED, joined)
    # CNTP is account/bank/name/town; the others have the name under NAME.
    counterparty = keyed.get("CNTP", "").split("/")
    name = keyed.get("NAME", "") or (counterparty[2] if len(counterparty) > 2 else "")
    remittance = keyed.get("REMI", "").removeprefix("USTD//").removeprefix("STRD/").strip("/ ")
    identity = keyed.get("ID", "").strip("/ ")
    return Details(stated(keyed.get("EREF", "").strip("/")), name.strip("/ "), identity, remittance)


def _keyed(keys: re.Pattern[str], text: str) -> dict[str, str]:
    """Each key's text up to the next key; the first that is not empty counts."""
    pieces = keys.split(text)
    at: dict[str, str] = {}
    for key, value in zip(pieces[1::2], pieces[2::2], strict=True):
        at[key] = at.get(key) or value
    return at
