"""Moves: what was received goes to the archive, each file whatever became of the others.

A move is announced with the receipt, before it is begun: one that was cut off or refused is known
to the next pull, which looks whether it moved something away unread, and moves what still lies in
the inbox.
"""

from __future__ import annotations

from datetime import date

from recupero.errors import Fault, RecuperoError, RemoteRefused
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
    file into ``left``, by its name.

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
        self.left: dict[str, Skipped] = {}
        self.unended: set[int] = set()
        self._services, self._remote, self._profile = services, remote, profile
        self._business_date, self._ours, self._refused = business_date, ours, refused
        self._last: Begun | None = None
        self._kept: dict[tuple[int, date], int] = {}
        self._places_kept: set[int] = set()
        self._free = 1

    def put_right(self) -> None:
        """Look after the moves of which no end is known."""
        with self._services.store.unit(self._profile.code) as unit:
            begun = archiving.not_ended(unit)
            known = {each: manifest.receipt_by_id(unit, each.receipt_id) for each in begun}
        for each, received in known.items():
            self._last = each
            self.unended.add(each.receipt_id)
            if received is None:
                continue
            try:
                waits = unread_goes_back(
                    self._services, self._remote, self._profile, received, each.business_date
                )
                if waits:  # until a pull after the one that takes what lies there
                    self._keep_place(each)
            except RemoteRefused as failure:
                self._keep(each, received.name, failure)

    def begin(self, unit: Unit, receipt_id: int) -> None:
        """Announce the next move in *unit*, the transaction of the receipt.

        Its place is that of the same move refused before, or the first that is free.
        """
        place = self._kept.get((receipt_id, self._business_date))
        while place is None and self._free in self._places_kept:
            self._free += 1
        self._last = Begun(place or self._free, receipt_id, self._business_date)
        archiving.begin(unit, self._last)

    def make(self, found: Fetched) -> None:
        """Make the move announced last, if the server lets us."""
        if self._last is None:
            raise Fault("a move to the archive was not announced", self._profile.code)
        folders = self._profile.exchange.inbox, self._profile.exchange.archive
        try:
            if archive(self._remote, *folders, found, self._business_date) == "moved":
                self.archive.add(found.name, found.digest)
        except RemoteRefused as failure:
            self._keep(self._last, found.name, failure)

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
        if self._last is not None:
            with self._services.store.unit(self._profile.code) as unit:
                self._ours.confirm(unit)
                archiving.end(unit, self._places_kept)

    def _keep(self, begun: Begun, name: str, failure: RemoteRefused) -> None:
        self._keep_place(begun)
        self._tell(escape_name(name), failure)

    def _keep_place(self, begun: Begun) -> None:
        self._kept[begun.receipt_id, begun.business_date] = begun.place
        self._places_kept.add(begun.place)

    def _tell(self, name_escaped: str, failure: RemoteRefused) -> None:
        self._refused.append(failure)
        self.left[name_escaped] = Skipped(name_escaped, "not_moved")
