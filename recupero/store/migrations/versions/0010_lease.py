"""Who takes an institution's files or brings it ours."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_OWN = "institution = current_setting('recupero.institution', true)"


def upgrade() -> None:
    op.create_table(
        "exchange_lease",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("side", sa.Text(collation="C"), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.Text(collation="C"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("institution", "side", name=op.f("exchange_lease_pk")),
    )
    op.execute("ALTER TABLE exchange_lease ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE exchange_lease FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_rows ON exchange_lease USING ({_OWN})")
