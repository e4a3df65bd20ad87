"""A country's law pack as frozen values.

The pack carries rules, not behaviour: ``recupero.rules`` reads the records through its own
protocols, so neither package imports the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

#: How a figure was checked: read in a source naming the norm, second hand, or not found.
Confidence = Literal["verified", "secondary", "unverified"]
#: What a rule rests on: a norm in force, a house rule, or a bill that is no law.
Basis = Literal["law", "house", "bill"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``kind`` is its section (``contact.window``), ``key`` its path in the file.

    ``in_force_from`` is None where the pack says ``from = "unknown"``: the norm is in force, the
    day it began was not found. ``until`` is the last day in force. ``values`` holds the numbers,
    with the keys :mod:`recupero.packs.shape` allows for the kind.
    """

    key: str
    kind: str
    code: str
    text: str
    norm: str
    in_force_from: date | None
    until: date | None
    confidence: Confidence
    basis: Basis
    enabled: bool
    values: Mapping[str, object]

    def in_force(self, as_of: date) -> bool:
        """Whether the rule holds on *as_of*; a bill never does, nor a rule switched off."""
        if self.basis == "bill" or not self.enabled:
            return False
        return _within(self.in_force_from, self.until, as_of)


@dataclass(frozen=True, slots=True)
class UnitValue:
    """What one unit (UIT, UVT) is worth in minor units of ``currency`` between two dates."""

    key: str
    unit: str
    currency: str
    amount_minor: int
    in_force_from: date
    until: date
    norm: str
    confidence: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Pack:
    """The law of one country; ``digest`` is the sha256 of the file it was read from."""

    country: str
    name: str
    rules: tuple[Rule, ...]
    unit_values: tuple[UnitValue, ...]
    digest: str

    def of_kind(self, kind: str, as_of: date, *, house: bool = True) -> tuple[Rule, ...]:
        """The rules of *kind* (``contact.window``) or section (``contact``) in force.

        Without *house* only what a norm says; the house rules are dropped.
        """
        return tuple(
            rule
            for rule in self.rules
            if (rule.kind == kind or rule.kind.startswith(f"{kind}."))
            and rule.in_force(as_of)
            and (house or rule.basis != "house")
        )

    def unit_value(self, unit: str, day: date) -> UnitValue | None:
        """The value of *unit* on *day*; None where the pack holds none, never a default."""
        for value in self.unit_values:
            if value.unit == unit and _within(value.in_force_from, value.until, day):
                return value
        return None

    def allocation_order(self, as_of: date) -> tuple[str, ...] | None:
        """Order in which a payment covers the components when the contract is silent."""
        for rule in self.of_kind("allocation.order", as_of):
            order = rule.values["components"]
            assert isinstance(order, tuple)
            return order
        return None


def _within(start: date | None, until: date | None, day: date) -> bool:
    return (start is None or start <= day) and (until is None or day <= until)
