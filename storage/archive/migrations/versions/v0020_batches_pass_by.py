"""A batch may pass by the number of an object in the vault that is none of its own: its numbers only grow."""

from __future__ import annotations

from alembic import op

from storage.archive.triggers import allow_gaps

revision = "v0020"
down_revision = "v0019"


def upgrade() -> None:
    """Exchange the trigger."""
    allow_gaps(op.get_bind(), "stamp_batch", number="number", first=1, within=["client_id"])
