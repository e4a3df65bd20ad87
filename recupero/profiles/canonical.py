"""One canonical field of a file: its name, its type and what it may hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FieldType = Literal["text", "identity", "amount", "date", "datetime", "integer", "boolean"]


@dataclass(frozen=True, slots=True)
class Canonical:
    """One canonical field. ``absent`` is its value when a layout does not declare it."""

    name: str
    type: FieldType = "text"
    required: bool = False
    allowed: tuple[str, ...] = ()
    absent: int | str | None = None
