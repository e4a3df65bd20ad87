"""``recupero packs show CO``: the law a country's contacts and opinions rest on."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any

from recupero.errors import NotFound
from recupero.packs.load import load_pack, pack_files
from recupero.packs.pack import Pack, Rule, UnitValue

_CONFIDENCE = {"verified": "verificado", "secondary": "secundario", "unverified": "SIN VERIFICAR"}
_BASIS = {"law": "ley", "house": "regla de la casa", "bill": "proyecto, no es ley"}


def show(country: str, as_json: bool) -> int:
    """Print each rule with its norm, figures, dates in force and confidence; 0."""
    pack = load_pack(country)
    if pack is None:
        known = ", ".join(name.removesuffix(".toml").upper() for name in pack_files())
        raise NotFound(f"no law pack for {country}", mend=f"packs: {known}")
    if as_json:
        text = json.dumps(as_document(pack), ensure_ascii=False, indent=2)
    else:
        text = "\n".join(_lines(pack))
    sys.stdout.write(f"{text}\n")
    return 0


def as_document(pack: Pack) -> dict[str, Any]:
    """The pack as JSON values; dates are ISO text, an unknown start is null."""
    return {
        "country": pack.country,
        "name": pack.name,
        "digest": pack.digest,
        "rules": [_rule(rule) for rule in pack.rules],
        "unit_values": [_unit(value) for value in pack.unit_values],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "key": rule.key,
        "code": rule.code,
        "text": rule.text,
        "norm": rule.norm,
        "from": _iso(rule.in_force_from),
        "until": _iso(rule.until),
        "confidence": rule.confidence,
        "basis": rule.basis,
        "enabled": rule.enabled,
        "values": dict(rule.values),
    }


def _unit(value: UnitValue) -> dict[str, Any]:
    return {
        "unit": value.unit,
        "currency": value.currency,
        "amount_minor": value.amount_minor,
        "from": _iso(value.in_force_from),
        "until": _iso(value.until),
        "norm": value.norm,
        "confidence": value.confidence,
        "source": value.source,
    }


def _lines(pack: Pack) -> list[str]:
    lines = [f"{pack.country} {pack.name}  sha256 {pack.digest}"]
    for rule in pack.rules:
        standing = f"{_CONFIDENCE[rule.confidence]}, {_BASIS[rule.basis]}"
        standing += "" if rule.enabled else ", desactivada"
        lines += [
            "",
            f"{rule.key}  {rule.code}  [{standing}]",
            f"  {rule.text}",
            f"  {rule.norm}; {_dates(rule.in_force_from, rule.until)}",
        ]
        if rule.values:
            lines.append("  " + "  ".join(f"{k}={_plain(v)}" for k, v in rule.values.items()))
    for value in pack.unit_values:
        lines += [
            "",
            f"{value.unit} = {value.amount_minor} {value.currency} (unidades mínimas)"
            f"  [{_CONFIDENCE[value.confidence]}]",
            f"  {value.norm}; {_dates(value.in_force_from, value.until)}; {value.source}",
        ]
    return lines


def _dates(start: date | None, until: date | None) -> str:
    first = "desde fecha no verificada" if start is None else f"desde {start.isoformat()}"
    return first if until is None else f"{first} hasta {until.isoformat()}"


def _plain(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
