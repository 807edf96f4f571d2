"""The papers of one counterparty are listed by their day along an index: a document's page asks for those around it."""

from __future__ import annotations

from alembic import op

revision = "v0022"
down_revision = "v0021"


def upgrade() -> None:
    """Add the index."""
    op.create_index(
        "ix_search_entry_party_date",
        "search_entry",
        ["client_id", "counterparty_key", "transaction_date", "document_id"],
    )
