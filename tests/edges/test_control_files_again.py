"""Names that are the same every day, and a control file that says of today what it said before."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from recupero.errors import RemoteRefused
from recupero.exchange.folder import FolderRemote
from recupero.steps.intake import take_in
from recupero.steps.notices import noticed
from recupero.steps.pull import pull
from recupero.store import manifest
from recupero.store.embedded import Addresses
from tests.edges.paired_bank import CONTROL, FILE, MON, NAME, RIGHT, TUE, WED, WRONG, Paired

#: Files of as many rows, and the same sums, as ``FILE``; and one that sums to something else.
NEXT, THIRD = FILE.replace("T", "U"), FILE.replace("T", "V")
OTHER = FILE.replace("T", "X").replace("20,50", "20,40")
FIRST = ["control booked", "file booked"]


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path) -> Paired:
    """Its first day's pair is booked, and came under names that every day's have."""
    bank = Paired(tmp_path, migrated, 'same_name_new_content = "process"\n')
    bank.night(MON, file=FILE, control=RIGHT)
    assert sorted(bank.became(NAME[:-4])) == FIRST
    return bank


def became(bank: Paired) -> list[str]:
    """What became of what came after the first day's pair."""
    return bank.became(NAME[:-4])[2:]


def judged_with(bank: Paired) -> list[int]:
    """The control files that files were booked with, by receipt."""
    with bank.services.store.unit(bank.code) as unit:
        rows = manifest.outcomes(unit).filter(kind="payment", state="booked")
    assert rows["rows_booked"].to_list() == [2] * rows.height
    return [manifest.control_file(row) or 0 for row in rows.iter_rows(named=True)]


ORDERS: dict[str, list[dict[str, str]]] = {
    "both in one pull": [{"file": NEXT, "control": RIGHT}],
    "control first": [{"control": RIGHT}, {"file": NEXT}],
    "file first": [{"file": NEXT}, {"control": RIGHT}],
}


@pytest.mark.parametrize("order", ORDERS)
def test_a_control_file_of_the_same_bytes_counts_for_the_new_file(bank: Paired, order: str) -> None:
    for files in ORDERS[order]:
        bank.night(TUE, **files)
        bank.rerun(TUE)
    assert sorted(became(bank)) == FIRST
    assert len(set(judged_with(bank))) == 2, "each with its own"
    assert bank.alerts == []
    bank.rerun(WED)
    assert sorted(became(bank)) == FIRST, "nothing is left over"
    bank.check()


def test_a_compressed_one_does_too(bank: Paired) -> None:
    compressed = gzip.compress(RIGHT.encode(), mtime=0)
    for day, file in ((TUE, NEXT), (WED, THIRD)):
        bank.put(f"{CONTROL}.gz", compressed)
        bank.night(day, file=file)
    assert sorted(became(bank)) == sorted([*FIRST, *FIRST, "control opened", "control opened"])
    bank.check()


def test_for_a_file_refused_for_want_of_it_it_still_counts(bank: Paired) -> None:
    bank.night(TUE, file=NEXT)
    bank.rerun(WED)
    assert became(bank) == ["file control_file_missing"]
    bank.night(WED, control=RIGHT)
    assert became(bank)[1:] == FIRST
    bank.check()


def test_the_same_pair_sent_twice_books_nothing_twice(bank: Paired) -> None:
    bank.night(TUE, file=FILE, control=RIGHT)
    assert became(bank) == ["control waits"], "its file may be a new one and come yet"
    bank.rerun(WED)
    assert became(bank) == ["control duplicate_content"]
    assert bank.alerts == [], "nothing is missing"
    bank.night(WED, file=NEXT)
    assert became(bank)[1:] == ["file waits"], "what repeats another serves no file"
    bank.night(WED, control=RIGHT)
    assert sorted(became(bank)[1:]) == FIRST
    assert len(set(judged_with(bank))) == 2
    bank.check()


def test_one_that_lies_there_still_is_not_another(
    bank: Paired, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise RemoteRefused("is not allowed", "archive", "")

    with monkeypatch.context() as patched:
        patched.setattr(FolderRemote, "rename", refuse)
        bank.night(TUE, file=NEXT, control=RIGHT)
        bank.night(WED, file=THIRD)
    assert sorted(became(bank)) == sorted([*FIRST, "file waits"]), "no third control file came"
    bank.rerun(WED)
    assert sorted(became(bank)) == sorted([*FIRST, "file waits"])
    with bank.services.store.unit(bank.code) as unit:
        assert noticed(unit, WED) == {}, "nobody sent anything again"
    bank.night(WED, control=RIGHT)
    assert sorted(became(bank)) == sorted(FIRST * 2)
    bank.check()


def test_killed_before_its_move_it_is_one(bank: Paired, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    bank.put(CONTROL, RIGHT.encode())
    with monkeypatch.context() as patched:
        patched.setattr(FolderRemote, "rename", die)
        with pytest.raises(KeyboardInterrupt):
            pull(bank.services, bank.code, TUE)
    bank.night(TUE, file=NEXT)
    assert sorted(became(bank)) == FIRST
    bank.check()


def test_two_days_pulled_and_taken_in_at_once_have_one_each(bank: Paired) -> None:
    for file in (NEXT, THIRD):
        bank.put(NAME, file.encode())
        bank.put(CONTROL, RIGHT.encode())
        pull(bank.services, bank.code, TUE)
    bank.rerun(TUE)
    assert sorted(became(bank)) == sorted(FIRST * 2)
    assert len(set(judged_with(bank))) == 3
    bank.check()


def test_a_file_mended_is_judged_with_the_one_that_came_with_the_wrong_one(bank: Paired) -> None:
    bank.night(TUE, file=OTHER, control=RIGHT)
    assert sorted(became(bank)) == ["control booked", "file control_total"]
    bank.night(TUE, file=NEXT, control=RIGHT)
    assert sorted(became(bank)[2:]) == ["control duplicate_content", "file booked"]
    bank.check()


def test_figures_corrected_back_to_those_of_the_day_before(bank: Paired) -> None:
    bank.night(TUE, control=WRONG)
    bank.rerun(WED)
    bank.night(WED, control=RIGHT)
    bank.night(WED, file=NEXT)
    assert became(bank) == ["control control_file_alone", "control booked", "file booked"]
    bank.check()


def test_in_an_archive_that_was_tidied_it_is_noticed(bank: Paired) -> None:
    for archived in (bank.services.settings.home / "remote" / bank.code / "archive").iterdir():
        archived.unlink()
    bank.night(TUE, file=NEXT, control=RIGHT)
    assert became(bank) == ["file waits"]
    with bank.services.store.unit(bank.code) as unit:
        assert noticed(unit, TUE) == {"sent_again": 1}
    bank.night(TUE, control=f"{RIGHT}\n")
    assert sorted(became(bank)) == FIRST, "with a blank line more it is another"


def test_decided_already_it_is_told_so_and_nothing_is_written(bank: Paired) -> None:
    with bank.services.store.unit(bank.code) as unit:
        receipts = manifest.all_receipts(unit)
        became = manifest.outcomes_of(unit, receipts)
    before = bank.services.vault.addresses(bank.code)
    for one in receipts:
        told = take_in(bank.services, bank.code, one.receipt_id, MON)
        row = became[one.receipt_id]
        assert (told.name, told.state, told.kind) == (one.name, row["state"], row["kind"])
        assert told.rows.booked == row["rows_booked"] == 2
    assert bank.services.vault.addresses(bank.code) == before
    bank.check()
