"""A file agreed on for the day that does not come is told once, and once more when it comes."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from recupero.steps.expected import missing_files, note_missing
from recupero.steps.incident import Incident, open_incidents
from recupero.steps.intake import pending, take_in
from recupero.steps.summarise import summarise
from recupero.store.embedded import Addresses
from recupero.store.outgoing import documents
from tests.edges.dated_bank import SUN, line
from tests.edges.one_bank import DAYS, Bank, profile_text, services_for

MON, TUE, WED, THU, FRI = DAYS
_NUMBERS = itertools.count(1)
#: Of Colombia, 8 December 2026 is a holiday.
HOLIDAY, AFTER = date(2026, 12, 8), date(2026, 12, 9)


class Expecting(Bank):
    """A bank that sends a portfolio on business days and payments daily, and what was told."""

    def __init__(self, home: Path, database: Addresses) -> None:
        code = f"puntual-{next(_NUMBERS)}"
        text = profile_text(code)
        for kind, days in (("placement", "business_days"), ("payment", "daily")):
            text = text.replace(f"name = '{kind}.*'", f"name = '{kind}.*'\nexpected = \"{days}\"")
        self.alerts: list[Incident] = []
        services = services_for(home, database, code, text=text)
        super().__init__(replace(services, tell=self.alerts.append), code)

    def missing(self, day: date) -> list[str]:
        with self.services.store.unit(self.code) as unit:
            files = missing_files(unit, self.services.profile(self.code), day)
        return [layout.kind for layout in files]

    def night(self, day: date, *kinds: str) -> int:
        """Files of *kinds* come, whatever is in them, and the intake ends."""
        for kind in kinds:
            self.drop(day, kind, line("A", SUN, 1000))
        for receipt_id in pending(self.services, self.code, day):
            take_in(self.services, self.code, receipt_id, day)
        return note_missing(self.services, self.code, day)

    def told(self) -> list[tuple[str, int, str]]:
        return [(one.side, one.number, "closed" if one.closed_at else one.detail)
                for one in self.alerts]  # fmt: skip


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path) -> Expecting:
    return Expecting(tmp_path, migrated)


def test_what_does_not_come_is_one_incident_until_all_has_come(bank: Expecting) -> None:
    assert bank.night(MON, "placement") == 1
    assert bank.night(TUE) == 2
    assert bank.night(TUE) == 2, "another look at the same day is no other incident"
    assert bank.told() == [("files", 1, f"did not come on {MON}: payment v1")]
    with bank.services.store.unit(bank.code) as unit:
        [shown] = open_incidents(unit)
    assert (shown["kind"], shown["times"]) == ("file_missing", 3)
    assert shown["detail"] == f"did not come on {TUE}: placement v1; payment v1"
    assert bank.night(WED, "placement", "payment") == 0
    assert bank.told()[1:] == [("files", 1, "closed")]
    assert bank.night(THU) == 2
    assert bank.told()[2:] == [("files", 2, f"did not come on {THU}: placement v1; payment v1")]


def test_a_file_that_is_refused_or_sealed_did_come(bank: Expecting) -> None:
    bank.put("payment_1.gz", b"no gzip")
    assert bank.night(MON, "placement") == 0, "the placement is refused, the payments wait"
    assert bank.missing(TUE) == ["placement", "payment"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (SUN, ["payment"]),
        (MON, ["placement", "payment"]),
        (HOLIDAY, ["payment"]),
        (AFTER, ["placement", "payment"]),
        (date(2025, 12, 31), []),  # before the layouts are in force
    ],
)
def test_files_are_expected_on_the_days_agreed(
    migrated: Addresses, tmp_path: Path, day: date, expected: list[str]
) -> None:
    assert Expecting(tmp_path, migrated).missing(day) == expected


def test_of_a_closed_date_nothing_is_told(bank: Expecting) -> None:
    bank.night(MON, "placement", "payment")
    bank.night(WED, "placement", "payment")
    assert note_missing(bank.services, bank.code, TUE) == 0
    assert bank.told() == []


def test_the_days_summary_names_it(bank: Expecting) -> None:
    bank.night(MON, "payment")
    summarise(bank.services, bank.code, MON)
    with bank.services.store.unit(bank.code) as unit:
        [summary] = [paper for paper in documents(unit) if paper.kind == "summary"]
    path = bank.services.settings.home / "summary.pdf"
    path.write_bytes(bank.services.vault.get(bank.code, summary.address))
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())
    assert "No llegó el archivo esperado: Cartera · v1" in text
    assert "Pagos · v1" not in text
