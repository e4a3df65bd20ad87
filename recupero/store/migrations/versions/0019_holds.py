"""Several holds of one kind on an account, and what happened in court."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_OWN = "institution = current_setting('recupero.institution', true)"


def upgrade() -> None:
    # Until here nothing filled the table, so the new column needs no value for old rows.
    op.drop_constraint("hold_version_pk", "hold_version")
    op.add_column("hold_version", sa.Column("hold_id", sa.BigInteger(), nullable=False))
    op.add_column("hold_version", sa.Column("ground", sa.Text(collation="C"), nullable=True))
    op.add_column("hold_version", sa.Column("reference", sa.Text(collation="C"), nullable=True))
    op.create_primary_key(
        "hold_version_pk",
        "hold_version",
        ["institution", "account_id", "hold_id", "recorded_on", "sequence"],
    )
    op.create_table(
        "judicial_event_version",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_until", sa.Date(), nullable=True),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.Text(collation="C"), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(collation="C"), nullable=True),
        sa.Column("court", sa.Text(collation="C"), nullable=True),
        sa.PrimaryKeyConstraint(
            "institution",
            "account_id",
            "event_id",
            "recorded_on",
            "sequence",
            name=op.f("judicial_event_version_pk"),
        ),
        postgresql_partition_by="LIST (institution)",
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON judicial_event_version "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON judicial_event_version "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute("ALTER TABLE judicial_event_version ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE judicial_event_version FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_rows ON judicial_event_version USING ({_OWN})")
