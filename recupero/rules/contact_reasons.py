"""The reasons for which a contact is withheld, in the order in which they are told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from recupero.rules.contact_frequency import bit_of, mask_of
from recupero.rules.law import ContactLaw, FrequencyRule, Source, WindowRule

NO_PACK = Source("no_pack", None, None)
INSTANT_PASSED = Source("instant_passed", None, None)
_INCOMPLETE = Source("incomplete", None, None)
_CHANNEL_UNKNOWN = Source("channel_unknown", None, None)
_NO_CONTACT_POINT = Source("no_contact_point", None, None)
_HOLD = Source("hold", None, None)
_OPT_OUT = Source("opt_out", None, None)


@dataclass(frozen=True, slots=True)
class Reasons:
    """Numbered reasons: a lower number is told first. ``lasting`` ones do not end by waiting."""

    sources: tuple[Source, ...]
    lasting: tuple[tuple[int, pl.Expr], ...]
    stops: tuple[tuple[int, frozenset[str]], ...]
    hold: int
    windows: tuple[tuple[int, WindowRule], ...]
    frequencies: tuple[tuple[int, FrequencyRule], ...]

    def table(self) -> pl.DataFrame:
        """Columns _why, rule, norm, confidence."""
        return pl.DataFrame(
            [(n, s.code, s.norm, s.confidence) for n, s in enumerate(self.sources)],
            schema={
                "_why": pl.UInt8,
                "rule": pl.String,
                "norm": pl.String,
                "confidence": pl.String,
            },
            orient="row",
        )


def reasons_of(law: ContactLaw) -> Reasons:
    """Number everything *law* and we may refuse for."""
    lasting = list(_lasting(law))
    sources = [source for source, _ in lasting]

    def numbered(source: Source) -> int:
        sources.append(source)
        return len(sources) - 1

    stops = tuple((numbered(rule.source), rule.holds) for rule in law.stops)
    hold = numbered(_HOLD)
    windows = tuple((numbered(rule.source), rule) for rule in law.windows)
    frequencies = tuple((numbered(rule.source), rule) for rule in law.frequencies)
    conditions = tuple((n, condition) for n, (_, condition) in enumerate(lasting))
    return Reasons(tuple(sources), conditions, stops, hold, windows, frequencies)


def _lasting(law: ContactLaw) -> Iterator[tuple[Source, pl.Expr]]:
    """Conditions on the prepared candidates: ``_bit``, ``granted`` and the caller's columns."""
    needed = ("account_id", "person_id", "role", "channel", "planned_at")
    yield _INCOMPLETE, pl.any_horizontal(pl.col(name).is_null() for name in needed)
    yield _CHANNEL_UNKNOWN, pl.col("_bit") == 0
    for parties in law.parties:
        yield parties.source, ~pl.col("role").is_in(sorted(parties.roles))
    for rule in law.prohibitions:
        yield rule.source, _uses(rule.channels)
    yield _NO_CONTACT_POINT, ~pl.col("contactable").fill_null(False)
    revoked = pl.col("granted").eq(False)
    for rule in law.opt_outs:
        yield rule.source, revoked & _uses(rule.channels)
    yield _OPT_OUT, revoked
    for rule in law.consents:
        yield rule.source, _uses(rule.channels) & ~pl.col("granted").fill_null(False)


def _uses(channels: frozenset[str]) -> pl.Expr:
    return (pl.col("_bit") & mask_of(channels)) != 0


def latest_consents(consents: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """person_id, _bit, granted as known on *as_of*: the latest wins, a revocation on a tie."""
    known = consents.filter(pl.col("recorded_at") <= as_of).select(
        "person_id", "recorded_at", _bit=bit_of(pl.col("channel")),
        granted=pl.col("granted").fill_null(False),
    )  # fmt: skip
    ordered = known.sort("recorded_at", "granted", descending=[True, False])
    return ordered.unique(["person_id", "_bit"], keep="first", maintain_order=True).drop(
        "recorded_at"
    )
