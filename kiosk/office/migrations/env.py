"""Alembic's entry: runs the migrations on the connection that kiosk.office.migrate hands over."""

from alembic import context

from kiosk.office.tables import Base

# Schema and version change in one transaction, so that a killed migration leaves the old schema whole.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
