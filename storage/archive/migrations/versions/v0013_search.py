"""By what words are found on PostgreSQL, and the orders in which hits are listed.

SQLite reads the texts themselves: its archives are small, and what it finds is the same.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "v0013"
down_revision = "v0011"

_ORDERS = ("transaction_date", "amount_scaled", "counterparty_key", "received_on", "recorded_at")


def upgrade() -> None:
    """Add the column and the indexes; rows are made anew when the archive is opened."""
    kind = sa.Text().with_variant(postgresql.ARRAY(sa.Integer()), "postgresql")
    op.add_column("search_entry", sa.Column("grams", kind, nullable=True))
    for name in ("transaction_date", "amount_scaled", "recorded_at"):
        op.drop_index(f"ix_search_entry_client_id_{name}", "search_entry")
    for name in _ORDERS:
        op.create_index(f"ix_search_entry_{name}", "search_entry", ["client_id", name, "document_id"])
    op.create_index("ix_search_entry_state", "search_entry", ["client_id", "state", "transaction_date"])
    op.create_index("ix_search_entry_document_type", "search_entry", ["client_id", "document_type", "transaction_date"])
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_search_entry_grams", "search_entry", ["grams"], postgresql_using="gin")
        op.execute("ALTER TABLE search_entry SET (toast_tuple_target = 256)")
        op.execute("ALTER TABLE search_entry ALTER COLUMN grams SET STATISTICS 1000")
