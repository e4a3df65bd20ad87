"""Rejected lines that came back mended, and which line of which file each stands for."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_OWN = "institution = current_setting('recupero.institution', true)"


def upgrade() -> None:
    op.create_table(
        "repair",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("of_receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("of_line_number", sa.Integer(), nullable=False),
        sa.Column("content", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "receipt_id"],
            ["receipt.institution", "receipt.receipt_id"],
            name=op.f("repair_institution_receipt_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["institution", "of_receipt_id"],
            ["receipt.institution", "receipt.receipt_id"],
            name=op.f("repair_institution_of_receipt_id_fk"),
        ),
        sa.PrimaryKeyConstraint("institution", "receipt_id", "line_number", name=op.f("repair_pk")),
        sa.UniqueConstraint(
            "institution",
            "of_receipt_id",
            "of_line_number",
            name=op.f("repair_institution_of_receipt_id_of_line_number_uq"),
        ),
        postgresql_partition_by="LIST (institution)",
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON repair "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON repair "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute("ALTER TABLE repair ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE repair FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_rows ON repair USING ({_OWN})")
