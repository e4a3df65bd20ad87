"""Files in and out."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "receipt",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("address", sa.Text(collation="C"), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("side_digest", sa.Text(collation="C"), nullable=True),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("duplicate_of", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("institution", "receipt_id", name=op.f("receipt_pk")),
        postgresql_partition_by="LIST (institution)",
    )
    op.create_table(
        "receipt_outcome",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("rule", sa.Text(collation="C"), nullable=True),
        sa.Column("reason", sa.Text(collation="C"), nullable=True),
        sa.Column("kind", sa.Text(collation="C"), nullable=True),
        sa.Column("layout_version", sa.Text(collation="C"), nullable=True),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("cut_off", sa.Date(), nullable=True),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("rows_booked", sa.Integer(), nullable=False),
        sa.Column("rows_unchanged", sa.Integer(), nullable=False),
        sa.Column("rows_held", sa.Integer(), nullable=False),
        sa.Column("rows_rejected", sa.Integer(), nullable=False),
        sa.Column("rows_duplicate", sa.Integer(), nullable=False),
        sa.Column("control", sa.Text(collation="C"), nullable=True),
        sa.Column("amounts", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "receipt_id"],
            ["receipt.institution", "receipt.receipt_id"],
            name=op.f("receipt_outcome_institution_receipt_id_fk"),
        ),
        sa.PrimaryKeyConstraint("institution", "receipt_id", name=op.f("receipt_outcome_pk")),
        postgresql_partition_by="LIST (institution)",
    )
    op.create_table(
        "reject",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(collation="C"), nullable=False),
        sa.Column("rule", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "receipt_id"],
            ["receipt.institution", "receipt.receipt_id"],
            name=op.f("reject_institution_receipt_id_fk"),
        ),
        sa.PrimaryKeyConstraint("institution", "receipt_id", "number", name=op.f("reject_pk")),
        postgresql_partition_by="LIST (institution)",
    )
    op.create_table(
        "document",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("destination", sa.Text(collation="C"), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("address", sa.Text(collation="C"), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("about_receipt_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("institution", "document_id", name=op.f("document_pk")),
        sa.UniqueConstraint(
            "institution",
            "destination",
            "name",
            name=op.f("document_institution_destination_name_uq"),
        ),
        postgresql_partition_by="LIST (institution)",
    )
    op.create_table(
        "delivery",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("outcome", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "document_id"],
            ["document.institution", "document.document_id"],
            name=op.f("delivery_institution_document_id_fk"),
        ),
        sa.PrimaryKeyConstraint("institution", "document_id", name=op.f("delivery_pk")),
        postgresql_partition_by="LIST (institution)",
    )
    op.create_table(
        "run_input",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("address", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("institution", "digest", name=op.f("run_input_pk")),
        postgresql_partition_by="LIST (institution)",
    )
