"""All tables, by what they hold. Import from here; the modules split them for reading.

Tables in ``PARTITIONED`` carry the institution as the first part of their key, are partitioned
by it and protected by row-level security. ``PERSONAL`` holds personal facts, so its rows enter
the chain through their keyed ``row_hash`` alone and can be erased without breaking it.
"""

from recupero.store.tables.closing import (
    attestation,
    instruction,
    opinion,
    opinion_condition,
    write_off,
)
from recupero.store.tables.columns import metadata
from recupero.store.tables.facts import (
    account_version,
    consent_version,
    contact_point_version,
    document_version,
    guarantee_version,
    hold_version,
    instalment_version,
    party_version,
    person_version,
)
from recupero.store.tables.ledger import journal, match, money_entry, money_entry_detail
from recupero.store.tables.manifest import (
    delivery,
    document,
    receipt,
    receipt_outcome,
    reject,
    run_input,
)
from recupero.store.tables.registry import contact_slot, institution, published_total, recording
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
    "PARTITIONED",
    "PERSONAL",
    "account_version",
    "assessment",
    "attestation",
    "collector",
    "collector_quota",
    "consent_version",
    "contact_grant",
    "contact_point_version",
    "contact_slot",
    "delivery",
    "document",
    "document_version",
    "effort",
    "guarantee_version",
    "hold_version",
    "instalment_version",
    "institution",
    "instruction",
    "journal",
    "letter",
    "match",
    "metadata",
    "money_entry",
    "money_entry_detail",
    "opinion",
    "opinion_condition",
    "party_version",
    "permission",
    "person_version",
    "published_total",
    "receipt",
    "receipt_outcome",
    "recording",
    "reject",
    "release_refusal",
    "run_input",
    "write_off",
]

PARTITIONED = tuple(
    table for table in metadata.sorted_tables if "institution" in table.primary_key.columns
    and table.name not in {"institution", "published_total"}
)  # fmt: skip

#: Tables a recording may fill, in the order their foreign keys allow.
APPEND_ORDER = tuple(table for table in PARTITIONED if table is not recording)

PERSONAL = frozenset(table for table in APPEND_ORDER if "row_hash" in table.columns)
