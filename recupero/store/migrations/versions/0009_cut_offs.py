"""Until when an account was stated, where its file alone does not tell."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_OWN = "institution = current_setting('recupero.institution', true)"


def upgrade() -> None:
    op.create_table(
        "account_cut_off",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("cut_off", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "receipt_id"],
            ["receipt.institution", "receipt.receipt_id"],
            name=op.f("account_cut_off_institution_receipt_id_fk"),
        ),
        sa.PrimaryKeyConstraint(
            "institution", "receipt_id", "account_id", name=op.f("account_cut_off_pk")
        ),
        postgresql_partition_by="LIST (institution)",
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON account_cut_off "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON account_cut_off "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute("ALTER TABLE account_cut_off ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE account_cut_off FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_rows ON account_cut_off USING ({_OWN})")
