"""Every file in and out: no name of a debtor, only names of files, counts and digests."""

from sqlalchemy import UniqueConstraint

from recupero.store.tables.columns import count, day, institution_table, number, text

#: A file that came in. ``address`` is its place in the vault, a keyed hash of its bytes.
#: ``duplicate_of`` names the receipt that brought the same bytes first.
receipt = institution_table(
    "receipt",
    ("receipt_id",),
    number("receipt_id"),
    text("name"),
    text("address"),
    number("size_bytes"),
    text("side_digest", null=True),
    day("business_date"),
    count("sequence"),
    number("duplicate_of", null=True),
)

#: Which receipt a file came inside of, where it came in a sealed one: compressed or encrypted; or
#: which control file brought it again, to be judged once more.
member = institution_table(
    "member",
    ("receipt_id",),
    number("receipt_id"),
    number("container_id"),
    references=(
        ("receipt_id", "receipt", "receipt_id"),
        ("container_id", "receipt", "receipt_id"),
    ),
)

#: What became of it: I1, rows_read = booked + unchanged + held + rejected + duplicate.
receipt_outcome = institution_table(
    "receipt_outcome",
    ("receipt_id",),
    number("receipt_id"),
    text("state"),
    text("rule", null=True),
    text("reason", null=True),
    text("kind", null=True),
    text("layout_version", null=True),
    day("business_date"),
    day("cut_off", null=True),
    count("rows_read"),
    count("rows_booked"),
    count("rows_unchanged"),
    count("rows_held"),
    count("rows_rejected"),
    count("rows_duplicate"),
    text("control", null=True),
    text("amounts"),
    references=(("receipt_id", "receipt", "receipt_id"),),
)

#: One row per failed rule of a rejected line; its text stays in the vault alone.
reject = institution_table(
    "reject",
    ("receipt_id", "number"),
    number("receipt_id"),
    count("number"),
    count("line_number"),
    text("field"),
    text("rule"),
    references=(("receipt_id", "receipt", "receipt_id"),),
)

#: A rejected line that came back mended and was taken: ``line_number`` of the mended file's receipt
#: stands for ``of_line_number`` of the other's. ``content`` is a keyed hash of what was mended.
repair = institution_table(
    "repair",
    ("receipt_id", "line_number"),
    number("receipt_id"),
    count("line_number"),
    number("of_receipt_id"),
    count("of_line_number"),
    number("content"),
    references=(
        ("receipt_id", "receipt", "receipt_id"),
        ("of_receipt_id", "receipt", "receipt_id"),
    ),
)
repair.append_constraint(UniqueConstraint("institution", "of_receipt_id", "of_line_number"))

#: A document that goes out, vaulted before it leaves.
document = institution_table(
    "document",
    ("document_id",),
    number("document_id"),
    text("kind"),
    text("name"),
    text("destination"),
    day("business_date"),
    text("address"),
    number("size_bytes"),
    number("about_receipt_id", null=True),
)
document.append_constraint(UniqueConstraint("institution", "destination", "name"))

#: That it may have become visible over there from then on, written before the rename; with the
#: bytes that leave. It tells a reply that was lost from a paper that was never sent. What became of
#: it stands in ``delivery``, so no chain holds it.
delivery_attempt = institution_table(
    "delivery_attempt",
    ("document_id",),
    number("document_id"),
    text("address"),
    references=(("document_id", "document", "document_id"),),
    chained=False,
)

#: A document as it leaves encrypted, announced before its object is in the vault: what is encrypted
#: is not the same twice, so one that a killed run lost is followed by another, and the last counts.
#: ``recipients`` are fingerprints. Random, so no chain holds it.
encrypted_document = institution_table(
    "encrypted_document",
    ("document_id", "number"),
    number("document_id"),
    count("number"),
    text("address"),
    number("size_bytes"),
    text("recipients"),
    references=(("document_id", "document", "document_id"),),
    chained=False,
)

#: How it ended: read back over there and renamed into place; withheld; or uncertain.
delivery = institution_table(
    "delivery",
    ("document_id",),
    number("document_id"),
    day("business_date"),
    text("outcome"),
    references=(("document_id", "document", "document_id"),),
)

#: What an operator decided about an uncertain delivery: it arrived, was sent again, or is lost.
delivery_decision = institution_table(
    "delivery_decision",
    ("document_id",),
    number("document_id"),
    day("business_date"),
    text("decision"),
    text("decided_by"),
    references=(("document_id", "delivery", "document_id"),),
)

#: What runs depended on besides files: the bytes of profiles, packs and calendars, by digest.
run_input = institution_table(
    "run_input",
    ("digest",),
    text("digest"),
    text("kind"),
    text("address"),
)

#: That an object of the vault was destroyed, once for each that named it: the file or the paper,
#: the place there (a keyed hash of the bytes), and why: the period of its kind, counted from
#: ``kept_from``; of a container, which goes with what was in it, 0 months. The same bytes, sent
#: again, are another receipt. What operations cleared away because nothing named it has neither.
erasure = institution_table(
    "erasure",
    ("recording_id", "number"),
    count("number"),
    number("receipt_id", null=True),
    number("document_id", null=True),
    text("address"),
    text("rule"),
    count("months"),
    day("kept_from"),
    day("business_date"),
    references=(
        ("receipt_id", "receipt", "receipt_id"),
        ("document_id", "document", "document_id"),
    ),
)
