"""What an institution attests or instructs counts once, whichever file brings it.

A line that was repaired comes again where the whole file, mended, is sent under another name.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from recupero.steps.intake import Rows
from recupero.steps.write_off import decide_instructions
from recupero.store.embedded import Addresses
from recupero.store.tables import (
    account_version,
    attestation,
    document,
    hold_version,
    instruction,
    write_off,
)
from tests.edges.account_facts_layouts import FACT_LAYOUTS
from tests.edges.in_parts import InParts
from tests.edges.one_bank import DAYS, layout_text

MON, TUE, WED, THU, _ = DAYS
ATTESTATIONS = """
[layout.columns]
account_number = 0
attestation = 1
holds = 2
stated_on = 3
evidence = 4
[layout.values.holds]
S = true
N = false
"""
TABLE = {"attestation": attestation, "write_off": instruction}
#: By kind the rows of A and B as they are meant, and what is broken in the second, by its column.
ROWS = {
    "attestation": (
        ("A", "provisioned", "S", f"{MON}", "f. 1"), ("B", "provisioned", "S", f"{MON}", "f. 2"), 3
    ),
    "write_off": (
        ("A", "10,00", f"{MON}", "acta 1"), ("B", "10,00", f"{MON}", "acta 1"), 2
    ),
}  # fmt: skip


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path, proven: Callable[[InParts], InParts]) -> InParts:
    """With the accounts A and B, of whom 1000 each is owed."""
    made = proven(InParts(tmp_path, migrated, whole=True))
    text = made.services.profile(made.code).content.decode()
    made.serve(text + layout_text("attestation", ATTESTATIONS))
    made.part(MON, 1, "A 1 1000 3011111101", "B 2 1000 3011111102")
    return made


def whole_file(kind: str, *, broken: bool) -> list[str]:
    first, second, at = ROWS[kind]
    cells = [("x" if broken and here == at else cell) for here, cell in enumerate(second)]
    return [";".join(first), ";".join(cells)]


def repaired(bank: InParts, kind: str, day: date = MON) -> None:
    """The file with a broken line, and that line repaired."""
    first = bank.take(day, kind, *whole_file(kind, broken=True))
    _, second, at = ROWS[kind]
    done = bank.repair(day, first, **{f"c{at + 1}": second[at]})
    assert done.rows.booked + done.rows.held == 1


@pytest.mark.parametrize("kind", ROWS)
def test_a_repaired_line_is_not_taken_again_with_its_whole_file(bank: InParts, kind: str) -> None:
    repaired(bank, kind)
    again = bank.take(TUE, kind, *whole_file(kind, broken=False))
    assert (again.state, again.rows) == ("booked", Rows(read=2, unchanged=2))
    assert bank.stored(TABLE[kind]).height == 2


@pytest.mark.parametrize("kind", ROWS)
def test_nor_is_a_line_repaired_that_the_whole_file_brought(bank: InParts, kind: str) -> None:
    first = bank.take(MON, kind, *whole_file(kind, broken=True))
    bank.take(TUE, kind, *whole_file(kind, broken=False))
    _, second, at = ROWS[kind]
    late = bank.repair(WED, first, **{f"c{at + 1}": second[at]})
    assert late.rows == Rows(read=1, unchanged=1)
    assert bank.stored(TABLE[kind]).height == 2


def test_another_word_on_the_same_day_counts_beside_the_first(bank: InParts) -> None:
    repaired(bank, "attestation")
    denial = f"B;provisioned;N;{MON};f. 2"
    assert bank.take(TUE, "attestation", denial).rows == Rows(read=1, booked=1)


def test_an_instruction_that_was_carried_out_is_not_held_again(bank: InParts) -> None:
    repaired(bank, "write_off")
    assert decide_instructions(bank.services, bank.code, MON) == {"accepted": 2, "refused": 0}
    again = bank.take(TUE, "write_off", *whole_file("write_off", broken=False))
    assert again.rows == Rows(read=2, unchanged=2)
    assert decide_instructions(bank.services, bank.code, TUE) == {"accepted": 0, "refused": 0}
    assert bank.stored(write_off).height == 2


def test_one_that_was_refused_may_be_given_again_in_another_file(bank: InParts) -> None:
    bank.part(TUE, 1, "A 1 1000 3011111101", "B 2 2000 3011111102")
    repaired(bank, "write_off", TUE)
    assert decide_instructions(bank.services, bank.code, TUE) == {"accepted": 1, "refused": 1}
    bank.part(WED, 1, "A 1 0 3011111101", "B 2 1000 3011111102")
    again = bank.take(WED, "write_off", *whole_file("write_off", broken=False))
    assert again.rows == Rows(read=2, held=1, unchanged=1)
    assert decide_instructions(bank.services, bank.code, WED) == {"accepted": 1, "refused": 0}


@pytest.fixture
def holding(bank: InParts) -> InParts:
    """Told of holds too."""
    bank.serve(
        bank.services.profile(bank.code).content.decode()
        + layout_text("hold", FACT_LAYOUTS["hold"])
    )
    return bank


def on_hold(bank: InParts) -> list[str]:
    known = dict(bank.stored(account_version).select("account_id", "account_number").iter_rows())
    return sorted(known[one] for one in bank.stored(hold_version)["account_id"])


def test_a_file_of_which_all_lines_were_repaired_is_a_duplicate(holding: InParts) -> None:
    lines = [f"Z;hardship;{MON};;x"]
    first = holding.take(MON, "hold", *lines)
    assert holding.why(first) == ["unknown_account"]
    assert holding.repair(MON, first, c1="A").rows == Rows(read=1, booked=1)
    holding.part(TUE, 1, "A 1 1000 3011111101", "Z 3 1000 3011111103")
    assert holding.take(TUE, "hold", *lines).state == "duplicate"
    assert on_hold(holding) == ["A"], "Z is not what was meant"


def test_of_a_file_that_lacked_another_line_the_repaired_one_is_passed_over(
    holding: InParts,
) -> None:
    lines = [f"Z;hardship;{MON};;x", f"Y;hardship;{MON};;x"]
    first = holding.take(MON, "hold", *lines)
    assert holding.why(first) == ["unknown_account"] * 2
    assert holding.repair(MON, first, line=1, c1="A").rows == Rows(read=1, booked=1)
    holding.part(TUE, 1, "A 1 1000 3011111101", "Z 3 1000 3011111103", "Y 4 1000 3011111104")
    again = holding.take(TUE, "hold", *lines)
    assert again.rows == Rows(read=2, booked=1, duplicate=1)
    assert on_hold(holding) == ["A", "Y"]


def test_a_line_that_could_not_be_read_is_not_asked_for_again_once_it_is_repaired(
    holding: InParts,
) -> None:
    lines = ["A;hardship;x;;x", f"Y;hardship;{MON};;x"]
    first = holding.take(MON, "hold", *lines)
    assert holding.why(first) == ["unreadable_date", "unknown_account"]
    assert holding.repair(MON, first, line=1, c3=f"{MON}").rows == Rows(read=1, booked=1)
    holding.part(TUE, 1, "A 1 1000 3011111101", "Y 4 1000 3011111104")
    again = holding.take(TUE, "hold", *lines)
    assert again.rows == Rows(read=2, booked=1, duplicate=1), "not rejected once more"
    papers = holding.stored(document).filter(about_receipt_id=again.receipt_id)["kind"]
    assert "acknowledgement_rejects" not in papers, "or it would be booked under another date"


def test_where_another_file_came_between_the_bytes_say_all_of_it_anew(holding: InParts) -> None:
    lines = [f"Z;hardship;{MON};;x", f"Y;hardship;{MON};;x"]
    first = holding.take(MON, "hold", *lines)
    holding.repair(MON, first, line=1, c1="A")
    holding.part(TUE, 1, "A 1 1000 3011111101", "Z 3 1000 3011111103", "Y 4 1000 3011111104")
    holding.take(TUE, "hold", f"A;hardship;{MON};{TUE};x")
    again = holding.take(WED, "hold", *lines)
    assert again.rows == Rows(read=2, booked=2)
