"""Searches that people saved under a name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0016"
down_revision = "v0015"


def _code() -> sa.Text:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table; its rows may change and go."""
    # the tables of people may have been carried over from a database that had this one already
    if "saved_search" not in sa.inspect(op.get_bind()).get_table_names():
        op.create_table(
            "saved_search",
            *(sa.Column(name, _code(), nullable=False) for name in ("client_id", "owner", "name", "query")),
            sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
            sa.PrimaryKeyConstraint("client_id", "owner", "name", name="pk_saved_search"),
        )
