"""That a paper was about to become visible over there."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_OWN = "institution = current_setting('recupero.institution', true)"


def upgrade() -> None:
    op.create_table(
        "delivery_attempt",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "document_id"],
            ["document.institution", "document.document_id"],
            name=op.f("delivery_attempt_institution_document_id_fk"),
        ),
        sa.PrimaryKeyConstraint("institution", "document_id", name=op.f("delivery_attempt_pk")),
        postgresql_partition_by="LIST (institution)",
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON delivery_attempt "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON delivery_attempt "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute("ALTER TABLE delivery_attempt ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE delivery_attempt FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_rows ON delivery_attempt USING ({_OWN})")
