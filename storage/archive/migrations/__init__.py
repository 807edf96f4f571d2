"""Alembic migrations of the archive, run by ``storage.archive.database.migrate``."""
