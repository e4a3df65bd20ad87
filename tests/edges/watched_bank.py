"""A bank whose server may fail, and the alerts that raised."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

from recupero.errors import RecuperoError
from recupero.steps.incident import Incident, note
from recupero.steps.services import Services
from recupero.store.embedded import Addresses
from recupero.store.lease import Side
from tests.edges.one_bank import Bank, services_for

_NUMBERS = itertools.count(1)


class Watched:
    """A bank, and the alerts its runs raised."""

    def __init__(self, home: Path, database: Addresses) -> None:
        self.code = f"averia-{next(_NUMBERS)}"
        self.alerts: list[Incident] = []
        services = services_for(home, database, self.code)
        self.services: Services = replace(services, tell=self.alerts.append)
        self.bank = Bank(self.services, self.code)
        self.right = self.connection.read_text()

    @property
    def connection(self) -> Path:
        return self.services.connection_file(self.code)

    def told(self) -> list[str]:
        """``opened inbox unreachable``, in the order they were told."""
        return [
            f"{'opened' if each.closed_at is None else 'closed'} {each.side} {each.kind}"
            for each in self.alerts
        ]

    def note(self, *failures: RecuperoError, side: Side = "inbox") -> None:
        note(self.services, self.code, side, failures)
