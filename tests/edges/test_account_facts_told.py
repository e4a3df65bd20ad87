"""The files about accounts and people beside a portfolio: what the guide tells an institution is
what the screening accepts, and what it does not is told with its rule."""

from __future__ import annotations

from datetime import date

import pytest

from deployments.cli.guide import guide
from deployments.cli.guide_fields import WORDS
from deployments.cli.guide_values import written
from recupero.errors import ProfileError
from recupero.profiles.fields import FIELDS, LISTS, NEVER_WHOLE, Kind, fields_of
from reports.labels import KIND
from tests.edges.screened_text import profile, reasons, sifted

DAY = date(2026, 11, 30)
KINDS = sorted(LISTS | NEVER_WHOLE)
#: What breaks the guide's example, by kind: field, value, rule.
BROKEN: dict[str, list[tuple[str, str, str]]] = {
    "instalment": [("instalment_number", "0", "number_out_of_range"),
                   ("interest_minor", "-1", "negative"),
                   ("stated_on", "01/12/2026", "date_in_future")],
    "guarantee": [("guarantee_kind", "casa", "not_allowed"),
                  ("guarantee_number", "1000000", "number_out_of_range"),
                  ("currency", "XXX", "not_allowed")],
    "document_index": [("reference", "", "required"),
                       ("issued_on", "01/12/2026", "date_in_future")],
    "related_person": [("role", "debtor", "not_allowed"),
                       ("until", "29/11/2025", "ends_before_it_begins"),
                       ("debtor_id_number", "", "required")],
    "debtor_update": [("stated_on", "01/12/2026", "date_in_future")],
    "hold": [("hold_kind", "siesta", "not_allowed"), ("since", "", "required"),
             ("until", "29/11/2025", "ends_before_it_begins")],
    "dispute": [("closed_on", "14/03/2024", "ends_before_it_begins"),
                ("closed_on", "01/12/2026", "date_in_future"), ("complaint_id", "", "required")],
    "judicial_event": [("event", "", "required"), ("occurred_on", "01/12/2026", "date_in_future")],
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_the_guides_example_is_accepted_and_what_breaks_it_is_told(kind: Kind) -> None:
    owner = profile(kind, tuple(fields_of(kind)))
    (layout,) = owner.layouts
    assert layout.snapshot == "delta"
    examples = {
        name: written(layout.fields[name], layout, owner.institution) for name in layout.columns
    }
    good = sifted(owner, ";".join(examples.values()), day=DAY)
    assert (reasons(good), good.rows.height, good.warnings.height) == ([], 1, 0)
    for at, value, rule in BROKEN[kind]:
        row = ";".join({**examples, at: value}.values())
        assert (1, at, rule) in reasons(sifted(owner, row, day=DAY)), (at, value)


@pytest.mark.parametrize("kind", KINDS)
def test_the_guide_speaks_of_every_field_and_word(kind: Kind) -> None:
    told = "\n".join(guide(profile(kind, tuple(fields_of(kind)), settings='snapshot = "delta"')))
    assert KIND[kind] in told
    assert ("Cada archivo trae solo lo nuevo o lo que cambió." in told) == (kind in LISTS)
    for field in FIELDS[kind]:
        assert set(field.allowed) <= set(WORDS), field.name


def test_only_lists_can_be_the_whole() -> None:
    for kind in KINDS:
        if kind in LISTS:
            made = profile(kind, tuple(fields_of(kind)), settings='snapshot = "full"')
            assert "deja de estar vigente" in "\n".join(guide(made))
            continue
        with pytest.raises(ProfileError, match=r"snapshot: .* never the whole"):
            profile(kind, tuple(fields_of(kind)), settings='snapshot = "full"')


def test_a_list_keeps_account_of_rejected_rows() -> None:
    owner = profile("instalment", ("account_number", "instalment_number", "due_date",
                                   "principal_minor"))  # fmt: skip
    lines = ("A;1;30/11/2026;1,00", "B;x;30/11/2026;1,00", ";1;30/11/2026;1,00", "C;1")
    assert sifted(owner, *lines).rejected_keys.sort().to_list() == [None, "B", "C"]
