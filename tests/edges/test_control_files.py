"""A file and the control file that speaks of it: whichever comes first, and what differs."""

from __future__ import annotations

from hashlib import sha256

import pytest

from recupero.store import manifest
from recupero.store.embedded import Addresses
from recupero.store.tables import recording
from tests.edges.paired_bank import (
    FILE,
    HEAD,
    MON,
    OTHER,
    RIGHT,
    TUE,
    WED,
    WRONG,
    Paired,
)

UNSAID = f"{HEAD}\n2;COP;10,00;7001;\n"
ALIEN = RIGHT.replace("7001;", f"7001;{'a' * 64}")
ITS_OWN = RIGHT.replace("7001;", "7001;DIGEST")
UNREAD = RIGHT.replace("20,50", "x")
LATER = FILE.replace("2026-11-23", "2026-12-23")

CASES = {
    "control first": ([(MON, None, RIGHT), (TUE, FILE, None)], ["control booked", "file booked"]),
    "file first": ([(MON, FILE, None), (TUE, None, RIGHT)], ["file booked", "control booked"]),
    "file waits": ([(WED, FILE, None)], ["file waits"]),
    "control waits": ([(WED, None, RIGHT)], ["control waits"]),
    "control too late": (
        [(MON, FILE, None), (TUE, None, None), (WED, None, RIGHT)],
        ["file control_file_missing", "control booked", "file booked"],
    ),
    "file too late": (
        [(MON, None, RIGHT), (TUE, None, None), (WED, FILE, None)],
        ["control control_file_alone", "file booked"],
    ),
    "a currency unsaid, then another's digest": (
        [(MON, FILE, UNSAID), (TUE, None, ALIEN), (WED, None, RIGHT)],
        ["control booked", "file control_total", "control booked", "file control_total",
         "control booked", "file booked"],
    ),
    "file mended": (
        [(MON, OTHER, RIGHT), (TUE, FILE, None)],
        ["control booked", "file control_total", "file booked"],
    ),
    "both mended, the control as it was before": (
        [(MON, OTHER, RIGHT), (TUE, None, RIGHT.replace("7002", "7003")), (WED, FILE, RIGHT)],
        ["control booked", "file control_total", "control booked", "file control_total",
         "control booked", "file booked"],
    ),
    "its digest, and twice": (
        [(MON, FILE, ITS_OWN), (TUE, None, ITS_OWN)],
        ["control booked", "file booked", "control duplicate_content"],
    ),
    "another control afterwards": (
        [(MON, FILE, RIGHT), (TUE, None, WRONG), (WED, None, None)],
        ["control booked", "file booked", "control control_file_alone"],
    ),
    "every row is rejected, once its control is right": (
        [(MON, LATER, WRONG), (TUE, None, RIGHT), (WED, FILE, None)],
        ["control booked", "file control_total", "control booked", "file too_many_rejects",
         "file booked"],
    ),
    "a control that does not read": (
        [(MON, FILE, UNREAD), (TUE, None, RIGHT)],
        ["control too_many_rejects", "file booked", "control booked"],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def played(migrated: Addresses, tmp_path_factory: pytest.TempPathFactory) -> Paired:
    """All cases in the same three nights, each with files of its own."""
    bank = Paired(tmp_path_factory.mktemp("played"), migrated)
    for day in (MON, TUE, WED):
        files: dict[str, str] = {}
        for number, (nights, _) in enumerate(CASES.values(), start=100):
            own = FILE.replace("T", f"T{number}")
            digest = sha256(own.encode()).hexdigest()
            for _, file, control in (night for night in nights if night[0] == day):
                stem = f"payment_{number}"
                if file:
                    files[f"{stem}.csv"] = file.replace("T", f"T{number}")
                if control:
                    files[f"CONTROL_{stem}.txt"] = control.replace("DIGEST", digest)
        bank.night(day, **files)
        before = bank.stored(recording).height
        bank.rerun(day)
        assert bank.stored(recording).height == before, "a rerun records nothing"
    return bank


@pytest.mark.parametrize("case", CASES)
def test_whichever_comes_first_and_whatever_it_says(played: Paired, case: str) -> None:
    number = 100 + list(CASES).index(case)
    told = played.became(f"payment_{number}.")
    assert sorted(told) == sorted(CASES[case][1])
    with played.services.store.unit(played.code) as unit:
        rows = manifest.outcomes(unit).filter(name=f"payment_{number}.csv", state="booked")
    assert rows["rows_booked"].to_list() == [2] * told.count("file booked"), "nothing twice"


def test_what_was_judged_is_judged_so_again_from_the_files(played: Paired) -> None:
    played.check()
