"""The first word about an account and its debtor, in one row."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_OWN = "institution = current_setting('recupero.institution', true)"


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(collation="C"), nullable=null)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "introduction",
        _text("institution"),
        _number("recording_id"),
        _number("account_id"),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_until", sa.Date(), nullable=True),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        _number("receipt_id"),
        sa.Column("line_number", sa.Integer(), nullable=False),
        _number("row_hash"),
        _text("account_number"),
        _text("obligation_kind", null=True),
        _text("product", null=True),
        _text("currency"),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("due_date", sa.Date(), nullable=True),
        _number("principal_minor"),
        _number("interest_minor"),
        _number("default_interest_minor"),
        _number("fees_minor"),
        _number("expenses_minor"),
        sa.Column("guaranteed", sa.Boolean(), nullable=True),
        sa.Column("renewed_on", sa.Date(), nullable=True),
        sa.Column("related_party", sa.Boolean(), nullable=True),
        _number("person_id"),
        _text("id_type", null=True),
        _text("id_number"),
        _text("name", null=True),
        *(
            _text(name, null=True)
            for name in ("phone", "phone_2", "email", "address", "city", "region")
        ),
        sa.PrimaryKeyConstraint(
            "institution", "account_id", "recorded_on", "sequence", name=op.f("introduction_pk")
        ),
        postgresql_partition_by="LIST (institution)",
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON introduction "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON introduction "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute("ALTER TABLE introduction ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE introduction FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_rows ON introduction USING ({_OWN})")
