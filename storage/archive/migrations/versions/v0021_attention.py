"""What a person should look at of what came in, in the order of the log: drops whose documents wait, and failures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0021"
down_revision = "v0020"

_FILLED = """
INSERT INTO attention (client_id, document_id, drop_id, sequence)
SELECT DISTINCT search_entry.client_id, search_entry.document_id, "drop".drop_id, "drop".sequence
FROM search_entry
JOIN revision_unit ON revision_unit.client_id = search_entry.client_id
 AND revision_unit.document_id = search_entry.document_id AND revision_unit.revision = search_entry.revision
JOIN unit ON unit.client_id = revision_unit.client_id AND unit.unit_id = revision_unit.unit_id
JOIN "drop" ON "drop".client_id = unit.client_id AND "drop".drop_id = unit.first_drop_id
WHERE search_entry.state = 'needs_review'
"""


def _code() -> sa.Text:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table and fill it from what waits now; add the index of failures."""
    op.create_table(
        "attention",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("document_id", _code(), nullable=False),
        sa.Column("drop_id", _code(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "document_id", "drop_id", name="pk_attention"),
        sqlite_with_rowid=False,
    )
    op.execute(_FILLED)
    op.create_index("ix_attention_sequence", "attention", ["client_id", "sequence", "drop_id"])
    failed = sa.text("state IN ('unreadable', 'refused')")
    op.create_index(
        "ix_drop_outcome_failed",
        "drop_outcome",
        ["client_id", "drop_id", "number"],
        postgresql_where=failed,
        sqlite_where=failed,
    )
