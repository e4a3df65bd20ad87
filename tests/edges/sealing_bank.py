"""A bank that sends bytes, sealed or plain, and reads the answers."""

from __future__ import annotations

import csv
import io
from datetime import date

from recupero.steps.intake import pending, take_in
from recupero.steps.pull import pull
from recupero.steps.unseal import unseal
from recupero.store import manifest, outgoing
from tests.edges.one_bank import DAYS, Bank

MON = DAYS[0]


class Sender(Bank):
    """A bank that sends bytes."""

    def send(
        self, name: str, content: bytes, day: date = MON, side: str | None = None
    ) -> dict[str, str]:
        """Drop a file and take it in; what became of all that was decided about, by name."""
        self.put(name, content, side)
        known = self.outcomes()
        pull(self.services, self.code, day)
        unseal(self.services, self.code, day)
        for receipt_id in pending(self.services, self.code, day):
            take_in(self.services, self.code, receipt_id, day)
        return {name: state for _, name, state, _ in self.outcomes()[len(known) :]}

    def outcomes(self) -> list[tuple[int, str, str, str | None]]:
        """Receipt, name, state and rule of every file decided about, in order of arrival."""
        with self.services.store.unit(self.code) as unit:
            return manifest.outcomes(unit).select("sequence", "name", "state", "rule").rows()

    def answers(self, name: str) -> list[dict[str, str]]:
        """The records of the last acknowledgement of a file."""
        with self.services.store.unit(self.code) as unit:
            last = manifest.receipts_named(unit, name)[-1]
            [paper] = [
                one
                for one in outgoing.documents(unit)
                if one.kind == "acknowledgement_csv" and last.address[:12] in one.name
                if last.duplicate_of is None or one.name.endswith(f"_{last.sequence}.csv")
            ]
        text = self.services.vault.get(self.code, paper.address).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text), delimiter=";"))
