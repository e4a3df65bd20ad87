"""What can be wrong with a bank file: a rule and its values, told in any language.

`ENGLISH` is what operations read; whoever answers institutions brings a table of the same rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from recupero.errors import StatementRefused

__all__ = ["ENGLISH", "Reason", "reason_of", "refused"]

ENGLISH = {
    # what is no statement
    "empty": "the file is empty",
    "other_format": "not a statement in camt or MT940: it is {form}",
    "archive": "an archive: unpack it first",
    "pdf": "a PDF",
    "unknown_format": "not a statement in camt or MT940",
    "table_needs_profile": "tables need the institution, whose profile declares their layout",
    "document_type": "XML with a document type declaration is not read",
    "no_message": "XML, but no camt.052, camt.053 or camt.054 message",
    "xml_damaged": "line {line}: XML is damaged or cut off",
    # the file and its statements
    "no_statement": "the file holds no statement",
    "statement": "statement {ordinal}: {why}",
    "no_account": "no account is stated",
    "no_start": "statement without :20:",
    "currency_unstated": "no currency is stated: amounts are read with two decimals",
    "currency_unknown": "currency {currency} is not known: amounts are read with two decimals",
    "field_repeated": "a second :{tag}: in the statement is not used",
    # balances and totals
    "balance_currency": "a balance is in {currency}, the account in {account}",
    "balances_mixed": "the balances are in different currencies",
    "balances_differ": "several {name} balances that differ: none is used",
    "balance_unread": "{name} balance not read: {why}",
    "balance_field_unread": "balance :{tag}: not read: {why}",
    "balance_field_malformed": "balance :{tag}: is not written as it should be",
    "count_differs": "{name} declares another number of entries",
    "sum_differs": "{name} declares another sum",
    "total_differs": ":{tag}: declares another number or sum of entries",
    # entries
    "entry_unread": "entry not read: {why}",
    "outside_statement": "it is outside a statement",
    "before_start": "it stands before the first :20:",
    "entry_malformed": ":61: is not written as it should be",
    "after_closing": "entry after the closing balance",
    "entry_currency": "entry is in another currency than the statement: not in its sums",
    "status_unknown": "status is not known: the entry is held as pending",
    "part_differs": "its transaction states another amount than the entry",
    "parts_unstated": "entry kept whole: not all of its transactions state an amount in its "
    "currency",
    "parts_do_not_sum": "entry kept whole: its transactions do not sum to it",
    # amounts and dates
    "amount_missing": "amount is missing",
    "amount_unreadable": "amount is not readable",
    "amount_too_precise": "amount has more decimals than {currency} allows",
    "its_currency": "its currency",
    "amount_too_large": "amount is too large",
    "currency_missing": "currency is missing",
    "direction_missing": "it is not said whether the amount is a credit or a debit",
    "date_unreadable": "date is not readable",
    "date_impossible": "date does not exist in the calendar",
    "value_date_impossible": "value date does not exist in the calendar",
    "entry_date_impossible": "entry date does not exist in the calendar",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule of `ENGLISH` and what its text names; a value may be a reason itself."""

    rule: str
    values: Mapping[str, object] = field(default_factory=dict)

    def told(self, texts: Mapping[str, str]) -> str:
        """In the words of *texts*, by rule."""
        values = {
            name: value.told(texts) if isinstance(value, Reason) else value
            for name, value in self.values.items()
        }
        return texts[self.rule].format(**values)

    def __str__(self) -> str:
        return self.told(ENGLISH)


def refused(rule: str, mend: str = "", **values: object) -> StatementRefused:
    """The refusal for *rule*; *mend* is the rule of what to do about it."""
    what = str(Reason(rule, values))
    return StatementRefused(what, mend=mend and ENGLISH[mend], rule=rule, values=values)


def reason_of(refusal: StatementRefused) -> Reason:
    """Why, where it is one of several things wrong with a file."""
    return Reason(refusal.rule, refusal.values)
