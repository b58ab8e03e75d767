"""Alembic's entry: runs on the connection that upgrade() hands over."""

from alembic import context

from moderation.storage.models import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True)
context.run_migrations()
