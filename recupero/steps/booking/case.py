"""One file to be booked, and what became of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from recupero.profiles.fields import FIRST_NAMED
from recupero.profiles.layout import Layout
from recupero.profiles.profile import Profile
from recupero.profiles.repair import PREFIX
from recupero.profiles.sealed import is_zipped, outermost, plain_name
from recupero.store import facts, manifest
from recupero.store.canonical import identities
from recupero.store.manifest import Receipt
from recupero.store.rows import Table
from recupero.store.session import Unit
from recupero.store.tables import account_version
from reports.compared import Compared, ExpectedBalance, Part
from schemas.screen import Screened

NO_REJECTS = pl.DataFrame(schema={"line_number": pl.Int64, "field": pl.String, "rule": pl.String})


@dataclass(frozen=True)
class Original:
    """The file whose rejected lines came back, and the day it was taken in."""

    receipt: Receipt
    business_date: date
    cut_off: date | None


@dataclass(frozen=True)
class Case:
    """A screened file with everything its booking depends on."""

    unit: Unit
    profile: Profile
    layout: Layout
    receipt: Receipt
    screened: Screened
    business_date: date
    identity_key: bytes
    row_key: bytes
    #: Which part of a portfolio in several files it is; see `recupero.steps.booking.parts`.
    part: Part | None = None
    #: Of lines that came back repaired: they say what they would have said then.
    repairs: Original | None = None

    @property
    def said_on(self) -> date:
        """The day from which holds what a row says without a day of its own."""
        return self.repairs.business_date if self.repairs else self.business_date

    @property
    def said_at(self) -> int:
        """The file's place among all that arrived, which says what is newer than its rows."""
        return (self.repairs.receipt if self.repairs else self.receipt).sequence

    def account_ids(self, rows: pl.DataFrame) -> pl.Series:
        """The surrogate ids of the rows' account numbers."""
        return identities(rows, "account", ["account_number"], self.identity_key)

    def person_ids(self, rows: pl.DataFrame) -> pl.Series:
        """The surrogate ids of the rows' debtors; rows without an id number get none."""
        ids = identities(rows, "person", ["debtor_id_type", "debtor_id_number"], self.identity_key)
        return pl.select(pl.when(rows["debtor_id_number"].is_not_null()).then(ids)).to_series()

    def version(self, rows: pl.DataFrame, effective_from: pl.Expr | None = None) -> pl.DataFrame:
        """*rows* with the columns that make them versions learned from this file."""
        return rows.with_columns(
            (effective_from if effective_from is not None else pl.lit(self.business_date)).alias(
                "effective_from"
            ),
            pl.lit(None, dtype=pl.Date).alias("effective_until"),
            pl.lit(self.business_date).alias("recorded_on"),
            pl.lit(self.receipt.sequence, dtype=pl.Int64).alias("sequence"),
            pl.lit(self.receipt.receipt_id, dtype=pl.Int64).alias("receipt_id"),
        )

    def elsewhere(self) -> list[int]:
        """Receipts of the institution's other portfolios; none where its files state one.

        Each is known by the portfolio's name when it was taken in, whatever its layout is called
        now; a receipt from before there was a name is nobody else's.
        """
        own = self.layout.portfolio
        if own is None:
            return []
        taken = manifest.outcomes(self.unit).filter(pl.col("kind") == "placement")
        named = pl.col("control").str.json_path_match("$.portfolio")
        return taken.filter(named.is_not_null(), named != own)["receipt_id"].to_list()

    def known_accounts(self) -> pl.DataFrame:
        """Account ids and numbers placed with us and not vanished."""
        accounts = facts.current(self.unit, account_version, self.business_date)
        return accounts.filter(pl.col("state") == "placed").select("account_id", "account_number")

    def split_known(self, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """*rows* with their ``account_id`` where the account is ours, and rejects for the rest."""
        named = rows.with_columns(self.account_ids(rows).alias("account_id"))
        known = self.known_accounts().select("account_id")
        return (
            named.join(known, on="account_id", how="semi"),
            self.not_known(named.join(known, on="account_id", how="anti"), "unknown_account"),
        )

    def not_known(self, rows: pl.DataFrame, rule: str, at: str = "account_number") -> pl.DataFrame:
        """Rejects of *rows* by *rule*: what they name at *at* is not ours, or not yet, where a
        sealed file that may bring it waits to be opened."""
        waits = not rows.is_empty() and any(
            outermost(one.name) is not None and self._may_bring(one.name)
            for one in manifest.pending_receipts(self.unit)
        )
        return rejects(rows, "not_opened_yet" if waits else rule, at)

    def _may_bring(self, sealed: str) -> bool:
        """Whether the file *sealed* may name accounts or persons for the first time: a portfolio or
        list of persons, of whatever date. Of what a zip or a reject file holds names say nothing.
        """
        name = plain_name(sealed)
        brought = (one.matches(name) for one in self.profile.layouts if one.kind in FIRST_NAMED)
        return is_zipped(sealed) or name.startswith(PREFIX) or any(brought)


NO_ACCOUNTS = pl.DataFrame(
    schema={"account_number": pl.String, "currency": pl.String, "amount_minor": pl.Int64}
)


@dataclass(frozen=True)
class Hold:
    """Why nothing of a file is booked until somebody decides; in Spanish, for the institution."""

    rule: str
    reason: str
    mend: str


@dataclass(frozen=True)
class Ended:
    """What a portfolio or a full list ends by stating it no longer.

    ``accounts`` has account_number, currency and amount_minor: what their recall takes from the
    ledger or, of a held file, would take. ``replaced`` are accounts with another debtor now,
    ``points_count`` the contact points ended, ``facts_count`` what full lists ended.
    """

    accounts: pl.DataFrame = field(default_factory=lambda: NO_ACCOUNTS)
    replaced: tuple[str, ...] = ()
    points_count: int = 0
    facts_count: int = 0


NOTHING_ENDED = Ended()


@dataclass(frozen=True)
class Booking:
    """What is to be recorded, and the fate of every accepted row.

    ``rejects`` are rows that screening let pass and the ledger could not: line, field, rule;
    ``warnings``, in the same shape, are about rows that were booked.
    ``booked_minor`` and ``unchanged_minor`` are totals by currency, for the acknowledgement.
    With a ``hold`` every accepted row is held.
    """

    frames: Mapping[Table, pl.DataFrame]
    booked: int = 0
    unchanged: int = 0
    held: int = 0
    rejects: pl.DataFrame = field(default_factory=lambda: NO_REJECTS)
    warnings: pl.DataFrame = field(default_factory=lambda: NO_REJECTS)
    booked_minor: Mapping[str, int] = field(default_factory=dict)
    unchanged_minor: Mapping[str, int] = field(default_factory=dict)
    ended: Ended = Ended()
    hold: Hold | None = None
    #: Of a portfolio: against what it stated before.
    compared: Compared | None = None
    expected: tuple[ExpectedBalance, ...] = ()


def rejects(rows: pl.DataFrame, rule: str, about: str = "account_number") -> pl.DataFrame:
    """Rejects or warnings for *rows*, all for the same *rule* about the same field."""
    return rows.select(
        "line_number", pl.lit(about).alias("field"), pl.lit(rule).alias("rule")
    ).sort("line_number")


def by_currency(rows: pl.DataFrame, *amounts: str) -> dict[str, int]:
    """The sum of the *amounts* columns over *rows*, per currency."""
    summed = rows.group_by("currency").agg(pl.sum_horizontal(amounts).sum())
    return dict(summed.sort("currency").iter_rows())
