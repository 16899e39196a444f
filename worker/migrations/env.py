"""Runs migrations on the connection that ``worker.database.schema`` hands over, inside its transaction."""

from alembic import context

from worker.database.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
