from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recupero.errors import Refused
from recupero.rules.assign import assign

ACCOUNT = {
    "account_id": pl.Int64,
    "stage": pl.String,
    "segment": pl.String,
    "value_minor": pl.Int64,
    "previous_collector": pl.String,
}
COLLECTOR = {"collector_code": pl.String, "capacity": pl.Int64, "skills": pl.String}


def accounts(*rows: tuple[str, int | None, str | None]) -> pl.DataFrame:
    """Stage, value, previous collector."""
    return pl.DataFrame(
        [(n, stage, "alto", value, previous) for n, (stage, value, previous) in enumerate(rows, 1)],
        schema=ACCOUNT,
        orient="row",
    )


def roster(*rows: tuple[str, int | None, str | None]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=COLLECTOR, orient="row")


@pytest.mark.parametrize(
    ("account", "collectors", "expected"),
    [
        (("comercial", 5, "eva"), [("ana", 9, ""), ("eva", 1, None)], ("eva", "kept")),
        (("comercial", 5, None), [("eva", 1, ""), ("ana", 1, "")], ("ana", "new")),
        (("comercial", 5, "leo"), [("ana", 1, "")], ("ana", "previous_left")),
        (
            ("comercial", 5, "eva"),
            [("ana", 1, ""), ("eva", 1, "juridica; prejuridica")],
            ("ana", "previous_skill"),
        ),
        (("comercial", 5, "eva"), [("ana", 1, ""), ("eva", 0, "")], ("ana", "previous_full")),
        (("comercial", 5, "eva"), [("eva", 0, "")], (None, "capacity")),
        (("comercial", 5, None), [("eva", 1, "juridica")], (None, "skill")),
        (("juridica", 5, None), [("eva", 1, "juridica")], ("eva", "new")),
        (("juridica", None, None), [("eva", None, "")], (None, "capacity")),
        (("juridica", -5, None), [], (None, "skill")),
    ],
)
def test_one_account(
    account: tuple[str, int | None, str | None],
    collectors: list[tuple[str, int | None, str | None]],
    expected: tuple[str | None, str],
) -> None:
    given_to = assign(accounts(account), roster(*collectors))
    assert given_to.select("collector_code", "reason").rows() == [expected]
    assert given_to.columns == [*ACCOUNT, "collector_code", "reason"]


def test_the_most_valuable_accounts_are_kept_when_places_are_few() -> None:
    held = accounts(("comercial", 1, "eva"), ("comercial", 9, "eva"), ("comercial", 1, "eva"))
    given_to = assign(held, roster(("eva", 2, ""), ("ana", 5, "")))
    assert given_to.select("collector_code", "reason").rows() == [
        ("eva", "kept"),
        ("eva", "kept"),
        ("ana", "previous_full"),
    ]


def test_value_is_balanced_by_capacity_after_what_is_kept() -> None:
    rows = [("comercial", 60, "eva"), *(("comercial", 20, None) for _ in range(6))]
    given_to = assign(accounts(*rows), roster(("eva", 10, ""), ("ana", 10, ""), ("leo", 5, "")))
    loads = given_to.group_by("collector_code").agg(pl.col("value_minor").sum()).sort(pl.all())
    assert loads.rows() == [("ana", 60), ("eva", 80), ("leo", 40)]


def test_a_collector_is_named_once() -> None:
    with pytest.raises(Refused, match="twice"):
        assign(accounts(), roster(("ana", 1, ""), ("ana", 2, "")))


def test_no_accounts() -> None:
    assert assign(accounts(), roster(("ana", 1, ""))).height == 0


stages = st.sampled_from(["comercial", "juridica"])
codes = st.sampled_from(["ana", "eva", "leo", "sol"])


@given(
    st.lists(st.tuples(stages, st.none() | st.integers(-3, 50), st.none() | codes), max_size=30),
    st.lists(
        st.tuples(
            codes,
            st.none() | st.integers(-1, 9),
            st.sampled_from([None, "", "juridica", "x;comercial"]),
        ),
        unique_by=lambda row: row[0],
    ),
    st.integers(0, 999),
)
def test_capacity_skill_and_continuity_hold(
    held: list[Any], collectors: list[Any], seed: int
) -> None:
    frame, team = accounts(*held), roster(*collectors)
    given_to = assign(frame, team)
    assert given_to.drop("collector_code", "reason").equals(frame)
    desks = {code: (max(places or 0, 0), skills or "") for code, places, skills in collectors}

    def can(code: str | None, stage: str) -> bool:
        return code in desks and (not desks[code][1] or stage in desks[code][1].split(";"))

    rows = given_to.to_dicts()
    used = {code: sum(row["collector_code"] == code for row in rows) for code in desks}
    assert all(used[code] <= desks[code][0] for code in desks)
    for row in rows:
        able = [code for code in desks if can(code, row["stage"])]
        if row["collector_code"] is not None:
            assert row["collector_code"] in able
        elif row["reason"] == "capacity":
            assert able
            assert all(used[code] == desks[code][0] for code in able)
        else:
            assert (row["reason"], able) == ("skill", [])
    for code, (places, _) in desks.items():
        mine = [
            row for row in rows if row["previous_collector"] == code and can(code, row["stage"])
        ]
        kept = [row for row in mine if row["reason"] == "kept"]
        assert len(kept) == min(places, len(mine))
        assert all(row["collector_code"] == code for row in kept)
    assert assign(frame.sample(fraction=1, shuffle=True, seed=seed), team.reverse()).equals(
        given_to
    )
