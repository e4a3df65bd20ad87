"""All tables, by what they hold. Import from here; the modules split them for reading.

Tables in ``PARTITIONED`` carry the institution as the first part of their key, are partitioned
by it and protected by row-level security. ``PERSONAL`` holds personal facts, so its rows enter
the chain through their keyed ``row_hash`` alone and can be erased without breaking it.
"""

from sqlalchemy import Table

from recupero.store.tables.agency import absence, effort_cost, goal, unit_value
from recupero.store.tables.closing import (
    attestation,
    instruction,
    opinion,
    opinion_condition,
    write_off,
)
from recupero.store.tables.columns import metadata, named_first
from recupero.store.tables.facts import (
    account_cut_off,
    account_version,
    consent_version,
    contact_point_version,
    document_version,
    guarantee_version,
    hold_version,
    instalment_version,
    introduction,
    judicial_event_version,
    party_version,
    person_version,
    recall,
)
from recupero.store.tables.ledger import adjustment, journal, match, money_entry, money_entry_detail
from recupero.store.tables.manifest import (
    delivery,
    delivery_attempt,
    delivery_decision,
    document,
    encrypted_document,
    erasure,
    member,
    receipt,
    receipt_outcome,
    reject,
    repair,
    run_input,
)
from recupero.store.tables.operations import archiving, fingerprint, incident, sighting
from recupero.store.tables.registry import (
    contact_slot,
    exchange_lease,
    institution,
    published_total,
    recording,
)
from recupero.store.tables.treatment import (
    assessment,
    collector,
    collector_quota,
    contact_grant,
    effort,
    letter,
    permission,
    release_refusal,
)

__all__ = [
    "APPEND_ORDER",
    "FILLED_BY",
    "OPERATIONAL",
    "PARTITIONED",
    "PERSONAL",
    "absence",
    "account_cut_off",
    "account_version",
    "adjustment",
    "archiving",
    "assessment",
    "attestation",
    "collector",
    "collector_quota",
    "consent_version",
    "contact_grant",
    "contact_point_version",
    "contact_slot",
    "delivery",
    "delivery_attempt",
    "delivery_decision",
    "document",
    "document_version",
    "effort",
    "effort_cost",
    "encrypted_document",
    "erasure",
    "exchange_lease",
    "fingerprint",
    "goal",
    "guarantee_version",
    "hold_version",
    "incident",
    "instalment_version",
    "institution",
    "instruction",
    "introduction",
    "journal",
    "judicial_event_version",
    "letter",
    "match",
    "member",
    "metadata",
    "money_entry",
    "money_entry_detail",
    "opinion",
    "opinion_condition",
    "party_version",
    "permission",
    "person_version",
    "published_total",
    "recall",
    "receipt",
    "receipt_outcome",
    "recording",
    "reject",
    "release_refusal",
    "repair",
    "run_input",
    "sighting",
    "unit_value",
    "write_off",
]

#: Tables of an institution whose rows change: nothing is proven by them.
OPERATIONAL = (archiving, exchange_lease, fingerprint, incident, sighting)

PARTITIONED = tuple(
    table for table in named_first() if "institution" in table.primary_key.columns
    and table not in {institution, published_total, *OPERATIONAL}
)  # fmt: skip

#: Tables a recording may fill, those that others name before them.
APPEND_ORDER = tuple(
    table for table in PARTITIONED
    if table not in {recording, delivery_attempt, encrypted_document}
)  # fmt: skip

#: The tables a recording of each kind may fill. Whatever else a recording holds nobody decided;
#: a kind that is not named here is recorded by nothing.
FILLED_BY: dict[str, frozenset[Table]] = {
    "receipt": frozenset({receipt}),
    "notice": frozenset(),
    "opening": frozenset({receipt, member, receipt_outcome}),
    "decryption": frozenset({receipt, member, receipt_outcome}),
    "input": frozenset({run_input}),
    "intake": frozenset(
        {
            receipt, member,  # of a file that a control file brings again
            receipt_outcome, reject, repair, introduction, account_version, account_cut_off,
            person_version, party_version, contact_point_version, consent_version, journal,
            money_entry, money_entry_detail, effort, attestation, instruction, collector,
            instalment_version, guarantee_version, document_version, hold_version,
            judicial_event_version, recall, adjustment, absence, effort_cost, goal, unit_value,
        }
    ),
    "acknowledgement": frozenset({document}),
    "settlement": frozenset({match, journal}),
    "reconciliation": frozenset({document}),
    "quota": frozenset({collector_quota}),
    "assessment": frozenset({assessment}),
    "slots": frozenset({contact_grant}),
    "permissions": frozenset({permission}),
    "letters": frozenset({document, letter, release_refusal}),
    "worklists": frozenset({document, release_refusal}),
    "opinions": frozenset({opinion, opinion_condition, document}),
    "write_off": frozenset({write_off, journal, document}),
    "summary": frozenset({document}),
    "delivery": frozenset({delivery, release_refusal}),
    "delivery_decision": frozenset({delivery_decision, release_refusal}),
    "retention": frozenset({erasure}),
    "clearing": frozenset({erasure}),
    "anchor": frozenset({document}),
}  # fmt: skip

PERSONAL = frozenset(table for table in APPEND_ORDER if "row_hash" in table.columns)
