"""What institutions told us about accounts and people, as versions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column

from recupero.store.tables.columns import (
    count,
    day,
    flag,
    institution_table,
    number,
    text,
    version,
)

_VERSION = ("recorded_on", "sequence")


def _of_the_account() -> list[Column[Any]]:
    """What its institution states; amounts are its figures, ours are in the journal."""
    return [
        text("account_number"),
        text("obligation_kind", null=True),
        text("product", null=True),
        text("currency"),
        day("opened_on", null=True),
        day("due_date", null=True),
        number("principal_minor"),
        number("interest_minor"),
        number("default_interest_minor"),
        number("fees_minor"),
        number("expenses_minor"),
        flag("guaranteed", null=True),
        day("renewed_on", null=True),
        flag("related_party", null=True),
    ]


def _of_the_person() -> list[Column[Any]]:
    return [text("id_type", null=True), text("id_number"), text("name", null=True)]


#: The account as its institution states it.
#: ``state`` is ``placed``; once a full snapshot no longer names it, ``vanished``; once a recall
#: names it, ``recalled`` as of ``effective_from``.
account_version = institution_table(
    "account_version",
    ("account_id", *_VERSION),
    number("account_id"),
    *version(),
    text("state"),
    *_of_the_account(),
)

#: The first word about an account and its debtor: a row of a portfolio that named both for the
#: first time. It says at once what versions of the account (``placed``), of the party (``debtor``),
#: of the person and of each contact point would say; see ``recupero.store.introductions``.
introduction = institution_table(
    "introduction",
    ("account_id", *_VERSION),
    number("account_id"),
    *version(),
    *_of_the_account(),
    number("person_id"),
    *_of_the_person(),
    text("phone", null=True),
    text("phone_2", null=True),
    text("email", null=True),
    text("address", null=True),
    text("city", null=True),
    text("region", null=True),
)

#: Until when a file stated an account, where neither a version of it nor the file's own cut-off
#: says so: a row that was rejected, that changed nothing in a delta, or of another date.
account_cut_off = institution_table(
    "account_cut_off",
    ("receipt_id", "account_id"),
    number("receipt_id"),
    number("account_id"),
    day("cut_off"),
    references=(("receipt_id", "receipt", "receipt_id"),),
)

#: An account taken back by itself; the version of the same file and line ends it.
recall = institution_table(
    "recall",
    ("receipt_id", "line_number"),
    number("receipt_id"),
    count("line_number"),
    number("account_id"),
    day("recalled_on"),
    text("reason", null=True),
    text("reference", null=True),
    indexes=(("account_id",),),
)

person_version = institution_table(
    "person_version",
    ("person_id", *_VERSION),
    number("person_id"),
    *version(),
    *_of_the_person(),
)

#: Who answers for an account: debtor, co-debtor, guarantor or representative.
party_version = institution_table(
    "party_version",
    ("account_id", "person_id", "role", *_VERSION),
    number("account_id"),
    number("person_id"),
    text("role"),
    *version(),
)

contact_point_version = institution_table(
    "contact_point_version",
    ("person_id", "channel", "ordinal", *_VERSION),
    number("person_id"),
    text("channel"),
    count("ordinal"),
    *version(),
    text("value"),
    text("city", null=True),
    text("region", null=True),
)

consent_version = institution_table(
    "consent_version",
    ("person_id", "channel", *_VERSION),
    number("person_id"),
    text("channel"),
    *version(),
    flag("granted"),
)

instalment_version = institution_table(
    "instalment_version",
    ("account_id", "number", *_VERSION),
    number("account_id"),
    count("number"),
    *version(),
    day("due_date"),
    number("principal_minor"),
    number("interest_minor"),
    number("fees_minor"),
)

guarantee_version = institution_table(
    "guarantee_version",
    ("account_id", "number", *_VERSION),
    number("account_id"),
    count("number"),
    *version(),
    text("kind"),
    number("covers_minor", null=True),
)

document_version = institution_table(
    "document_version",
    ("account_id", "number", *_VERSION),
    number("account_id"),
    count("number"),
    *version(),
    text("kind"),
    text("reference"),
    day("issued_on", null=True),
)

#: Disputes, pauses, protection: an interval in which nobody may be contacted. ``hold_id`` is a
#: keyed hash of what the institution knows it by; of a dispute ``reference`` is its number there,
#: and ``ground`` what it is about.
hold_version = institution_table(
    "hold_version",
    ("account_id", "hold_id", *_VERSION),
    number("account_id"),
    number("hold_id"),
    *version(),
    text("kind"),
    text("ground", null=True),
    text("reference", null=True),
    text("basis", null=True),
)

#: What happened in court; ``reference`` is the file's number there. Which events stop contacts, the
#: contact rules say.
judicial_event_version = institution_table(
    "judicial_event_version",
    ("account_id", "event_id", *_VERSION),
    number("account_id"),
    number("event_id"),
    *version(),
    text("event"),
    day("occurred_on"),
    text("reference", null=True),
    text("court", null=True),
)
