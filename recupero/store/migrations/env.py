"""Alembic's entry: the caller hands over the owner's connection."""

from alembic import context

from recupero.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
connection.commit()
