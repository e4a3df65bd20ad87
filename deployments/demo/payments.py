"""Payments as the institutions report them, and the credits of the bank statement."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

from deployments.demo.cast import Accounts, Cast
from deployments.demo.facts import Credit, Payment, PaymentClass
from deployments.demo.markets import DAY_1, DAY_2, PREFIX
from deployments.demo.population import Account, Market
from deployments.demo.sheets import Row

CHANNELS = ("TRANSFERENCIA", "VENTANILLA", "CORRESPONSAL", "DEBITO")


def payment_row(payment: Payment) -> Row:
    """The canonical row of a payment file."""
    return {
        "transaction_id": payment.transaction_id,
        "account_number": payment.account_number,
        "amount_minor": payment.amount_minor,
        "kind": payment.kind,
        "reverses": payment.reverses,
        "paid_on": payment.paid_on,
        "payer_name": payment.payer_name,
        "payer_id": payment.payer_id,
        "channel": payment.channel,
    }


def first_payments(rng: Random, market: Market, cast: Cast) -> list[Payment]:
    """Day one: parts, full settlements, overpayments, no reference, a reference nobody knows."""
    drafts = [
        *_drafts(rng, market, "exact", cast.paid_part),
        *_drafts(rng, market, "in_full", cast.paid_full),
        *_drafts(rng, market, "overpaid", cast.overpaid),
        *_drafts(rng, market, "no_reference", cast.payers[::2]),
        *_drafts(rng, market, "unknown_reference", cast.payers[1::2]),
    ]
    return _numbered(rng, market, DAY_1, drafts)


def second_payments(rng: Random, market: Market, cast: Cast, first: list[Payment]) -> list[Payment]:
    """Day two: new payments, the reversal of one of day one, and one of day one once more."""
    exact = [payment for payment in first if payment.planted == "exact"]
    bounced, repeated = rng.sample(exact, 2)
    reversal = replace(bounced, planted="reversal", reverses=bounced.transaction_id, paid_on=DAY_2)
    drafts = [*_drafts(rng, market, "exact", cast.paid_later), reversal]
    return [
        *_numbered(rng, market, DAY_2, drafts),
        replace(repeated, planted="duplicate", day=DAY_2),
    ]


def _drafts(
    rng: Random, market: Market, planted: PaymentClass, accounts: Accounts
) -> list[Payment]:
    return [_draft(rng, market, planted, account) for account in accounts]


def _draft(rng: Random, market: Market, planted: PaymentClass, account: Account) -> Payment:
    owed = account.total_minor
    excess = owed * rng.randint(2, 9) // 100 + 1 if planted == "overpaid" else 0
    part = owed if planted in ("in_full", "overpaid") else owed * rng.randint(8, 60) // 100 + 1
    references: dict[str, str | None] = {
        "no_reference": None,
        "unknown_reference": market.number.format(n=rng.randrange(9_000_000, 9_900_000)),
    }
    return Payment(
        institution=market.institution,
        day=DAY_1,
        planted=planted,
        transaction_id="",
        account_number=references.get(planted, account.number),
        amount_minor=part + excess,
        paid_on=DAY_1,
        payer_name=account.debtor.name,
        payer_id=account.debtor.id_number,
        channel=rng.choice(CHANNELS),
        excess_minor=excess,
    )


def _numbered(rng: Random, market: Market, day: date, drafts: list[Payment]) -> list[Payment]:
    rng.shuffle(drafts)
    prefix = f"{PREFIX[market.institution]}{day:%y%m%d}"
    return [
        replace(draft, day=day, paid_on=day, transaction_id=f"{prefix}{n:05d}")
        for n, draft in enumerate(drafts, 1)
    ]


def statement_credits(
    rng: Random, market: Market, cast: Cast, first: list[Payment]
) -> list[Credit]:
    """Credits of day one's bank statement: what the payment file told, and two it did not."""
    told = [
        Credit(
            payment.transaction_id, payment.account_number, payment.amount_minor, payment.paid_on,
            payment.payer_name, payment.payer_id, payment.transaction_id,
        )
        for payment in first
    ]  # fmt: skip
    amount, stranger = rng.randrange(5_000_000, 40_000_000), cast.crowd[0].debtor
    nobodys = Credit(_untold(market, 2), None, amount, DAY_1, stranger.name, "", None)
    return [*told, statement_only(market, cast), nobodys]


def statement_only(market: Market, cast: Cast) -> Credit:
    """The credit of an account that only day one's bank statement tells."""
    account, payer = cast.statement_only, cast.statement_only.debtor
    return Credit(
        _untold(market, 1), account.number, account.total_minor // 4 + 1, DAY_1,
        payer.name, payer.id_number, None,
    )  # fmt: skip


def _untold(market: Market, number: int) -> str:
    """The bank's reference of a credit that no payment file tells."""
    return f"{PREFIX[market.institution]}{DAY_1:%y%m%d}9{number:04d}"
