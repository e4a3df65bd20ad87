"""What ends a permission before anybody acts on it; nothing here begins one."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from recupero.rules.contact_release import withdrawn

PERMISSION: dict[str, Any] = {
    "account_id": 1, "person_id": 7, "allowed": True, "rule": None, "norm": None,
    "confidence": "verified",
}  # fmt: skip
ACCOUNT: dict[str, Any] = {
    "account_id": 1, "person_id": 7, "balance_minor": 100, "contactable": True
}  # fmt: skip
WORDS = {"rule": pl.String, "norm": pl.String, "confidence": pl.String}


@pytest.mark.parametrize(
    ("now", "rule"),
    [
        ({}, None),
        ({"balance_minor": 1}, None),
        ({"balance_minor": 0}, "nothing_owed"),
        ({"balance_minor": -1}, "nothing_owed"),
        ({"balance_minor": None}, "nothing_owed"),
        ({"account_id": 2}, "nothing_owed"),
        ({"person_id": 8}, "debtor_replaced"),
        ({"person_id": None}, "debtor_replaced"),
        ({"balance_minor": 0, "person_id": 8}, "nothing_owed"),
    ],
)
def test_a_permission_stands_on_a_claim_and_a_person(now: dict[str, Any], rule: str | None) -> None:
    [row] = asked(PERMISSION, ACCOUNT | now).to_dicts()
    assert (row["allowed"], row["rule"]) == (rule is None, rule)
    assert (row["norm"] is None) == (rule is None), "a refusal names its norm"


def test_what_was_refused_keeps_its_rule() -> None:
    refused = PERMISSION | {"allowed": False, "rule": "opt_out", "norm": "Ley 2300"}
    [row] = asked(refused, ACCOUNT | {"balance_minor": 0}).to_dicts()
    assert (row["allowed"], row["rule"], row["norm"]) == (False, "opt_out", "Ley 2300")


def test_a_contact_point_that_is_gone_is_left_to_the_contact_law() -> None:
    [row] = asked(PERMISSION, ACCOUNT | {"contactable": False}).to_dicts()
    assert (row["allowed"], row["contactable"]) == (True, False)


def asked(permission: dict[str, Any], account: dict[str, Any]) -> pl.DataFrame:
    integers = {"person_id": pl.Int64, "balance_minor": pl.Int64}
    permissions = pl.DataFrame([permission], schema_overrides={**WORDS, "person_id": pl.Int64})
    return withdrawn(permissions, pl.DataFrame([account], schema_overrides=integers))
