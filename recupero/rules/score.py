"""A plain points scorecard: the likelier an account is to pay, the more points."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import polars as pl

from recupero.errors import Refused
from recupero.rules.bands import Bands

#: Keeps ``balance * 100`` inside int64; above it the account is in the top band anyway.
_BALANCE_CEILING = (2**63 - 1) // 100


@dataclass(frozen=True)
class Characteristic:
    """Points by the value of one column; booleans count as 0 and 1, null earns ``missing``."""

    column: str
    uppers: tuple[int, ...]
    points: tuple[int, ...]
    missing: int = 0

    def band(self) -> pl.Expr:
        """Position of the band, one past the last for null."""
        places = tuple(range(len(self.points)))
        return Bands(self.uppers, places).pick(self._value()).fill_null(len(places))

    def score(self) -> pl.Expr:
        """Points as Int64."""
        return Bands(self.uppers, self.points).pick(self._value()).fill_null(self.missing)

    def reason(self) -> pl.Expr:
        """``column +points``; null where no point was given or taken."""
        texts = tuple(map(self._text, self.points))
        named = Bands(self.uppers, texts).pick(self._value()).fill_null(self._text(self.missing))
        return pl.when(self.score() != 0).then(named)

    def _text(self, points: int) -> str:
        return f"{self.column} {points:+d}"

    def _value(self) -> pl.Expr:
        return pl.col(self.column).cast(pl.Int64)


@dataclass(frozen=True)
class Scorecard:
    """Named, versioned characteristics on top of a base."""

    name: str
    version: str
    characteristics: tuple[Characteristic, ...]
    base: int = 0

    def __post_init__(self) -> None:
        columns = [item.column for item in self.characteristics]
        if not columns or len(set(columns)) != len(columns):
            raise Refused(f"scorecard {self.name!r} needs characteristics of distinct columns")
        for item in self.characteristics:
            Bands(item.uppers, item.points)
        if prod(len(item.points) + 1 for item in self.characteristics) >= 2**63:
            raise Refused(f"scorecard {self.name!r} has too many combinations to number")


#: HOUSE CONVENTION: points set by judgement, not fitted on any portfolio and not taken from a
#: source. They order accounts from 0 to 1000; they are no probability of payment.
DEFAULT_SCORECARD = Scorecard(
    name="house convention",
    version="2026-01",
    characteristics=(
        Characteristic("age_days", (0, 30, 60, 90, 180, 365), (200, 180, 140, 100, 60, 30, 0)),
        Characteristic("balance_pct", (25, 100, 400), (100, 80, 50, 20)),
        Characteristic("has_phone", (0,), (0, 120)),
        Characteristic("has_email", (0,), (0, 60)),
        Characteristic("contacts_last_30_days", (0, 2, 6), (0, 40, 60, 20)),
        Characteristic("direct_contacts", (0, 1), (0, 80, 140)),
        Characteristic("promises_broken", (0, 1, 2), (120, 60, 20, 0)),
        Characteristic("payments_last_90_days", (0, 1), (0, 120, 200)),
    ),
)


def score(accounts: pl.DataFrame, card: Scorecard = DEFAULT_SCORECARD) -> pl.DataFrame:
    """*accounts* with ``score`` (Int64) and ``score_reasons`` (``age_days +180; has_phone +120``).

    Needs the card's columns, except ``balance_pct``, which is derived here: ``balance_minor`` in
    percent of the median positive balance of its ``currency``, so that one card serves pesos and
    soles. Reasons name every characteristic that moved the score, in the card's order.
    """
    coded = accounts.with_columns(_balance_pct().alias("balance_pct")).with_columns(
        _profile(card).alias("_profile")
    )
    points = [item.score() for item in card.characteristics]
    reasons = [item.reason() for item in card.characteristics]
    scored = coded.unique("_profile").select(
        "_profile",
        (pl.sum_horizontal(points) + card.base).cast(pl.Int64).alias("score"),
        pl.concat_str(reasons, separator="; ", ignore_nulls=True).alias("score_reasons"),
    )
    return coded.join(
        scored, on="_profile", how="left", maintain_order="left", validate="m:1"
    ).select(*accounts.columns, "score", "score_reasons")


def _profile(card: Scorecard) -> pl.Expr:
    """One number per combination of bands: a million accounts share some thousand texts."""
    profile = pl.lit(0, dtype=pl.Int64)
    for item in card.characteristics:
        profile = profile * (len(item.points) + 1) + item.band()
    return profile


def _balance_pct() -> pl.Expr:
    """Percent of the lower median, in whole numbers; 0 where nothing is owed."""
    owed = pl.col("balance_minor").clip(0, _BALANCE_CEILING)
    median = (
        pl.when(owed > 0)
        .then(owed)
        .quantile(0.5, interpolation="lower")
        .over("currency")
        .cast(pl.Int64)
    )
    return (owed * 100 // median).fill_null(0)
