"""Files that came inside a sealed one."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_OWN = "institution = current_setting('recupero.institution', true)"


def upgrade() -> None:
    op.create_table(
        "member",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("container_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "receipt_id"],
            ["receipt.institution", "receipt.receipt_id"],
            name=op.f("member_institution_receipt_id_fk"),
        ),
        sa.ForeignKeyConstraint(
            ["institution", "container_id"],
            ["receipt.institution", "receipt.receipt_id"],
            name=op.f("member_institution_container_id_fk"),
        ),
        sa.PrimaryKeyConstraint("institution", "receipt_id", name=op.f("member_pk")),
        postgresql_partition_by="LIST (institution)",
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON member "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON member "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute("ALTER TABLE member ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE member FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_rows ON member USING ({_OWN})")
