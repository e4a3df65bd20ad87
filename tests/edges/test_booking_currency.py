"""An account keeps its currency: a row in another would leave two claims beside each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from recupero.steps.decided import Rows
from recupero.store.embedded import Addresses
from recupero.store.tables import reject
from tests.edges.dated_bank import SUN, line
from tests.edges.one_bank import DAYS, Bank, profile_text, services_for

MON, TUE, WED, *_ = DAYS


def test_a_row_in_another_currency_is_rejected(
    migrated: Addresses, tmp_path: Path, proven: Callable[[Bank], Bank]
) -> None:
    code = "dos-monedas"
    text = profile_text(code).replace('currency = "COP", ', "", 1)
    text = text.replace("fees_minor = 7\n", "fees_minor = 7\ncurrency = 8\n")
    bank = proven(Bank(services_for(tmp_path, migrated, code, text=text), code))
    bank.take(MON, "placement", f"{line('A', SUN, 1000)};COP", f"{line('B', SUN, 5)};USD")

    told = bank.take(TUE, "placement", f"{line('A', MON, 900)};USD", f"{line('B', MON, 4)};USD")
    assert told.rows == Rows(read=2, booked=1, rejected=1)
    rejected = bank.stored(reject).select("line_number", "field", "rule")
    assert rejected.rows() == [(1, "currency", "currency_changed")]
    assert bank.balances() == {"A": {"principal": 1000}, "B": {"principal": 4}}

    bank.take(WED, "placement", f"{line('A', TUE, 900)};COP", f"{line('B', TUE, 4)};USD")
    assert bank.balances() == {"A": {"principal": 900}, "B": {"principal": 4}}
