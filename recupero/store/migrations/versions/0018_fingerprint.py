"""The rows of full portfolios as they were last booked, so that repetitions need no work."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_OWN = "institution = current_setting('recupero.institution', true)"


def upgrade() -> None:
    op.create_table(
        "fingerprint",
        sa.Column("institution", sa.Text(collation="C"), nullable=False),
        sa.Column("portfolio", sa.Text(collation="C"), nullable=False),
        sa.Column("receipt_id", sa.BigInteger(), nullable=False),
        sa.Column("cut_off", sa.Date(), nullable=False),
        sa.Column("made_as", sa.Text(collation="C"), nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("institution", "portfolio", name=op.f("fingerprint_pk")),
    )
    op.execute("ALTER TABLE fingerprint ALTER COLUMN rows SET STORAGE EXTERNAL")
    op.execute("ALTER TABLE fingerprint ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE fingerprint FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_rows ON fingerprint USING ({_OWN})")
