"""The product's own reading of the demo's files finds every planted defect, and nothing else."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from deployments.demo.facts import FileFacts, Story
from deployments.demo.markets import DAY_2
from deployments.demo.story import make_story
from recupero.errors import FileRefused
from recupero.packs.load import load_pack
from recupero.profiles.identify import identify
from recupero.profiles.load import load_profiles
from recupero.profiles.side_file import stated_digest
from recupero.rules.exhaust import (
    Attestation,
    Effort,
    ExhaustionCase,
    evaluate,
    exhaustion_regimes,
)
from schemas.screen import Screened, screen

PROFILES, _BROKEN = load_profiles(Path(__file__).parents[2] / "deployments" / "institutions")
#: What screening calls each planted defect.
RULES = {
    "bad_amount": "unreadable_amount",
    "impossible_date": "unreadable_date",
    "missing_account": "required",
    "parts_do_not_sum": "parts_do_not_sum",
    "bad_identity": "bad_check_digit",
    "repeated_key": "duplicate_key",
}
PARTS = [
    f"{name}_minor" for name in ("principal", "interest", "default_interest", "fees", "expenses")
]


@pytest.fixture(scope="module")
def story() -> Story:
    return make_story(23, 500)


def screened(story: Story, facts: FileFacts) -> Screened:
    found = {u.name: u.content for day in story.days for u in day.uploads}
    content, profile = found[facts.name], PROFILES[facts.institution]
    side = found.get(f"{facts.name}.sha256")
    layout = identify(profile, facts.name, content, facts.day)
    assert layout.kind == facts.kind
    return screen(content, layout, profile, facts.day, stated_digest(side) if side else None)


def test_every_accepted_file_is_screened_to_the_planted_figures(story: Story) -> None:
    for facts in story.planted.files:
        if facts.outcome != "accepted" or facts.kind == "statement":
            continue
        result = screened(story, facts)
        rows = (result.rows_read, result.rows.height, result.rows_rejected, result.rows_duplicate)
        assert rows == (facts.rows, facts.accepted, facts.bad_rows, facts.duplicates), facts.name
        rules = Counter(result.rejects["rule"])
        assert rules == {RULES[defect]: lines for defect, lines in facts.bad}, facts.name
        assert result.warnings.is_empty(), facts.name
        if facts.kind == "placement":
            assert result.rows.select(pl.sum_horizontal(PARTS).sum()).item() == facts.amount_minor
        if facts.kind == "payment":
            received = result.rows.filter(pl.col("kind") == "payment")["amount_minor"].sum()
            assert received == facts.amount_minor


def test_every_file_planted_to_be_refused_is_refused_for_its_reason(story: Story) -> None:
    refused = [facts for facts in story.planted.files if facts.outcome == "refused"]
    assert len(refused) == 2
    for facts in refused:
        with pytest.raises(FileRefused) as refusal:
            screened(story, facts)
        assert refusal.value.rule == facts.reason


def test_unfinished_uploads_have_no_layout(story: Story) -> None:
    for upload in (u for day in story.days for u in day.uploads if u.partial):
        with pytest.raises(FileRefused) as refusal:
            identify(PROFILES[upload.institution], upload.name, upload.content, story.days[0].day)
        assert refusal.value.rule == "not_identified"


def test_the_exhaustion_rule_finds_the_planted_cases_and_no_other(story: Story) -> None:
    pack = load_pack("PE")
    assert pack is not None
    regimes = exhaustion_regimes("PE", pack.of_kind("exhaustion", DAY_2))
    met = {
        row["account_number"]
        for row, case in peruvian_cases(story, pack.unit_values)
        if all(evaluate(case, regime, DAY_2).met for regime in regimes)
    }
    assert met == {case.account_number for case in story.planted.exhaustion if case.lacks is None}


def peruvian_cases(story: Story, units: Any) -> list[tuple[dict[str, Any], ExhaustionCase]]:
    """Every accepted Peruvian account of day two as the exhaustion rule wants it."""
    frames = {
        (facts.kind, facts.day): screened(story, facts).rows.to_dicts()
        for facts in story.planted.files
        if facts.institution == "caja-pacifico" and facts.outcome == "accepted"
    }
    efforts, stated = defaultdict(list), defaultdict(list)
    for n, row in enumerate(frames["effort", story.days[0].day]):
        effort = Effort(n, row["performed_at"], row["channel"], row["result"], row["direct"])
        efforts[row["account_number"]].append(effort)
    for row in frames["attestation", DAY_2]:
        stated[row["account_number"]].append(
            Attestation(row["attestation"], row["holds"], row["stated_on"], row["evidence"])
        )
    placed = frames["placement", DAY_2]
    owed: Counter[str] = Counter()
    for row in placed:
        owed[row["debtor_id_number"]] += sum(row[part] for part in PARTS)
    return [
        (
            row,
            ExhaustionCase(
                account_id=row["line_number"],
                currency="PEN",
                due_date=row["due_date"],
                components=tuple((part, row[part]) for part in PARTS),
                debtor_total_minor=owed[row["debtor_id_number"]],
                guaranteed=row["guaranteed"],
                renewed_on=row["renewed_on"],
                related_party=row["related_party"],
                efforts=tuple(efforts[row["account_number"]]),
                attestations=tuple(stated[row["account_number"]]),
                unit_values=units,
            ),
        )
        for row in placed
    ]
