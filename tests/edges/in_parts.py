"""A bank whose portfolio comes in parts, and which repairs what was rejected of them."""

from __future__ import annotations

import csv
import io
import itertools
from datetime import date, timedelta
from pathlib import Path

from recupero.steps.intake import Outcome
from recupero.store.embedded import Addresses
from recupero.store.rows import rows_of
from recupero.store.tables import document, reject
from tests.edges.one_bank import layout_text, money, profile_text, services_for
from tests.edges.two_portfolios import TwoPortfolios

_NUMBERS = itertools.count(1)
_PARTS = 'name = \'placement_(?P<part>.)_.*\'\nparts = ["1", "2"]\nexpected = "daily"'
_GUARANTEES = """
snapshot = "full"
constants = { currency = "COP" }
[layout.columns]
account_number = 0
guarantee_number = 1
guarantee_kind = 2
covers_minor = 3
"""
_INSTALMENTS = """
constants = { currency = "COP", stated_on = "business_date" }
[layout.columns]
account_number = 0
instalment_number = 1
due_date = 2
principal_minor = 3
"""


class InParts(TwoPortfolios):
    """A bank whose portfolio comes in parts 1 and 2, or whole, with a telephone; with
    guarantees, and instalments dated by the day they are taken in.
    """

    def __init__(
        self, home: Path, database: Addresses, *, whole: bool = False, policy: str = ""
    ) -> None:
        code = f"partes-{next(_NUMBERS)}"
        text = profile_text(code).replace("fees_minor = 7", "fees_minor = 7\nphone = 8", 1)
        text = text.replace("[[layout]]", f"{policy}\n[[layout]]", 1)
        text += layout_text("guarantee", _GUARANTEES) + layout_text("instalment", _INSTALMENTS)
        if not whole:
            text = text.replace("name = 'placement.*'", _PARTS)
        super(TwoPortfolios, self).__init__(services_for(home, database, code, text=text), code)

    def part(self, day: date, part: int, *rows: str, drawn: date | None = None) -> Outcome:
        """Of rows ``ACCOUNT DEBTOR AMOUNT PHONE``, drawn at the close of the day before or *drawn*.

        A cell ``-`` is empty.
        """
        lines = []
        for row in rows:
            number, debtor, amount, phone = (cell.replace("-", "") for cell in row.split())
            owed = money(int(amount)) if amount.isdigit() else amount
            cut_off = drawn or day - timedelta(days=1)
            cells = [number, debtor, "Ana", f"{cut_off}", "2026-09-01", owed]
            lines.append(";".join([*cells, "0,00", "0,00", phone]))
        return self.take(day, "placement", *lines, name=f"placement_{part}_{self._next()}")

    def recalled(self, day: date) -> set[str]:
        return {account for account, events in self.events(day).items()
                if "recalled" in {event for event, _ in events}}  # fmt: skip

    def repair(self, day: date, of: Outcome, line: int | None = None, **fixes: str) -> Outcome:
        """Send the only line of a file's reject file, or that *line*, back on *day*, ``c1`` being
        the correction of the first column and so on.
        """
        with self.services.store.unit(self.code) as unit:
            made = rows_of(unit, document, document.c.about_receipt_id == of.receipt_id)
        name, address = made.filter(kind="acknowledgement_rejects").select("name", "address").row(0)
        text = self.services.vault.get(self.code, address).decode("utf-8-sig")
        header, *rows = csv.reader(io.StringIO(text), delimiter=";")
        (row,) = [one for one in rows if line in (None, int(one[header.index("LINEA")]))]
        for column, told in fixes.items():
            row[header.index(f"CORRECCION_COLUMNA_{column[1:]}")] = told
        stem = name.rpartition(".")[0]
        lines = (";".join(cells) for cells in (header, row))
        return self.take(day, "", *lines, name=f"{stem}_{self._next()}.csv")

    def why(self, of: Outcome) -> list[str]:
        """The rules by which rows of a file were rejected."""
        with self.services.store.unit(self.code) as unit:
            found = rows_of(unit, reject, reject.c.receipt_id == of.receipt_id)
        return found.sort("number")["rule"].to_list()
