"""By what words are found on PostgreSQL, and the orders in which hits are listed.

SQLite reads the texts themselves: its archives are small, and what it finds is the same.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "v0013"
down_revision = "v0012"

_ORDERS = ("transaction_date", "amount_scaled", "counterparty_key", "received_on", "recorded_at")


def _code() -> sa.Text:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add columns and indexes; rows are made anew when the archive is opened."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for name in ("transaction_date", "amount_scaled", "recorded_at"):
        op.drop_index(f"ix_search_entry_client_id_{name}", "search_entry")
    # On SQLite before the long columns, so that filtering reads no overflow pages: the table is made anew.
    grams = sa.Text().with_variant(postgresql.ARRAY(sa.Integer()), "postgresql")
    with op.batch_alter_table("search_entry", recreate="never" if postgres else "always") as batch:
        batch.add_column(
            sa.Column("registration_number", _code(), nullable=True), insert_before=None if postgres else "words_key"
        )
        batch.add_column(sa.Column("grams", grams, nullable=True))
    for name in _ORDERS:
        op.create_index(f"ix_search_entry_{name}", "search_entry", ["client_id", name, "document_id"])
    for name in ("state", "document_type"):
        op.create_index(f"ix_search_entry_{name}", "search_entry", ["client_id", name, "transaction_date"])
    op.create_index("ix_search_entry_grams", "search_entry", ["grams"], postgresql_using="gin")
    if postgres:
        op.execute("ALTER TABLE search_entry SET (toast_tuple_target = 256)")
        op.execute("ALTER TABLE search_entry ALTER COLUMN grams SET STATISTICS 1000")
