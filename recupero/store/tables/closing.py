"""Exhaustion of efforts and write-off."""

from recupero.store.tables.columns import (
    count,
    day,
    flag,
    institution_table,
    number,
    text,
)

#: What a creditor states and answers for; evidence names its document.
attestation = institution_table(
    "attestation",
    ("receipt_id", "line_number"),
    number("receipt_id"),
    count("line_number"),
    number("account_id"),
    text("attestation"),
    flag("holds"),
    day("stated_on"),
    text("evidence"),
    indexes=(("account_id",),),
)

#: The computed opinion on one account and day; ``met`` only with every condition met.
opinion = institution_table(
    "opinion",
    ("opinion_id",),
    number("opinion_id"),
    day("business_date"),
    number("account_id"),
    text("regime"),
    flag("met"),
    number("claim_minor"),
    number("document_id", null=True),
)

opinion_condition = institution_table(
    "opinion_condition",
    ("opinion_id", "number"),
    number("opinion_id"),
    count("number"),
    text("condition"),
    text("state"),
    text("evidence"),
    text("missing", null=True),
    day("earliest_on", null=True),
    references=(("opinion_id", "opinion", "opinion_id"),),
)

#: An institution's instruction to write off: held until the closing decides on it.
instruction = institution_table(
    "instruction",
    ("receipt_id", "line_number"),
    number("receipt_id"),
    count("line_number"),
    number("account_id"),
    number("amount_minor"),
    day("decided_on"),
    text("resolution"),
)

#: What became of an instruction: accepted and posted, or refused with the reason.
write_off = institution_table(
    "write_off",
    ("receipt_id", "line_number"),
    number("receipt_id"),
    count("line_number"),
    number("account_id"),
    number("amount_minor"),
    number("opinion_id", null=True),
    flag("accepted"),
    text("reason", null=True),
    day("business_date"),
)
