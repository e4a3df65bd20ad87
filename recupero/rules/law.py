"""The law on contacts as frozen values, read from a pack's records.

Packs and rules do not import each other: a pack's rule is anything that looks like
:class:`RuleRecord`. ``contact_law(pack.of_kind("contact", as_of))`` is how a step joins them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, cast

from recupero.errors import PackError

#: Channels in their fixed order: position gives the bit, and breaks ties within one instant.
CHANNELS = ("call", "sms", "email", "letter", "visit")
#: From strong to weak.
CONFIDENCE = ("verified", "secondary", "unverified")

Limit = Literal["day_max", "week_max", "rolling_max", "gap", "one_channel"]
#: Opening and closing minute of the day, the closing minute outside; None = closed.
Hours = tuple[int, int] | None


class RuleRecord(Protocol):
    """A pack's rule, as far as the rules need it."""

    @property
    def key(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def norm(self) -> str: ...
    @property
    def confidence(self) -> str: ...
    @property
    def basis(self) -> str: ...
    @property
    def values(self) -> Mapping[str, object]: ...


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule comes from; ``code`` is what a refusal is recorded under."""

    code: str
    norm: str | None
    confidence: str | None
    basis: str = "law"


@dataclass(frozen=True, slots=True)
class WindowRule:
    """Hours by day: Monday to Sunday, then holidays. ``holidays`` None = closed.

    Where ``holiday_as_weekday`` the norm makes no difference on holidays.
    """

    source: Source
    channels: frozenset[str]
    days: tuple[Hours, Hours, Hours, Hours, Hours, Hours, Hours]
    holidays: Hours
    holiday_as_weekday: bool = False


@dataclass(frozen=True, slots=True)
class FrequencyRule:
    """How often the ``channels`` together may be used, per person or per person and account.

    ``counts``: ``attempt`` every contact, ``direct`` only those that reached the person.
    ``limit``: at most ``most`` a day, an ISO week or in ``days`` consecutive days; ``gap``: two
    are at least ``days`` days apart; ``one_channel``: not several channels in one ISO week.
    """

    source: Source
    channels: frozenset[str]
    counts: Literal["direct", "attempt"]
    scope: Literal["person", "account"]
    limit: Limit
    most: int = 1
    days: int = 1


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """A rule on channels alone: consent needed, opt-out honoured, prohibited, or law silent."""

    source: Source
    channels: frozenset[str]


@dataclass(frozen=True, slots=True)
class PartyRule:
    """Who may be contacted at all."""

    source: Source
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class StopRule:
    """Kinds of hold that stop collection by law; the others stop it by agreement."""

    source: Source
    holds: frozenset[str]


@dataclass(frozen=True, slots=True)
class ContactLaw:
    """What a country's pack says about contacts on a business date."""

    windows: tuple[WindowRule, ...] = ()
    frequencies: tuple[FrequencyRule, ...] = ()
    consents: tuple[ChannelRule, ...] = ()
    opt_outs: tuple[ChannelRule, ...] = ()
    prohibitions: tuple[ChannelRule, ...] = ()
    parties: tuple[PartyRule, ...] = ()
    stops: tuple[StopRule, ...] = ()
    silences: tuple[ChannelRule, ...] = ()

    def confidence(self, channel: str) -> str:
        """The weakest confidence a contact by *channel* rests on once the law allows it.

        House rules and the norm's silence add no weakness where a norm was read; where none
        was, the silence counts, and without even that nothing is verified.
        """
        binding: list[WindowRule | FrequencyRule | ChannelRule] = [
            *self.windows, *self.frequencies, *self.consents, *self.prohibitions
        ]  # fmt: skip
        sources = [r.source for r in binding if channel in r.channels and r.source.basis == "law"]
        sources = sources or [r.source for r in self.silences if channel in r.channels]
        found = [CONFIDENCE.index(source.confidence or "unverified") for source in sources]
        return CONFIDENCE[max(found, default=len(CONFIDENCE) - 1)]


def contact_law(records: Iterable[RuleRecord]) -> ContactLaw:
    """The records of kind ``contact.*`` in force, as law. PackError on one it cannot read."""
    by_kind: dict[str, list[RuleRecord]] = {}
    for record in records:
        by_kind.setdefault(record.kind, []).append(record)

    def channel_rules(kind: str) -> tuple[ChannelRule, ...]:
        return tuple(
            ChannelRule(source_of(record), texts(record, "channels"))
            for record in by_kind.get(kind, [])
        )

    return ContactLaw(
        windows=tuple(_window(record) for record in by_kind.get("contact.window", [])),
        frequencies=tuple(_frequency(record) for record in by_kind.get("contact.frequency", [])),
        consents=channel_rules("contact.consent"),
        opt_outs=channel_rules("contact.opt_out"),
        prohibitions=channel_rules("contact.prohibition"),
        parties=tuple(
            PartyRule(source_of(record), texts(record, "roles"))
            for record in by_kind.get("contact.parties", [])
        ),
        stops=tuple(
            StopRule(source_of(record), texts(record, "holds"))
            for record in by_kind.get("contact.stop", [])
        ),
        silences=channel_rules("contact.silence"),
    )


def source_of(record: RuleRecord) -> Source:
    """The record's code, norm and confidence."""
    return Source(record.code, record.norm, record.confidence, record.basis)


def texts(record: RuleRecord, key: str) -> frozenset[str]:
    """The texts under *key*."""
    value = record.values.get(key)
    if not isinstance(value, tuple) or not all(isinstance(item, str) for item in value):
        raise PackError("must be a list of texts", f"{record.key}.{key}")
    return frozenset(value)


def whole(record: RuleRecord, key: str, default: int | None = None) -> int:
    """The whole number under *key*; *default* where the rule does not need one."""
    value = record.values.get(key, default)
    if not isinstance(value, int):
        raise PackError("must be a whole number", f"{record.key}.{key}")
    return value


def _window(record: RuleRecord) -> WindowRule:
    weekday, saturday = _hours(record, "weekdays"), _hours(record, "saturday")
    as_weekday = record.values.get("holidays") == "weekday"
    return WindowRule(
        source_of(record),
        texts(record, "channels"),
        (weekday, weekday, weekday, weekday, weekday, saturday, _hours(record, "sunday")),
        None if as_weekday else _hours(record, "holidays"),
        as_weekday,
    )


def _hours(record: RuleRecord, key: str) -> Hours:
    value = record.values.get(key)
    if value is None:
        return None
    if not isinstance(value, tuple) or len(value) != 2:
        raise PackError("must be two times", f"{record.key}.{key}")
    opens, closes = (int(str(time)[:2]) * 60 + int(str(time)[3:]) for time in value)
    return opens, closes


def _frequency(record: RuleRecord) -> FrequencyRule:
    return FrequencyRule(
        source=source_of(record),
        channels=texts(record, "channels"),
        counts=cast(Literal["direct", "attempt"], record.values["counts"]),
        scope=cast(Literal["person", "account"], record.values["scope"]),
        limit=cast(Limit, record.values["limit"]),
        most=whole(record, "max", 1),
        days=whole(record, "days", 1),
    )
