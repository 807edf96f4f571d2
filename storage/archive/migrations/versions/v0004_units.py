"""Units of whole pages and attachments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0004"
down_revision = "v0003"


def _code() -> sa.Text:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the column; the table keeps its triggers."""
    op.add_column("unit_extract", sa.Column("pages", _code(), nullable=True))
