"""Papers about to become visible over there, and what was decided where nobody could tell."""

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
    op.create_table(
        "delivery_decision",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("decision", sa.Text(collation="C"), nullable=False),
        sa.Column("decided_by", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution", "document_id"],
            ["delivery.institution", "delivery.document_id"],
            name=op.f("delivery_decision_institution_document_id_fk"),
        ),
        sa.PrimaryKeyConstraint("institution", "document_id", name=op.f("delivery_decision_pk")),
        postgresql_partition_by="LIST (institution)",
    )
    for table in ("delivery_attempt", "delivery_decision"):
        _protect(table)


def _protect(table: str) -> None:
    op.execute(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_rows ON {table} USING ({_OWN})")
