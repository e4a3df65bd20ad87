"""A legal hold: what may not be destroyed, from when until when, and on whose order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class LegalHold:
    """Between two dates, both included, nothing of *kinds* is destroyed; None: of any kind."""

    valid_from: date
    valid_until: date | None
    kinds: frozenset[str] | None
    reason: str

    def covers(self, kind: str, day: date) -> bool:
        """Whether what is of *kind* must stay on *day*."""
        begun = self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)
        return begun and (self.kinds is None or kind in self.kinds)
