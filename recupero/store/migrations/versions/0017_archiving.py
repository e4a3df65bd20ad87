"""Which received files' moves to the archive were begun and are not known to have ended."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_OWN = "institution = current_setting('recupero.institution', true)"


def upgrade() -> None:
    op.create_table(
        "archiving",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=True),
        sa.Column("business_date", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("institution", "place", name=op.f("archiving_pk")),
    )
    op.execute("ALTER TABLE archiving ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE archiving FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_rows ON archiving USING ({_OWN})")
