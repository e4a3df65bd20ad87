"""Work, permissions, letters."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "collector",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("collector_code", sa.Text(collation="C"), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("country", sa.Text(collation="C"), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("skills", sa.Text(collation="C"), nullable=True),
        sa.PrimaryKeyConstraint(
            "institution", "collector_code", "recorded_on", "sequence", name=op.f("collector_pk")
        ),
        postgresql_partition_by="LIST (institution)",
    )
    op.create_table(
        "collector_quota",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("collector_code", sa.Text(collation="C"), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("skills", sa.Text(collation="C"), nullable=True),
        sa.PrimaryKeyConstraint(
            "institution", "collector_code", "business_date", name=op.f("collector_quota_pk")
        ),
        postgresql_partition_by="LIST (institution)",
    )
    op.create_table(
        "effort",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("effort_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("performed_at", sa.DateTime(), nullable=False),
        sa.Column("channel", sa.Text(collation="C"), nullable=False),
        sa.Column("result", sa.Text(collation="C"), nullable=True),
        sa.Column("direct", sa.Boolean(), nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "effort_id", name=op.f("effort_pk")),
        postgresql_partition_by="LIST (institution)",
    )
    op.create_index("effort_account_id_ix", "effort", ["institution", "account_id"], unique=False)
    op.create_table(
        "assessment",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("age_days", sa.Integer(), nullable=False),
        sa.Column("bucket", sa.Text(collation="C"), nullable=False),
        sa.Column("stage", sa.Text(collation="C"), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("segment", sa.Text(collation="C"), nullable=False),
        sa.Column("balance_minor", sa.BigInteger(), nullable=False),
        sa.Column("collector_code", sa.Text(collation="C"), nullable=True),
        sa.Column("action", sa.Text(collation="C"), nullable=False),
        sa.Column("reason", sa.Text(collation="C"), nullable=True),
        sa.PrimaryKeyConstraint(
            "institution", "business_date", "account_id", name=op.f("assessment_pk")
        ),
        postgresql_partition_by="LIST (institution)",
    )
    op.create_table(
        "contact_grant",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(collation="C"), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "institution", "business_date", "account_id", "channel", name=op.f("contact_grant_pk")
        ),
        postgresql_partition_by="LIST (institution)",
    )
    op.create_table(
        "permission",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("permission_id", sa.BigInteger(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.Text(collation="C"), nullable=False),
        sa.Column("channel", sa.Text(collation="C"), nullable=False),
        sa.Column("planned_at", sa.DateTime(), nullable=False),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("rule", sa.Text(collation="C"), nullable=True),
        sa.Column("norm", sa.Text(collation="C"), nullable=True),
        sa.Column("confidence", sa.Text(collation="C"), nullable=True),
        sa.Column("lawful_from", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("institution", "permission_id", name=op.f("permission_pk")),
        postgresql_partition_by="LIST (institution)",
    )
    op.create_index(
        "permission_business_date_ix", "permission", ["institution", "business_date"], unique=False
    )
    op.create_table(
        "letter",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("letter_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("permission_id", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Text(collation="C"), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "document_id"],
            ["document.institution", "document.document_id"],
            name=op.f("letter_institution_document_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["institution", "permission_id"],
            ["permission.institution", "permission.permission_id"],
            name=op.f("letter_institution_permission_id_fk"),
        ),
        sa.PrimaryKeyConstraint("institution", "letter_id", name=op.f("letter_pk")),
        postgresql_partition_by="LIST (institution)",
    )
    op.create_index("letter_account_id_ix", "letter", ["institution", "account_id"], unique=False)
