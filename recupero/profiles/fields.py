"""The canonical fields of every kind of file an institution drops: the words of this house.

A profile maps an institution's own columns onto these; ``schemas`` turns them into typed frames.
Amounts are minor units and end in ``_minor``; whatever a layout does not declare stays null.
"""

from __future__ import annotations

from typing import Literal, get_args

from recupero.profiles import account_fields
from recupero.profiles.agency_fields import ABSENCE, COST, GOAL, ROSTER, UNIT_VALUE
from recupero.profiles.canonical import CHANNELS, Canonical
from recupero.profiles.control_fields import CONTROL

Kind = Literal[
    "placement", "payment", "effort", "consent", "attestation", "write_off", "roster", "statement",
    "instalment", "guarantee", "document_index", "hold", "dispute", "judicial_event",
    "related_person", "debtor_update", "recall", "adjustment",
    "absence", "cost", "goal", "unit_value", "control",
]  # fmt: skip

#: As the constant of a date field: the day the file is processed for.
BUSINESS_DATE = "business_date"

KINDS: tuple[Kind, ...] = get_args(Kind)

OBLIGATION_KINDS = ("loan", "card", "service", "invoice")
RESULTS = (
    "contact", "no_contact", "promise", "refusal", "delivered", "returned", "wrong_number",
)  # fmt: skip
ATTESTATIONS = (
    "provisioned", "itemised_in_inventory_book", "uneconomic_to_sue", "unrelated_party",
    "unguaranteed", "not_renewed", "judicial_action_exhausted",
)  # fmt: skip
#: Why an institution takes an account back.
RECALLS = (
    "paid", "agreed", "sold", "legal_action", "insolvency", "deceased", "disputed",
    "placed_in_error", "end_of_placement", "other",
)  # fmt: skip
#: What an institution itself moves on an account (`recupero.rules.adjust` posts them).
ADJUSTMENTS = ("charge", "accrual", "correction", "refund", "waiver", "reclassification")

PLACEMENT = (
    Canonical("account_number", required=True),
    Canonical("debtor_id_type"),
    Canonical("debtor_id_number", "identity"),
    Canonical("debtor_name"),
    Canonical("obligation_kind", allowed=OBLIGATION_KINDS),
    Canonical("product"),
    Canonical("currency", required=True),
    Canonical("cut_off", "date", required=True),
    Canonical("opened_on", "date"),
    Canonical("due_date", "date"),
    Canonical("days_past_due", "integer"),
    Canonical("principal_minor", "amount", required=True),
    Canonical("interest_minor", "amount", absent=0),
    Canonical("default_interest_minor", "amount", absent=0),
    Canonical("fees_minor", "amount", absent=0),
    Canonical("expenses_minor", "amount", absent=0),
    Canonical("total_minor", "amount"),
    Canonical("phone"),
    Canonical("phone_2"),
    Canonical("email"),
    Canonical("address"),
    Canonical("city"),
    Canonical("region"),
    Canonical("guaranteed", "boolean"),
    Canonical("renewed_on", "date"),
    Canonical("related_party", "boolean"),
)
PAYMENT = (
    Canonical("transaction_id", required=True),
    Canonical("account_number"),
    Canonical("amount_minor", "amount", required=True),
    Canonical("kind", required=True, allowed=("payment", "reversal"), absent="payment"),
    Canonical("reverses"),
    Canonical("paid_on", "date", required=True),
    Canonical("currency", required=True),
    Canonical("payer_name"),
    Canonical("payer_id", "identity"),
    Canonical("channel"),
)
EFFORT = (
    Canonical("effort_id", required=True),
    Canonical("account_number", required=True),
    Canonical("performed_at", "datetime", required=True),
    Canonical("channel", required=True, allowed=CHANNELS),
    Canonical("result", allowed=RESULTS),
    Canonical("direct", "boolean"),
)
CONSENT = (
    Canonical("debtor_id_type", required=True),
    Canonical("debtor_id_number", "identity", required=True),
    Canonical("channel", required=True, allowed=CHANNELS),
    Canonical("granted", "boolean", required=True),
    Canonical("recorded_at", "date", required=True),
)
ATTESTATION = (
    Canonical("account_number", required=True),
    Canonical("attestation", required=True, allowed=ATTESTATIONS),
    Canonical("holds", "boolean", required=True),
    Canonical("stated_on", "date", required=True),
    Canonical("evidence", required=True),
)
WRITE_OFF = (
    Canonical("account_number", required=True),
    Canonical("amount_minor", "amount", required=True),
    Canonical("currency", required=True),
    Canonical("decided_on", "date", required=True),
    Canonical("resolution", required=True),
    Canonical("proposal"),
)
RECALL = (
    Canonical("account_number", required=True),
    Canonical("recalled_on", "date", required=True),
    Canonical("reason", allowed=RECALLS),
    Canonical("recall_id"),
)
ADJUSTMENT = (
    Canonical("adjustment_id", required=True),
    Canonical("account_number", required=True),
    Canonical("event", required=True, allowed=ADJUSTMENTS),
    Canonical("currency", required=True),
    Canonical("effective_on", "date", required=True),
    Canonical("principal_minor", "amount", absent=0),
    Canonical("interest_minor", "amount", absent=0),
    Canonical("default_interest_minor", "amount", absent=0),
    Canonical("fees_minor", "amount", absent=0),
    Canonical("expenses_minor", "amount", absent=0),
    Canonical("reason", required=True),
)

FIELDS: dict[Kind, tuple[Canonical, ...]] = {
    "placement": PLACEMENT,
    "payment": PAYMENT,
    "effort": EFFORT,
    "consent": CONSENT,
    "attestation": ATTESTATION,
    "write_off": WRITE_OFF,
    "roster": ROSTER,
    "statement": (),  # a bank's format, not the institution's: see recupero.statements
    "instalment": account_fields.INSTALMENT,
    "guarantee": account_fields.GUARANTEE,
    "document_index": account_fields.DOCUMENT_INDEX,
    "related_person": account_fields.RELATED_PERSON,
    "debtor_update": account_fields.DEBTOR_UPDATE,
    "hold": account_fields.HOLD,
    "dispute": account_fields.DISPUTE,
    "judicial_event": account_fields.JUDICIAL_EVENT,
    "recall": RECALL,
    "adjustment": ADJUSTMENT,
    "absence": ABSENCE,
    "cost": COST,
    "goal": GOAL,
    "unit_value": UNIT_VALUE,
    "control": CONTROL,
}

#: What makes two rows of a file the same thing; the first stands, unless one denies (``DENIAL``) or
#: lasts (``LASTING``), or their figures differ (``CONTRADICTED``).
KEYS: dict[Kind, tuple[str, ...]] = {
    "placement": ("account_number",),
    "payment": ("transaction_id",),
    "effort": ("effort_id",),
    "consent": ("debtor_id_type", "debtor_id_number", "channel", "recorded_at"),
    "attestation": ("account_number", "attestation", "stated_on"),
    "write_off": ("account_number",),
    "roster": ("collector_code",),
    "statement": (),
    "instalment": ("account_number", "instalment_number"),
    "guarantee": ("account_number", "guarantee_number"),
    "document_index": ("account_number", "document_number"),
    "related_person": ("account_number", "role", "debtor_id_type", "debtor_id_number"),
    "debtor_update": ("debtor_id_type", "debtor_id_number"),
    "hold": ("account_number", "hold_kind", "since"),
    "dispute": ("account_number", "complaint_id"),
    "judicial_event": ("account_number", "event", "occurred_on", "reference"),
    "recall": ("account_number",),
    "adjustment": ("adjustment_id",),
    "absence": ("collector_code", "absent_from"),
    "cost": ("channel", "currency", "valid_from"),
    "goal": ("month", "scope", "code", "measure", "currency"),
    "unit_value": ("unit", "valid_from"),
    "control": ("currency",),
}

#: Kinds that list things of an account. A file of theirs is a delta unless its layout says
#: ``snapshot = "full"``: then what it no longer states of the accounts it names is ended.
LISTS: frozenset[Kind] = frozenset({"instalment", "guarantee", "document_index", "related_person"})

#: Kinds of which no file can be the whole: what it does not state has not ended.
NEVER_WHOLE: frozenset[Kind] = frozenset({"hold", "dispute", "judicial_event", "debtor_update"})

#: Kinds whose files may name accounts or persons that nobody knew.
FIRST_NAMED: frozenset[Kind] = frozenset({"placement", "related_person"})

#: The truth value by whose *false* a row stands against an equal key, whatever its line: a
#: withdrawal of consent, a creditor's denial.
DENIAL: dict[Kind, str] = {"consent": "granted", "attestation": "holds"}

#: The last day by whose absence a row stands against an equal key: what lasts, lasts.
LASTING: dict[Kind, str] = {"hold": "until", "dispute": "closed_on"}

#: What a placement's row says of the person and where to reach it. Portfolios bring a row for each
#: telephone or address of a debtor: they say the same of the account.
OF_PERSON = frozenset({
    "debtor_name", "phone", "phone_2", "email", "address", "city", "region",
})  # fmt: skip

#: Fields in which two rows of one key may not differ, else neither stands: figures, and nothing
#: says which of them is meant.
CONTRADICTED: dict[Kind, frozenset[str]] = {
    "placement": frozenset(field.name for field in PLACEMENT) - OF_PERSON,
    "instalment": frozenset(field.name for field in account_fields.INSTALMENT),
    "guarantee": frozenset(field.name for field in account_fields.GUARANTEE),
    "adjustment": frozenset(field.name for field in ADJUSTMENT) - {"reason"},
    "absence": frozenset(field.name for field in ABSENCE),
    "cost": frozenset(field.name for field in COST),
    "goal": frozenset(field.name for field in GOAL),
    "unit_value": frozenset(field.name for field in UNIT_VALUE),
    "control": frozenset(field.name for field in CONTROL),
}


def fields_of(kind: Kind) -> dict[str, Canonical]:
    """The canonical fields of *kind* by name, in the order of its frames."""
    return {field.name: field for field in FIELDS[kind]}
