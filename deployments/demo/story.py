"""Two business days of five institutions, as files in the order of their arrival.

``make_story`` touches no disk and no clock: the same seed and size give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from deployments.demo import exhaustion
from deployments.demo.cast import Cast, at_least, make_cast
from deployments.demo.defects import defects_of
from deployments.demo.drop import Drop
from deployments.demo.facts import (
    Credit,
    ExhaustionCase,
    Movement,
    Payment,
    Planted,
    Story,
    StoryDay,
    WriteOffCase,
)
from deployments.demo.history import consent_rows, effort_rows
from deployments.demo.layouts import ROSTER, SHEETS
from deployments.demo.markets import CUT_1, CUT_2, DAY_1, DAY_2, MARKETS
from deployments.demo.payments import (
    first_payments,
    payment_row,
    second_payments,
    statement_credits,
    statement_only,
)
from deployments.demo.population import Account, Market, Person, make_accounts
from deployments.demo.roster import roster_rows
from deployments.demo.sheets import Row
from deployments.demo.snapshots import placement_row, second_snapshot
from deployments.demo.statement import write_statement
from recupero.errors import Refused

ACCOUNTS_MIN = 60
#: The institution's own collection account, and what it held before day one.
COLLECTION_ACCOUNT = "001-448120-77"
OPENING_MINOR = 18_250_000_00


@dataclass(frozen=True)
class Chapter:
    """One institution's part in the story."""

    market: Market
    cast: Cast
    payments: tuple[Payment, ...]
    movement: Movement
    consents: tuple[Row, ...] = ()
    statement: tuple[Credit, ...] = ()
    exhaustion: tuple[ExhaustionCase, ...] = ()
    write_offs: tuple[WriteOffCase, ...] = ()


def make_story(seed: int, accounts: int = 2000) -> Story:
    """The story with *accounts* accounts per institution; needs at least ``ACCOUNTS_MIN``."""
    if accounts < ACCOUNTS_MIN:
        raise Refused(f"a story of {accounts} accounts", mend=f"take {ACCOUNTS_MIN} or more")
    first, second = Drop(DAY_1), Drop(DAY_2)
    countries = [market.country.code for market in MARKETS]
    first.rows(ROSTER, roster_rows({code: accounts * countries.count(code) for code in countries}))
    chapters: list[Chapter] = []
    for market in MARKETS:
        known = chapters[0].cast if market.institution == "credisol" else None
        chapters.append(_tell(seed, market, accounts, known, first, second))
    return Story(
        seed=seed,
        accounts=accounts,
        days=(StoryDay(DAY_1, tuple(first.uploads)), StoryDay(DAY_2, tuple(second.uploads))),
        planted=_planted(chapters, first, second),
    )


def _tell(
    seed: int, market: Market, accounts: int, known: Cast | None, first: Drop, second: Drop
) -> Chapter:
    rng = Random(f"{seed}:{market.institution}")
    cast, cases = _people(rng, market, accounts, known)
    payments = first_payments(rng, market, cast)
    by_bank = market.institution == "banco-andino"
    untold = [statement_only(market, cast)] if by_bank else []
    later, movement = second_snapshot(rng, market, cast, [*payments, *untold])
    sheets = {kind: sheet for (code, kind), sheet in SHEETS.items() if code == market.institution}

    rows = [placement_row(account, CUT_1, market.currency) for account in cast.accounts]
    first.first_placement(sheets["placement"], cast, rows)
    consents: list[Row] = []
    if "consent" in sheets:
        consents = consent_rows(rng, cast.accounts)
        first.rows(sheets["consent"], consents)
    on_record = exhaustion.documented(cast.exhausted, cases)
    first.rows(sheets["effort"], effort_rows(rng, market, cast, on_record))
    _drop_payments(first, market, payments)

    rows = [placement_row(account, CUT_2, market.currency) for account in later]
    second.second_placement(sheets["placement"], cast, later, rows)
    more = second_payments(rng, market, cast, payments)
    _drop_payments(second, market, more)
    credits_booked: list[Credit] = []
    if by_bank:
        credits_booked = statement_credits(rng, market, cast, payments)
        _drop_statement(second, market, credits_booked)
    write_offs: list[WriteOffCase] = []
    if cases:
        write_offs = exhaustion.write_off_cases(cases, cast.exhausted)
        second.rows(sheets["attestation"], exhaustion.attestation_rows(cases))
        told = sum(case.amount_minor for case in write_offs)
        second.rows(sheets["write_off"], exhaustion.write_off_rows(write_offs), told)
    return Chapter(
        market, cast, (*payments, *more), movement, tuple(consents), tuple(credits_booked),
        tuple(cases), tuple(write_offs),
    )  # fmt: skip


def _people(
    rng: Random, market: Market, count: int, known: Cast | None
) -> tuple[Cast, list[ExhaustionCase]]:
    people: list[Person] = []
    if known is not None:
        people = list({a.debtor.id_number: a.debtor for a in known.accounts}.values())
    made = make_accounts(rng, market, count + at_least(1, count, 0.01), CUT_1, people)
    placed, later = made[:count], made[count:]
    fitted: list[Account] = []
    cases: list[ExhaustionCase] = []
    if market.institution == "caja-pacifico":
        fitted, cases = exhaustion.make_cases(rng, placed)
        by_number = {account.number: account for account in fitted}
        placed = [by_number.get(account.number, account) for account in placed]
    defects = defects_of(SHEETS[market.institution, "placement"])
    return make_cast(rng, placed, later, fitted, defects), cases


def _drop_payments(drop: Drop, market: Market, payments: list[Payment]) -> None:
    sheet = SHEETS[market.institution, "payment"]
    received = sum(payment.amount_minor for payment in payments if payment.kind == "payment")
    drop.rows(sheet, [payment_row(payment) for payment in payments], received)
    if market.institution == "credisol" and drop.day == DAY_1:
        drop.unfinished(sheet)


def _drop_statement(drop: Drop, market: Market, credits_booked: list[Credit]) -> None:
    content = write_statement(
        credits_booked, account=COLLECTION_ACCOUNT, owner="Banco Andino S.A. Recaudos",
        currency=market.currency, day=DAY_1, opening_minor=OPENING_MINOR,
    )  # fmt: skip
    received = sum(credit.amount_minor for credit in credits_booked)
    drop.statement(market.institution, content, len(credits_booked), received)


def _planted(chapters: list[Chapter], first: Drop, second: Drop) -> Planted:
    people = [
        {(a.debtor.id_type, a.debtor.id_number) for a in chapter.cast.accounts}
        for chapter in chapters
    ]
    shared = people[0] & people[1]
    return Planted(
        files=(*first.files, *second.files),
        movements=tuple(chapter.movement for chapter in chapters),
        payments=tuple(payment for chapter in chapters for payment in chapter.payments),
        statement=chapters[0].statement,
        exhaustion=chapters[-1].exhaustion,
        write_offs=chapters[-1].write_offs,
        shared_persons=tuple(sorted(shared)),
        shared_recent=tuple(
            (c.market.institution, account.debtor.id_number)
            for c in chapters[:2]
            for account in c.cast.recent
            if (account.debtor.id_type, account.debtor.id_number) in shared
        ),
        recent_direct=tuple(
            (c.market.institution, account.number) for c in chapters for account in c.cast.recent
        ),
        recent_attempts=tuple(
            (c.market.institution, account.number) for c in chapters for account in c.cast.rung
        ),
        revoked=tuple(
            (c.market.institution, str(row["debtor_id_number"]), str(row["channel"]))
            for c in chapters
            for row in c.consents
            if row["granted"] is False
        ),
    )
