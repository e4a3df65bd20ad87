"""A bank of which Monday's letters and work list may be late, or lost."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import polars as pl
import pytest

from recupero.errors import Fault
from recupero.steps import deliver as delivering
from recupero.steps.assess import assess
from recupero.steps.deliver import deliver_documents
from recupero.steps.letters import write_letters
from recupero.steps.plan import plan
from recupero.steps.services import AGENCY
from recupero.steps.slots import grant_slots
from recupero.steps.worklists import write_worklists
from recupero.store import contacts
from recupero.store.embedded import Addresses
from recupero.store.recordings import Draft, append
from recupero.store.tables import collector_quota, release_refusal
from tests.edges import one_bank
from tests.edges.one_bank import DAYS, Bank, services_for

CODES = (f"tarde-{number}" for number in itertools.count(1))
MON, TUE = DAYS[:2]
DAWN = datetime.combine(MON, time(5))


@dataclass
class Office:
    """A bank with two letters and two calls permitted on Monday, and the agency's own folders."""

    bank: Bank
    agency: Path

    @property
    def papers(self) -> set[str]:
        """What Monday's letters and work list are called."""
        code = self.bank.code
        return {f"CARTAS_{code}_{MON}.pdf", f"TRABAJO_{code}_{MON}.xlsx"}

    def arrived(self, folder: Path | None = None) -> set[str]:
        return {path.name for path in ((folder or self.agency) / "outbox").iterdir()}

    def write(self, worklists_at: datetime = DAWN) -> None:
        """Monday's letters, made at dawn, and its work list."""
        write_letters(self.bank.services, self.bank.code, MON, DAWN)
        write_worklists(self.bank.services, self.bank.code, MON, worklists_at)

    def send_and_die(self, monkeypatch: pytest.MonkeyPatch) -> str:
        """Write Monday's papers and send the first, which nobody marks any more; its name."""

        def killed(*_: object) -> None:
            raise Fault("killed")

        self.write()
        with monkeypatch.context() as patch:
            patch.setattr(delivering, "_mark", killed)
            with pytest.raises(Fault):
                deliver_documents(self.bank.services, self.bank.code, MON, DAWN)
        (sent,) = self.papers & self.arrived()
        return sent

    def letters(self, *, surely: bool = True) -> int:
        with self.bank.services.store.unit(self.bank.code) as unit:
            return contacts.letters(unit, TUE, surely=surely).height

    def refused(self) -> list[tuple[date, str, str, int]]:
        """Date, channel, rule and how many, of what was refused at release."""
        rows = self.bank.stored(release_refusal).group_by("business_date", "channel", "rule")
        return rows.agg(pl.len()).sort("business_date", "channel", "rule").rows()


def late_office(migrated: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    placement = one_bank.LAYOUTS["placement"] + "address = 8\nphone = 9\n"
    monkeypatch.setitem(one_bank.LAYOUTS, "placement", placement)
    code = next(CODES)
    bank = Bank(services_for(tmp_path, migrated, code), code)
    Bank(bank.services, AGENCY)
    ways = {"A": "Calle 1;", "B": "Calle 2;", "C": ";3001234567", "D": ";3007654321"}
    lines = [
        f"{number};{code}{number};Ana;{MON};2026-09-01;90000000,00;0;0;{way}"
        for number, way in ways.items()
    ]
    assert bank.take(MON, "placement", *lines).state == "booked"
    consented = [
        f"{code}{number};{channel};S;{MON - timedelta(days=1)}"
        for number in ways
        for channel in ("letter", "call")
    ]
    assert bank.take(MON, "consent", *consented).state == "booked"
    desk = {"business_date": MON, "collector_code": "G1", "skills": "", "capacity": 9}
    with bank.services.store.unit(code) as unit:
        frames = {collector_quota: pl.DataFrame([desk])}
        append(unit, Draft("quota", f"quota:{MON}:1", MON, {"capacity": 9}, frames=frames))
    assess(bank.services, code, MON)
    grant_slots(bank.services, "CO", [code], MON)
    assert plan(bank.services, code, MON)["channels"] == {"call": 2, "letter": 2}
    return Office(bank, tmp_path / "remote" / AGENCY)
