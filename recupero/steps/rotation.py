"""Rotation: new keys for the vault. Nobody's files, ids or addresses change."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recupero.errors import NotFound, Refused, SettingsError
from recupero.exchange.vault import Vault, load_master_key, make_master_key
from recupero.settings import Settings
from recupero.steps.services import master_key_file, vault_under
from recupero.store.session import Store


def rotate(settings: Settings, code: str | None, *, dry_run: bool) -> dict[str, int]:
    """A new wrapping key for one institution or for all; how many objects' keys each has under it.

    Can be killed anywhere and run again, and may go on beside a night. A *dry_run* counts only.
    Refused while another rotation is under way.
    """
    vault = _opened(settings)
    vault.unlock()
    known = vault.institutions()
    if code is not None and code not in known:
        raise NotFound("the vault holds no key of this institution", code)
    chosen = known if code is None else [code]
    if dry_run:
        return {each: vault.count_keys(each) for each in chosen}
    with _alone(settings):
        return {each: vault.rotate(each) for each in chosen}


def rotate_master(settings: Settings, new_file: Path, *, dry_run: bool) -> list[str]:
    """The key in *new_file*, made where there is none, in the place of the master key.

    Returns the institutions whose keys hang on it now, or would. Can be killed anywhere and run
    again with both files; whatever works with the old key meanwhile may be refused by the vault.
    Refused while another rotation is under way, and where the key in use is the one that was made
    as *new_file* and moved into place since: that rotation is done, or was cut off.
    """
    vault, file = _opened(settings), Path(os.path.realpath(new_file))
    in_use = load_master_key(master_key_file(settings))
    if vault.holds(file):  # where we write over what is ours, and backups take it along
        raise SettingsError("lies in the vault, which it is to open", str(file), "name another")
    if not os.path.exists(file):  # raises nothing, unlike Path.exists: making it says what is wrong
        _refuse_again(vault, file)
        if dry_run:
            return vault.institutions()
    new = load_master_key(file) if dry_run else make_master_key(file)
    if new == in_use:
        raise SettingsError("holds the master key that is in use", str(file), "name another")
    if dry_run:
        return vault.institutions()
    with _alone(settings):
        vault.rotate_master(new, file)
    return vault.institutions()


def _refuse_again(vault: Vault, file: Path) -> None:
    """Refuse to make a key as *file* for a rotation that began with a key made there before.

    Also where the key in use does not open all: what is made now would open nothing.
    """
    closed = vault.not_opened()
    if closed and vault.made_as(file):
        raise Refused(
            f"the master key in use was made there and does not open {', '.join(closed)}: that "
            "rotation was cut off",
            str(file),
            "move it back there, and the one before into its place, and run it again",
        )
    if closed:
        raise SettingsError(
            f"does not open {', '.join(closed)}",
            "the master key",
            "after a rotation it is the new one, after one that was cut off the old one, until it "
            "was run again; else restore what is lost from the backup",
        )
    if vault.made_as(file):
        raise Refused(
            "the master key in use was made there: that rotation is done",
            str(file),
            "to rotate once more, name another file",
        )


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """The only rotation of all machines that share a database, as they share the vault.

    Our own PostgreSQL belongs to one home, whose lock the vault takes: it need not run.
    """
    if settings.database_url is None:
        yield
        return
    store = Store(settings.database_url)
    try:
        with store.alone("rotation of keys"):
            yield
    finally:
        store.close()


def _opened(settings: Settings) -> Vault:
    vault = vault_under(settings, load_master_key(master_key_file(settings)))
    if not vault.institutions():
        raise NotFound("holds no keys yet", vault.url)
    return vault
