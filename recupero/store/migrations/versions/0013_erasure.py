"""That objects of the vault were destroyed, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_OWN = "institution = current_setting('recupero.institution', true)"


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=True),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("address", sa.Text(collation="C"), nullable=False),
        sa.Column("rule", sa.Text(collation="C"), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("kept_from", sa.Date(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "receipt_id"],
            ["receipt.institution", "receipt.receipt_id"],
            name=op.f("erasure_institution_receipt_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["institution", "document_id"],
            ["document.institution", "document.document_id"],
            name=op.f("erasure_institution_document_id_fk"),
        ),
        sa.PrimaryKeyConstraint("institution", "recording_id", "number", name=op.f("erasure_pk")),
        postgresql_partition_by="LIST (institution)",
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON erasure "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON erasure "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute("ALTER TABLE erasure ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE erasure FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_rows ON erasure USING ({_OWN})")
