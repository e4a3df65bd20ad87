"""Bytes sent again: booked once, but never lost because an earlier name or answer was wrong."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date

import pytest

from recupero.steps.deliver import deliver_documents
from recupero.steps.intake import pending, take_in
from recupero.steps.pull import pull
from recupero.steps.verify import verify
from recupero.store.embedded import EmbeddedPostgres
from tests.journeys.card_office import CODE, Office, opened

DAY = date(2024, 12, 31)
HEADER = "ID,BILL_AMT1,PAY_0,PAY_AMT1\n"
PORTFOLIO = (HEADER + "1,100,0,40\n2,200,1,50\n").encode()
OTHER = (HEADER + "1,100,0,60\n").encode()


@pytest.fixture
def office(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    with opened(postgres, tmp_path_factory.mktemp("again")) as office:
        assert sent(office, "UCI_Credit_Card.csv", PORTFOLIO) == ("booked", 2)
        yield office
        assert verify(office.services, CODE, deep=True).findings == ()


def sent(office: Office, name: str, content: bytes) -> tuple[str, int]:
    """Drop one file and take it in; what became of it, and how many rows were booked."""
    office.drop({name: content})
    pull(office.services, CODE, DAY)
    [receipt_id] = pending(office.services, CODE, DAY)
    outcome = take_in(office.services, CODE, receipt_id, DAY)
    return outcome.state, outcome.rows.booked


def answers(office: Office) -> list[dict[str, str]]:
    """The head record of every delivered acknowledgement, by file name."""
    deliver_documents(office.services, CODE, DAY)
    papers = [
        next(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
        for name, content in office.outside("outbox").items()
        if name.startswith("ACUSE_") and name.endswith(".csv")
    ]
    return sorted(papers, key=lambda paper: paper["archivo"])


def test_a_file_with_a_wrong_name_is_taken_under_the_right_one(office: Office) -> None:
    assert sent(office, "pagos.csv", OTHER) == ("quarantined", 0)
    assert sent(office, "UCI_pagos_20241231.csv", OTHER) == ("booked", 1)


def test_a_file_held_for_its_name_is_taken_under_another(office: Office) -> None:
    assert sent(office, "UCI_pagos_20241231.csv", OTHER) == ("booked", 1)
    newer = OTHER.replace(b",60", b",70")
    assert sent(office, "UCI_pagos_20241231.csv", newer) == ("held", 0)
    assert sent(office, "UCI_pagos_20250102.csv", newer) == ("booked", 1)


def test_a_repetition_names_the_file_that_was_booked(office: Office) -> None:
    sent(office, "pagos.csv", OTHER)
    sent(office, "UCI_pagos_20241231.csv", OTHER)
    assert sent(office, "UCI_pagos_20250102.csv", OTHER) == ("duplicate", 0)
    assert sent(office, "pagos2.csv", OTHER) == ("duplicate", 0)
    states = [(paper["archivo"], paper["concepto"], paper["mensaje"]) for paper in answers(office)]
    assert [state for state in states if state[1] == "duplicate"] == [
        ("UCI_pagos_20250102.csv", "duplicate", "UCI_pagos_20241231.csv"),
        ("pagos2.csv", "duplicate", "UCI_pagos_20241231.csv"),
    ]


def test_one_content_may_be_two_kinds_of_file(office: Office) -> None:
    assert sent(office, "UCI_pagos_20241231.csv", PORTFOLIO) == ("booked", 2)
    assert sent(office, "UCI_pagos_20250102.csv", PORTFOLIO) == ("duplicate", 0)
