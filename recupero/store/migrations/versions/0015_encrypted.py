"""Papers as they leave encrypted for the institution."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_OWN = "institution = current_setting('recupero.institution', true)"


def upgrade() -> None:
    op.create_table(
        "encrypted_document",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(collation="C"), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("recipients", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "document_id"],
            ["document.institution", "document.document_id"],
            name=op.f("encrypted_document_institution_document_id_fk"),
        ),
        sa.PrimaryKeyConstraint(
            "institution", "document_id", "number", name=op.f("encrypted_document_pk")
        ),
        postgresql_partition_by="LIST (institution)",
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON encrypted_document "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON encrypted_document "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute("ALTER TABLE encrypted_document ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE encrypted_document FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_rows ON encrypted_document USING ({_OWN})")
