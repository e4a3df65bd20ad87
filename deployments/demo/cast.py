"""Who plays which part: every account has at most one, so that planted facts do not mix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from deployments.demo.population import Account

Accounts = tuple[Account, ...]


@dataclass(frozen=True)
class Cast:
    """The accounts of one institution on day one, and the parts some of them play."""

    accounts: Accounts  # all of day one, by number
    later: Accounts  # first placed on day two
    exhausted: Accounts  # the Peruvian cases; untouched otherwise
    bad: tuple[tuple[str, Account], ...]  # (defect, account) on day one
    repeated_row: Accounts
    repeated_key: Accounts
    text_numbers: Accounts  # amount written as text in a spreadsheet, still readable
    paid_part: Accounts
    paid_full: Accounts
    overpaid: Accounts
    payers: Accounts  # pay without a reference, or with a wrong one
    charged: Accounts
    moved: Accounts
    gone: Accounts
    spoiled: Accounts
    paid_later: Accounts
    statement_only: Account
    recent: Accounts  # spoken to in the days before day one
    rung: Accounts  # rung without success in the days before
    crowd: Accounts  # everybody else


def at_least(least: int, count: int, share: float) -> int:
    """*share* of *count*, but never fewer than *least*."""
    return max(least, round(count * share))


def make_cast(
    rng: Random,
    accounts: Sequence[Account],
    later: Sequence[Account],
    exhausted: Sequence[Account],
    defects: Sequence[str],
) -> Cast:
    """Deal the parts; *defects* are the row defects the institution's layout can show."""
    total = len(accounts)
    kept = {account.number for account in exhausted}
    deck = [account for account in accounts if account.number not in kept]
    rng.shuffle(deck)

    def take(least: int, share: float) -> Accounts:
        count = at_least(least, total, share)
        if len(deck) < count:
            raise ValueError("too few accounts for all parts of the story")
        return tuple(deck.pop() for _ in range(count))

    bad = tuple((defect, account) for defect in defects for account in take(1, 0.002))
    return Cast(
        accounts=tuple(accounts),
        later=tuple(later),
        exhausted=tuple(exhausted),
        bad=bad,
        repeated_row=take(1, 0.001),
        repeated_key=take(1, 0.001),
        text_numbers=take(1, 0.002),
        paid_part=take(3, 0.029),
        paid_full=take(1, 0.005),
        overpaid=take(1, 0.002),
        payers=take(3, 0.004),
        charged=take(1, 0.03),
        moved=take(1, 0.01),
        gone=take(1, 0.01),
        spoiled=take(1, 0.0005),
        paid_later=take(2, 0.025),
        statement_only=take(1, 0.0)[0],
        recent=take(2, 0.05),
        rung=take(1, 0.03),
        crowd=tuple(deck),
    )
