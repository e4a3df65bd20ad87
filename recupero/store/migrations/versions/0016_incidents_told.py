"""Whether people were told what an incident is now."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    # Until here nothing was recorded that was not told.
    op.add_column("incident", sa.Column("told", sa.Boolean(), nullable=False, server_default="t"))
    op.alter_column("incident", "told", server_default=None)
