"""The journal, the money received and what each receipt of money was matched to."""

from recupero.store.tables.columns import (
    components,
    count,
    day,
    flag,
    institution_table,
    number,
    text,
)

#: Append-only, minor units. A row belongs to an account or is a batch's contra row; per
#: recording, ledger and currency every component sums to zero. Positive = the debtor owes.
journal = institution_table(
    "journal",
    ("recording_id", "entry_number"),
    count("entry_number"),
    number("account_id", null=True),
    text("contra", null=True),
    text("ledger"),
    text("event"),
    text("currency"),
    day("effective_on"),
    day("recorded_on"),
    *components(),
    number("receipt_id", null=True),
    count("line_number", null=True),
    number("entry_id", null=True),
    number("reverses_recording_id", null=True),
    count("reverses_entry_number", null=True),
    indexes=(("account_id",),),
)

#: What an institution itself moves on an account, as it states it: amounts as in its file, which of
#: them raise the claim says the event. ``adjustment_id`` follows from its ``reference``.
adjustment = institution_table(
    "adjustment",
    ("adjustment_id",),
    number("adjustment_id"),
    text("reference"),
    number("account_id"),
    text("event"),
    text("currency"),
    day("effective_on"),
    *components()[:-1],
    text("reason"),
    number("receipt_id"),
    count("line_number"),
    indexes=(("account_id",),),
)

#: A line of a payment file or an entry of a bank statement. Credits positive.
money_entry = institution_table(
    "money_entry",
    ("entry_id",),
    number("entry_id"),
    text("source"),
    number("receipt_id"),
    count("line_number"),
    text("kind"),
    number("amount_minor"),
    text("currency"),
    day("booked_on"),
    text("transaction_id", null=True),
    text("reverses", null=True),
)

#: Who paid and what they wrote: personal, so apart and erasable.
money_entry_detail = institution_table(
    "money_entry_detail",
    ("entry_id",),
    number("entry_id"),
    number("row_hash"),
    text("account_number", null=True),
    text("payer_name", null=True),
    text("payer_id", null=True),
    text("remittance", null=True),
    references=(("entry_id", "money_entry", "entry_id"),),
)

#: One row per entry and decision: I8, received = the sum over the classes, per source.
match = institution_table(
    "match",
    ("entry_id", "business_date"),
    number("entry_id"),
    day("business_date"),
    text("class"),
    text("detail", null=True),
    text("stage", null=True),
    number("account_id", null=True),
    number("amount_minor"),
    number("linked_entry_id", null=True),
    text("reason", null=True),
    flag("posts"),
    references=(("entry_id", "money_entry", "entry_id"),),
)
