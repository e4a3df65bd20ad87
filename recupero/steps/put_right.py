"""What a pull that was cut off left half moved between inbox and archive is put right."""

from __future__ import annotations

from datetime import date

from recupero.errors import NotFound, VaultDamaged
from recupero.exchange.archive import archive_side_file, give_back_unread, lacks_side_file
from recupero.exchange.remote import Remote
from recupero.profiles.profile import Profile
from recupero.profiles.side_file import SIDE_SUFFIX
from recupero.steps.services import Services
from recupero.store import manifest
from recupero.store.manifest import Receipt


def side_file_follows(
    services: Services, remote: Remote, profile: Profile, side_name: str, business_date: date
) -> bool:
    """Move a side file that a killed run left behind its file after it; whether it is one.

    Not one whose file is still to come: what was archived before has its side file there.
    """
    name = side_name.removesuffix(SIDE_SUFFIX)
    inbox, archived = profile.exchange.inbox, profile.exchange.archive
    with services.store.unit(profile.code) as unit:
        earlier = manifest.receipts_named(unit, name)
    for known in reversed(earlier):
        try:
            digest = services.vault.digest(profile.code, known.address)
        except (NotFound, VaultDamaged):  # erased since
            continue
        for day in (business_date, known.business_date):
            if lacks_side_file(remote, archived, name, digest, day):
                stated = known.side_digest
                moved = archive_side_file(remote, inbox, archived, name, digest, day, stated)
                if moved == "moved":
                    return True
    return False


def unread_goes_back(
    services: Services, remote: Remote, profile: Profile, received: Receipt, business_date: date
) -> bool:
    """Give back to the inbox what was moved away unread, on that date, in the place of a received
    file; whether it waits for its name there, which another file has.

    That can be a version that its sender had put there, if the pull ended between its move and the
    look at what was moved, or could not give it back.
    """
    try:
        digest = services.vault.digest(profile.code, received.address)
    except (NotFound, VaultDamaged):  # erased since
        return False
    return give_back_unread(
        remote, profile.exchange.inbox, profile.exchange.archive,
        received.name, digest, received.size_bytes, business_date,
    )  # fmt: skip
