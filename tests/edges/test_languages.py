"""An institution is answered about its files in its language; both say the same things."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from recupero.profiles.language import Language
from recupero.profiles.profile import Institution
from recupero.rules.jumps import FIELD
from recupero.steps.booking.control import ALONE
from recupero.steps.reasons import REASONS, told_of_file, told_of_row
from reports.acknowledgement_words import WORDS as PAPER
from reports.labels import KINDS
from schemas.message_texts import MESSAGES
from schemas.message_texts import WORDS as VALUES
from schemas.rule import REJECT
from schemas.spoken import MISSING
from tests.edges.screened_text import profile, sifted

ROOT = Path(__file__).resolve().parents[2]
TABLES: dict[str, Mapping[str, Mapping[str, str]]] = {
    "rules": MESSAGES, "values": VALUES, "paper": PAPER, "kinds": KINDS,
}  # fmt: skip


def places(text: str) -> list[str]:
    return sorted(re.findall(r"\{[^}]*\}", text))


@pytest.mark.parametrize("name", TABLES)
def test_both_languages_say_the_same(name: str) -> None:
    spanish, english = TABLES[name]["es"], TABLES[name]["en"]
    assert {key: places(text) for key, text in spanish.items()} == {
        key: places(text) for key, text in english.items()
    }
    assert [key for key in spanish if not english[key].strip(" .,")] == []


def test_whatever_a_row_is_told_in_spanish_it_is_told_in_english() -> None:
    assert set(REASONS["es"]) <= set(REASONS["en"])


def called(name: str, folder: str) -> list[ast.Call]:
    """All calls of *name* below *folder*."""
    return [
        node
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    ]


def texts(nodes: list[ast.expr]) -> set[str]:
    return {one.value for one in nodes if isinstance(one, ast.Constant)
            if isinstance(one.value, str)}  # fmt: skip


@pytest.mark.parametrize("language", REASONS)
def test_whatever_the_ledger_rejects_or_doubts_is_told(language: Language) -> None:
    spelt = texts([call.args[1] for call in called("rejects", "recupero/steps/booking")])
    assert {"unnamed_since", "component_below_zero", "outdated_fact", "other_currency"} <= spelt
    assert {*spelt, *FIELD} - set(REASONS[language]) == set()


@pytest.mark.parametrize("language", MESSAGES)
def test_whatever_screening_rejects_is_told(language: Language) -> None:
    spelt = texts([call.args[0] for call in called("Rule", "schemas") if call.args])
    assert {"cut_off_in_future", "nothing_moved", "not_first_of_month"} <= spelt
    assert spelt - set(MESSAGES[language]) == set()


def test_whatever_is_said_of_a_statement_s_records_is_headed_in_english() -> None:
    tree = ast.parse((ROOT / "recupero/steps/booking/statement.py").read_text())
    spelt = {
        node.elts[2].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Tuple) and len(node.elts) == len(REJECT)
        if isinstance(node.elts[2], ast.Constant)
    }
    assert {"not_booked", "statement_problem", "statement_booked_before"} <= spelt
    assert spelt - set(REASONS["en"]) == set()
    told, mend = told_of_row("not_booked", "solo anunciado", "en")
    assert told.startswith("the bank only announces it")
    assert mend.startswith("Nothing")
    assert told_of_row("not_booked", "solo anunciado", "es") == ("solo anunciado", "")


def rules_of_files() -> set[str]:
    """The rules by which the code refuses or holds whole files, as far as it spells them out."""
    names = [
        (name, folder) for name in ("FileRefused", "Hold") for folder in ("recupero", "schemas")
    ]
    calls = [call for name, folder in names for call in called(name, folder)]
    return texts([word.value for call in calls for word in call.keywords if word.arg == "rule"])


def test_a_file_refused_or_held_by_any_rule_is_told_so_in_english() -> None:
    told_already = {"too_many_rejects"}
    found = rules_of_files() | {ALONE, MISSING}
    assert {"balance_jump", "vanished_share", "empty"} <= found
    assert found - told_already - set(REASONS["en"]) == set()


@pytest.mark.parametrize(("country", "stated", "spoken"), [
    ("CO", None, "es"), ("US", None, "en"), ("US", "es", "es"), ("CO", "en", "en"),
])  # fmt: skip
def test_the_language_is_the_countrys_unless_agreed_otherwise(
    country: str, stated: str | None, spoken: str
) -> None:
    made = Institution.model_validate({
        "code": "bank", "name": "Bank", "country": country, "currency": "USD",
        "timezone": "America/New_York", "language": stated,
    })  # fmt: skip
    assert made.speaks == spoken


def test_a_refusal_is_headed_in_english_and_keeps_its_detail() -> None:
    assert told_of_file("empty", "el archivo está vacío", "envíelo", "en") == (
        "the file is empty (in detail, in Spanish: el archivo está vacío)", "Send it with its data."
    )  # fmt: skip
    assert told_of_file("empty", "el archivo está vacío", "envíelo", "es") == (
        "el archivo está vacío", "envíelo"
    )  # fmt: skip


PAYMENT = ("transaction_id", "account_number", "amount_minor", "paid_on")


def test_rows_are_told_and_summed_whatever_became_of_them() -> None:
    constants = 'constants = { currency = "USD" }'
    screened = sifted(
        profile("payment", PAYMENT, constants, country="US", currency="USD"),
        "T1;A1;1,00;20/11/2026", "T2;A1;2,50;20/12/2026", "T3;A1;x;20/11/2026",
        "T1;A1;1,00;20/11/2026",
    )  # fmt: skip
    assert screened.rejects["message"].to_list() == [
        "column 4: later than the business date",
        "column 3: no amount; it is expected as 1.234.567,89",
    ]
    assert (screened.rejected_minor, screened.duplicate_minor) == ({"USD": 250}, {"USD": 100})
