"""Exhaustion and write-off."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "attestation",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("attestation", sa.Text(collation="C"), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("stated_on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint(
            "institution", "receipt_id", "line_number", name=op.f("attestation_pk")
        ),
        postgresql_partition_by="LIST (institution)",
    )
    op.create_index(
        "attestation_account_id_ix", "attestation", ["institution", "account_id"], unique=False
    )
    op.create_table(
        "opinion",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("opinion_id", sa.BigInteger(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("regime", sa.Text(collation="C"), nullable=False),
        sa.Column("met", sa.Boolean(), nullable=False),
        sa.Column("claim_minor", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("institution", "opinion_id", name=op.f("opinion_pk")),
        postgresql_partition_by="LIST (institution)",
    )
    op.create_table(
        "opinion_condition",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("opinion_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("condition", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(collation="C"), nullable=False),
        sa.Column("evidence", sa.Text(collation="C"), nullable=False),
        sa.Column("missing", sa.Text(collation="C"), nullable=True),
        sa.Column("earliest_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["institution", "opinion_id"],
            ["opinion.institution", "opinion.opinion_id"],
            name=op.f("opinion_condition_institution_opinion_id_fk"),
        ),
        sa.PrimaryKeyConstraint(
            "institution", "opinion_id", "number", name=op.f("opinion_condition_pk")
        ),
        postgresql_partition_by="LIST (institution)",
    )
    op.create_table(
        "instruction",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("resolution", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint(
            "institution", "receipt_id", "line_number", name=op.f("instruction_pk")
        ),
        postgresql_partition_by="LIST (institution)",
    )
    op.create_table(
        "write_off",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("opinion_id", sa.BigInteger(), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(collation="C"), nullable=True),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint(
            "institution", "receipt_id", "line_number", name=op.f("write_off_pk")
        ),
        postgresql_partition_by="LIST (institution)",
    )
