"""What stopped the traffic with a server, and what was seen in an inbox and not taken up."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_OWN = "institution = current_setting('recupero.institution', true)"


def upgrade() -> None:
    op.create_table(
        "incident",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("side", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(collation="C"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(collation="C"), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("institution", "side", "kind", "number", name=op.f("incident_pk")),
    )
    op.create_table(
        "sighting",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=True),
        sa.Column("receipt_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(collation="C"), nullable=False),
        sa.Column("there", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "business_date", "entry", name=op.f("sighting_pk")),
    )
    for name in ("incident", "sighting"):
        op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_rows ON {name} USING ({_OWN})")
