"""Moves: what was received goes to the archive, each file whatever became of the others.

A move is announced with the receipt, before it is begun: one that was cut off or refused is known
to the next pull, which looks whether it moved something away unread, and moves what still lies in
the inbox.
"""

from __future__ import annotations

from datetime import date
from itertools import count

from recupero.errors import RecuperoError, RemoteRefused
from recupero.exchange.archive import Archive, archive
from recupero.exchange.pickup import Fetched, Skipped
from recupero.exchange.remote import Remote, escape_name
from recupero.profiles.profile import Profile
from recupero.steps.lease import Held
from recupero.steps.put_right import side_file_follows, unread_goes_back
from recupero.steps.services import Services
from recupero.store import archiving, manifest
from recupero.store.archiving import Begun
from recupero.store.session import Unit


class Moves:
    """The moves of one pull, under its lease: what the server refuses goes into *refused*, and the
    file into ``left``.

    ``unended`` are the receipts whose moves the pulls before left without a known end.
    """

    def __init__(
        self,
        services: Services,
        remote: Remote,
        profile: Profile,
        business_date: date,
        ours: Held,
        refused: list[RecuperoError],
    ) -> None:
        self.archive = Archive(remote, profile.exchange.archive)
        self.left: list[Skipped] = []
        self.unended: set[int] = set()
        self._services, self._remote, self._profile = services, remote, profile
        self._business_date, self._ours, self._refused = business_date, ours, refused
        self._places_kept: set[int] = set()
        self._any_begun = False

    def put_right(self) -> None:
        """Look after the moves of which no end is known."""
        with self._services.store.unit(self._profile.code) as unit:
            begun = archiving.not_ended(unit)
            known = {each: manifest.receipt_by_id(unit, each.receipt_id) for each in begun}
        for each, received in known.items():
            self._any_begun = True
            self.unended.add(each.receipt_id)
            if received is None:
                continue
            try:
                unread_goes_back(
                    self._services, self._remote, self._profile, received, each.business_date
                )
            except RemoteRefused as failure:
                self._keep(each.place, received.name, failure)

    def begin(self, unit: Unit, receipt_id: int) -> None:
        """Announce the next move in *unit*, the transaction of the receipt."""
        archiving.begin(unit, Begun(self._place(), receipt_id, self._business_date))
        self._any_begun = True

    def make(self, found: Fetched) -> None:
        """Make the move announced last, if the server lets us."""
        folders = self._profile.exchange.inbox, self._profile.exchange.archive
        try:
            if archive(self._remote, *folders, found, self._business_date) == "moved":
                self.archive.add(found.name, found.digest)
        except RemoteRefused as failure:
            self._keep(self._place(), found.name, failure)

    def makes_up(self, found: Skipped) -> bool:
        """Whether *found* was only left behind by an earlier pull, and is so no more, or would be
        if the server let us."""
        if found.reason != "side_file_alone":
            return False
        try:
            return side_file_follows(
                self._services, self._remote, self._profile, found.name_escaped, self._business_date
            )
        except RemoteRefused as failure:
            self._tell(found.name_escaped, failure)
            return True

    def end(self) -> None:
        """All that were begun have ended, but those refused."""
        if self._any_begun:
            with self._services.store.unit(self._profile.code) as unit:
                self._ours.confirm(unit)
                archiving.end(unit, self._places_kept)

    def _keep(self, place: int, name: str, failure: RemoteRefused) -> None:
        self._places_kept.add(place)
        self._tell(escape_name(name), failure)

    def _tell(self, name_escaped: str, failure: RemoteRefused) -> None:
        self._refused.append(failure)
        self.left.append(Skipped(name_escaped, "not_moved"))

    def _place(self) -> int:
        """The first that is free: of the moves this pull begins one at a time is under way."""
        return next(place for place in count(1) if place not in self._places_kept)
