"""The languages in which an institution is answered about its files."""

from __future__ import annotations

from typing import Literal

Language = Literal["es", "en"]


def usual_language(country: str) -> Language:
    """What is spoken where nothing else was agreed."""
    return "en" if country == "US" else "es"
