"""The canonical fields of a control file: what an institution says of another file of its own."""

from __future__ import annotations

from recupero.profiles.canonical import Canonical

#: A row for each currency, or one. An amount is the sum of the column of that name in the file.
CONTROL = (
    Canonical("file_name"),
    Canonical("rows", "integer", required=True),
    Canonical("currency", required=True),
    Canonical("hash_total"),
    Canonical("cut_off", "date"),
    Canonical("sha256"),
    Canonical("principal_minor", "amount"),
    Canonical("interest_minor", "amount"),
    Canonical("default_interest_minor", "amount"),
    Canonical("fees_minor", "amount"),
    Canonical("expenses_minor", "amount"),
    Canonical("total_minor", "amount"),
    Canonical("amount_minor", "amount"),
)
