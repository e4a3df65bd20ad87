"""Every kind of file is known wherever one is, and the guide's own example of it is accepted."""

from __future__ import annotations

from datetime import date

import pytest

from deployments.cli.guide import guide
from deployments.cli.sample_file import sample
from recupero.profiles.fields import FIELDS, KEYS, KINDS, Kind
from recupero.steps import booking
from reports.labels import KIND
from schemas.contract import RULES
from schemas.screen import sift
from tests.edges.screened_text import profile, reasons

TYPED = [kind for kind in KINDS if kind != "statement"]
#: Later than any date of an example.
LATER = date(2027, 1, 1)


def test_all_of_them_are_screened_booked_and_named() -> None:
    assert set(KINDS) == FIELDS.keys() == KEYS.keys() == booking.RANK.keys() == KIND.keys()
    assert set(TYPED) == RULES.keys()


@pytest.mark.parametrize("kind", TYPED)
def test_what_the_guide_shows_as_an_example_is_accepted(kind: Kind) -> None:
    fields = FIELDS[kind]
    flags = "".join(
        f'[layout.values.{field.name}]\nS = true\n"" = false\n'
        for field in fields
        if field.type == "boolean"
    )
    columns = tuple(field.name for field in fields)
    owner = profile(kind, columns, settings='delimiter = "|"', tables=flags)
    written = sample(owner.layouts[0], owner)
    assert written
    assert reasons(sift(written, owner.layouts[0], owner, LATER)) == []
    told = "\n".join(guide(owner))
    assert all(f"columna {at}" in told for at in range(1, len(columns) + 1))
