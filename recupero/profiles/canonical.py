"""What a canonical field is, and the words that several kinds of file share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: ``decimal`` is a plain number of any precision as text with a point: ``39123.45``.
FieldType = Literal[
    "text", "identity", "amount", "date", "datetime", "integer", "boolean", "decimal"
]

CHANNELS = ("call", "sms", "email", "letter", "visit", "notarial_letter")


@dataclass(frozen=True, slots=True)
class Canonical:
    """One canonical field. ``absent`` is its value when a layout does not declare it."""

    name: str
    type: FieldType = "text"
    required: bool = False
    allowed: tuple[str, ...] = ()
    absent: int | str | None = None
