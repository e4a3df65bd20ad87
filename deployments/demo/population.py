"""Debtors and accounts of one institution, drawn from a seeded source.

Arrears crowd the first month and thin out to more than 900 days; balances are log-normal; most
debtors have one account, some two or three. Amounts are integers in minor units.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from deployments.demo import identity
from deployments.demo.names import GIVEN, TRADES, Country

MAIL_DOMAINS = ("example.com", "example.org", "correo.test", "buzon.test")

#: Share of accounts by days past due, both ends included; 0 and below is not yet due.
ARREARS = (
    (0.06, -10, 0), (0.40, 1, 30), (0.17, 31, 60), (0.11, 61, 90),
    (0.11, 91, 180), (0.08, 181, 365), (0.07, 366, 940),
)  # fmt: skip


@dataclass(frozen=True)
class Market:
    """What an institution lends, to whom and how much."""

    institution: str
    country: Country
    currency: str
    median_minor: int
    sigma: float
    products: tuple[tuple[str, str], ...]  # product, obligation kind
    number: str  # account number with {n}
    firm_share: float
    yearly_interest: float
    yearly_default: float
    expense_minor: int


@dataclass(frozen=True)
class Person:
    """A natural or legal person, with the contact points one institution knows."""

    id_type: str
    id_number: str
    name: str
    phone: str
    phone_2: str
    email: str
    address: str
    city: str
    region: str


@dataclass(frozen=True)
class Account:
    """One obligation as its institution's books show it."""

    number: str
    debtor: Person
    product: str
    kind: str
    opened_on: date
    due_date: date
    principal_minor: int
    interest_minor: int = 0
    default_interest_minor: int = 0
    fees_minor: int = 0
    expenses_minor: int = 0
    guaranteed: bool = False
    renewed_on: date | None = None
    related_party: bool = False

    @property
    def total_minor(self) -> int:
        """Sum of the five components."""
        owed = self.principal_minor + self.interest_minor + self.default_interest_minor
        return owed + self.fees_minor + self.expenses_minor

    def paid(self, amount_minor: int, order: Sequence[str], next_due: date) -> Account:
        """The account after a payment, components reduced in *order*; what exceeds them is lost
        to the claim, and an account paid in full is next due on *next_due*."""
        left = amount_minor
        changed: dict[str, Any] = {}
        for component in order:
            owed: int = getattr(self, f"{component}_minor")
            changed[f"{component}_minor"] = owed - min(owed, left)
            left -= min(owed, left)
        after = replace(self, **changed)
        return after if after.total_minor else replace(after, due_date=next_due)


def days_past_due(rng: Random) -> int:
    """Days past due of one account on the first cut-off."""
    share = rng.random()
    for weight, low, high in ARREARS:
        if share < weight:
            return rng.randint(low, high)
        share -= weight
    return ARREARS[-1][2]


def make_person(rng: Random, country: Country, firm: bool, serial: int) -> Person:
    """One person; *serial* keeps identity numbers and e-mail addresses distinct."""
    given, first = rng.choice(GIVEN), rng.choice(country.surnames)
    second = rng.choice(country.surnames)
    town, region = rng.choice(country.towns)
    name = f"{given} {first} {second}"
    user = f"{given.split()[0]}.{first}{serial}"
    if firm:
        trade = rng.choice(TRADES)
        name = f"{trade} {first} {second} {rng.choice(country.firm_forms)}"
        user = f"pagos.{first}{serial}"
    id_type, id_number = _identity(rng, country.code, firm, serial, (given, first, second, name))
    street = rng.choice(country.streets)
    mail = f"{identity.plain(user).lower()}@{rng.choice(MAIL_DOMAINS)}"
    return Person(
        id_type=id_type,
        id_number=id_number,
        name=name,
        phone=mobile(rng, country) if rng.random() < 0.93 else "",
        phone_2=mobile(rng, country) if rng.random() < 0.15 else "",
        email=mail if rng.random() < 0.72 else "",
        address=street.format(a=rng.randint(1, 150), b=rng.randint(10, 99), c=rng.randint(1, 99)),
        city=town,
        region=region,
    )


def mobile(rng: Random, country: Country) -> str:
    """A mobile number of *country* in national form."""
    prefix = rng.choice(country.phone_prefixes)
    rest = country.phone_digits - len(prefix)
    return prefix + f"{rng.randrange(10**rest):0{rest}d}"


def _identity(
    rng: Random, country: str, firm: bool, serial: int, names: tuple[str, str, str, str]
) -> tuple[str, str]:
    given, first, second, whole = names
    # Multiplying by a number prime to the range scatters the serials without a collision.
    scattered = serial * 7_919_113
    if country == "CO":
        return ("NIT", identity.nit(800_000_000 + scattered % 101_000_000)) if firm else (
            ("CE", str(300_000 + scattered % 690_001)) if rng.random() < 0.02
            else ("CC", str(1_010_000_000 + scattered % 140_000_000))
        )  # fmt: skip
    if country == "CL":
        low, span = (76_000_000, 1_900_007) if firm else (7_000_000, 19_000_003)
        return "RUT", identity.rut(low + scattered % span)
    if country == "MX":
        if firm:
            return "RFC", identity.rfc_firm(rng, whole)
        return "RFC", identity.rfc_person(rng, given, first, second)
    body = 10_000_000 + scattered % 69_000_007
    if firm:
        return "RUC", identity.ruc(20, 10_000_000 + scattered % 50_000_017)
    return ("RUC", identity.ruc(10, body)) if rng.random() < 0.06 else ("DNI", f"{body:08d}")


def make_accounts(
    rng: Random, market: Market, count: int, cut_off: date, known: Sequence[Person] = ()
) -> list[Account]:
    """*count* accounts; about 15 % of the debtors are drawn from *known*, another creditor's."""
    accounts: list[Account] = []
    for debtor in _debtors(rng, market, known):
        for _ in range(rng.choices((1, 2, 3), (80, 15, 5))[0]):
            accounts.append(_account(rng, market, debtor, len(accounts), cut_off))
            if len(accounts) == count:
                return accounts
    raise AssertionError("debtors never end")


def _debtors(rng: Random, market: Market, known: Sequence[Person]) -> Iterator[Person]:
    shared = iter(rng.sample(known, len(known)))
    # Two institutions of one country number their own debtors apart.
    serial = sum(map(ord, market.institution)) * 1000
    while True:
        serial += 1
        person = next(shared, None) if rng.random() < 0.15 else None
        if person is None:
            person = make_person(rng, market.country, rng.random() < market.firm_share, serial)
        elif rng.random() < 0.3:
            person = replace(person, phone=mobile(rng, market.country), phone_2="")
        yield person


def _account(rng: Random, market: Market, debtor: Person, n: int, cut_off: date) -> Account:
    days = days_past_due(rng)
    product, kind = rng.choice(market.products)
    firm_factor = 3 if debtor.id_type in ("NIT", "RUC") else 1
    principal = int(firm_factor * market.median_minor * math.exp(rng.gauss(0, market.sigma)))
    due = cut_off - timedelta(days=days)
    late = max(days, 0)
    return Account(
        number=market.number.format(n=n * 7 + rng.randint(0, 6)),
        debtor=debtor,
        product=product,
        kind=kind,
        opened_on=due - timedelta(days=rng.randint(60, 1500)),
        due_date=due,
        principal_minor=principal,
        interest_minor=int(principal * market.yearly_interest * (30 + min(late, 360)) / 360),
        default_interest_minor=int(principal * market.yearly_default * late / 360),
        fees_minor=int(principal * 0.03) if late > 20 and rng.random() < 0.4 else 0,
        expenses_minor=market.expense_minor if late > 90 and rng.random() < 0.3 else 0,
        guaranteed=rng.random() < 0.06,
    )
