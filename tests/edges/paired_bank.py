"""A bank whose payments come with a control file, and what was told of both."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from pathlib import Path

from recupero.steps.control_files import heed
from recupero.steps.expected import note_missing
from recupero.steps.incident import Incident
from recupero.steps.intake import pending, take_in
from recupero.steps.pull import pull
from recupero.steps.unseal import unseal
from recupero.store import manifest
from recupero.store.embedded import Addresses
from recupero.store.outgoing import documents
from recupero.store.tables import receipt_outcome
from tests.edges.one_bank import DAYS, LAYOUTS, PROFILE, Bank, layout_text, services_for

MON, TUE, WED, *_ = DAYS
_NUMBERS = itertools.count(1)
_SPOKEN = """control = "file"
control_file = { name = "CONTROL_{stem}.txt", hash_of = "account_number", hash_digits = 4 }
"""
_CONTROL = """header = true
[layout.columns]
rows = "REGISTROS"
currency = "MONEDA"
amount_minor = "IMPORTE"
hash_total = "CUENTAS"
sha256 = "SHA"
"""
NAME, CONTROL = "payment_1.csv", "CONTROL_payment_1.txt"
HEAD = "REGISTROS;MONEDA;IMPORTE;CUENTAS;SHA"
FILE = "T1;7001;10,00;payment;;2026-11-23;COP\nT2;7002;20,50;payment;;2026-11-23;USD\n"
OTHER = FILE.replace("20,50", "20,40")
RIGHT = f"{HEAD}\n1;COP;10,00;7001;\n1;USD;20,50;7002;\n"
WRONG = RIGHT.replace("20,50", "20,40")


def profile(code: str, policy: str = "") -> str:
    """The bank's profile; *policy* are lines of its table of that name."""
    payments = LAYOUTS["payment"].replace('constants = { currency = "COP" }\n', _SPOKEN)
    control = layout_text("control", _CONTROL).replace("'control.*'", r"'CONTROL_.*\.txt'")
    payments = layout_text("payment", f"{payments}currency = 6\n")
    payments = payments.replace("'payment.*'", "'(?!CONTROL_).*payment.*'")
    return f"{PROFILE.format(code=code)}{policy}{payments}{control}"


class Paired(Bank):
    """A bank whose payments have a control file, and the incidents that were told."""

    def __init__(self, home: Path, database: Addresses, policy: str = "") -> None:
        code = f"control-{next(_NUMBERS)}"
        self.alerts: list[Incident] = []
        services = services_for(home, database, code, text=profile(code, policy))
        super().__init__(replace(services, tell=self.alerts.append), code)

    def night(self, day: date, **files: str) -> None:
        """Files come, by ``name`` of the payments and ``control``, and the date's intake runs."""
        for name, content in files.items():
            self.put({"file": NAME, "control": CONTROL}.get(name, name), content.encode())
        self.rerun(day)

    def rerun(self, day: date) -> None:
        pull(self.services, self.code, day)
        unseal(self.services, self.code, day)
        heed(self.services, self.code, day)
        for receipt_id in pending(self.services, self.code, day):
            take_in(self.services, self.code, receipt_id, day)
        note_missing(self.services, self.code, day)

    def became(self, stem: str) -> list[str]:
        """Every receipt of a file or its control file, in order: which, and what became of it."""
        with self.services.store.unit(self.code) as unit:
            called = [one for one in manifest.all_receipts(unit) if stem in one.name]
            rows = manifest.outcomes_of(unit, called)
        told = [(one, rows.get(one.receipt_id, {"state": "waits", "rule": None})) for one in called]
        return [
            f"{'control' if 'CONTROL' in one.name else 'file'} {row['rule'] or row['state']}"
            for one, row in told
        ]

    def reasons(self) -> list[str]:
        return self.stored(receipt_outcome)["reason"].drop_nulls().to_list()

    def papers(self) -> dict[str, str]:
        """The tables that were made for the bank so far, by name."""
        with self.services.store.unit(self.code) as unit:
            made = [one for one in documents(unit) if one.name.endswith(".csv")]
        return {one.name: self._text(one.address) for one in made}

    def _text(self, address: str) -> str:
        return self.services.vault.get(self.code, address).decode("utf-8-sig")
