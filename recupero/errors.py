"""Every error Recupero raises on purpose, in one tree.

::

    RecuperoError                  exit code
      Refused                      2    the caller can mend it; nothing was done
        SettingsError                   an environment variable is missing or wrong
        ProfileError                    an institution's profile is wrong (key path named)
          DraftProfile                  a profile that nobody has confirmed yet
        PackError                       a country's law pack is wrong
        FileRefused                     a file cannot be identified or read as declared
        StatementRefused                a bank file is not one we can read
        DiskFull                        no room for what came or was made: nothing of it was kept
        StoreRefused                    wrong role, no or an unknown institution, database gone
        NotFound                        the object asked for does not exist
      ExchangeError                2    the other side of the wire
        RemoteUnavailable               unreachable, slow or cut: trying again may help
          RemoteSlow                    no answer in time, or slower than any line is
          LeaseTaken                    another worker of ours is there
        RemoteRefused                   permission, missing folder: trying again will not help
        HostKeyMismatch                 the server is not the one we know: stop, alert
        FileMoved                       a remote file changed while it was read: next poll
        FileMissing                     a file agreed on for the day did not come
        DeliveryConflict                the name exists over there with other content
      IntegrityError               1    something stored is not what it was
        VaultDamaged                    an object does not decrypt or hash to its address
        ChainBroken                     recordings do not link or do not sum
      Fault                        70   our own mistake

Messages never carry a debtor's data: they name files, lines, fields, rules and ids.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = [
    "ChainBroken",
    "DeliveryConflict",
    "DiskFull",
    "DraftProfile",
    "ExchangeError",
    "Fault",
    "FileMissing",
    "FileMoved",
    "FileRefused",
    "HostKeyMismatch",
    "IntegrityError",
    "LeaseTaken",
    "NotFound",
    "PackError",
    "ProfileError",
    "RecuperoError",
    "Refused",
    "RemoteRefused",
    "RemoteSlow",
    "RemoteUnavailable",
    "SettingsError",
    "StatementRefused",
    "StoreRefused",
    "VaultDamaged",
]


class RecuperoError(Exception):
    """What happened, where, and what to do about it. Picklable, one line when printed.

    ``incident`` is the kind of incident it is where it stops the traffic with a server, else empty
    (`recupero.steps.incident`).
    """

    exit_code = 70
    incident = ""

    def __init__(self, what: str, where: str = "", mend: str = "") -> None:
        super().__init__(what, where, mend)
        self.what = what
        self.where = where
        self.mend = mend

    def __str__(self) -> str:
        line = f"{self.where}: {self.what}" if self.where else self.what
        return f"{line} ({self.mend})" if self.mend else line


class Refused(RecuperoError):
    """The caller can mend it; nothing was done."""

    exit_code = 2


class SettingsError(Refused):
    """An environment variable, or another setting of ours, is missing or wrong."""

    incident = "settings"


class ProfileError(Refused):
    """An institution's profile is wrong; ``where`` is file and key path."""


class DraftProfile(ProfileError):
    """A profile drafted from a sample and not confirmed: files are checked by it, none is booked.

    No institution is served by it, so where nobody of its code is enrolled nobody is missing.
    """


class PackError(Refused):
    """A country's law pack is wrong; ``where`` is file and key path."""


class FileRefused(Refused):
    """A file cannot be identified or read as its layout declares; it is kept and acknowledged.

    ``control`` are the figures that disagree, where they do (`schemas.control.Control`).
    """

    def __init__(
        self,
        what: str,
        where: str = "",
        mend: str = "",
        rule: str = "unreadable",
        control: object = None,
    ) -> None:
        super().__init__(what, where, mend)
        self.args = (what, where, mend, rule, control)
        self.rule = rule
        self.control = control


class StatementRefused(Refused):
    """A bank file, or an amount or date of it, is not one we can read.

    ``rule`` and ``values`` say it in any language (`recupero.statements.reasons`).
    """

    def __init__(
        self,
        what: str,
        where: str = "",
        mend: str = "",
        rule: str = "",
        values: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(what, where, mend)
        self.rule = rule
        self.values = dict(values or {})
        self.args = (what, where, mend, rule, self.values)


class DiskFull(Refused):
    """There is no room here for what came or was made; what was not kept whole was not kept."""

    incident = "disk_full"


class StoreRefused(Refused):
    """The database will not be used this way (wrong role, unknown institution), or is gone."""


class NotFound(Refused):
    """The object asked for does not exist."""


class ExchangeError(RecuperoError):
    """The other side of the wire."""

    exit_code = 2


class RemoteUnavailable(ExchangeError):
    """Unreachable, slow or cut: trying again may help. Nothing else is tried again."""

    incident = "unreachable"


class RemoteSlow(RemoteUnavailable):
    """No answer by the deadline, or a transfer below the least rate."""

    incident = "slow"


class LeaseTaken(RemoteUnavailable):
    """Another worker takes files from there, or brings them, or has taken over from this one."""

    incident = ""


class RemoteRefused(ExchangeError):
    """Permission, missing folder: trying again will not help."""

    incident = "refused"


class HostKeyMismatch(ExchangeError):
    """The server showed a key that is not pinned: stop this institution and alert."""

    incident = "key_changed"


class FileMoved(ExchangeError):
    """A remote file changed while it was read; it is discarded until the next poll."""


class FileMissing(ExchangeError):
    """Files agreed on for the day did not come; the day goes on without them."""

    incident = "file_missing"


class DeliveryConflict(ExchangeError):
    """The name exists over there with other content; nothing was overwritten."""


class IntegrityError(RecuperoError):
    """Something stored is not what it was."""

    exit_code = 1


class VaultDamaged(IntegrityError):
    """A vault object does not decrypt, or does not hash to its address."""


class ChainBroken(IntegrityError):
    """Recordings do not link, or do not sum to zero."""


class Fault(RecuperoError):
    """Our own mistake: a state that the code holds to be impossible."""
