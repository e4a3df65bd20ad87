"""What institutions take back and move account by account; what the agency states about itself."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_OWN = "institution = current_setting('recupero.institution', true)"


def _text(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(collation="C"), nullable=null)


def _number(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _count(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _day(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=False)


def _learned() -> list[sa.Column[Any]]:
    return [_day("recorded_on"), _count("sequence"), _number("receipt_id"), _count("line_number")]


def upgrade() -> None:
    _create(
        "recall",
        ("receipt_id", "line_number"),
        _number("receipt_id"), _count("line_number"), _number("account_id"), _day("recalled_on"),
        _text("reason", null=True), _text("reference", null=True),
    )  # fmt: skip
    _create(
        "adjustment",
        ("adjustment_id",),
        _number("adjustment_id"), _text("reference"), _number("account_id"), _text("event"),
        _text("currency"), _day("effective_on"), _number("principal_minor"),
        _number("interest_minor"), _number("default_interest_minor"), _number("fees_minor"),
        _number("expenses_minor"), _text("reason"), _number("receipt_id"), _count("line_number"),
    )  # fmt: skip
    for table in ("recall", "adjustment"):
        op.create_index(f"{table}_account_id_ix", table, ["institution", "account_id"])
    _create(
        "absence",
        ("collector_code", "absent_from", "recorded_on", "sequence"),
        _text("collector_code"), _day("absent_from"), *_learned(), _day("absent_until"),
        _text("reason"), sa.Column("cancelled", sa.Boolean(), nullable=False),
    )  # fmt: skip
    _create(
        "effort_cost",
        ("channel", "currency", "valid_from", "recorded_on", "sequence"),
        _text("channel"), _text("currency"), _day("valid_from"), *_learned(),
        _number("amount_minor"),
    )  # fmt: skip
    _create(
        "goal",
        ("month", "scope", "code", "measure", "currency", "recorded_on", "sequence"),
        _day("month"), _text("scope"), _text("code"), _text("measure"), _text("currency"),
        *_learned(), _number("target"),
    )  # fmt: skip
    _create(
        "unit_value",
        ("unit", "valid_from", "recorded_on", "sequence"),
        _text("unit"), _day("valid_from"), *_learned(), _day("valid_until"), _text("currency"),
        _number("digits"), _count("exponent"), _text("source"),
    )  # fmt: skip


def _create(name: str, key: tuple[str, ...], *columns: sa.Column[Any]) -> None:
    """A table as every institution's: partitioned, append-only, each row its institution's."""
    op.create_table(
        name,
        _text("institution"),
        _number("recording_id"),
        *columns,
        sa.PrimaryKeyConstraint("institution", *key, name=op.f(f"{name}_pk")),
        postgresql_partition_by="LIST (institution)",
    )
    op.execute(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {name} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {name} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_rows ON {name} USING ({_OWN})")
