"""A Peruvian case that meets everything, and what tests change in it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from recupero.packs.load import load_pack
from recupero.rules.exhaust import (
    Attestation,
    Effort,
    ExhaustionCase,
    ExhaustionRegime,
    exhaustion_regimes,
)
from recupero.rules.exhaust_law import regime_of

AS_OF = date(2026, 11, 30)
PACK = load_pack("PE")
assert PACK is not None
UNITS = PACK.unit_values
RLIR_F, RLIR_G = "Reglamento de la LIR, art. 21 f) 1–2", "Reglamento de la LIR, art. 21 g) 1"


def regime(code: str) -> ExhaustionRegime:
    assert PACK is not None
    found = regime_of(exhaustion_regimes("PE", PACK.of_kind("exhaustion", AS_OF)), code)
    assert found is not None
    return found


def stated(name: str, holds: bool = True, on: date = date(2026, 11, 1)) -> Attestation:
    return Attestation(name, holds, on, f"acta-{name}")


def called(number: int, day: str, result: str = "no_contact", channel: str = "call") -> Effort:
    return Effort(number, datetime.fromisoformat(f"{day} 10:00"), channel, result, False)


CLEAN = (
    stated("itemised_in_inventory_book"),
    stated("unrelated_party"),
    stated("unguaranteed"),
    stated("not_renewed"),
    stated("provisioned"),
)


def case(**change: Any) -> ExhaustionCase:
    """Overdue for six months, nothing against it, no efforts; 10 000 soles."""
    facts: dict[str, Any] = {
        "account_id": 7,
        "currency": "PEN",
        "due_date": date(2026, 5, 30),
        "components": (("principal", 900_000), ("interest", 100_000)),
        "debtor_total_minor": 1_000_000,
        "guaranteed": None,
        "renewed_on": None,
        "related_party": None,
        "attestations": CLEAN,
        "unit_values": UNITS,
    }
    return ExhaustionCase(**(facts | change))
