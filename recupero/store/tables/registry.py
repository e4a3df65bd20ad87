"""Who the institutions are, what was recorded in which order, and the few shared tables."""

from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint

from recupero.store.tables.columns import (
    count,
    day,
    instant,
    institution_table,
    metadata,
    number,
    text,
)

#: The register of institutions; it holds no debtor data and is readable by every run.
institution = Table(
    "institution",
    metadata,
    text("code"),
    text("name"),
    text("country"),
    text("currency"),
    PrimaryKeyConstraint("code"),
)

#: The chain: one row for each thing recorded, in order, per institution. ``head`` is the hash
#: of the row and of the previous head; ``content_digest`` of the rows recorded with it.
recording = institution_table(
    "recording",
    ("recording_id",),
    number("recording_id"),
    count("position"),
    text("kind"),
    text("subject"),
    day("business_date"),
    text("inputs"),
    text("counts"),
    text("content_digest"),
    text("previous_head"),
    text("head"),
    chained=False,
)
recording.append_constraint(UniqueConstraint("institution", "position"))
recording.append_constraint(UniqueConstraint("institution", "subject"))

#: What each institution's run tells everybody: counts and totals, never a debtor.
published_total = Table(
    "published_total",
    metadata,
    text("institution"),
    day("business_date"),
    text("stage"),
    text("totals"),
    PrimaryKeyConstraint("institution", "business_date", "stage"),
)

#: Contacts granted to a person on a channel and day across institutions. No institution is
#: named, and the application reaches it only through the function ``grant_contact_slots``.
contact_slot = Table(
    "contact_slot",
    metadata,
    text("person_hash"),
    text("channel"),
    day("day"),
    count("granted"),
    PrimaryKeyConstraint("person_hash", "channel", "day"),
)

#: Who takes an institution's files or brings it ours, and until when. Its rows change; nothing is
#: proven by them, so no chain holds them.
exchange_lease = Table(
    "exchange_lease",
    metadata,
    text("institution"),
    text("side"),
    number("token"),
    text("holder"),
    instant("expires_at"),
    PrimaryKeyConstraint("institution", "side"),
)
