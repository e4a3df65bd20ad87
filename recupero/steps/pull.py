"""Pull: what lies in an institution's inbox goes into the vault, is receipted, then archived.

The order is the protocol: bytes in the vault first, then the receipt's transaction, then the
move over there. Killed anywhere and run again, nothing is lost and nothing is receipted twice. A
move that the server refuses keeps back no other file: the next pull makes it.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import partial

import polars as pl

from recupero.exchange.archive import safe_name
from recupero.exchange.connect import connect
from recupero.exchange.connection import load_connection
from recupero.exchange.pickup import Fetched, Skipped, fetch_each
from recupero.exchange.remote import unnamed
from recupero.exchange.sessions import Sessions
from recupero.profiles.identify import named
from recupero.profiles.profile import Profile
from recupero.profiles.sealed import plain_name
from recupero.steps.arrivals import Arrivals
from recupero.steps.booking.control import is_control
from recupero.steps.files_seen import SEEN_BEFORE, declared, entry_of
from recupero.steps.incident import watched
from recupero.steps.lease import Held, leased
from recupero.steps.moves import Moves
from recupero.steps.notices import SENT_AGAIN, notice_left, notice_sent_again
from recupero.steps.services import Services
from recupero.store import manifest
from recupero.store.canonical import identity
from recupero.store.manifest import Receipt
from recupero.store.recordings import Draft, append, is_closed, take_turn
from recupero.store.session import Unit
from recupero.store.sightings import Left, see_again, see_left
from recupero.store.tables import receipt

#: Reasons that a later poll may find gone: nobody need be told.
_SETTLES = frozenset({"not_settled", "moved", "side_file_alone"})


@dataclass(frozen=True)
class Pulled:
    """What one pull saw: files received, the same again, and names left where they were.

    ``closed``: the inbox was not looked at, because a later date has begun.
    """

    received: int
    seen_before: int
    skipped: int
    closed: bool = False


def pull(services: Services, code: str, business_date: date) -> Pulled:
    """Take every stable file of the inbox; on a closed date leave them to the open one.

    Raises :class:`~recupero.errors.ExchangeError` when the server cannot be used; what was
    taken until then stays taken.
    """
    with services.store.unit(code) as unit:
        if is_closed(unit, business_date):
            return Pulled(0, 0, 0, closed=True)
    told = services.profile(code).exchange
    with (
        services.store.kept(),
        watched(services, code, "inbox") as refused,
        unnamed(told.inbox, told.archive),
    ):
        connection = load_connection(services.connection_file(code))
        another = partial(connect, connection, services.secrets)
        with leased(services, code, "inbox") as ours, closing(another()) as remote:
            sessions = Sessions(remote, another, connection.sessions)
            moves = Moves(services, remote, services.profile(code), business_date, ours, refused)
            pulled, skipped = _take_all(services, sessions, code, business_date, ours, moves)
    _notice(services, code, skipped, business_date)
    return pulled


def _take_all(
    services: Services,
    sessions: Sessions,
    code: str,
    business_date: date,
    ours: Held,
    moves: Moves,
) -> tuple[Pulled, list[Skipped]]:
    """What the inbox gave, and what stays in it."""
    profile, arrivals = services.profile(code), Arrivals(ours)
    moves.put_right()
    received = seen_before = 0
    skipped: list[Skipped] = []
    files = fetch_each(
        sessions,
        profile.exchange.inbox,
        partial(services.vault.receive, code),
        poll_seconds=services.settings.poll_seconds,
        wants_side_file=lambda name: _wants_side_file(profile, name, business_date),
    )
    with closing(files):
        for found in files:
            if isinstance(found, Skipped):
                if not moves.makes_up(found):
                    skipped.append(found)
                continue
            fresh = _take(services, profile, found, business_date, arrivals, moves)
            received, seen_before = received + fresh, seen_before + (not fresh)
    moves.end()
    skipped += moves.left.values()
    return Pulled(received, seen_before, len(skipped)), skipped


def _take(
    services: Services,
    profile: Profile,
    found: Fetched,
    business_date: date,
    arrivals: Arrivals,
    moves: Moves,
) -> bool:
    """Vault, receipt, archive, in this order; whether the receipt is new."""
    address = services.vault.place(found.content)
    sending = _sending(services, profile, found, address, business_date, arrivals, moves)
    with services.store.unit(profile.code) as unit:
        arrivals.confirm(unit)
        fresh = _receipt(services, unit, found, address, sending, business_date, arrivals, moves)
    arrivals.add(address, fresh=fresh)
    moves.make(found)
    return fresh


def _notice(services: Services, code: str, skipped: list[Skipped], business_date: date) -> None:
    """Record what was left in the inbox, and by reason what of it will not settle by itself.

    A name may be a debtor's, so only its keyed hash is kept where no layout declares it.
    """
    left = [found for found in skipped if found.reason not in _SETTLES]
    key, profile = services.identity_key(code), services.profile(code)
    names = identity(key, "left", *sorted(f"{found.reason} {found.name_escaped}" for found in left))
    seen = [
        Left(entry_of(key, name), declared(profile, name), found.reason)
        for found in skipped
        for name in [found.name_escaped]
    ]
    with services.store.unit(code) as unit:
        notice_left(unit, business_date, names, Counter(found.reason for found in left))
        see_left(unit, business_date, seen)


def _wants_side_file(profile: Profile, name: str, business_date: date) -> bool:
    """Whether the layout of *name*, or of what it is once opened, wants one beside it."""
    return any(
        layout.control == "sha256" for layout in named(profile, plain_name(name), business_date)
    )


def _sending(
    services: Services,
    profile: Profile,
    found: Fetched,
    address: str,
    business_date: date,
    arrivals: Arrivals,
    moves: Moves,
) -> int:
    """Which sending of its bytes under its name *found* is, from 1.

    It is a new one where the last may be meant again (``_meant_again``), and where every earlier
    one was archived: else what lies in the inbox is the last one still, because a run was killed or
    could not move it. Or the archive was tidied: that cannot be told apart, and is noticed
    (``_see_again``).
    """
    if not arrivals.has(address):
        return 1
    with services.store.unit(profile.code) as unit:
        same_bytes = [
            known for known in manifest.receipts_at(unit, address) if known.container_id is None
        ]
        earlier = [known for known in same_bytes if known.name == found.name]
        again = _meant_again(unit, profile, earlier[-1:], business_date)
    if not earlier:
        return 1
    if not again:
        return len(earlier)
    name = safe_name(found.name)
    sent = sum(safe_name(known.name) == name for known in same_bytes)
    return len(earlier) + (moves.archive.copies(found.name, found.digest) >= sent)


def _meant_again(
    unit: Unit, profile: Profile, receipts: list[Receipt], business_date: date
) -> set[int]:
    """Ids of those *receipts* that are to be looked at when they come again: of which, or of a file
    in which, nothing was taken; those after which another came under their name, since all may be
    again as it was; and control files, which may say the same of another file.
    """
    controls = {
        one.receipt_id
        for one in receipts
        if is_control(profile, plain_name(one.name), business_date)
    }
    overtaken = {
        one.receipt_id for one in receipts if manifest.receipts_named(unit, one.name)[-1] != one
    }
    return controls | overtaken | manifest.not_taken(unit, receipts)


def _receipt(
    services: Services,
    unit: Unit,
    found: Fetched,
    address: str,
    sending: int,
    business_date: date,
    arrivals: Arrivals,
    moves: Moves,
) -> bool:
    """Record the receipt of this *sending*, and that its move begins; whether it is new."""
    key = services.identity_key(unit.institution)
    receipt_id = manifest.receipt_identity(key, address, found.name, sending)
    take_turn(unit)
    same_bytes = manifest.receipts_at(unit, address) if arrivals.has(address) else []
    row = {
        "receipt_id": receipt_id,
        "name": found.name,
        "address": address,
        "size_bytes": found.size_bytes,
        "side_digest": found.side_digest,
        "business_date": business_date,
        "sequence": arrivals.last + 1,
        "duplicate_of": same_bytes[0].receipt_id if same_bytes else None,
    }
    recorded = append(
        unit,
        Draft(
            kind="receipt",
            subject=f"receipt:{receipt_id}",
            business_date=business_date,
            counts={"size_bytes": found.size_bytes},
            frames={receipt: pl.DataFrame([row])},
        ),
    )
    moves.begin(unit, receipt_id)
    for one in same_bytes:
        if one.receipt_id == receipt_id and not recorded.fresh:
            _see_again(services, unit, one, business_date, moves)
    return recorded.fresh


def _see_again(
    services: Services, unit: Unit, known: Receipt, business_date: date, moves: Moves
) -> None:
    """Record that what *known* brought lies there again; not where nothing was decided about it, as
    by a killed run.

    One that may be meant again is noticed: perhaps it was meant to be. Not where it lies there
    still because it was not moved.
    """
    if not manifest.states(unit, [known]):
        return
    meant = _meant_again(unit, services.profile(unit.institution), [known], business_date)
    left = known.receipt_id in meant - moves.unended
    see_again(unit, business_date, known.receipt_id, SENT_AGAIN if left else SEEN_BEFORE)
    if left:
        notice_sent_again(unit, business_date, known.receipt_id)
