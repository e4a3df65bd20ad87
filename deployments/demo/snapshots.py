"""An institution's snapshots of its portfolio, and how the second differs from the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from random import Random

from deployments.demo.cast import Cast
from deployments.demo.facts import Credit, Movement, Payment
from deployments.demo.markets import ALLOCATION, NEXT_DUE
from deployments.demo.population import Account, Market, mobile
from deployments.demo.sheets import Row


def placement_row(account: Account, cut_off: date, currency: str) -> Row:
    """The canonical row of *account* as its books stand at the end of *cut_off*."""
    debtor = account.debtor
    return {
        "account_number": account.number,
        "debtor_id_type": debtor.id_type,
        "debtor_id_number": debtor.id_number,
        "debtor_name": debtor.name,
        "obligation_kind": account.kind,
        "product": account.product,
        "currency": currency,
        "cut_off": cut_off,
        "opened_on": account.opened_on,
        "due_date": account.due_date,
        "days_past_due": max(0, (cut_off - account.due_date).days),
        "principal_minor": account.principal_minor,
        "interest_minor": account.interest_minor,
        "default_interest_minor": account.default_interest_minor,
        "fees_minor": account.fees_minor,
        "expenses_minor": account.expenses_minor,
        "total_minor": account.total_minor,
        "phone": debtor.phone,
        "phone_2": debtor.phone_2,
        "email": debtor.email,
        "address": debtor.address,
        "city": debtor.city,
        "region": debtor.region,
        "guaranteed": account.guaranteed,
        "renewed_on": account.renewed_on,
        "related_party": account.related_party,
    }


def second_snapshot(
    rng: Random, market: Market, cast: Cast, money: Sequence[Payment | Credit]
) -> tuple[list[Account], Movement]:
    """The accounts of day two, by number: reduced by day one's *money* in the institution's own
    order, some with interest charged, some with a new phone, some gone, some new."""
    order = ALLOCATION[market.institution]
    paid = {one.account_number: one.amount_minor for one in money if one.account_number}
    charged = {a.number: a.principal_minor // rng.randint(80, 400) + 1 for a in cast.charged}
    moved = {account.number for account in cast.moved}
    gone = {account.number for account in cast.gone}
    accounts = []
    for account in cast.accounts:
        if account.number in gone:
            continue
        if account.number in paid:
            account = account.paid(paid[account.number], order, NEXT_DUE)
        elif account.number in charged:
            interest = account.interest_minor + charged[account.number]
            account = replace(account, interest_minor=interest)
        elif account.number in moved:
            phone = mobile(rng, market.country)
            account = replace(account, debtor=replace(account.debtor, phone=phone))
        accounts.append(account)
    accounts.extend(cast.later)
    known = {account.number for account in cast.accounts}
    movement = Movement(
        institution=market.institution,
        new=_numbers(cast.later),
        gone=_numbers(cast.gone),
        charged=tuple(sorted(charged.items())),
        moved=_numbers(cast.moved),
        paid=tuple(sorted(number for number in paid if number in known)),
        mended=_numbers([*(account for _, account in cast.bad), *cast.repeated_key]),
        spoiled=_numbers(cast.spoiled),
    )
    return accounts, movement


def _numbers(accounts: Sequence[Account]) -> tuple[str, ...]:
    return tuple(sorted(account.number for account in accounts))
