"""By what alike papers are found: an index that is made from the texts, and can be made anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "v0007"
down_revision = "v0006"


def _code() -> sa.Text:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table; its rows may be replaced."""
    op.create_table(
        "likeness",
        sa.Column("client_id", _code(), nullable=False),
        sa.Column("document_id", _code(), nullable=False),
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "document_id", "band", name="pk_likeness"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_likeness_client_id_band_value", "likeness", ["client_id", "band", "value"])
