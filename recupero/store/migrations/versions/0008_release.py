"""Contacts refused at release are rows; a division of capacity replaces the one before."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_OWN = "institution = current_setting('recupero.institution', true)"


def upgrade() -> None:
    op.create_table(
        "release_refusal",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("permission_id", sa.BigInteger(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(collation="C"), nullable=False),
        sa.Column("rule", sa.Text(collation="C"), nullable=False),
        sa.Column("norm", sa.Text(collation="C"), nullable=True),
        sa.Column("confidence", sa.Text(collation="C"), nullable=True),
        sa.Column("lawful_from", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["institution", "permission_id"],
            ["permission.institution", "permission.permission_id"],
            name=op.f("release_refusal_institution_permission_id_fk"),
        ),
        sa.PrimaryKeyConstraint("institution", "permission_id", name=op.f("release_refusal_pk")),
        postgresql_partition_by="LIST (institution)",
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON release_refusal "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON release_refusal "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute("ALTER TABLE release_refusal ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE release_refusal FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_rows ON release_refusal USING ({_OWN})")
    op.drop_constraint("collector_quota_pk", "collector_quota")
    op.create_primary_key(
        "collector_quota_pk", "collector_quota", ["institution", "recording_id", "collector_code"]
    )
