"""What the rules of each kind may and must say: the lint behind :mod:`recupero.packs.load`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

CHANNELS = ("call", "sms", "email", "letter", "visit")
ROLES = ("debtor", "co-debtor", "guarantor", "representative")
COMPONENTS = ("expenses", "fees", "default_interest", "interest", "principal")
LIMITS = ("day_max", "week_max", "rolling_max", "gap", "one_channel")
TESTS = (
    "overdue", "overdue_months", "efforts", "attested", "max_units",
    "unrelated", "unguaranteed", "not_renewed",
)  # fmt: skip

_CODE = re.compile(r"[a-z][a-z0-9_]{1,40}")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")

#: A check answers what a value must be, or None when it is.
Check = Callable[[object], str | None]


@dataclass(frozen=True, slots=True)
class Shape:
    """Keys a kind must and may carry, each with its check."""

    required: Mapping[str, Check]
    optional: Mapping[str, Check]


def one_of(*allowed: str) -> Check:
    """One text out of *allowed*."""
    return lambda value: None if value in allowed else f"must be one of {', '.join(allowed)}"


def some_of(*allowed: str) -> Check:
    """A non-empty list of distinct texts out of *allowed*."""

    def check(value: object) -> str | None:
        if not isinstance(value, list) or not value or len(set(map(str, value))) != len(value):
            return "must be a list without repetition"
        return None if set(value) <= set(allowed) else f"must only hold {', '.join(allowed)}"

    return check


def exactly(*members: str) -> Check:
    """Each of *members* once, in any order."""

    def check(value: object) -> str | None:
        if isinstance(value, list) and sorted(map(str, value)) == sorted(members):
            return None
        return f"must hold each of {', '.join(members)} once"

    return check


def code(value: object) -> str | None:
    """A short machine name."""
    ok = isinstance(value, str) and _CODE.fullmatch(value)
    return None if ok else "must be a lower-case name such as up_to_3_uit"


def codes(value: object) -> str | None:
    """A non-empty list of short machine names."""
    if isinstance(value, list) and value and all(code(item) is None for item in value):
        return None
    return "must be a list of lower-case names"


def text(value: object) -> str | None:
    """Text that says something."""
    return None if isinstance(value, str) and value.strip() else "must be a text"


def positive(value: object) -> str | None:
    """A whole number above zero."""
    ok = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return None if ok else "must be a whole number above zero"


def hours(value: object) -> str | None:
    """Opening and closing time, the closing time outside: ``["07:00", "19:00"]``."""
    if (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(item, str) and _TIME.fullmatch(item) for item in value)
        and value[0] < value[1]
    ):
        return None
    return 'must be two times in order, such as ["07:00", "19:00"]'


def holiday_hours(value: object) -> str | None:
    """Hours of their own, or ``"weekday"``: the norm makes no difference on holidays."""
    return None if value == "weekday" else hours(value)


_channels = {"channels": some_of(*CHANNELS)}

SHAPES: Mapping[str, Shape] = {
    "contact.window": Shape(
        _channels,
        {"weekdays": hours, "saturday": hours, "sunday": hours, "holidays": holiday_hours},
    ),
    "contact.frequency": Shape(
        {
            **_channels,
            "counts": one_of("direct", "attempt"),
            "scope": one_of("person", "account"),
            "limit": one_of(*LIMITS),
        },
        {"max": positive, "days": positive},
    ),
    "contact.consent": Shape(_channels, {}),
    "contact.opt_out": Shape(_channels, {}),
    "contact.prohibition": Shape(_channels, {}),
    "contact.parties": Shape({"roles": some_of(*ROLES)}, {}),
    "contact.stop": Shape({"holds": codes}, {}),
    "contact.silence": Shape({**_channels, "subject": code}, {}),
    "allocation.order": Shape({"components": exactly(*COMPONENTS)}, {}),
    "exhaustion.regime": Shape({"regime": code}, {}),
    "exhaustion.condition": Shape(
        {"regime": code, "test": one_of(*TESTS), "missing": text},
        {
            "group": code,
            "attestation": code,
            "months": positive,
            "unit": text,
            "max": positive,
        },
    ),
    "statement": Shape({"topic": code}, {}),
}

#: What a limit or a test needs besides the keys its kind always has.
NEEDS: Mapping[str, tuple[str, ...]] = {
    "day_max": ("max",),
    "week_max": ("max",),
    "rolling_max": ("max", "days"),
    "gap": ("days",),
    "overdue_months": ("months",),
    "attested": ("attestation",),
    "max_units": ("unit", "max"),
    "unrelated": ("attestation",),
    "unguaranteed": ("attestation",),
    "not_renewed": ("attestation",),
}
