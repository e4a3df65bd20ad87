"""Encrypt: a paper leaves as its destination's profile wants it, in plain or for its key alone.

What is encrypted is never the same twice, so it is made once, written down and kept in the vault
before a byte of it is over there; every later try, comparison and sending again uses that. The row
goes before the object: a run killed between the two leaves a row whose object is missing, which the
next run follows with another, and never an object that nothing names.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from recupero.errors import NotFound
from recupero.exchange.pgp_recipients import Recipients
from recupero.steps.services import Services
from recupero.store import outgoing
from recupero.store.outgoing import Document, Encrypted
from recupero.store.session import Unit

ENDING = ".pgp"


@dataclass(frozen=True)
class Leaving:
    """A paper as it leaves: its name over there, its bytes and where the vault has them."""

    name: str
    address: str
    content: bytes


def as_it_leaves(
    services: Services,
    code: str,
    paper: Document,
    recipients: Recipients | None,
    confirm: Callable[[Unit], None],
) -> Leaving:
    """*paper* as it was encrypted before, encrypted for *recipients* now, or without them in plain.

    What was encrypted stays so. For others than *recipients* it is made anew, unless it may be
    visible already. *confirm* refuses the transaction where the outbox's lease is lost.
    """
    with services.store.unit(code) as unit:
        made = outgoing.encrypted(unit, paper)
    if made is not None:
        kept = _kept(services, code, made, recipients)
        if kept is not None:
            return Leaving(paper.name + ENDING, made.address, kept)
    content = services.vault.get(code, paper.address)
    if recipients is None:
        return Leaving(paper.name, paper.address, content)
    encrypted = recipients.encrypted(content)
    with closing(services.vault.receive(code, [encrypted])) as arrival:
        with services.store.unit(code) as unit:
            confirm(unit)
            outgoing.announce_encrypted(
                unit, paper, arrival.address, len(encrypted), _told(recipients)
            )
        services.vault.place(arrival)
    return Leaving(paper.name + ENDING, arrival.address, encrypted)


def _kept(
    services: Services, code: str, made: Encrypted, recipients: Recipients | None
) -> bytes | None:
    """The bytes of *made*; None where it may, and has to, be made anew."""
    if not made.attempted and recipients is not None and made.recipients != _told(recipients):
        return None
    try:
        return services.vault.get(code, made.address)
    except NotFound:
        if made.attempted:
            raise
        return None  # a killed run had only announced it


def _told(recipients: Recipients) -> str:
    return ", ".join(recipients.fingerprints)
