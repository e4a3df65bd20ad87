"""A row names only what is there, asked once for a statement's rows and not of each.

A foreign key asks row by row: 60,000 matches took 1.2 s to store, and take 0.1 without.
Nothing that is named ever goes, so to look when rows come is all that is needed. Rows are looked up
by the key, whatever a plan kept from a smaller day would do.
"""

from alembic import op

revision = "0023"
down_revision = "0022"

#: Table, column, and what it names there.
_REFERENCES = (
    ("opinion_condition", "opinion_id", "opinion", "opinion_id"),
    ("account_cut_off", "receipt_id", "receipt", "receipt_id"),
    ("money_entry_detail", "entry_id", "money_entry", "entry_id"),
    ("match", "entry_id", "money_entry", "entry_id"),
    ("member", "receipt_id", "receipt", "receipt_id"),
    ("member", "container_id", "receipt", "receipt_id"),
    ("receipt_outcome", "receipt_id", "receipt", "receipt_id"),
    ("reject", "receipt_id", "receipt", "receipt_id"),
    ("repair", "receipt_id", "receipt", "receipt_id"),
    ("repair", "of_receipt_id", "receipt", "receipt_id"),
    ("delivery_attempt", "document_id", "document", "document_id"),
    ("encrypted_document", "document_id", "document", "document_id"),
    ("delivery", "document_id", "document", "document_id"),
    ("delivery_decision", "document_id", "delivery", "document_id"),
    ("erasure", "receipt_id", "receipt", "receipt_id"),
    ("erasure", "document_id", "document", "document_id"),
    ("release_refusal", "permission_id", "permission", "permission_id"),
    ("letter", "permission_id", "permission", "permission_id"),
    ("letter", "document_id", "document", "document_id"),
)


def upgrade() -> None:
    for table, column, named, key in _REFERENCES:
        op.drop_constraint(f"{table}_institution_{column}_fk", table, type_="foreignkey")
        function = f"{table}_names_{column}"
        op.execute(
            f"""
            CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql
            SET enable_seqscan TO off SET enable_hashjoin TO off SET enable_mergejoin TO off AS $$
            BEGIN
                IF EXISTS (
                    SELECT FROM told WHERE {column} IS NOT NULL AND NOT EXISTS (
                        SELECT FROM public.{named} known
                        WHERE known.institution = told.institution AND known.{key} = told.{column}
                    )
                ) THEN
                    RAISE foreign_key_violation USING
                        MESSAGE = '{table}: a row names a {named} that is not there',
                        CONSTRAINT = '{function}';
                END IF;
                RETURN NULL;
            END $$
            """
        )
        op.execute(
            f"CREATE TRIGGER names_{column} AFTER INSERT ON {table} REFERENCING NEW TABLE AS told "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        )
