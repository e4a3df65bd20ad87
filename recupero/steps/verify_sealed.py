"""Encrypted files opened once more: what came out of them is what was taken.

Keys are replaced and signatures expire, so what hung on them that day is not judged again. What no
key opens any more is told as unproven, not as wrong: the contents themselves are in the vault.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from recupero.errors import Fault, FileRefused, NotFound, SettingsError, VaultDamaged
from recupero.exchange.container import Opened, open_container, refuse_too_large
from recupero.exchange.pgp import OF_THE_DAY, PgpKeys
from recupero.steps.services import Services
from recupero.store import manifest
from recupero.store.manifest import Receipt
from recupero.store.proof import Finding
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import receipt_outcome, recording
from recupero.store.vaulted import destroyed_files


@dataclass(frozen=True)
class Unproven(Finding):
    """Something that could not be checked; it may well hold."""


def check_decryptions(services: Services, unit: Unit) -> Iterator[Finding]:
    """Encrypted files that do not hold what was taken from them, or were refused without cause."""
    made = rows_of(unit, recording, recording.c.kind == "decryption").sort("position")
    if made.is_empty():
        return
    try:
        keys = services.pgp_keys(unit.institution, signed=False)
    except SettingsError as error:
        keys = None
        yield Unproven("encrypted files", f"not opened again: {error}")
    gone = set(destroyed_files(unit))
    for subject in made["subject"]:
        container = manifest.receipt_by_id(unit, int(subject.removeprefix("opening:")))
        if container is not None and container.receipt_id not in gone:
            yield from _of_one(services, unit, container, keys)


def _of_one(
    services: Services, unit: Unit, container: Receipt, keys: PgpKeys | None
) -> Iterator[Finding]:
    where = f"receipt {container.receipt_id}"
    became = rows_of(unit, receipt_outcome, receipt_outcome.c.receipt_id == container.receipt_id)
    state, rule = became.select("state", "rule").row(0)
    if state != "opened" and rule in OF_THE_DAY | {"control_total", "control_missing"}:
        return  # hung on keys, signature or side file of that day
    try:
        refuse_too_large(container.size_bytes)
        content = services.vault.get(unit.institution, container.address)
        opened = open_container(container.name, content, keys)
    except (VaultDamaged, NotFound) as damage:
        yield Finding(where, f"cannot be opened again: {damage.what}")
        return
    except (SettingsError, Fault) as error:
        yield Unproven(where, f"not opened again: {error}")
        return
    except FileRefused as refusal:
        if refusal.rule in OF_THE_DAY:
            yield Unproven(where, "not opened again: no key here opens it any more")
        elif state == "opened":
            yield Finding(where, f"cannot be opened again: {refusal.rule}")
        elif refusal.rule != rule:
            yield Finding(where, f"was refused for {rule}, and not for {refusal.rule}")
        return
    if state != "opened":
        yield Finding(where, f"was refused for {rule}, and it opens")
    elif _inside(services, unit, opened) != _taken(unit, container):
        yield Finding(where, "does not hold what was taken from it")


def _inside(services: Services, unit: Unit, opened: Opened) -> list[tuple[str, str]]:
    vault = services.vault.read_only()
    return [(one.name, vault.put_pieces(unit.institution, one.pieces)) for one in opened.members]


def _taken(unit: Unit, container: Receipt) -> list[tuple[str, str]]:
    taken = manifest.members_of(unit, container.receipt_id)
    return [(one.name, one.address) for one in taken]
