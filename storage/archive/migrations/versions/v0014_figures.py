"""What the dashboard counts beside the search index, made anew from payloads; and an index on the day of arrival."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.archive.columns import Instant

revision = "v0014"
down_revision = "v0013"


def _code() -> sa.Text:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table, and have every row of the index made again with it."""
    op.create_table(
        "figure",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("document_id", _code(), nullable=False),
        sa.Column("filed_at", Instant(), nullable=False),
        sa.Column("filing_seconds", sa.BigInteger(), nullable=True),
        sa.Column("straight", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("taxable_10", sa.BigInteger(), nullable=True),
        sa.Column("tax_10", sa.BigInteger(), nullable=True),
        sa.Column("taxable_8", sa.BigInteger(), nullable=True),
        sa.Column("tax_8", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("client_id", "document_id", name="pk_figure"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_figure_client_id_filed_at", "figure", ["client_id", "filed_at"])
    op.create_index("ix_figure_client_id_due_on", "figure", ["client_id", "due_on"])
    op.create_index("ix_drop_client_id_preserved_at", "drop", ["client_id", "preserved_at"])
    op.execute("UPDATE search_entry SET key_version = 0")
