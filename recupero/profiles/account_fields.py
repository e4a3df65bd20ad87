"""The canonical fields of what institutions tell about accounts and people beside a portfolio.

``stated_on`` is the day a row was drawn; without it, the day its file is processed for.
"""

from __future__ import annotations

from recupero.profiles.canonical import Canonical

GUARANTEES = (
    "mortgage", "pledge", "guarantee_fund", "deposit", "retention_of_title", "personal", "other",
)  # fmt: skip
DOCUMENTS = (
    "promissory_note", "letter_of_instructions", "contract", "invoice", "statement",
    "guarantee_deed", "notice", "other",
)  # fmt: skip

#: Who answers for an account besides its debtor, in the words of the law packs.
ROLES = ("co-debtor", "guarantor", "representative")
HOLDS = (
    "insolvency", "lawsuit", "dispute", "deceased", "protected", "hardship", "force_majeure",
    "payment_agreement", "other",
)  # fmt: skip
DISPUTES = ("denied", "amount", "paid", "impersonation", "prescribed", "treatment", "other")
#: What :mod:`recupero.rules.contact_holds` knows of them stops contacts.
EVENTS = (
    "demand_filed", "demand_served", "precautionary_measure", "judgment", "auction",
    "proceeding_ended", "insolvency_opened", "insolvency_ended",
)  # fmt: skip

_ACCOUNT = Canonical("account_number", required=True)
_STATED_ON = Canonical("stated_on", "date")

INSTALMENT = (
    _ACCOUNT,
    Canonical("instalment_number", "integer", required=True),
    Canonical("due_date", "date", required=True),
    Canonical("currency", required=True),
    Canonical("principal_minor", "amount", required=True),
    Canonical("interest_minor", "amount", absent=0),
    Canonical("fees_minor", "amount", absent=0),
    _STATED_ON,
)
GUARANTEE = (
    _ACCOUNT,
    Canonical("guarantee_number", "integer", required=True),
    Canonical("guarantee_kind", required=True, allowed=GUARANTEES),
    Canonical("currency", required=True),
    Canonical("covers_minor", "amount"),
    _STATED_ON,
)
DOCUMENT_INDEX = (
    _ACCOUNT,
    Canonical("document_number", "integer", required=True),
    Canonical("document_kind", required=True, allowed=DOCUMENTS),
    Canonical("reference", required=True),
    Canonical("issued_on", "date"),
    _STATED_ON,
)
_PERSON = (
    Canonical("debtor_id_type"),
    Canonical("debtor_id_number", "identity", required=True),
    Canonical("debtor_name"),
    Canonical("phone"),
    Canonical("phone_2"),
    Canonical("email"),
    Canonical("address"),
    Canonical("city"),
    Canonical("region"),
)
RELATED_PERSON = (
    _ACCOUNT,
    Canonical("role", required=True, allowed=ROLES),
    *_PERSON,
    Canonical("since", "date"),
    Canonical("until", "date"),
)
DEBTOR_UPDATE = (*_PERSON, _STATED_ON)
#: ``until`` and ``closed_on`` are the last day on which nobody may be contacted.
HOLD = (
    _ACCOUNT,
    Canonical("hold_kind", required=True, allowed=HOLDS),
    Canonical("since", "date", required=True),
    Canonical("until", "date"),
    Canonical("basis"),
)
DISPUTE = (
    _ACCOUNT,
    Canonical("complaint_id", required=True),
    Canonical("dispute_kind", required=True, allowed=DISPUTES),
    Canonical("opened_on", "date", required=True),
    Canonical("closed_on", "date"),
    Canonical("basis"),
)
JUDICIAL_EVENT = (
    _ACCOUNT,
    Canonical("event", required=True, allowed=EVENTS),
    Canonical("occurred_on", "date", required=True),
    Canonical("reference"),
    Canonical("court"),
)
