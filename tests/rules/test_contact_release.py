"""At release the same question is asked again, and the clock has a say."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import polars as pl
import pytest

from recupero.rules.contact import plan_contacts, still_lawful
from tests.rules import contact_frames as frames

AS_OF = date(2026, 10, 6)
EARLY = datetime.combine(AS_OF, time(8, 30))
ROWS = [frames.contact("call", "2026-10-06 10:00"), frames.contact("sms", "2026-10-06 11:00")]


def world(made: list[dict[str, Any]] | None = None) -> tuple[Any, ...]:
    return (
        frames.history(made or []),
        frames.consents(frames.all_granted()),
        frames.holds([]),
        frames.law_of("CO", AS_OF),
        frames.holidays_of("CO", AS_OF),
        AS_OF,
    )


def permissions() -> pl.DataFrame:
    return plan_contacts(frames.candidates(ROWS), *world())


@pytest.mark.parametrize(
    ("now", "rule"),
    [
        ("2026-10-06 09:59:59", None),
        ("2026-10-06 10:00:00", None),
        ("2026-10-06 10:00:01", "instant_passed"),
        ("2026-10-07 08:00:00", "instant_passed"),
    ],
)
def test_an_instant_that_has_passed_is_refused(now: str, rule: str | None) -> None:
    got = still_lawful(permissions(), *world(), datetime.fromisoformat(now))
    assert got["rule"].to_list() == [rule, "frequency_day"]
    assert got["allowed"].to_list() == [rule is None, False]


def test_what_happened_since_the_plan_withdraws_the_permission() -> None:
    made = [frames.contact("call", "2026-10-06 08:00", direct=True)]
    got = still_lawful(permissions(), *world(made), EARLY)
    assert got["rule"].to_list() == ["frequency_day", "frequency_day"]


def test_a_withdrawn_permission_frees_no_other_one() -> None:
    planned = permissions()
    revoked = [{"person": 1, "channel": "call", "granted": False, "on": AS_OF}]
    history, _, holds, law, holidays, as_of = world()
    consents = frames.consents(frames.all_granted() + revoked)
    got = still_lawful(planned, history, consents, holds, law, holidays, as_of, EARLY)
    assert got["rule"].to_list() == ["opt_out", "frequency_day"]
    again = plan_contacts(frames.candidates(ROWS), history, consents, holds, law, holidays, as_of)
    assert again["rule"].to_list() == ["opt_out", None]
