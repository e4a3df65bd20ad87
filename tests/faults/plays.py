"""What is killed: one pick-up and one delivery, in plain steps."""

from __future__ import annotations

from datetime import date, datetime, time

from recupero.steps.deliver import deliver_documents
from recupero.steps.intake import pending, take_in
from recupero.steps.pull import pull
from recupero.steps.services import Services


def picking_up(services: Services, day: date) -> None:
    """Every file of every inbox."""
    for code in services.institutions():
        pull(services, code, day)


def answering(services: Services, day: date) -> None:
    """And then each file judged, which makes the papers."""
    picking_up(services, day)
    for code in services.institutions():
        for receipt_id in pending(services, code, day):
            take_in(services, code, receipt_id, day)


def delivering(services: Services, day: date) -> None:
    """Every paper of every outbox."""
    for code in services.institutions():
        deliver_documents(services, code, day, datetime.combine(day, time(22)))
