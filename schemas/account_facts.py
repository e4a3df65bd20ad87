"""What institutions tell about an account beside its portfolio, rule by rule."""

from __future__ import annotations

import polars as pl

from recupero.money import EXPONENT
from recupero.profiles.fields import OF_PERSON
from schemas.identity import check_digits
from schemas.rule import Context, Rule

#: The greatest number of an instalment, a guarantee or a document of one account.
NUMBER_MAX = 999_999


def instalment(context: Context) -> tuple[Rule, ...]:
    """The rules of an instalment: when it is due, and what of it."""
    amounts = ("principal_minor", "interest_minor", "fees_minor")
    return (
        _numbered("instalment_number"),
        *(Rule("negative", amount, pl.col(amount) >= 0) for amount in amounts),
        _known_currency(),
        _not_in_future("stated_on", context),
    )


def guarantee(context: Context) -> tuple[Rule, ...]:
    """The rules of a guarantee; ``covers_minor`` may be unknown."""
    return (
        _numbered("guarantee_number"),
        Rule("negative", "covers_minor", pl.col("covers_minor") >= 0),
        _known_currency(),
        _not_in_future("stated_on", context),
    )


def document_index(context: Context) -> tuple[Rule, ...]:
    """The rules of a document that the institution keeps."""
    return (
        _numbered("document_number"),
        _not_in_future("issued_on", context),
        _not_in_future("stated_on", context),
    )


def related_person(context: Context) -> tuple[Rule, ...]:
    """The rules of somebody who answers for an account besides its debtor."""
    return (_ends_after_it_began("until", "since"), check_digits(context))


def debtor_update(context: Context) -> tuple[Rule, ...]:
    """The rules of what changed about a person: it must say something."""
    words = sorted(OF_PERSON - {"city", "region"})  # parts of an address
    told = pl.any_horizontal(pl.col(name).is_not_null() for name in words)
    return (
        Rule("nothing_stated", "debtor_id_number", told),
        _not_in_future("stated_on", context),
        check_digits(context),
    )


def hold(_: Context) -> tuple[Rule, ...]:
    """The rules of a hold; it may begin later."""
    return (_ends_after_it_began("until", "since"),)


def dispute(context: Context) -> tuple[Rule, ...]:
    """The rules of a complaint or dispute, open or closed."""
    return (
        _not_in_future("opened_on", context),
        _not_in_future("closed_on", context),
        _ends_after_it_began("closed_on", "opened_on"),
    )


def judicial_event(context: Context) -> tuple[Rule, ...]:
    """The rules of something that happened in court."""
    return (_not_in_future("occurred_on", context),)


def _ends_after_it_began(last: str, first: str) -> Rule:
    return Rule("ends_before_it_begins", last, pl.col(last) >= pl.col(first))


def _numbered(field: str) -> Rule:
    return Rule("number_out_of_range", field, pl.col(field).is_between(1, NUMBER_MAX))


def _known_currency() -> Rule:
    return Rule("not_allowed", "currency", pl.col("currency").is_in(list(EXPONENT)))


def _not_in_future(field: str, context: Context) -> Rule:
    return Rule("date_in_future", field, pl.col(field) <= context.business_date)
