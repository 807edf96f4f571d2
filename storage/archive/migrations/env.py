"""Alembic's environment: runs on the connection that ``storage.archive.database.migrate`` hands over."""

from __future__ import annotations

from alembic import context

from storage.archive.columns import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
