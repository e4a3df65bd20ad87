"""Row-level security, append-only triggers and the one door to the shared contact slots."""

from alembic import op
from sqlalchemy import inspect

revision = "0007"
down_revision = "0006"

_REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$
"""

#: Grants at most *allowed* contacts for a person, channel and day, whoever asks, and answers
#: how many were granted now. The caller learns a count, never who else asked.
_SLOTS = """
CREATE FUNCTION grant_contact_slots(
    person_hash_ text, channel_ text, day_ date, wanted int, allowed int
) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    before int;
    now_granted int;
BEGIN
    INSERT INTO contact_slot VALUES (person_hash_, channel_, day_, 0) ON CONFLICT DO NOTHING;
    SELECT granted INTO before FROM contact_slot
        WHERE person_hash = person_hash_ AND channel = channel_ AND day = day_ FOR UPDATE;
    now_granted := greatest(0, least(wanted, allowed - before));
    UPDATE contact_slot SET granted = before + now_granted
        WHERE person_hash = person_hash_ AND channel = channel_ AND day = day_;
    RETURN now_granted;
END $$
"""


def upgrade() -> None:
    op.execute(_REFUSE)
    op.execute(_SLOTS)
    op.execute("REVOKE ALL ON FUNCTION grant_contact_slots FROM PUBLIC")
    names = inspect(op.get_bind()).get_table_names(schema="public")
    for name in sorted(set(names) - {"alembic_version", "contact_slot"}):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {name} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {name} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    for name in sorted(set(names) - {"alembic_version", "contact_slot", "institution"}):
        op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
    for name in sorted(set(names) - {"alembic_version", "contact_slot", "institution"}):
        own = "institution = current_setting('recupero.institution', true)"
        if name == "published_total":
            op.execute(f"CREATE POLICY all_read ON {name} FOR SELECT USING (true)")
            op.execute(f"CREATE POLICY own_write ON {name} FOR INSERT WITH CHECK ({own})")
        else:
            op.execute(f"CREATE POLICY own_rows ON {name} USING ({own})")
