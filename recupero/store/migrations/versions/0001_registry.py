"""The register, the chain and the shared tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "institution",
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("country", sa.Text(collation="C"), nullable=False),
        sa.Column("currency", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("institution_pk")),
    )
    op.create_table(
        "recording",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("subject", sa.Text(collation="C"), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("inputs", sa.Text(collation="C"), nullable=False),
        sa.Column("counts", sa.Text(collation="C"), nullable=False),
        sa.Column("content_digest", sa.Text(collation="C"), nullable=False),
        sa.Column("previous_head", sa.Text(collation="C"), nullable=False),
        sa.Column("head", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("institution", "recording_id", name=op.f("recording_pk")),
        sa.UniqueConstraint(
            "institution", "position", name=op.f("recording_institution_position_uq")
        ),
        sa.UniqueConstraint(
            "institution", "subject", name=op.f("recording_institution_subject_uq")
        ),
        postgresql_partition_by="LIST (institution)",
    )
    op.create_table(
        "published_total",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("stage", sa.Text(collation="C"), nullable=False),
        sa.Column("totals", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint(
            "institution", "business_date", "stage", name=op.f("published_total_pk")
        ),
    )
    op.create_table(
        "contact_slot",
        sa.Column("person_hash", sa.Text(collation="C"), nullable=False),
        sa.Column("channel", sa.Text(collation="C"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("granted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person_hash", "channel", "day", name=op.f("contact_slot_pk")),
    )
