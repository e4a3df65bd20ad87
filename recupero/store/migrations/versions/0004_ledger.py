"""Journal, money and matches."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "journal",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_number", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("contra", sa.Text(collation="C"), nullable=True),
        sa.Column("ledger", sa.Text(collation="C"), nullable=False),
        sa.Column("event", sa.Text(collation="C"), nullable=False),
        sa.Column("currency", sa.Text(collation="C"), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("principal_minor", sa.BigInteger(), nullable=False),
        sa.Column("interest_minor", sa.BigInteger(), nullable=False),
        sa.Column("default_interest_minor", sa.BigInteger(), nullable=False),
        sa.Column("fees_minor", sa.BigInteger(), nullable=False),
        sa.Column("expenses_minor", sa.BigInteger(), nullable=False),
        sa.Column("unapplied_minor", sa.BigInteger(), nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=True),
        sa.Column("line_number", sa.Integer(), nullable=True),
        sa.Column("entry_id", sa.BigInteger(), nullable=True),
        sa.Column("reverses_recording_id", sa.BigInteger(), nullable=True),
        sa.Column("reverses_entry_number", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint(
            "institution", "recording_id", "entry_number", name=op.f("journal_pk")
        ),
        postgresql_partition_by="LIST (institution)",
    )
    op.create_index("journal_account_id_ix", "journal", ["institution", "account_id"], unique=False)
    op.create_table(
        "money_entry",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(collation="C"), nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(collation="C"), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("transaction_id", sa.Text(collation="C"), nullable=True),
        sa.Column("reverses", sa.Text(collation="C"), nullable=True),
        sa.PrimaryKeyConstraint("institution", "entry_id", name=op.f("money_entry_pk")),
        postgresql_partition_by="LIST (institution)",
    )
    op.create_table(
        "money_entry_detail",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("account_number", sa.Text(collation="C"), nullable=True),
        sa.Column("payer_name", sa.Text(collation="C"), nullable=True),
        sa.Column("payer_id", sa.Text(collation="C"), nullable=True),
        sa.Column("remittance", sa.Text(collation="C"), nullable=True),
        sa.ForeignKeyConstraint(
            ["institution", "entry_id"],
            ["money_entry.institution", "money_entry.entry_id"],
            name=op.f("money_entry_detail_institution_entry_id_fk"),
        ),
        sa.PrimaryKeyConstraint("institution", "entry_id", name=op.f("money_entry_detail_pk")),
        postgresql_partition_by="LIST (institution)",
    )
    op.create_table(
        "match",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("class", sa.Text(collation="C"), nullable=False),
        sa.Column("detail", sa.Text(collation="C"), nullable=True),
        sa.Column("stage", sa.Text(collation="C"), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("linked_entry_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(collation="C"), nullable=True),
        sa.Column("posts", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "entry_id"],
            ["money_entry.institution", "money_entry.entry_id"],
            name=op.f("match_institution_entry_id_fk"),
        ),
        sa.PrimaryKeyConstraint("institution", "entry_id", "business_date", name=op.f("match_pk")),
        postgresql_partition_by="LIST (institution)",
    )
