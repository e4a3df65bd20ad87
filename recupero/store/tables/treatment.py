"""Who works what, which contact was allowed or withheld, and the letters written."""

from recupero.store.tables.columns import (
    count,
    day,
    flag,
    institution_table,
    moment,
    number,
    text,
)

#: The agency's roster; filled for ``_agency`` alone.
collector = institution_table(
    "collector",
    ("collector_code", "recorded_on", "sequence"),
    text("collector_code"),
    day("recorded_on"),
    count("sequence"),
    number("receipt_id"),
    count("line_number"),
    text("country"),
    count("capacity"),
    text("skills", null=True),
)

#: The part of a collector's capacity an institution may use, from a date; a whole division
#: (``recording_id``) replaces the one before.
collector_quota = institution_table(
    "collector_quota",
    ("recording_id", "collector_code"),
    text("collector_code"),
    day("business_date"),
    count("capacity"),
    text("skills", null=True),
)

#: A gestión: a contact made or tried, from a contact-result file.
effort = institution_table(
    "effort",
    ("effort_id",),
    number("effort_id"),
    number("account_id"),
    moment("performed_at"),
    text("channel"),
    text("result", null=True),
    flag("direct"),
    number("receipt_id"),
    count("line_number"),
    indexes=(("account_id",),),
)

#: What the account was worth doing on a day: derived, narrow, once a day.
assessment = institution_table(
    "assessment",
    ("business_date", "account_id"),
    day("business_date"),
    number("account_id"),
    count("age_days"),
    text("bucket"),
    text("stage"),
    count("score"),
    text("segment"),
    number("balance_minor"),
    text("collector_code", null=True),
    text("action"),
    text("reason", null=True),
)

#: Whether the agency's daily count of contacts with a person leaves room for this one.
contact_grant = institution_table(
    "contact_grant",
    ("business_date", "account_id", "channel"),
    day("business_date"),
    number("account_id"),
    text("channel"),
    flag("granted"),
)

#: May we? Every planned contact with its answer, the rule and the norm behind it.
permission = institution_table(
    "permission",
    ("permission_id",),
    number("permission_id"),
    day("business_date"),
    number("account_id"),
    number("person_id", null=True),
    text("role"),
    text("channel"),
    moment("planned_at"),
    flag("allowed"),
    text("rule", null=True),
    text("norm", null=True),
    text("confidence", null=True),
    moment("lawful_from", null=True),
    indexes=(("business_date",),),
)

#: A contact that was allowed when planned and no longer when somebody was about to make it.
release_refusal = institution_table(
    "release_refusal",
    ("permission_id",),
    number("permission_id"),
    day("business_date"),
    text("channel"),
    text("rule"),
    text("norm", null=True),
    text("confidence", null=True),
    moment("lawful_from", null=True),
    references=(("permission_id", "permission", "permission_id"),),
)

#: A letter is a page of a batch document, allowed by a permission.
letter = institution_table(
    "letter",
    ("letter_id",),
    number("letter_id"),
    number("document_id"),
    count("page"),
    number("account_id"),
    number("permission_id"),
    text("stage"),
    day("business_date"),
    references=(
        ("document_id", "document", "document_id"),
        ("permission_id", "permission", "permission_id"),
    ),
    indexes=(("account_id",),),
)
