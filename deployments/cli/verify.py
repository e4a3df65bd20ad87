"""``recupero verify``: does everything recorded still hold, recomputed from what is stored?"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from deployments.cli.opening import existing
from deployments.cli.output import print_json, print_lines
from recupero.steps.enrolment import enrolled_codes
from recupero.steps.verify import Verification
from recupero.steps.verify import verify as prove


def verify(code: str | None, deep: bool, as_json: bool) -> int:
    """Check one institution or all; 0 when everything holds, 1 with a line for each finding."""
    with existing() as services:
        proofs = {each: prove(services, each, deep=deep) for each in enrolled_codes(services, code)}
    if as_json:
        print_json(_document(proofs, deep))
    else:
        print_lines([line for each, proof in proofs.items() for line in _lines(each, proof)])
    return 0 if all(proof.holds for proof in proofs.values()) else 1


def _document(proofs: dict[str, Verification], deep: bool) -> dict[str, Any]:
    return {
        "holds": all(proof.holds for proof in proofs.values()),
        "deep": deep,
        "institutions": {
            code: {
                "holds": proof.holds,
                "invariants": proof.invariants,
                "past_retention": proof.past_retention,
                "findings": [
                    {"invariant": name, **asdict(finding)} for name, finding in proof.findings
                ],
                "unproven": [asdict(one) for one in proof.unproven],
            }
            for code, proof in proofs.items()
        },
    }


def _lines(code: str, proof: Verification) -> list[str]:
    gone = ", ".join(f"{count} {kind}" for kind, count in proof.past_retention.items())
    told = [f"{code}: past retention, destroyed with proof and not read again: {gone}"]
    holds = [f"{code}: holds ({', '.join(proof.invariants)})"] if proof.holds else []
    found = [f"{code}: {name}: {one.object}: {one.what}" for name, one in proof.findings]
    unproven = [f"{code}: not checked: {one.object}: {one.what}" for one in proof.unproven]
    return [*holds, *found, *unproven, *(told if gone else [])]
