"""Bytes sent again: booked once, but never lost because an earlier name or answer was wrong."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time

import pytest

from recupero.errors import RemoteRefused
from recupero.profiles.load import load_profile
from recupero.steps import moves
from recupero.steps.deliver import deliver_documents
from recupero.steps.intake import pending, take_in
from recupero.steps.notices import noticed
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


def receipts(office: Office, name: str) -> list[str]:
    """What became of each receipt of files called *name*, oldest first."""
    return [
        state
        for (state,) in office.select(
            "SELECT state FROM receipt_outcome JOIN receipt USING (institution, receipt_id) "
            "WHERE name = %s ORDER BY sequence",
            name,
        )
    ]


def mended(office: Office, old: str, new: str) -> Office:
    """The office once the institution's profile says *new* for *old*."""
    path = office.services.settings.profiles_folder / f"{CODE}.toml"
    path.write_text(path.read_text().replace(old, new))
    profiles = {**office.services.profiles, CODE: load_profile(path)}
    return replace(office, services=replace(office.services, profiles=profiles))


def answers(office: Office) -> list[dict[str, str]]:
    """The head record of every delivered acknowledgement, by file name."""
    deliver_documents(office.services, CODE, DAY, datetime.combine(DAY, time(5)))
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


def test_a_file_refused_is_looked_at_again_when_it_is_sent_again(office: Office) -> None:
    assert sent(office, "pagos.csv", OTHER) == ("quarantined", 0)
    assert sent(office, "pagos.csv", OTHER) == ("quarantined", 0)
    later = mended(office, r"'UCI_pagos_\d{8}\.csv'", r"'UCI_pagos_\d{8}\.csv|pagos\.csv'")
    assert sent(later, "pagos.csv", OTHER) == ("booked", 1)
    assert receipts(office, "pagos.csv") == ["quarantined", "quarantined", "booked"]
    told = [paper["concepto"] for paper in answers(office) if paper["archivo"] == "pagos.csv"]
    assert sorted(told) == ["booked", "refused", "refused"]


def test_a_profile_is_kept_as_it_was_read_not_as_it_is_by_now(office: Office) -> None:
    """Edited after the start; the verification finds the profile that was in force."""
    later = mended(office, r"'UCI_pagos_\d{8}\.csv'", r"'UCI_pagos_\d{8}\.csv|pagos\.csv'")
    mended(office, r"|pagos\.csv'", "'")
    assert sent(later, "pagos.csv", OTHER) == ("booked", 1)


def test_a_file_booked_is_not_taken_again(office: Office) -> None:
    for _ in range(2):
        office.drop({"UCI_Credit_Card.csv": PORTFOLIO})
        assert pull(office.services, CODE, DAY).seen_before == 1
        assert pending(office.services, CODE, DAY) == []
    assert receipts(office, "UCI_Credit_Card.csv") == ["booked"]


def test_a_refused_file_that_cannot_be_moved_is_no_new_one_each_night(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise RemoteRefused("permission denied")

    office.drop({"pagos.csv": OTHER})
    with monkeypatch.context() as patch:
        patch.setattr(moves, "archive", refuse)
        for _ in range(3):
            assert pull(office.services, CODE, DAY).skipped == 1
            assert noticed_today(office) == {"not_moved": 1}
            for receipt_id in pending(office.services, CODE, DAY):
                take_in(office.services, CODE, receipt_id, DAY)
    assert receipts(office, "pagos.csv") == ["quarantined"]
    assert pull(office.services, CODE, DAY).received == 0  # it is moved at last
    assert pending(office.services, CODE, DAY) == []
    assert sent(office, "pagos.csv", OTHER) == ("quarantined", 0)
    assert receipts(office, "pagos.csv") == ["quarantined", "quarantined"]


def noticed_today(office: Office) -> dict[str, int]:
    with office.services.store.unit(CODE) as unit:
        return noticed(unit, DAY)


def test_a_refused_file_sent_again_after_the_archive_was_tidied_is_noticed(office: Office) -> None:
    assert sent(office, "pagos.csv", OTHER) == ("quarantined", 0)
    tidied = [name for name in office.outside("archive") if name.endswith("-pagos.csv")]
    for name in tidied:
        office.take_away("archive", name)
    assert noticed_today(office) == {}
    office.drop({"pagos.csv": OTHER})
    assert pull(office.services, CODE, DAY).seen_before == 1
    assert noticed_today(office) == {"sent_again": 1}
    assert pull(office.services, CODE, DAY).seen_before == 0, "the inbox is empty now"
    assert noticed_today(office) == {"sent_again": 1}, "and what came that day is still told"


def test_a_pull_killed_before_it_archived_notices_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.drop({"pagos.csv": OTHER})
    with monkeypatch.context() as patch:
        patch.setattr(moves, "archive", interrupted)
        with pytest.raises(KeyboardInterrupt):
            pull(office.services, CODE, DAY)
    assert pull(office.services, CODE, DAY).seen_before == 1
    assert noticed_today(office) == {}
    [receipt_id] = pending(office.services, CODE, DAY)
    take_in(office.services, CODE, receipt_id, DAY)


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_what_is_left_is_noticed_until_the_inbox_is_clean(office: Office) -> None:
    """Each change once, however often the inbox is looked at; the last notice is the truth."""
    story = [({}, 0), ({"a.part": b"1"}, 1), ({"a.part": b"1"}, 1), ({}, 2),
             ({}, 2), ({"a.part": b"1"}, 3), ({"a.part": b"1", "b.part": b"1"}, 4)]  # fmt: skip
    for files, recorded in story:
        for name in office.outside("inbox"):
            office.take_away("inbox", name)
        office.drop(files)
        pull(office.services, CODE, DAY)
        assert noticed_today(office) == ({"unfinished": len(files)} if files else {})
        [[count]] = office.select("SELECT count(*) FROM recording WHERE kind = 'notice'")
        assert count == recorded


def test_what_mends_a_refused_file_may_have_its_name(office: Office) -> None:
    whole = OTHER.replace(b"1,100,0,60", b"1,100,0,70")
    assert sent(office, "UCI_pagos_20241231.csv", whole[:2]) == ("quarantined", 0)
    assert sent(office, "UCI_pagos_20241231.csv", whole) == ("booked", 1)
    assert sent(office, "UCI_pagos_20241231.csv", OTHER) == ("held", 0)
    assert sent(office, "UCI_pagos_20241231.csv", OTHER) == ("held", 0)


def test_the_answer_to_a_refused_file_keeps_the_whole_reason(office: Office) -> None:
    sent(office, "UCI_pagos_20241231.csv", OTHER.replace(b"PAY_AMT1", b"Pay_Amt1"))
    sent(office, "UCI_pagos_20250102.csv", OTHER + b"2,200,1,5x\n")
    first, second = (paper for paper in answers(office) if "pagos" in paper["archivo"])
    assert first["mensaje"] == (
        "El encabezado no está escrito como se acordó: «Pay_Amt1» debe decir «PAY_AMT1»."
    )
    assert first["que_hacer"] == "Escriba el encabezado como se acordó."
    assert "1 desde la línea 3: PAY_AMT1: no es un importe" in second["mensaje"]
    [paper] = [
        content.decode("utf-8-sig")
        for name, content in office.outside("outbox").items()
        if name.startswith("ACUSE_UCI_pagos_20250102") and name.endswith(".csv")
    ]
    rows = csv.DictReader(io.StringIO(paper), delimiter=";")
    assert [(row["linea"], row["que_hacer"]) for row in rows if row["registro"] == "rechazo"] == [
        ("3", "Corrija la fila y envíe el archivo completo.")
    ]
